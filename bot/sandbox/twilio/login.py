"""Who may call Twilio's API: the account, with one of its tokens."""

import hmac

from flask import Response, request

from bot.sandbox.twilio.refusals import refused
from bot.sandbox.world import world


def check_login() -> Response | None:
    """For `before_request`: Basic auth with the account's SID and a token, and no other account's path."""
    here, login = world().settings, request.authorization
    account = (request.view_args or {}).get("account", here.twilio_account_sid)
    known = (
        login is not None
        and login.type == "basic"
        and login.username == here.twilio_account_sid == account
        and any(hmac.compare_digest((login.password or "").encode(), token.encode()) for token in here.twilio_tokens)
    )
    return None if known else refused(20003)

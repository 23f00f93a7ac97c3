"""The code of her phone once more, at the moment of a yes that moves money or power.

Whoever finds an open browser, or has stolen its cookie, can look and propose; for a yes the phone has to be there
(security.md, threat 16). A code of the last minutes in the same browser is enough; a recovery code is not.
"""

from flask import request

from bot import clock
from bot.logs import log, typed_secret
from bot.panel.gate import Panel
from models.actions import second_factor
from models.rules.refused import Refused

FIELD = "code"


def asked(panel: Panel) -> bool:
    """Whether the page has to show the field."""
    session = panel.session()
    return session is None or not second_factor.is_fresh(session.session_id, clock.now())


def refusal(panel: Panel) -> Refused | None:
    """Why this form may not have its effect: no_code, wrong, locked, too_many; None when it is she."""
    session = panel.session()
    if session is None:
        return Refused("no_code")
    code = request.form.get(FIELD, "")
    with typed_secret(code):
        found = second_factor.step_up(session.session_id, code, request.remote_addr or "", clock.now())
    log.info("panel", what="code again", result="fine" if found is None else found.why)
    return found

"""What Twilio's error codes mean for a message, whether they come with the answer or in a later report. Pure.

The reasons are keys: the sender chooses by them whether another channel may still carry
the message (`outside_window`, `not_on_whatsapp`, `opted_out`), and a person reads them.
"""

from bot.channels.base import Outcome, Sent

OUTSIDE_WINDOW = "outside_window"
NOT_ON_WHATSAPP = "not_on_whatsapp"
OPTED_OUT = "opted_out"
BAD_CONTENT = "bad_content"
NO_CONTENT = "no_content"
BAD_MEDIA = "bad_media"

# The message as such will not go, now or later; the next one may.
REFUSED = {
    "20001": BAD_CONTENT,
    "21211": "bad_number",
    "21217": "bad_number",
    "21408": "no_permission_for_country",
    "21601": "not_mobile",
    "21602": "empty",
    "21604": "bad_number",
    "21605": "too_long",
    "21608": "unverified_number",
    "21610": OPTED_OUT,
    "21612": "no_route",
    "21614": "not_mobile",
    "21617": "too_long",
    "21620": BAD_MEDIA,
    "21623": BAD_MEDIA,
    "21654": BAD_CONTENT,
    "21655": NO_CONTENT,
    "21656": BAD_CONTENT,
    "21658": "too_long",
    "30003": "unreachable",
    "30004": "blocked",
    "30005": "unknown_number",
    "30006": "not_mobile",
    "30007": "filtered",
    "30008": "unknown_error",
    "63003": NOT_ON_WHATSAPP,
    "63005": BAD_CONTENT,
    "63013": "against_policy",
    "63016": OUTSIDE_WINDOW,
    "63019": BAD_MEDIA,
    "63021": BAD_CONTENT,
    "63024": NOT_ON_WHATSAPP,
    "63027": "no_template",
    "63028": BAD_CONTENT,
    "63032": "not_now_on_whatsapp",
    "63049": "not_now_on_whatsapp",
}
# What is said of us as a whole: a person has to look, and the next message fares no better.
OUR_FAULT = {
    "10001": "account_inactive",
    "20003": "bad_login",
    "20005": "account_inactive",
    "20403": "not_allowed",
    "20404": "bad_account",
    "21212": "bad_sender",
    "21603": "bad_sender",
    "21606": "bad_sender",
    "21609": "bad_callback",
    "21659": "bad_sender",
    "21660": "bad_sender",
    "21703": "bad_sender",
    "21910": "bad_sender",
    "30002": "account_inactive",
    "63007": "bad_sender",
    "63020": "sender_not_connected",
}
# Turned away unsent: later it may go.
LATER = {
    "20429": "rate_limited",
    "21611": "queue_full",
    "21730": "maintenance",
    "30001": "queue_full",
    "63018": "rate_limited",
    "63022": "rate_limited",
}
# The text was not accepted with its buttons or lines; as plain words it may be.
CONTENT_TROUBLE = frozenset({BAD_CONTENT, NO_CONTENT})


def reason_of(code: str) -> str:
    known = REFUSED.get(code) or OUR_FAULT.get(code) or LATER.get(code)
    return known or (f"twilio_{code}" if code.isascii() and code.isdigit() and len(code) <= 6 else "refused")


def outcome_of(code: str) -> Sent:
    """What a refusal of a message means. A code that we do not know is a no to this message alone."""
    if code in OUR_FAULT:
        return Sent(Outcome.REFUSED, reason=reason_of(code), stop_queue=True)
    if code in LATER:
        return Sent(Outcome.TEMPORARY, reason=reason_of(code))
    return Sent(Outcome.REFUSED, reason=reason_of(code))

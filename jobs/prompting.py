"""Messages that can be answered with a digit ("reply 1 to pay"): what each digit asks for, once one has gone out.

Only an SMS from a number of ours can be answered, and its text says which digits it knows (`sms.po`); on WhatsApp
there are buttons. What is made of a digit stands in `models.actions.prompts`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.settings import current
from flows.forms import SMS
from jobs import wording
from models.actions import prompts
from models.actions.mail import NEWS, Mail
from models.rules.routes import Way

PAY, MORE_TIME, DISAGREE = "pay", "more_time", "report"

# By text, what each of its digits asks for (conversations.md 1.2: 1 pays, 2 asks for time, 3 disagrees).
DIGITS: Final[Mapping[str, Mapping[str, str]]] = {
    "S04": {"1": PAY},
    "S05": {"1": PAY, "2": MORE_TIME},
    "S05b": {"1": PAY, "2": MORE_TIME},
    "S06": {"1": PAY, "2": MORE_TIME},
    "S07": {"3": DISAGREE},
}


def note(mail: Mail, way: Way | None, now: datetime) -> None:
    """The message went out: what she answers with a digit is read against it."""
    digits = DIGITS.get(mail.text_key, {}) if mail.kind == NEWS else {}
    if not digits or way is None or not current().sms_two_way:
        return
    if wording.channel_named(way.channel).form is not SMS:
        return
    seat = wording.about(mail)
    choices = {digit: f"={intent}:{seat}" if seat else f"={intent}" for digit, intent in digits.items()}
    prompts.leave(mail.phone, mail.text_key, str(mail.facts.get("group", "")), choices, now)

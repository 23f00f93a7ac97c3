"""What a message is about, in a few words: for lists, where its key says nothing to anybody.

A text that has no name here is named by what its translators were told, as far as that is fit to be read.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

ENGLISH: Final = Path(__file__).parents[2] / "flows" / "locale" / "en" / "LC_MESSAGES" / "messages.po"

NAMES: Final[dict[str, str]] = {
    "S01": "Welcome: registered",
    "S02": "Invited to a group",
    "S02h": "Asked to be the head of a group",
    "S03": "Accepted: her turn is set",
    "S03w": "Accepted: the turns come later",
    "S04": "Reminder, two days before",
    "S05": "Reminder on the due day",
    "S05b": "Reminder on the due day, who collects next",
    "S06": "Reminder, a day late",
    "S06n": "Reminder, a day late, no fee to come",
    "S07": "A late fee was added",
    "S08": "Reminder, three days late",
    "S09": "Receipt of a contribution",
    "S09c": "Receipt of a contribution, she has collected",
    "S10": "Receipt of a part",
    "S11": "All have paid",
    "S11l": "All have paid, the last round",
    "S12": "She collects tomorrow",
    "S12n": "She collects tomorrow, and has no account yet",
    "S13": "Her pot was sent to the bank",
    "S13l": "Her pot was sent to the bank, nothing more to pay",
    "S14": "Her bank sent the pot back",
    "S15": "Somebody wants to swap turns with her",
    "S15a": "A swap waits for the officer",
    "S15y": "The other one agrees to the swap",
    "S16": "Turns were swapped",
    "S16n": "No swap: somebody said no",
    "S16x": "No swap: no answer in time",
    "S16v": "No swap: something has changed",
    "S17": "More time was given",
    "S17k": "More time was given, the late fee stays",
    "S17p": "She may pay in two parts",
    "S17q": "She may pay in two parts, the late fee stays",
    "S17b": "The first of two parts is missing",
    "S17a": "Somebody asks for more time, to the officer",
    "S18": "No more time",
    "S19": "Security: a new payout account",
    "S19h": "Security: a new payout account, to the head",
    "S20": "Security: her PIN was changed",
    "S20l": "Security: her PIN is locked",
    "S20u": "Security: the office unlocked her PIN",
    "S21": "How to pay by her bank's code",
    "S21v": "How to pay by mobile money with a voucher",
    "S22": "How to pay by bank transfer",
    "S23": "How to pay by a link",
    "S24": "What she agreed to",
    "S25": "The code of her new group",
    "S26": "Somebody asks to join, to the officers",
    "S27": "She was not let in",
    "S28": "The one she invited declines",
    "S29": "The group is full: arrange the turns",
    "S30": "A payout waits for the officers",
    "S30s": "The office approved a payout in place of officers",
    "S31": "An officer held a payout",
    "S32": "A pot is short: the officers decide",
    "S33": "A payment did not go through",
    "S34": "A group was cancelled",
    "S35": "A group is completed",
    "S36": "A payment that a person looks at",
    "S37": "Her pot waits for an account",
    "S38": "More came than was owed: it is hers",
    "S39": "A pot has left, to the members",
    "S40": "Who is three days late, to the head",
    "S41": "Late fees were shared out",
    "S42": "A late fee was taken back",
    "S42a": "Somebody asks to take off a late fee, to the officers",
    "S42w": "Her late fee was taken off",
    "S42n": "Her late fee stays",
    "S44": "Asked to pay by an officer or the office",
    "S45": "A member asks the head for a call",
    "S50": "Security: her account is frozen",
    "S50h": "Security: somebody froze her account, to the head",
    "S50o": "Security: the office froze an account, to the head",
    "S51": "Asked to vouch: a forgotten PIN",
    "S51u": "Asked to vouch: the end of a freeze",
    "S51n": "Asked to vouch: another name",
    "S51p": "Security: told the office of somebody's new number",
    "S51q": "Asked to vouch: another number",
    "S51o": "Security: a new number is asked for, to the old one",
    "S52": "Her voucher said yes",
    "S52r": "Her voucher said no",
    "S53": "Security: a new PIN, to the officers",
    "S53n": "Security: another number, to the head",
    "S54": "Security: her account works again",
    "S54h": "An account works again, to the head",
    "S55": "She has another name",
    "S55n": "Security: she has another number",
    "S56": "A member has reported a problem, to the head",
    "S57": "The office's answer",
    "S58": "A copy of her data, first part",
    "S58a": "A copy of her data, second part",
    "S58n": "A copy of her data, second part, no payout bank",
    "S58b": "A copy of her data, last part",
    "S59": "Her account is closed",
    "S60": "Statement of what she paid",
    "S61": "Her balance",
    "S61n": "Her balance, no turn yet",
    "S61c": "Her balance, she has collected",
    "S61e": "Her balance in a group that is dissolved",
    "S62": "A member asks kindly, without her name",
    "S63": "A code to link her WhatsApp",
    "R07": "Answer to STOP",
    "R08": "Answer to START",
    "R08n": "Answer to START, nothing is due",
    "R09": "Answer to words that nobody understood",
    "R10": "Answer to a number that is no member's",
    "R11": "Which of two messages her digit answers",
    "R11r": "A line of that question",
    "S70": "Staff: the panel on a new device",
    "S71": "Staff: locked after wrong sign-ins",
    "S71n": "Staff: locked on new devices after wrong passwords",
    "S72": "Staff: a new link for the account",
    "S72d": "Staff: a colleague's account is closed",
    "S72o": "Staff: a new link for a colleague's account",
    "S73": "Staff: somebody says no to a new number",
    "S74": "Staff: a new password",
    "S74c": "Staff: new recovery codes",
    "S75": "The office's word to a group",
    "S76": "The office's word to several groups",
}
HUMAN: Final = re.compile(r"[A-Z][A-Za-z0-9 ,'’:()-]{7,79}")

_FOR_WHOM: Final = re.compile(r"^(SMS to staff|SMS|[RS]\d\d[a-z]*):\s*")


def name_of(text_key: str) -> str:
    """'Reminder on the due day'. Its key, for a text that nobody has described."""
    return NAMES.get(text_key) or _described().get(text_key, text_key)


@cache
def _described() -> dict[str, str]:
    """What translators were told, up to where it is about placeholders or lengths."""
    with ENGLISH.open("rb") as file:
        told = {str(entry.id): entry.auto_comments[0] for entry in read_po(file) if entry.id and entry.auto_comments}
    return {key: name for key, comment in told.items() if (name := _short(comment))}


def _short(comment: str) -> str:
    text = re.split(r";|\. ", _FOR_WHOM.sub("", comment), maxsplit=1)[0].strip().rstrip(".")
    name = text[:1].upper() + text[1:]
    return name if HUMAN.fullmatch(name) else ""

"""What the office may be asked to vouch for, where nobody in her groups can, and by whose word. Pure.

Source: security.md 5.2 (SIM swap, recycled numbers). The office calls her and those who know her; two of its people
agree. A new number needs, besides, two members who save with her and who say so on their own phones, with their PINs;
only where that cannot be had are two enough who told the office.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models.rules.refused import Refused

PURPOSES: Final = ("pin", "unfreeze", "name", "number")
VOUCHERS: Final = 2

KNOWN_FOR: Final = timedelta(days=30)  # so long somebody has to have been in a group with her
ASKED_FOR: Final = timedelta(hours=48)  # then a question lapses; and so long a yes holds until the other one's
NO_WEIGHS: Final = timedelta(days=14)  # after a no, nobody goes round the vouchers' phones
# What a voucher may say about a new number. "unsure": she does not know, and somebody else is asked.
ANSWERS: Final = ("yes", "no", "unsure")


@dataclass(frozen=True)
class Tie:
    """Somebody who saves with her, as far as it counts for a new number.

    since: when she came into their group. runs: she is one of those who run it. brought: she was invited by the very
    member whose number it is about. same_account: both are paid out to one account. had_number: the new number was
    hers before. guarded_until: until then her own number or PIN is a new one.
    """

    status: str
    since: datetime | None
    runs: bool
    brought: bool
    same_account: bool
    had_number: bool
    has_pin: bool
    guarded_until: datetime | None


def unfit(tie: Tie, now: datetime) -> str:
    """Why she cannot be asked on her phone whether the new number is right; "" when she can.

    Puppets are what this keeps out: whoever came lately, was brought by that member, or is the same person with
    another card. Those who run the group are accepted by all of it, whoever invited them.
    """
    reasons = {
        "frozen": tie.status != "active",
        "no_pin": not tie.has_pin,
        "guarded": tie.guarded_until is not None and tie.guarded_until > now,
        "new": tie.since is None or tie.since > now - KNOWN_FOR,
        "same_account": tie.same_account,
        "had_number": tie.had_number,
        "brought": tie.brought and not tie.runs,
    }
    return next((why for why, holds in reasons.items() if holds), "")


def without_phones(askable: int, *, unanswered: bool, said_no: bool) -> str | Refused:
    """Why two who told the office may be enough: too_few (can be asked), no_answer (of those who were).

    Refused: said_no (somebody who was asked), ask_first.
    """
    if said_no:
        return Refused("said_no")
    if askable < VOUCHERS:
        return "too_few"
    return "no_answer" if unanswered else Refused("ask_first")


def state_refusal(purpose: str, status: str) -> Refused | None:
    """Whether her account is in a state for it. Refused: gone, frozen, not_frozen."""
    if status == "closed":
        return Refused("gone")
    if purpose == "unfreeze":
        return None if status == "frozen" else Refused("not_frozen")
    # Somebody stands beside her, or her phone is gone: a new number is how she comes back, the rest waits.
    return Refused("frozen") if status == "frozen" and purpose != "number" else None


def vouchers_refusal(member: int, chosen: Collection[int], knowing: Collection[int]) -> Refused | None:
    """Two different people who save with her, neither of them herself. Refused: two_vouchers."""
    fine = len(set(chosen)) == VOUCHERS == len(chosen) and member not in chosen and set(chosen) <= set(knowing)
    return None if fine else Refused("two_vouchers")


def stage(answers: Collection[str]) -> str:
    """How a change of number stands by what those have said who were asked.

    stopped: by one no. ready: for the second of the staff. asking: two of them are asked, or one said yes and one is.
    short: somebody else has to be asked, as one does not know or has not answered.
    """
    if "no" in answers:
        return "stopped"
    yes = sum(answer == "yes" for answer in answers)
    live = yes + sum(answer == "asked" for answer in answers)
    if yes >= VOUCHERS:
        return "ready"
    return "asking" if live >= VOUCHERS else "short"

"""What a member may ask about herself and when she is in trouble. How commands work stands in `commands`."""

from dataclasses import dataclass

from models.commands import Command, Secret

# --- her account ----------------------------------------------------------------------------


@dataclass(frozen=True)
class SetLanguage(Command):
    """Done: nothing."""

    language: str


@dataclass(frozen=True)
class SetReminders(Command):
    """plan: both | due_day | none; channel: sms | whatsapp; "" leaves it as it is.
    Done: nothing. Refused: no_whatsapp (she has not written to us there)."""

    plan: str = ""
    channel: str = ""


@dataclass(frozen=True)
class ShowMoneyInChat(Command):
    """After CheckPin: whether a chat shows her money without the PIN. Done: nothing."""

    on: bool


@dataclass(frozen=True)
class SendMyData(Command):
    """After CheckPin. What we keep about her, in a few SMS, once a day. Done: nothing."""


@dataclass(frozen=True)
class CorrectName(Command):
    """After CheckPin. Somebody who knows her has to say yes, except where nobody knows her yet.
    Done: name, who (is asked; "" when it is changed already). Refused: bad_name, same_name, no_voucher."""

    name: str


@dataclass(frozen=True)
class CloseAccount(Command):
    """After CheckPin. Done: nothing. Refused: has_seat, owes_money, is_owed."""


@dataclass(frozen=True)
class UseKept(Command):
    """After CheckPin. What is kept for her pays what she owes. Done: used_kobo, left_kobo.
    Refused: gone (nothing is kept for her), nothing_due."""


@dataclass(frozen=True)
class SendKept(Command):
    """After CheckPin. What is kept for her goes to her bank, when two of the staff have said yes. Done: sent_kobo.
    Refused: gone."""


@dataclass(frozen=True)
class SendBalance(Command):
    """After CheckPin. G1 by SMS, once a day for what it says. Done: nothing. Refused: gone."""

    seat_id: int


@dataclass(frozen=True)
class SendStatement(Command):
    """After CheckPin. Her last payments in at most two segments of SMS. Done: nothing. Refused: gone, nothing_paid."""

    seat_id: int


# --- trouble --------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenReport(Command):
    """kind: see rules/reports. happened: today | yesterday | before | "". One of a kind a day.
    Done: ref, again (bool: this is the one of earlier today)."""

    kind: str
    happened: str = ""
    seat_id: int | None = None


@dataclass(frozen=True)
class AskVouch(Command):
    """Ask somebody who knows her whether it is she. purpose: pin | unfreeze (after CheckPin).
    Done: who. Refused: no_voucher, not_frozen."""

    purpose: str


@dataclass(frozen=True)
class AnswerVouch(Command):
    """After CheckPin, of the one who is asked. Done: name, purpose. Refused: not_allowed, gone."""

    vouch_id: int
    yes: bool


@dataclass(frozen=True)
class SayNumber(Command):
    """After CheckPin, of the one who is asked whether a number is somebody's now. answer: yes | no | unsure.
    Done: name. Refused: gone, call_office (for a yes: she may not be asked any more)."""

    vouch_id: int
    answer: str


@dataclass(frozen=True)
class ResetPin(Command):
    """Once, after a yes to AskVouch. Done: nothing. Refused: pin_mismatch, gone."""

    pin_hash: str
    pin_again: Secret


@dataclass(frozen=True)
class FreezeAccount(Command):
    """Stop her PIN, her payouts and all changes at once; paying in goes on. Done: nothing. Refused: already_frozen."""


@dataclass(frozen=True)
class NudgeGently(Command):
    """One reminder a cycle, without a name, to all who have not paid it. Done: sent (int).
    Refused: already_nudged, nobody_left, not_active, paused (the group rests)."""

    seat_id: int

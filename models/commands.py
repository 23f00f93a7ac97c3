"""What a conversation may ask for. Each command is performed by one action in one transaction.

A command is data: flows build it, the runner hands it to `models.actions.perform`,
the answer comes back to the flow as a `Done` or a `Refused`. Who asks (the member)
and under which key (session and hop, so that a repeated hop cannot act twice) travel
beside the command, never in it.

Fields that hold a secret are wrapped in `Secret`, whose text never shows itself.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Secret:
    """Something that may not be printed, logged, stored or put into JSON: a PIN, an account number."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "***"


@dataclass(frozen=True)
class Done:
    """A command that was performed. `data` is JSON (strings, integers, booleans, lists, ISO dates)."""

    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Command:
    """The base of all commands; the registry of actions is keyed by the subclass."""


# --- who she is -----------------------------------------------------------------------------


@dataclass(frozen=True)
class PreparePin(Command):
    """Hash a newly chosen PIN. Done: pin_hash. The hash may be remembered by the talk, the PIN may not."""

    pin: Secret


@dataclass(frozen=True)
class RegisterMember(Command):
    """Done: member_id, name. Refused: pin_mismatch (the repeat differs from pin_hash), already_registered."""

    name: str
    language: str
    pin_hash: str
    pin_again: Secret
    consent_version: int


@dataclass(frozen=True)
class CheckPin(Command):
    """Done: nothing. Refused: wrong_pin_N (N tries left, 1..4), pin_locked."""

    pin: Secret


@dataclass(frozen=True)
class ChangePin(Command):
    """After CheckPin in the same session. Done: nothing. Refused: pin_mismatch. Tells her by SMS S20."""

    pin_hash: str
    pin_again: Secret


@dataclass(frozen=True)
class SendConsentText(Command):
    """A2 "SMS me more": the consent in full, to her number. Done: nothing."""

    language: str


@dataclass(frozen=True)
class AgreeAgain(Command):
    """A8: she agrees to a newer wording of the consent. Done: nothing. Once is enough."""

    version: int


# --- groups ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenGroup(Command):
    """Done: group_id, code. Refused: bad_name, bad_amount, bad_size, bad_start (in the past)."""

    name: str
    contribution_kobo: int
    frequency: str  # daily | weekly | two_weekly | monthly
    seats: int
    order: str  # ballot | joined | arranged
    start_on: date


@dataclass(frozen=True)
class InvitePhone(Command):
    """Head or officer asks a number to join. Done: masked, asked (seats taken or asked), of.
    Refused: bad_phone, already_in, already_asked, group_full, not_forming, not_allowed."""

    group_id: int
    phone: str


@dataclass(frozen=True)
class SendGroupCode(Command):
    """SMS with the group's code to the asker. Done: nothing. Refused: not_allowed."""

    group_id: int


@dataclass(frozen=True)
class DeclineInvitation(Command):
    """Done: head (name). Refused: gone."""

    invitation_id: int


@dataclass(frozen=True)
class JoinGroup(Command):
    """Accept the rules (version as shown) and ask for a seat; an invited number is let in at once.
    Done: seat_id, let_in (bool), waiting (bool: waiting list). Refused: no_such_group, already_in, group_full,
    not_forming, rules_changed."""

    group_id: int
    rules_version: int
    invitation_id: int | None = None
    waiting_list: bool = False


@dataclass(frozen=True)
class DecideJoiner(Command):
    """The head's (or an officer's) answer to a joiner. verdict: let_in | let_in_officer | refuse.
    Done: name, verdict. Refused: gone, group_full, not_allowed."""

    seat_id: int
    verdict: str


@dataclass(frozen=True)
class ArrangeOrder(Command):
    """The head's own order of turns: all seats of the group, first to collect first.
    Done: nothing. Refused: not_allowed, not_forming, above_limit (its pot is larger than may be), seats_changed."""

    group_id: int
    seat_ids: tuple[int, ...]


@dataclass(frozen=True)
class LeaveGroup(Command):
    """Give the seat back while the group has not started; free. Done: group. Refused: already_active, head_stays."""

    seat_id: int


# --- money in -------------------------------------------------------------------------------


@dataclass(frozen=True)
class StartPayment(Command):
    """Write the payment row; a job makes the charge. The hop may wait a moment for the answer.

    amount_kobo is what shall reach the group (without the collection fee). method: one of the country's pay_ways.
    bank_type: for ussd Paystack's type of the bank's code (737 GTBank, 919 UBA, 966 Zenith, 822 Sterling), for
    mobile_money the operator's (models.country); her own number is the wallet's. Else "".
    early: pay the next cycle's contribution before it opens.
    Done: payment_id, ready (bool), total_kobo, fee_kobo, short_ref; failed (bool): the provider refused. When ready:
    for ussd pay_code, for bank_transfer account_number, bank_name, account_name, for mobile_money voucher (bool: her
    operator wants a code first); until (ISO instant). When not ready, the details come by SMS.
    Refused: nothing_due, bad_amount (below N100 or above what may be paid), not_active."""

    seat_id: int
    amount_kobo: int
    method: str
    bank_type: str = ""
    early: bool = False


@dataclass(frozen=True)
class SubmitVoucher(Command):
    """F10c: the code that her mobile-money operator wants. May wait a moment.
    Done: total_kobo, wrong (bool: the charge waits for another code), failed (bool). Refused: gone."""

    payment_id: int
    code: Secret


@dataclass(frozen=True)
class CheckPayment(Command):
    """F9 "check again": ring the look-up at the provider. Done: status (success|pending|failed). Refused: gone."""

    payment_id: int


# --- the payout account ---------------------------------------------------------------------


@dataclass(frozen=True)
class LookUpAccount(Command):
    """Store the account (sealed), ask the bank for the name on it. May wait a moment.
    Done: bank_account_id, ready (bool), bank_name, account_number (for M7, to be shown only), account_name,
    matches (bool: the name is hers), found (bool). Refused: bad_account_number, new_pin (it was reset today)."""

    bank_code: str
    bank_name: str
    account_number: Secret


@dataclass(frozen=True)
class ConfirmBankAccount(Command):
    """After CheckPin. Done: usable_on (ISO date). Refused: gone, name_differs, new_pin (it was reset today)."""

    bank_account_id: int


# --- officers -------------------------------------------------------------------------------


@dataclass(frozen=True)
class ApprovePayout(Command):
    """After CheckPin. payload_hash is that of the PayoutTask that she was shown.
    Done: approvals (1 or 2), needed (2). Refused: not_allowed, already_approved, changed, gone."""

    payout_id: int
    payload_hash: str


@dataclass(frozen=True)
class HoldPayout(Command):
    """Done: nothing. Refused: not_allowed, gone. Any yes already given is kept; the other officers are told."""

    payout_id: int


@dataclass(frozen=True)
class RemindUnpaid(Command):
    """O1s 1: one SMS to each who is behind with this cycle, at most once a day.
    Done: sent (int). Refused: not_allowed, already_today, have_time (all who owe were given more)."""

    cycle_id: int


@dataclass(frozen=True)
class PayShort(Command):
    """O1s 2, after CheckPin: open the payout with what is in. Counts as this officer's approval.
    Done: approvals, needed. Refused: not_allowed, gone, nothing_in."""

    cycle_id: int


@dataclass(frozen=True)
class WaitOneDay(Command):
    """O1s 3: do not ask the officers about this short pot until tomorrow. Done: nothing. Refused: not_allowed, gone."""

    cycle_id: int


# --- what members ask of each other ---------------------------------------------------------


@dataclass(frozen=True)
class AskSwap(Command):
    """After CheckPin: ask the holder of another seat to exchange turns; she has a day to answer.
    Done: swap_id, who (her first name). Refused: gone, not_running, collected, behind, too_close (3 days before a
    payout), asked_already, not_free (the other cannot), deposit_first."""

    seat_id: int
    other_seat_id: int


@dataclass(frozen=True)
class AnswerSwap(Command):
    """The other side's answer; to agree comes after CheckPin. Done: agreed (bool), who, decider.
    Refused: gone, not_possible (any more)."""

    swap_id: int
    agree: bool


@dataclass(frozen=True)
class DecideSwap(Command):
    """An officer's answer, when both sides want it. Done: allowed (bool), who, name.
    Refused: not_allowed, gone, not_possible (any more)."""

    swap_id: int
    allow: bool


@dataclass(frozen=True)
class WithdrawSwap(Command):
    """The asker takes it back. Done: nothing. Refused: gone."""

    swap_id: int


@dataclass(frozen=True)
class AskMoreTime(Command):
    """More time for the oldest contribution that she owes. kind: two_days | week | parts. reason: sickness |
    slow_sales | late_salary | travel | unsaid. The due date stays until an officer has answered.
    Done: nothing. Refused: gone, nothing_due, asked_before (once for each payment), not_possible (by the calendar),
    paused (the group rests)."""

    seat_id: int
    kind: str
    reason: str


@dataclass(frozen=True)
class DecideMoreTime(Command):
    """An officer's answer, never to herself. verdict: allow | keep_fee (allow, but the late fee stays) | refuse.
    Done: who, verdict. Refused: not_allowed, gone."""

    extension_id: int
    verdict: str


@dataclass(frozen=True)
class AskWaiver(Command):
    """Ask that an unpaid late fee be taken off. Done: nothing. Refused: gone, no_fee, asked_before."""

    seat_id: int
    reason: str


@dataclass(frozen=True)
class DecideWaiver(Command):
    """An officer's answer; two have to agree, one is enough to refuse. Done: who, allow (bool), approvals, needed.
    Refused: not_allowed, already_approved, gone."""

    waiver_id: int
    allow: bool


@dataclass(frozen=True)
class AskCall(Command):
    """Talk to the head: she gets an SMS with the asker's number. Done: nothing. Refused: gone, asked_today."""

    seat_id: int

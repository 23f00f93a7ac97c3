"""What a screen may know: plain values that `models.queries` reads and the flows show.

`Facts` is the door through which a flow asks, lazily, so that a hop reads only what
its screen needs. A flow never sees a row, a connection or the time.
All money is in kobo; all dates are local dates of the group (models.country).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from models.chat_commands import OpenPrompt
from models.vouches import VouchCard, VouchTask
from models.wishes import MoreTime as MoreTime
from models.wishes import SwapChoices as SwapChoices
from models.wishes import SwapPartner as SwapPartner
from models.wishes import TimeOffer as TimeOffer


@dataclass(frozen=True)
class Me:
    """Who is on the line. member_id is None for a number that has not registered."""

    phone: str  # E.164
    member_id: int | None = None
    name: str = ""
    language: str = "en"
    pin_locked: bool = False
    frozen: bool = False
    money_in_chat: bool = False
    consent_version: int | None = None  # the wording that she agreed to last, None when none is on record

    @property
    def registered(self) -> bool:
        return self.member_id is not None

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


@dataclass(frozen=True)
class Terms:
    """The rules of a group, as shown before anybody promises anything."""

    contribution_kobo: int
    frequency: str  # daily | weekly | two_weekly | monthly
    seats: int
    order: str  # ballot | joined | arranged
    late_fee_kobo: int
    grace_days: int
    cutoff_hour: int
    service_fee_bps: int
    starts_on: date
    ends_on: date
    cycles: int
    collect_kobo: int  # the full pot minus the service fee


@dataclass(frozen=True)
class GroupCard:
    """A group as an outsider with its code, or an invitee, sees it (C2, C3, C4, D1)."""

    group_id: int
    code: str
    name: str
    head: str  # first name(s) by which the head is known
    status: str
    taken: int
    rules_version: int
    terms: Terms


@dataclass(frozen=True)
class Invitation:
    """An open invitation of this number (D1)."""

    invitation_id: int
    by: str
    language: str  # the inviter's: the invitee's first screen is in it
    group: GroupCard


@dataclass(frozen=True)
class Ending:
    """A group that is being dissolved, for one seat. back: what it is owed, of which so much has been sent."""

    reason: str  # members | unpaid | head | office
    back_kobo: int
    sent_kobo: int


@dataclass(frozen=True)
class SeatCard:
    """One seat of the caller, with what the menus say about it. The current cycle is the open one, if any."""

    seat_id: int
    group_id: int
    group: str
    code: str
    head: str
    head_is_me: bool
    officer: bool
    seat_status: str  # requested | accepted | active | in_arrears | completed ...
    group_status: str  # forming | ready | active | paused | dissolving | completed | cancelled
    contribution_kobo: int
    frequency: str
    seats: int
    taken: int
    cycle_id: int | None
    cycle_number: int  # 0 before the first
    cycles: int
    due_on: date | None  # of the current cycle, or of the next one when this is paid or none is open
    due_kobo: int  # all that is owed now: contributions and late fees of open cycles
    late_fee_kobo: int  # the part of due_kobo that is late fees
    fee_to_come_kobo: int  # what the oldest late contribution will still cost; 0 once that is charged, or waived
    late_since: date | None  # the oldest due date that has passed with money owing
    next_due_on: date | None  # of the next cycle, for "pay early"
    next_paid: bool  # the next cycle's contribution is already paid
    next_left_kobo: int  # what is left of it to pay, where a part was paid early; 0 when there is no next cycle
    paid_count: int  # seats that have paid the current cycle
    position: int | None  # her turn number, None until the order is set
    collect_on: date | None
    collect_kobo: int  # net of the service fee
    collected: bool
    collects_now: bool  # the current cycle's pot is hers
    pending_payment_id: int | None  # a payment whose outcome we do not know yet
    pending_kobo: int
    pending_wants_voucher: bool = False  # her mobile-money operator waits for a code
    paused_until: date | None = None  # the last day of the group's pause, while it is paused
    ending: Ending | None = None  # while the group is being dissolved


@dataclass(frozen=True)
class PayoutTask:
    """A payout that waits for this officer (O1, O2)."""

    payout_id: int
    payload_hash: str
    group: str
    recipient: str
    net_kobo: int
    due_on: date
    paid_count: int
    seats: int
    bank: str
    last4: str
    account_name: str
    cycle_id: int
    claim: bool = False  # a part of what a dissolution owes her (O1e)


@dataclass(frozen=True)
class ShortPotTask:
    """A pot whose day has come, not all of it paid (O1s)."""

    cycle_id: int
    group: str
    recipient: str
    full_kobo: int
    in_kobo: int
    due_on: date
    paid_count: int
    seats: int


@dataclass(frozen=True)
class JoinTask:
    """Somebody asks for a seat (O5)."""

    seat_id: int
    group: str
    who: str
    taken: int
    seats: int
    may_name_officer: bool


@dataclass(frozen=True)
class ArrangeTask:
    """The group is full and its head wanted to arrange the turns (O6). seats: (seat_id, name) not yet placed."""

    group_id: int
    group: str
    seats: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class SwapTask:
    """Somebody asks this member to exchange turns (J4)."""

    swap_id: int
    group: str
    who: str
    mine_on: date  # when she collects now
    theirs_on: date  # and when she would
    collect_kobo: int


@dataclass(frozen=True)
class SwapDecisionTask:
    """Two members want to exchange turns and an officer decides (O8)."""

    swap_id: int
    group: str
    who: str
    name: str
    who_on: date
    name_on: date


@dataclass(frozen=True)
class TimeTask:
    """Somebody asks for more time (O4). kind and reason: as in AskMoreTime."""

    extension_id: int
    group: str
    who: str
    kind: str
    amount_kobo: int
    until_on: date
    reason: str
    may_keep_fee: bool


@dataclass(frozen=True)
class WaiverTask:
    """Somebody asks that a late fee be taken off (O4w)."""

    waiver_id: int
    group: str
    who: str
    fee_kobo: int
    reason: str


Task = (
    PayoutTask | ShortPotTask | JoinTask | ArrangeTask | SwapTask | SwapDecisionTask | TimeTask | WaiverTask | VouchTask
)


@dataclass(frozen=True)
class Home:
    """All that the first screen needs, in at most two queries."""

    me: Me
    seats: tuple[SeatCard, ...] = ()
    invitation: Invitation | None = None
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True)
class Money:
    """G1: what she paid in and when she collects (behind the PIN)."""

    paid_in_kobo: int
    cycles_paid: int
    cycles: int
    owing_kobo: int
    position: int | None
    collect_kobo: int
    collect_on: date | None
    collected: bool


@dataclass(frozen=True)
class WhoPaid:
    """H2: names only as far as the group's privacy level allows (the query leaves out the rest)."""

    privacy: int  # 1 counts, 2 paid names, 3 full
    cycle_number: int
    cycles: int
    paid_count: int
    seats: int
    i_paid: bool
    paid: tuple[str, ...] = ()
    unpaid: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """H3: one line of the rotation."""

    number: int
    on: date
    who: str
    me: bool
    done: bool


@dataclass(frozen=True)
class BankChoice:
    """A bank as the provider's list has it."""

    code: str
    name: str  # short, for a screen


@dataclass(frozen=True)
class BankAccountCard:
    """Her payout account. status: checking | found | not_found | cooling | usable."""

    bank_account_id: int
    status: str
    bank: str
    last4: str
    account_number: str  # in full, for her own screen only
    account_name: str
    matches: bool
    usable_on: date | None


@dataclass(frozen=True)
class Kept:
    """M14: money of hers that nobody asked for, and how much of it is on its way to her bank already."""

    kobo: int
    going_kobo: int = 0


@dataclass(frozen=True)
class Quote:
    """F3: what a payment costs. total_kobo = amount_kobo + fee_kobo."""

    amount_kobo: int
    fee_kobo: int
    total_kobo: int


@dataclass(frozen=True)
class PaymentLine:
    """I1: one line of her last payments."""

    on: date
    kobo: int
    status: str  # ok | late | checking


class Facts(Protocol):
    """The questions that a flow may ask. Each call may cost a query; answers are kept for the hop."""

    @property
    def now(self) -> datetime: ...
    @property
    def home(self) -> Home: ...
    def group_by_code(self, code: str) -> GroupCard | None: ...
    def group_card(self, group_id: int) -> GroupCard | None: ...
    def money(self, seat_id: int) -> Money: ...
    def who_paid(self, seat_id: int) -> WhoPaid: ...
    def turns(self, seat_id: int) -> tuple[Turn, ...]: ...
    def payments(self, seat_id: int) -> tuple[PaymentLine, ...]: ...
    def banks(self) -> tuple[BankChoice, ...]: ...
    def last_bank_type(self) -> str: ...

    def last_operator(self) -> str: ...
    def bank_account(self) -> BankAccountCard | None: ...
    def kept(self) -> Kept: ...
    def quote(self, amount_kobo: int) -> Quote: ...
    def voucher(self) -> str: ...
    def vouch(self, purpose: str) -> VouchCard | None: ...
    def swaps(self, seat_id: int) -> SwapChoices: ...
    def prompts(self) -> Sequence[OpenPrompt]: ...
    def more_time(self, seat_id: int) -> MoreTime: ...

"""The facts of one hop, read when a screen asks for them and kept until it has been answered.

Everything goes through her own number: a seat, a group or an account that is not
hers is answered as if it did not exist.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import Any, TypeVar

from models.base import database
from models.chat_commands import OpenPrompt
from models.facts import (
    BankAccountCard,
    BankChoice,
    GroupCard,
    Home,
    Kept,
    Money,
    MoreTime,
    PaymentLine,
    Quote,
    SeatCard,
    SwapChoices,
    Turn,
    WhoPaid,
)
from models.queries import groups, more_time, people, prompts, swaps, vouching, wallets
from models.queries.home import read_home
from models.rules import fees, schedule
from models.rules.circle import COUNTS_IN
from models.tables.groups import Group
from models.tables.money import Payment
from models.tables.people import Bank
from models.vouches import VouchCard

SHOW_PAYMENTS = 20

T = TypeVar("T")


class DatabaseFacts:
    """`models.facts.Facts` for one phone at one moment. At most one query for a menu, one or two more for a screen."""

    def __init__(self, phone: str, now: datetime) -> None:
        self._phone = phone
        self._now = now
        self._kept: dict[tuple[Any, ...], Any] = {}

    @property
    def now(self) -> datetime:
        return self._now

    @cached_property
    def home(self) -> Home:
        return read_home(self._phone, self._now)

    def group_by_code(self, code: str) -> GroupCard | None:
        """Whoever has the code may see the card: this is how a group is joined."""
        return self._once(("by_code", code), lambda: self._card(groups.by_code(code)))

    def group_card(self, group_id: int) -> GroupCard | None:
        """A group that she belongs to, has asked to join or is invited to."""
        invitation = self.home.invitation
        if invitation is not None and invitation.group.group_id == group_id:
            return invitation.group
        if all(seat.group_id != group_id for seat in self.home.seats):
            return None
        return self._once(("card", group_id), lambda: self._card(Group.get_by_id(group_id)))

    def money(self, seat_id: int) -> Money:
        """Raises LookupError for a seat that is not hers: no screen can lead there."""
        return self._once(("money", seat_id), lambda: _money(self._mine(seat_id)))

    def who_paid(self, seat_id: int) -> WhoPaid:
        """Officers see everybody; what others may see is in the group's rules."""
        mine = self._mine(seat_id)
        read = partial(groups.who_paid, mine.group_id, self._member_id, sees_all=mine.officer)
        return self._once(("who_paid", seat_id), lambda: read(mine.seats, mine.cycles))

    def turns(self, seat_id: int) -> tuple[Turn, ...]:
        mine = self._mine(seat_id)
        return self._once(("turns", mine.group_id), lambda: groups.turns(mine.group_id, self._member_id))

    def payments(self, seat_id: int) -> tuple[PaymentLine, ...]:
        return self._once(("payments", seat_id), lambda: _payments(self._mine(seat_id)))

    def banks(self) -> tuple[BankChoice, ...]:
        return self._once(("banks",), _banks)

    def last_bank_type(self) -> str:
        return self._once(("last_bank_type",), lambda: _last_type([seat.seat_id for seat in self.home.seats], "ussd"))

    def last_operator(self) -> str:
        seats = [seat.seat_id for seat in self.home.seats]
        return self._once(("last_operator",), lambda: _last_type(seats, "mobile_money"))

    def bank_account(self) -> BankAccountCard | None:
        if self.home.me.member_id is None:
            return None
        return self._once(("bank_account",), lambda: people.bank_account(self._member_id, self._now))

    def kept(self) -> Kept:
        return self._once(("kept",), lambda: wallets.kept_for(self._member_id))

    def quote(self, amount_kobo: int) -> Quote:
        fee, total = fees.gross_up(amount_kobo)
        return Quote(amount_kobo, fee, total)

    def swaps(self, seat_id: int) -> SwapChoices:
        mine = self._mine(seat_id)
        return self._once(("swaps", seat_id), lambda: swaps.choices(seat_id, mine.group_id, self._now))

    def more_time(self, seat_id: int) -> MoreTime:
        self._mine(seat_id)
        return self._once(("more_time", seat_id), lambda: more_time.of_seat(seat_id, self._now))

    def prompts(self) -> Sequence[OpenPrompt]:
        return self._once(("prompts",), lambda: prompts.waiting(self._phone, self._now))

    def voucher(self) -> str:
        """Who would be asked about her; "" when nobody in her groups can be."""
        return self._once(("voucher",), lambda: next((each.who for each in vouching.vouchers_of(self._member_id)), ""))

    def vouch(self, purpose: str) -> VouchCard | None:
        return self._once(("vouch", purpose), lambda: vouching.live_vouch(self._member_id, purpose, self._now))

    @property
    def _member_id(self) -> int:
        return self.home.me.member_id or 0

    def _mine(self, seat_id: int) -> SeatCard:
        for seat in self.home.seats:
            if seat.seat_id == seat_id:
                return seat
        raise LookupError(f"seat {seat_id} is not hers")

    def _card(self, group: Group | None) -> GroupCard | None:
        return None if group is None else groups.card(group)

    def _once(self, key: tuple[Any, ...], read: Callable[[], T]) -> T:
        if key not in self._kept:
            self._kept[key] = read()
        kept: T = self._kept[key]
        return kept


def _money(seat: SeatCard) -> Money:
    """paid_in counts contributions; late fees go to the group and are not savings."""
    paid_in, cycles_paid = database.execute_sql(
        """
        SELECT coalesce(sum(paid_kobo), 0), count(*) FILTER (WHERE status = ANY(%s))
          FROM obligation WHERE seat_id = %s AND kind = 'contribution'
        """,
        (sorted(COUNTS_IN), seat.seat_id),
    ).fetchone()
    return Money(
        paid_in_kobo=int(paid_in),
        cycles_paid=int(cycles_paid),
        cycles=seat.cycles,
        owing_kobo=seat.due_kobo,
        position=seat.position,
        collect_kobo=seat.collect_kobo,
        collect_on=seat.collect_on,
        collected=seat.collected,
    )


def _payments(seat: SeatCard) -> tuple[PaymentLine, ...]:
    """Newest first. 'late' is a payment by which an obligation was settled after its cut-off."""
    rows = database.execute_sql(
        """
        SELECT coalesce(p.paid_at, p.created_at), coalesce(p.received_kobo, p.amount_kobo), p.fee_kobo, p.status,
               EXISTS (SELECT 1 FROM allocation a JOIN obligation o ON o.id = a.obligation_id
                        WHERE a.payment_id = p.id AND p.paid_at > o.due_at)
          FROM payment p
         WHERE p.seat_id = %s AND p.status IN ('created', 'sending', 'pending', 'success')
         ORDER BY p.id DESC LIMIT %s
        """,
        (seat.seat_id, SHOW_PAYMENTS),
    ).fetchall()
    return tuple(
        PaymentLine(
            on=schedule.local_date(at),
            kobo=kobo - fee if status == "success" and kobo > fee else kobo,
            status="checking" if status != "success" else "late" if late else "ok",
        )
        for at, kobo, fee, status, late in rows
    )


def _banks() -> tuple[BankChoice, ...]:
    query = Bank.select().where(Bank.active).order_by(Bank.rank, Bank.short_name)
    return tuple(BankChoice(row.code, row.short_name) for row in query)


def _last_type(seat_ids: list[int], method: str) -> str:
    """Which bank she last paid from by USSD, or which operator's wallet she used, to offer it first."""
    row = (
        Payment.select(Payment.bank_type)
        .where(Payment.seat.in_(seat_ids) & (Payment.method == method))
        .order_by(Payment.id.desc())
        .first()
    )
    return "" if row is None else str(row.bank_type)

"""Money that has come in: where it goes, in the books and in the rows, in one transaction.

What is booked is what the provider says it received and kept, never what was asked for.
Nothing is dropped: what is not owed is the member's own, and what cannot be placed
goes to suspense the same second, where people will look at it.
"""

from dataclasses import dataclass
from datetime import datetime

from models.actions import books, news, penalties, running, unwinding, unwinding_news
from models.actions.obligations import open_dues, owed_by_seat, pay, refresh_arrears
from models.base import move, transaction
from models.country import home
from models.rules import dues, posting
from models.rules.dues import Placed
from models.rules.posting import Part
from models.tables.cycles import Obligation
from models.tables.groups import Group, Seat
from models.tables.money import Allocation, Payment, Suspense

# Late money is real: a payment that we had given up succeeds like any other.
BEFORE_SUCCESS = ("created", "sending", "pending", "failed", "abandoned")


@dataclass(frozen=True)
class Receipt:
    """What the provider says that it has received, by our reference."""

    reference: str
    provider: str
    provider_id: str
    received_kobo: int
    fee_kobo: int
    currency: str
    paid_at: datetime

    @property
    def actor(self) -> str:
        return f"provider:{self.provider}"

    @property
    def home(self) -> bool:
        """Whether it is the money that our books are kept in."""
        return self.currency == home().currency


@transaction
def settle_payment(
    reference: str,
    *,
    provider: str,
    provider_id: str,
    received_kobo: int,
    currency: str,
    fee_kobo: int,
    paid_at: datetime,
    domain_ok: bool,
    now: datetime,
) -> str:
    """Book a receipt that the provider has confirmed by reference. All values are from its answer.

    Returns settled | wallet (nothing was owed) | suspense (unknown reference, wrong currency) | already |
    wrong_domain (play money of a test mode: noted for people to see, not booked, because it does not exist).
    """
    receipt = Receipt(reference, provider, provider_id, received_kobo, fee_kobo, currency, paid_at)
    payment = Payment.get_or_none(Payment.reference == reference)
    if not domain_ok:
        _to_suspense(receipt, received_kobo, "wrong_domain", payment, now)
        return "wrong_domain"
    if payment is None:
        return _receive_unknown(receipt, now)
    group = books.lock_group(payment.seat.group_id)
    if not _take(payment.id, receipt, now):
        return "already"
    if currency != payment.currency:
        return _receive_foreign(receipt, payment, group, now)
    return _receive(receipt, payment, group, now)


def _take(payment_id: int, receipt: Receipt, now: datetime) -> bool:
    """The payment has succeeded, with what the provider says about it. False when it had already."""
    return move(
        Payment,
        payment_id,
        BEFORE_SUCCESS,
        "success",
        provider_id=receipt.provider_id,
        received_kobo=receipt.received_kobo,
        provider_fee_kobo=receipt.fee_kobo,
        paid_at=receipt.paid_at,
        ended_at=now,
        next_check_at=None,
        lease_until=None,
    )


def _receive(receipt: Receipt, payment: Payment, group: Group, now: datetime) -> str:
    """The usual way: obligations in order, our fee, her wallet; then whatever follows from it."""
    seat = payment.seat
    placed = _place(receipt, payment, open_dues(seat.id))
    touched = [pay(obligation_id, kobo, receipt.paid_at) for obligation_id, kobo in placed.allocations]
    _write_allocations(payment, placed)
    entry = posting.charge(
        receipt.reference,
        payment.member_id,
        received_kobo=receipt.received_kobo,
        provider_fee_kobo=receipt.fee_kobo,
        parts=parts_of(placed, touched, group),
        recovery_kobo=placed.recovery_kobo,
        wallet_kobo=placed.wallet_kobo,
    )
    books.post(
        entry,
        actor=receipt.actor,
        now=now,
        group_id=group.id,
        payment_id=payment.id,
        effective_at=receipt.paid_at,
    )
    tell(payment, seat, group, placed, touched, now)
    go_on(seat, group, touched, now)
    return "settled" if touched else "wallet"


def parts_of(placed: Placed, touched: list[Obligation], group: Group) -> list[Part]:
    """What the books are told of obligations that were paid, in the order of payment."""
    return [
        Part(row.kind, row.seat_id, row.cycle_id, group.id, kobo)
        for row, (_, kobo) in zip(touched, placed.allocations, strict=True)
    ]


def _place(receipt: Receipt, payment: Payment, owed: list[dues.Due]) -> Placed:
    """Where it goes. When nothing at all is owed, all of it is hers: she paid twice, or the circle is over."""
    nothing_owed = not dues.in_order_of_payment(owed, early=payment.early)
    return dues.waterfall(
        receipt.received_kobo,
        0 if nothing_owed else payment.fee_kobo,
        owed,
        early=payment.early,
        asked_kobo=payment.amount_kobo,
    )


def tell(
    receipt: news.Receipt, seat: Seat, group: Group, placed: Placed, touched: list[Obligation], now: datetime
) -> None:
    """Her receipt: for what she owed, and for what is hers now."""
    if touched:
        contributions = [row for row in touched if row.kind == "contribution"]
        about = (contributions or touched)[-1]
        paid_kobo = sum(kobo for _, kobo in placed.allocations)
        left = max(owed_by_seat(seat.id), about.amount_kobo - about.paid_kobo)
        if about.kind == "unwinding" and not left:
            unwinding_news.debt_paid(receipt, group, paid_kobo, now)
        else:
            news.received(receipt, group, seat, about, paid_kobo, left, _until(seat, about), now)
    if placed.wallet_kobo:
        news.kept_for_her(receipt, group, placed.wallet_kobo, now, whole=not touched)


def _until(seat: Seat, about: Obligation) -> datetime:
    """When the first of what she still owes is due; more time that she was given counts."""
    return min((due.due_at for due in open_dues(seat.id) if not due.future), default=about.due_at)


def go_on(seat: Seat, group: Group, touched: list[Obligation], now: datetime) -> None:
    """What follows from obligations that have been paid: a late fee that was unjust goes, a full pot is paid out."""
    refresh_arrears(seat.id, now)
    for row in touched:
        if row.kind != "contribution":
            continue
        if row.status in ("paid", "paid_late") and penalties.take_back_if_unjust(row.id, now):
            refresh_arrears(seat.id, now)
        running.complete_if_paid(row.cycle_id, now)
    running.finish_if_done(group.id, now)
    unwinding.go_on(group.id, now)


def _write_allocations(payment: Payment, placed: Placed) -> None:
    rows: list[tuple[str, int | None, int]] = [
        ("obligation", obligation_id, kobo) for obligation_id, kobo in placed.allocations
    ]
    rows += [("recovery", None, placed.recovery_kobo), ("wallet", None, placed.wallet_kobo)]
    Allocation.insert_many(
        [
            {"payment": payment.id, "n": n, "target": target, "obligation": obligation_id, "kobo": kobo}
            for n, (target, obligation_id, kobo) in enumerate((row for row in rows if row[2]), start=1)
        ]
    ).execute()


def _receive_foreign(receipt: Receipt, payment: Payment, group: Group, now: datetime) -> str:
    """Real money of another kind. It is booked on accounts of its own, net of the fee: we keep no float in it."""
    net = receipt.received_kobo - receipt.fee_kobo
    _to_suspense(receipt, net, "wrong_currency", payment, now)
    Allocation.insert(payment=payment.id, n=1, target="suspense", kobo=receipt.received_kobo).execute()
    books.post(
        posting.charge_to_suspense(receipt.reference, received_kobo=net, provider_fee_kobo=0),
        actor=receipt.actor,
        now=now,
        group_id=group.id,
        payment_id=payment.id,
        effective_at=receipt.paid_at,
        reason="wrong_currency",
        currency=receipt.currency,
    )
    news.cannot_place(payment, group, now)
    return "suspense"


def _receive_unknown(receipt: Receipt, now: datetime) -> str:
    """Money under a reference that we never gave out. There is nobody to tell; the job sounds the alarm."""
    kobo = receipt.received_kobo if receipt.home else receipt.received_kobo - receipt.fee_kobo
    fee_kobo = receipt.fee_kobo if receipt.home else 0
    posted = books.post(
        posting.charge_to_suspense(receipt.reference, received_kobo=kobo, provider_fee_kobo=fee_kobo),
        actor=receipt.actor,
        now=now,
        effective_at=receipt.paid_at,
        reason="unknown_reference",
        currency=receipt.currency,
    )
    if posted is None:
        return "already"
    _to_suspense(receipt, kobo, "unknown_reference", None, now)
    return "suspense"


def _to_suspense(receipt: Receipt, kobo: int, reason: str, payment: Payment | None, now: datetime) -> None:
    Suspense.insert(
        provider=receipt.provider,
        reference=receipt.reference,
        direction="in",
        kobo=kobo,
        currency=receipt.currency,
        reason=reason,
        payment=payment and payment.id,
        created_at=now,
    ).on_conflict(action="IGNORE").execute()

"""A house with everything in its books: pots paid and reserved, a late fee, an overpayment, money that is nobody's."""

from dataclasses import dataclass
from datetime import timedelta

from bot import clock as moved
from models.actions import cycles, payments, penalties
from models.tables.money import Payment, Payout, Suspense
from tests.support.circles import NAIRA, C, Circle, running_group, settle

UNKNOWN = "T6661-not-of-ours-0001"


@dataclass(frozen=True)
class MoneyScene:
    """first: its first pot is paid, its second waits for approval, Chidi paid late. second: nobody has paid yet."""

    first: Circle
    second: Circle
    unknown: Suspense
    paid: Payout
    failed: Payment


def a_house() -> MoneyScene:
    """Some weeks in the life of two groups; the panel's clock goes with it."""
    first = running_group()
    second = running_group()
    first.all_pay(but=("Chidi",))
    failed = first.ask("Chidi")
    payments.payment_ended(failed.reference, "failed", first.now)
    first.now = first.cycle(1).due_at + timedelta(days=2)
    cycles.pass_cutoffs(first.now)
    for obligation_id in penalties.penalties_due(first.now, checked_at=first.now):
        penalties.add_penalty(obligation_id, first.now, checked_at=first.now)
    first.settle(first.ask("Chidi"), C + 900 * NAIRA)
    paid = first.pay_out()
    first.pay("Ada")
    settle(UNKNOWN, C, first.now)
    foreign = first.ask("Efe")
    first.settle(foreign, 20_00, currency="USD", fee_kobo=80)
    moved.set_to(first.now)
    return MoneyScene(first, second, Suspense.get(Suspense.reference == UNKNOWN), paid, Payment.get_by_id(failed.id))

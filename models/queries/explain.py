"""Every kobo explained: of a group (who paid what and when, what went out, what is held), and of the house.

Rows say who and when, the books say how much in all; `GroupBooks.differences` compares the two
and is empty when every kobo is where the rows say it is. Money in another currency
never becomes part of a group's books and is listed apart.
"""

from collections import defaultdict
from dataclasses import dataclass

from models.base import database
from models.country import home
from models.queries.explain_rows import cycles_of, foreign_of
from models.queries.group_books import CycleBooks, GroupBooks, PaidIn, PaidOut
from models.rules.accounts import FEE_RECOVERY, FLOAT, PAYSTACK_BALANCE, PAYSTACK_CLEARING, PSP_FEES, SERVICE_FEE
from models.tables.groups import Group

# What moves money from a pot to its payout, or to all whom a dissolution owes, brings none in.
SHUFFLED = ("reserve", "release", "unwind.pot")
HELD = ("liab.pot:", "liab.unwinding:", "liab.payout_clear")

__all__ = ["CycleBooks", "GroupBooks", "HouseTotals", "PaidIn", "PaidOut", "explain_group", "house_totals"]


@dataclass(frozen=True)
class HouseTotals:
    """Where all money of the house stands, in kobo: liabilities and income positive, costs positive."""

    clearing_kobo: int  # confirmed by the provider, not yet transferable
    balance_kobo: int  # transferable at the provider
    bank_kobo: int
    members_kobo: int  # what is members': pots, wallets, deposits, reserved, sent back
    suspense_kobo: int
    service_fees_kobo: int
    collection_fees_kobo: int
    other_income_kobo: int
    provider_fees_kobo: int
    losses_kobo: int
    float_kobo: int

    @property
    def cash_kobo(self) -> int:
        return self.clearing_kobo + self.balance_kobo + self.bank_kobo

    @property
    def earned_kobo(self) -> int:
        """Income less costs. Cash = members' money + suspense + float + this."""
        income = self.service_fees_kobo + self.collection_fees_kobo + self.other_income_kobo
        return income - self.provider_fees_kobo - self.losses_kobo


def explain_group(group_id: int) -> GroupBooks:
    """All of a group's money. Names are as the group knows them; accounts at banks are masked."""
    group = Group.get_by_id(group_id)
    moved = _moved(group_id)
    balances = _balances(group_id)
    pots = _total(moved, "liab.pot", but=SHUFFLED)
    placed = _total(moved, "liab.pot", only=("charge",))
    out_of_hands = {name: kobo for name, kobo in balances.items() if name.startswith(HELD)}
    return GroupBooks(
        group_id=group_id,
        name=group.name,
        status=group.status,
        cycles=cycles_of(group_id, balances),
        balances=tuple(balances.items()),
        foreign=foreign_of(group_id),
        received_kobo=-_total(moved, PAYSTACK_CLEARING, only=("charge",)) - _total(moved, PSP_FEES, only=("charge",)),
        pots_kobo=placed,
        late_fees_kobo=_total(moved, "liab.penalty_pool", only=("charge",)),
        deposits_kobo=_total(moved, "liab.deposit", only=("charge",)),
        collection_fees_kobo=_total(moved, FEE_RECOVERY, only=("charge",)),
        wallets_kobo=_total(moved, "liab.wallet", only=("charge",)),
        applied_kobo=pots - placed,
        debts_kobo=_total(moved, "liab.unwinding", only=("charge",)),
        shared_kobo=_total(moved, "liab.unwinding", but=SHUFFLED),
        sent_kobo=_total(moved, PAYSTACK_BALANCE) + _total(moved, PSP_FEES, but=("charge",)),
        service_fees_kobo=_total(moved, SERVICE_FEE),
        held_kobo=-sum(out_of_hands.values()) + _total(moved, "liab.payout_returned"),
        provider_fees_kobo=-_total(moved, PSP_FEES),
    )


def house_totals() -> HouseTotals:
    """Cash, what of it is members', income, costs and float; in the home currency."""
    rows = database.execute_sql(
        """
        SELECT split_part(a.id, ':', 1), sum(b.amount)::bigint
          FROM account_balance b JOIN account a ON a.id = b.account_id
         WHERE a.book = 'CASH' AND a.currency = %s GROUP BY 1
        """,
        (home().currency,),
    ).fetchall()
    stands: defaultdict[str, int] = defaultdict(int, rows)
    suspense = ("liab.suspense_in", "asset.suspense_out")
    known_income = (SERVICE_FEE, FEE_RECOVERY)
    return HouseTotals(
        clearing_kobo=stands[PAYSTACK_CLEARING],
        balance_kobo=stands[PAYSTACK_BALANCE],
        bank_kobo=stands["cash.bank"],
        members_kobo=-sum(v for k, v in stands.items() if k.startswith(("liab.", "recv.")) and k not in suspense),
        suspense_kobo=-sum(stands[name] for name in suspense),
        service_fees_kobo=-stands[SERVICE_FEE],
        collection_fees_kobo=-stands[FEE_RECOVERY],
        other_income_kobo=-sum(v for k, v in stands.items() if k.startswith("inc.") and k not in known_income),
        provider_fees_kobo=stands[PSP_FEES],
        losses_kobo=stands["exp.loss"],
        float_kobo=-stands[FLOAT],
    )


def _moved(group_id: int) -> dict[tuple[str, str], int]:
    """What entries of each kind did to each family of accounts, over the life of the group."""
    rows = database.execute_sql(
        """
        SELECT e.kind, split_part(l.account_id, ':', 1), sum(l.amount)::bigint
          FROM journal_entry e JOIN journal_leg l ON l.entry_id = e.id JOIN account a ON a.id = l.account_id
         WHERE e.group_id = %s AND a.currency = %s GROUP BY 1, 2
        """,
        (group_id, home().currency),
    ).fetchall()
    return {(kind, family): amount for kind, family, amount in rows}


def _total(
    moved: dict[tuple[str, str], int], family: str, *, only: tuple[str, ...] = (), but: tuple[str, ...] = ()
) -> int:
    """What came into a liability or income (as a positive amount), through some kinds of entries or all but some."""
    return -sum(
        amount
        for (kind, name), amount in moved.items()
        if name == family and (not only or kind in only) and kind not in but
    )


def _balances(group_id: int) -> dict[str, int]:
    rows = database.execute_sql(
        """
        SELECT b.account_id, b.amount
          FROM (SELECT unnest(ARRAY['liab.penalty_pool:', 'due.penalty:', 'liab.unwinding:', 'due.unwinding:'])
                       || %(group)s AS id
                UNION ALL SELECT unnest(ARRAY['liab.pot:', 'due.contrib:']) || id FROM cycle WHERE group_id = %(group)s
                UNION ALL SELECT unnest(ARRAY['liab.deposit:', 'due.seat:', 'due.deposit:', 'due.claim:']) || id
                            FROM seat WHERE group_id = %(group)s
                UNION ALL SELECT 'liab.payout_clearing:' || p.id
                            FROM payout p JOIN cycle c ON c.id = p.cycle_id
                           WHERE c.group_id = %(group)s AND p.kind <> 'wallet') mine
          JOIN account_balance b ON b.account_id = mine.id
         WHERE b.amount <> 0 ORDER BY 1
        """,
        {"group": group_id},
    ).fetchall()
    return dict(rows)

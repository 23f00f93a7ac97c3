"""What each export holds: its columns, and its rows as the reader may see them.

Whoever may not see phone numbers in full gets them masked here, too. How a file is written stands in `exports`.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from bot.panel import words
from bot.panel.exports import Column, Kind, Table
from models.actions.signing_in import Somebody
from models.queries import panel_arrears, panel_exports
from models.queries.panel_statements import Statement
from models.rules.schedule import local_date
from models.rules.staff import Right, may

_ = words.said

MEMBERS: Final = (
    Column("Member", Kind.NUMBER, 10), Column("Name", width=26), Column("Phone"), Column("Language", width=10),
    Column("State", width=10), Column("Since", Kind.DAY, 12), Column("Frozen", width=8),
    Column("Reminders stopped", width=18), Column("Groups", width=20), Column("Seats", Kind.NUMBER, 8),
    Column("Owes (naira)", Kind.MONEY), Column("Of that late (naira)", Kind.MONEY, 20),
)  # fmt: skip
LEDGER: Final = (
    Column("Entry", Kind.NUMBER, 10), Column("Takes effect", Kind.MOMENT, 18), Column("Written", Kind.MOMENT, 18),
    Column("Kind", width=14), Column("Key", width=36), Column("Group code", width=12), Column("Group", width=18),
    Column("Payment", width=12), Column("Payout", width=12), Column("Line", Kind.NUMBER, 6),
    Column("Account", width=28), Column("Currency", width=9), Column("Debit", Kind.MONEY), Column("Credit", Kind.MONEY),
    Column("By", width=20), Column("Reason", width=30),
)  # fmt: skip
ARREARS: Final = (
    Column("Group code", width=12), Column("Group", width=18), Column("Turn", Kind.NUMBER, 6),
    Column("Name", width=26), Column("Phone"), Column("What", width=14), Column("Round", Kind.NUMBER, 8),
    Column("Was due", Kind.DAY, 12), Column("Days late", Kind.NUMBER, 10), Column("Asked (naira)", Kind.MONEY),
    Column("Paid (naira)", Kind.MONEY), Column("Owes (naira)", Kind.MONEY), Column("Last reminder", Kind.MOMENT, 18),
)  # fmt: skip
STATEMENT: Final = (
    Column("Day", Kind.DAY, 12), Column("What", width=16), Column("Reference", width=12),
    Column("Group code", width=12), Column("Group", width=18), Column("Round", Kind.NUMBER, 8),
    Column("Due (naira)", Kind.MONEY), Column("Paid in (naira)", Kind.MONEY), Column("Paid out (naira)", Kind.MONEY),
    Column("State", width=14),
)  # fmt: skip

# What a line is about, in words.
WHAT: Final = {
    "contribution": _("Contribution"),
    "penalty": _("Late fee"),
    "deposit": _("Deposit"),
    "unwinding": _("Owed because the group ends"),
    "payment": _("Payment"),
    "payout": _("Pot paid out"),
}


def members(who: Somebody, groups: list[int] | None, now: datetime) -> Table:
    """Everybody whom the reader may see."""
    whole = may(who.role, Right.SEE_WHOLE)

    def rows() -> Iterator[tuple[Any, ...]]:
        for line in panel_exports.members(groups, now):
            yield (
                line.member_id, line.name, words.phone(line.phone, whole=whole), line.language, line.status, line.since,
                _yes(line.frozen), _yes(line.stopped), line.groups, line.seats, line.owed_kobo, line.late_kobo,
            )  # fmt: skip

    return Table(f"members-{local_date(now)}", _titled(MEMBERS), rows())


def ledger(groups: list[int] | None, since: date | None, until: date | None, now: datetime) -> Table:
    """The books, leg by leg. Nothing in them names anybody."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for leg in panel_exports.ledger(groups, since, until):
            yield (
                leg.entry_id, leg.effective_at, leg.created_at, leg.kind, leg.idem, leg.group_code, leg.group,
                leg.payment_ref, leg.payout_ref, leg.n, leg.account, leg.currency,
                leg.kobo if leg.kobo > 0 else None, -leg.kobo if leg.kobo < 0 else None, leg.actor, leg.reason,
            )  # fmt: skip

    return Table(f"ledger-{local_date(now)}", _titled(LEDGER), rows())


def arrears(who: Somebody, groups: list[int] | None, age: str, now: datetime) -> Table:
    """Who is late, the oldest first."""
    whole = may(who.role, Right.SEE_WHOLE)

    def rows() -> Iterator[tuple[Any, ...]]:
        for line in panel_arrears.everybody(groups, now, age):
            yield (
                line.group_code, line.group, line.turn, line.name, words.phone(line.phone, whole=whole),
                WHAT[line.kind], line.cycle, line.due_on, line.days, line.amount_kobo, line.paid_kobo, line.owed_kobo,
                line.told_at,
            )  # fmt: skip

    return Table(f"arrears-{local_date(now)}", _titled(ARREARS), rows())


def statement(found: Statement, now: datetime) -> Table:
    """Of one member."""
    rows = (
        (
            entry.at, WHAT[entry.what], entry.ref, entry.group_code, entry.group, entry.cycle, entry.due_kobo or None,
            entry.paid_kobo or None, entry.out_kobo or None, entry.status.replace("_", " "),
        )
        for entry in found.entries
    )  # fmt: skip
    return Table(f"statement-{found.member_id}-{local_date(now)}", _titled(STATEMENT), rows)


def _titled(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(Column(_(column.title), column.kind, column.width) for column in columns)


def _yes(value: bool) -> str:
    return _("yes") if value else ""

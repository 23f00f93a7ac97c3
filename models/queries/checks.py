"""What a check of the books is: one query that finds what is wrong, and how to ask many of them.

The questions themselves stand in `checks_books`, `checks_rows`, `checks_states`, `checks_requests`,
`checks_unwinding` and `checks_liveness`, those to the provider in `checks_provider`; `invariants` puts them together.
Each is a single statement and so sees one moment: they may run on a live database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.base import database

SHOWN: Final = 10


@dataclass(frozen=True)
class Check:
    """`sql` answers with one row, its first column naming the culprit, for each thing that is wrong."""

    code: str
    what: str
    sql: str


@dataclass(frozen=True)
class Violation:
    """Something that must not be, and where: ids of rows, names of accounts or references."""

    code: str
    what: str
    ids: tuple[str, ...]

    def __str__(self) -> str:
        more = len(self.ids) - SHOWN
        return f"{self.code} {self.what}: {', '.join(self.ids[:SHOWN])}{f' and {more} more' if more > 0 else ''}"


def ask(checks: Iterable[Check], now: datetime) -> list[Violation]:
    """Ask all of them; those that found something, in order."""
    answers = ((check, _culprits(check, now)) for check in checks)
    return [Violation(check.code, check.what, ids) for check, ids in answers if ids]


def _culprits(check: Check, now: datetime) -> tuple[str, ...]:
    rows = database.execute_sql(check.sql, {"now": now}).fetchall()
    return tuple(dict.fromkeys(str(row[0]) for row in rows))

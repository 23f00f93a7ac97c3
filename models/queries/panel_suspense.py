"""Money that belongs to nobody yet: what waits, and whose it may be.

A guess is an open debt with a reason: the provider remembers who asked for it, a member said that she had paid, the
amount is what she owes or what she was asked for. Guesses help a person to look; nothing is placed by them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from models.base import database
from models.country import home
from models.queries.panel_payments import Sought
from models.queries.people import names_of
from models.rules import fees
from models.rules.circle import UNPAID

PAGE: Final = 50
MOST_GUESSES: Final = 12
# A charge that was given up may have been paid after all, around that time.
AROUND: Final = timedelta(days=3)
_LAST: Final = 9_223_372_036_854_775_807
# Why somebody comes into question, the strongest first, and how much it says.
WHY: Final[dict[str, int]] = {"metadata": 8, "charge": 4, "said": 3, "owed": 2, "asked": 2, "sought": 6}


@dataclass(frozen=True)
class SuspenseLine:
    """One amount that could not be placed. ours: the member whose payment it was, where there is one."""

    suspense_id: int
    provider: str
    reference: str
    direction: str
    kobo: int
    currency: str
    reason: str
    status: str
    created_at: datetime
    resolved_at: datetime | None
    payment_id: int | None
    group_id: int | None
    entry_id: int | None  # the entry that brought it
    solved_by: int | None  # the entry that placed it or gave it back

    @property
    def placeable(self) -> bool:
        return self.status == "open" and self.direction == "in" and self.currency == home().currency and self.booked

    @property
    def returnable(self) -> bool:
        return self.status == "open" and self.direction == "in" and self.booked

    @property
    def booked(self) -> bool:
        """Play money of a test mode is not."""
        return self.reason != "wrong_domain"


@dataclass(frozen=True)
class Guess:
    """Somebody whose it may be. why: keys of `WHY`. owed_kobo: what she owes now in this group."""

    seat_id: int
    member_id: int
    name: str = field(repr=False)
    group_id: int
    group: str
    turn: int | None
    owed_kobo: int
    why: tuple[str, ...]

    @property
    def weight(self) -> int:
        return sum(WHY[reason] for reason in self.why)


_LINES = """
SELECT x.id, x.provider, x.reference, x.direction, x.kobo, x.currency, x.reason, x.status, x.created_at, x.resolved_at,
       x.payment_id, s.group_id,
       (SELECT e.id FROM journal_entry e
         WHERE e.idem = CASE x.direction WHEN 'in' THEN 'charge:' ELSE 'xferunk:' END || x.reference),
       (SELECT e.id FROM journal_entry e WHERE e.idem = 'suspense:' || x.id)
  FROM suspense x
  LEFT JOIN payment p ON p.id = x.payment_id
  LEFT JOIN seat s ON s.id = p.seat_id
"""


def suspended(*, status: str = "open", after: int | None = None, limit: int = PAGE) -> list[SuspenseLine]:
    """The newest first, one more than a page when there are more."""
    rows = database.execute_sql(
        _LINES + " WHERE x.status = %s AND x.id < %s ORDER BY x.id DESC LIMIT %s", (status, after or _LAST, limit + 1)
    ).fetchall()
    return [SuspenseLine(*row) for row in rows]


def one(suspense_id: int) -> SuspenseLine | None:
    """One of them."""
    row = database.execute_sql(_LINES + " WHERE x.id = %s", (suspense_id,)).fetchone()
    return None if row is None else SuspenseLine(*row)


def waiting() -> int:
    """How many wait for somebody."""
    return int(database.execute_sql("SELECT count(*) FROM suspense WHERE status = 'open'").fetchone()[0])


def guesses(line: SuspenseLine, metadata: Mapping[str, Any], sought: Sought | None = None) -> list[Guess]:
    """Whose it may be, the likeliest first. metadata: what the provider remembers of it; sought: whom she looks for."""
    found: dict[int, set[str]] = {}
    for why, seats in (
        ("metadata", _by_metadata(metadata)),
        ("charge", _by_charge(line)),
        ("said", _by_report(line)),
        ("owed", _by_debt(line.kobo)),
        ("asked", _by_debt_with_fee(line.kobo)),
        ("sought", _by_person(sought)),
    ):
        for seat in seats:
            found.setdefault(seat, set()).add(why)
    # What somebody looks for is shown whatever else there is; a report alone says nothing about the amount.
    likely = {seat: why for seat, why in found.items() if why != {"said"}}
    return sorted(_named(likely), key=lambda guess: (-guess.weight, guess.group, guess.seat_id))[:MOST_GUESSES]


def seat(seat_id: int) -> Guess | None:
    """Whose seat it is, as a guess without a reason."""
    return next(iter(_named({seat_id: ()})), None)


@dataclass(frozen=True)
class Proposed:
    """A proposal about it. kind: suspense_assign | suspense_return | suspense_out."""

    proposal_id: int
    kind: str
    status: str
    maker: str
    made_at: datetime
    note: str
    checker: str | None
    checked_at: datetime | None


def proposed(suspense_id: int) -> list[Proposed]:
    """Everything that was ever proposed about it, the newest first."""
    rows = database.execute_sql(
        """
        SELECT p.id, p.kind, p.status, m.name, p.made_at, p.note, c.name, p.checked_at
          FROM proposal p JOIN staff m ON m.id = p.maker_id LEFT JOIN staff c ON c.id = p.checker_id
         WHERE p.subject = %s AND starts_with(p.kind, 'suspense_') ORDER BY p.id DESC LIMIT 20
        """,
        (f"suspense:{suspense_id}",),
    ).fetchall()
    return [Proposed(*row) for row in rows]


def _by_metadata(metadata: Mapping[str, Any]) -> list[int]:
    """The provider gives back what our charge had said of itself, even when our own row of it is lost."""
    seat_id, member_id = metadata.get("seat_id"), metadata.get("member_id")
    if not (str(seat_id).isdecimal() and str(member_id).isdecimal()):
        return []
    return _seats("SELECT id FROM seat WHERE id = %s AND member_id = %s", (int(str(seat_id)), int(str(member_id))))


def _by_charge(line: SuspenseLine) -> list[int]:
    """She asked to pay this very amount at that time, and we never heard of her money."""
    return _seats(
        """
        SELECT DISTINCT seat_id FROM payment
         WHERE status IN ('sending', 'pending', 'failed', 'abandoned') AND amount_kobo + fee_kobo = %s
           AND created_at BETWEEN %s AND %s LIMIT 50
        """,
        (line.kobo, line.created_at - AROUND, line.created_at + AROUND),
    )


def _by_report(line: SuspenseLine) -> list[int]:
    """She told us that she had paid and that it was not shown, or not right."""
    return _seats(
        """
        SELECT DISTINCT s.id FROM report r JOIN seat s ON s.member_id = r.member_id
                   AND (r.group_id IS NULL OR s.group_id = r.group_id)
         WHERE r.kind IN ('not_shown', 'wrong_amount') AND r.opened_at >= %s LIMIT 200
        """,
        (line.created_at - AROUND,),
    )


def _by_debt(kobo: int) -> list[int]:
    """She owes exactly that: one debt of hers, or all of them together."""
    return _seats(
        """
        SELECT seat_id FROM obligation WHERE status = ANY(%(unpaid)s) AND amount_kobo - paid_kobo = %(kobo)s
        UNION
        SELECT seat_id FROM obligation WHERE status = ANY(%(unpaid)s)
         GROUP BY seat_id HAVING sum(amount_kobo - paid_kobo) = %(kobo)s
         LIMIT 50
        """,
        {"unpaid": sorted(UNPAID), "kobo": kobo},
    )


def _by_debt_with_fee(kobo: int) -> list[int]:
    """She owes what is left of it when the provider's fee was added on top, as we ask for it."""
    rows = database.execute_sql(
        """
        SELECT seat_id, amount_kobo - paid_kobo FROM obligation
         WHERE status = ANY(%s) AND amount_kobo - paid_kobo BETWEEN %s AND %s LIMIT 500
        """,
        (sorted(UNPAID), kobo - fees.paystack_collection_fee(kobo) - fees.NAIRA, kobo - 1),
    ).fetchall()
    return [seat for seat, owed in rows if fees.gross_up(owed)[1] == kobo]


def _by_person(sought: Sought | None) -> list[int]:
    if sought is None or not sought.members:
        return []
    return _seats("SELECT id FROM seat WHERE member_id = ANY(%s) AND turn IS NOT NULL", (list(sought.members),))


def _seats(sql: str, values: Any) -> list[int]:
    return [int(row[0]) for row in database.execute_sql(sql, values).fetchall()]


def _named(found: Mapping[int, Iterable[str]]) -> list[Guess]:
    """Only seats whose turn is known: others owe nothing yet."""
    rows = database.execute_sql(
        """
        SELECT s.id, s.member_id, s.group_id, g.name, s.turn,
               (SELECT coalesce(sum(o.amount_kobo - o.paid_kobo), 0)::bigint FROM obligation o
                 WHERE o.seat_id = s.id AND o.status = ANY(%s))
          FROM seat s JOIN savings_group g ON g.id = s.group_id WHERE s.id = ANY(%s) AND s.turn IS NOT NULL
        """,
        (sorted(UNPAID), list(found)),
    ).fetchall()
    names = names_of({row[1] for row in rows})
    return [
        Guess(seat, who, names[who], group_id, group, turn, owed, tuple(sorted(found[seat], key=lambda why: -WHY[why])))
        for seat, who, group_id, group, turn, owed in rows
    ]

"""The books of a house, with people and cycles in the place of ids and references, so that two runs can be compared."""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg2

from bot.sandbox import postgres
from bot.sandbox.house import House
from tests.story.expected import PEOPLE, Entry

# Money that becomes transferable is moved when somebody looks, so how often depends on the hour.
MOVED_BY_THE_HOUR = "settle"


@dataclass(frozen=True)
class Books:
    """entries: without those between Paystack's two pockets. rows: what else must not depend on who was killed."""

    entries: Counter[Entry]
    balances: dict[str, int]
    rows: dict[str, Counter[tuple[Any, ...]]] = field(repr=False)


ROWS = {
    "group": "SELECT status FROM savings_group",
    "cycles": "SELECT number, status, due_on - (SELECT anchor_on FROM savings_group) FROM cycle",
    "seats": "SELECT 'member:' || member_id, turn, status FROM seat",
    "obligations": """
        SELECT 'member:' || seat.member_id, cycle.number, kind, amount_kobo, paid_kobo, obligation.status
        FROM obligation JOIN seat ON seat.id = seat_id JOIN cycle ON cycle.id = cycle_id
    """,
    "payments": """
        SELECT 'member:' || member_id, cycle.number, method, amount_kobo, fee_kobo, received_kobo, provider_fee_kobo,
               payment.status
        FROM payment JOIN cycle ON cycle.id = cycle_id
    """,
    "payouts": """
        SELECT cycle.number, 'member:' || payout.member_id, part, gross_kobo, fee_kobo, net_kobo, payout.status,
               (SELECT count(*) FROM payout_attempt t WHERE t.payout_id = payout.id AND t.status = 'success'),
               (SELECT count(DISTINCT member_id) FROM approval a WHERE a.subject = 'payout:' || payout.id
                                                                   AND a.payload_hash = payout.payload_hash)
        FROM payout JOIN cycle ON cycle.id = cycle_id
    """,
    "suspense": "SELECT direction, kobo, currency, reason FROM suspense",
}


def books_of(house: House) -> Books:
    """Everything that the story left behind."""
    with closing(psycopg2.connect(postgres.url(house.settings.postgres_port))) as db, db.cursor() as cursor:

        def rows(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            return cursor.fetchall()

        names = _names(rows)

        def named(value: Any) -> Any:
            return names(value).removeprefix("member:") if isinstance(value, str) else value

        legs = rows(
            """
            SELECT e.id, e.kind, l.account_id, l.amount
            FROM journal_entry e JOIN journal_leg l ON l.entry_id = e.id ORDER BY e.id
            """
        )
        entries: dict[int, tuple[str, list[tuple[str, int]]]] = {}
        for entry_id, kind, account, amount in legs:
            entries.setdefault(entry_id, (kind, []))[1].append((names(account), int(amount)))
        return Books(
            Counter((kind, tuple(sorted(each))) for kind, each in entries.values() if kind != MOVED_BY_THE_HOUR),
            {
                names(account): int(kobo)
                for account, kobo in rows("SELECT account_id, amount FROM account_balance")
                if kobo
            },
            {name: Counter(tuple(map(named, row)) for row in rows(sql)) for name, sql in ROWS.items()},
        )


def _names(rows: Any) -> Any:
    """A function that puts a name into an account in the place of an id."""
    # People and seats in the order in which they came; nobody else registers in the story.
    members = dict(zip((str(each) for (each,) in rows("SELECT id FROM member ORDER BY id")), PEOPLE, strict=False))
    found = {
        "liab.pot": _map(rows("SELECT id, number FROM cycle")),
        "due.contrib": _map(rows("SELECT id, number FROM cycle")),
        "due.seat": {str(seat): members[str(member)] for seat, member in rows("SELECT id, member_id FROM seat")},
        "due.penalty": _map(rows("SELECT id, 'group' FROM savings_group")),
        "liab.penalty_pool": _map(rows("SELECT id, 'group' FROM savings_group")),
        "liab.payout_clearing": _map(rows("SELECT p.id, c.number FROM payout p JOIN cycle c ON c.id = p.cycle_id")),
        "liab.wallet": members,
        "member": members,
    }

    def name(account: str) -> str:
        family, _, owner = account.partition(":")
        return f"{family}:{found[family][owner]}" if family in found else account

    return name


def _map(pairs: list[tuple[Any, Any]]) -> dict[str, str]:
    return {str(key): str(value) for key, value in pairs}

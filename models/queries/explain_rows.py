"""A group's money as its rows tell it: who paid what and when, who was paid, who still owes."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from models.base import database
from models.queries.group_books import CycleBooks, PaidIn, PaidOut
from models.queries.people import known_as, names_of
from models.rules.accounts import PSP_FEES
from models.rules.circle import UNPAID


def cycles_of(group_id: int, balances: dict[str, int]) -> tuple[CycleBooks, ...]:
    rows = database.execute_sql(
        """
        SELECT c.id, c.number, c.due_on, c.status,
               ARRAY(SELECT s.member_id FROM pot JOIN seat s ON s.id = pot.seat_id
                      WHERE pot.cycle_id = c.id ORDER BY pot.number)
          FROM cycle c WHERE c.group_id = %s ORDER BY c.number
        """,
        (group_id,),
    ).fetchall()
    names = _known(group_id)
    paid_in, paid_out, owed = _paid_in(group_id, names), _paid_out(group_id, names), _owed(group_id, names)
    return tuple(
        CycleBooks(
            number=number,
            due_on=due_on,
            status=status,
            collects=tuple(names[member] for member in recipients),
            paid_in=tuple(paid_in[cycle_id]),
            paid_out=tuple(paid_out[cycle_id]),
            owed=tuple(owed[cycle_id]),
            held_kobo=-balances.get(f"liab.pot:{cycle_id}", 0),
        )
        for cycle_id, number, due_on, status, recipients in rows
    )


def _known(group_id: int) -> dict[int, str]:
    rows = database.execute_sql("SELECT DISTINCT member_id FROM seat WHERE group_id = %s", (group_id,)).fetchall()
    return {member_id: known_as(name) for member_id, name in names_of(row[0] for row in rows).items()}


def _paid_in(group_id: int, names: dict[int, str]) -> defaultdict[int, list[PaidIn]]:
    rows = database.execute_sql(
        """
        SELECT coalesce(o.cycle_id, p.cycle_id) AS cycle_id, p.member_id, s.turn, p.short_ref, p.paid_at,
               bool_or(o.kind = 'contribution' AND p.paid_at > o.due_at) IS TRUE,
               coalesce(sum(a.kobo) FILTER (WHERE o.kind = 'contribution'), 0)::bigint,
               coalesce(sum(a.kobo) FILTER (WHERE o.kind = 'penalty'), 0)::bigint,
               coalesce(sum(a.kobo) FILTER (WHERE o.kind = 'deposit'), 0)::bigint,
               coalesce(sum(a.kobo) FILTER (WHERE a.target = 'recovery'), 0)::bigint,
               coalesce(sum(a.kobo) FILTER (WHERE a.target = 'wallet'), 0)::bigint,
               coalesce(sum(a.kobo) FILTER (WHERE o.kind = 'unwinding'), 0)::bigint
          FROM allocation a
          JOIN payment p ON p.id = a.payment_id
          JOIN seat s ON s.id = p.seat_id
          LEFT JOIN obligation o ON o.id = a.obligation_id
         WHERE s.group_id = %s AND a.target <> 'suspense'
         GROUP BY 1, p.id, s.turn ORDER BY p.paid_at, p.id
        """,
        (group_id,),
    ).fetchall()
    return _by_cycle((cycle_id, PaidIn(names[member], *values)) for cycle_id, member, *values in rows)


def _paid_out(group_id: int, names: dict[int, str]) -> defaultdict[int, list[PaidOut]]:
    rows = database.execute_sql(
        """
        SELECT p.cycle_id, p.member_id, coalesce(b.bank_name || ' ***' || b.last4, ''), p.short_ref, p.status,
               p.gross_kobo, p.fee_kobo, p.net_kobo,
               (SELECT coalesce(sum(l.amount), 0)::bigint FROM journal_entry e JOIN journal_leg l ON l.entry_id = e.id
                 WHERE e.payout_id = p.id AND l.account_id = %s),
               p.paid_at
          FROM payout p
          JOIN cycle c ON c.id = p.cycle_id
          LEFT JOIN bank_account b ON b.id = p.bank_account_id
         WHERE c.group_id = %s AND p.kind <> 'wallet' ORDER BY p.id
        """,
        (PSP_FEES, group_id),
    ).fetchall()
    return _by_cycle((cycle_id, PaidOut(names[member], *values)) for cycle_id, member, *values in rows)


def _owed(group_id: int, names: dict[int, str]) -> defaultdict[int, list[tuple[str, int]]]:
    rows = database.execute_sql(
        """
        SELECT o.cycle_id, s.member_id, sum(o.amount_kobo - o.paid_kobo)::bigint
          FROM obligation o JOIN seat s ON s.id = o.seat_id
         WHERE s.group_id = %s AND o.status = ANY(%s)
         GROUP BY o.cycle_id, s.id ORDER BY s.turn
        """,
        (group_id, sorted(UNPAID)),
    ).fetchall()
    return _by_cycle((cycle_id, (names[member], kobo)) for cycle_id, member, kobo in rows)


def foreign_of(group_id: int) -> tuple[tuple[str, int, str], ...]:
    rows = database.execute_sql(
        """
        SELECT p.short_ref, x.kobo, x.currency
          FROM suspense x JOIN payment p ON p.id = x.payment_id JOIN seat s ON s.id = p.seat_id
         WHERE s.group_id = %s AND x.reason <> 'wrong_domain' ORDER BY x.id
        """,
        (group_id,),
    ).fetchall()
    return tuple((reference, kobo, currency) for reference, kobo, currency in rows)


def _by_cycle(lines: Iterable[tuple[int, Any]]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for cycle_id, line in lines:
        found[cycle_id].append(line)
    return found

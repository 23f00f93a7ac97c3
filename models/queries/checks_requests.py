"""Requests against the circle: turns and pots agree after every swap, due dates moved only by what was allowed, and
a late fee that was taken off had two people behind it (circle-rules 4.3, 4.6)."""

from typing import Final

from models.queries.checks import Check

REQUESTS: Final = (
    # Who collects when is written down twice, in the turn of a seat and in the pot of a cycle; both say the same.
    Check(
        "I22",
        "seats whose pot is not that of their turn",
        """
        SELECT s.id
          FROM seat s
          JOIN savings_group g ON g.id = s.group_id AND g.order_set_at IS NOT NULL
         WHERE s.turn IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM pot p JOIN cycle c ON c.id = p.cycle_id
                            WHERE p.seat_id = s.id AND c.group_id = s.group_id
                              AND c.number = (s.turn - 1) / g.pots_per_cycle + 1
                              AND p.number = mod(s.turn - 1, g.pots_per_cycle) + 1)
        """,
    ),
    Check(
        "I22",
        "payouts of a pot to another seat than its own",
        """
        SELECT p.id
          FROM payout p JOIN pot ON pot.cycle_id = p.cycle_id AND pot.number = p.pot_number
         WHERE p.kind <> 'wallet' AND p.status <> 'cancelled' AND p.seat_id <> pot.seat_id
        """,
    ),
    # No seat can be promised to two others.
    Check(
        "I22",
        "seats in two swaps that wait for an answer",
        """
        SELECT seat_id
          FROM (SELECT asker_seat_id AS seat_id FROM swap WHERE status IN ('asked', 'agreed')
                UNION ALL SELECT other_seat_id FROM swap WHERE status IN ('asked', 'agreed')) open
         GROUP BY seat_id HAVING count(*) > 1
        """,
    ),
    # What is owed is due with its cycle, or when an officer has allowed it to be.
    Check(
        "I23",
        "contributions that are due neither with their cycle nor as more time was given",
        """
        SELECT o.id
          FROM obligation o
          JOIN cycle c ON c.id = o.cycle_id AND c.status NOT IN ('scheduled', 'cancelled')
          LEFT JOIN extension e ON e.obligation_id = o.id
         WHERE o.kind = 'contribution' AND o.status IN ('pending', 'partial')
           AND o.due_at <> CASE WHEN e.status = 'allowed' OR e.status = 'broken' AND o.due_at = e.due_after
                                THEN e.due_after ELSE c.due_at END
        """,
    ),
    Check(
        "I24",
        "late fees that were taken off without two approvals, or not at all",
        """
        SELECT w.id
          FROM waiver w
          JOIN obligation f ON f.id = w.obligation_id
          JOIN seat s ON s.id = f.seat_id
          LEFT JOIN approval a ON a.subject = 'waiver:' || w.id AND a.verdict = 'yes'
                              AND a.member_id IS DISTINCT FROM s.member_id
         WHERE w.status = 'waived'
         GROUP BY w.id, f.status
        HAVING count(DISTINCT a.member_id) + count(DISTINCT a.staff_id) < 2 OR f.status <> 'waived'
        """,
    ),
    # Everybody hears what became of her request.
    Check(
        "I25",
        "requests that were granted and of which nobody was told",
        """
        SELECT fact
          FROM (SELECT 'swap:' || id || ':done' AS fact FROM swap WHERE status = 'done'
                UNION ALL SELECT 'time:' || id || ':given' FROM extension WHERE status IN ('allowed', 'kept', 'broken')
                UNION ALL SELECT 'waiver:' || id || ':over' FROM waiver WHERE status = 'waived') granted
         WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE starts_with(o.dedupe_key, granted.fact || ':'))
        """,
    ),
)

"""A group's end in the middle against the books: what it owes is what it holds and what it is owed, seat by seat, and
nobody is asked twice (circle-rules 4.9 E)."""

from typing import Final

from models.queries.checks import Check

UNWINDING: Final = (
    # Claims less debts are what is there. (Both accounts are moved by the same entries; anything else is a mistake.)
    Check(
        "I26",
        "dissolutions that owe something else than they hold and are owed",
        """
        SELECT u.group_id
          FROM unwinding u
          LEFT JOIN account_balance cash ON cash.account_id = 'liab.unwinding:' || u.group_id
          LEFT JOIN account_balance due ON due.account_id = 'due.unwinding:' || u.group_id
         WHERE coalesce(cash.amount, 0) + coalesce(due.amount, 0) <> 0
        """,
    ),
    Check(
        "I26",
        "dissolutions whose accounts did not add up when they began",
        """
        SELECT u.group_id
          FROM unwinding u LEFT JOIN unwinding_share s ON s.group_id = u.group_id
         GROUP BY u.group_id HAVING u.held_kobo <> coalesce(sum(s.net_kobo), 0)
        """,
    ),
    # What a seat is owed: its claim, less what has been set aside for it or sent.
    Check(
        "I27",
        "seats to which a dissolution owes something else in the books than in rows",
        """
        SELECT coalesce(s.account_id, b.account_id)
          FROM (SELECT 'due.claim:' || u.seat_id AS account_id,
                       u.net_kobo - (SELECT coalesce(sum(p.gross_kobo), 0) FROM payout p
                                      WHERE p.seat_id = u.seat_id AND p.kind = 'claim'
                                        AND p.status IN ('reserved', 'in_flight', 'retry', 'paid', 'returned')) AS kobo
                  FROM unwinding_share u WHERE u.net_kobo > 0) s
          FULL JOIN (SELECT * FROM account_balance WHERE starts_with(account_id, 'due.claim:')) b
            ON b.account_id = s.account_id
         WHERE coalesce(s.kobo, 0) + coalesce(b.amount, 0) <> 0
        """,
    ),
    Check(
        "I27",
        "payouts of claims that nobody has, or that are more than is owed or held",
        """
        SELECT p.seat_id
          FROM payout p LEFT JOIN unwinding_share u ON u.seat_id = p.seat_id
         WHERE p.kind = 'claim' AND p.status <> 'cancelled'
         GROUP BY p.seat_id, u.net_kobo HAVING sum(p.gross_kobo) > coalesce(greatest(u.net_kobo, 0), 0)
        UNION ALL
        SELECT u.group_id
          FROM unwinding u
          JOIN unwinding_share s ON s.group_id = u.group_id
          JOIN payout p ON p.seat_id = s.seat_id AND p.kind = 'claim'
                       AND p.status IN ('held', 'awaiting_approval', 'approved')
          LEFT JOIN account_balance b ON b.account_id = 'liab.unwinding:' || u.group_id
         GROUP BY u.group_id, b.amount HAVING sum(p.gross_kobo) > coalesce(-b.amount, 0)
        """,
    ),
    # What a seat owes stands in one obligation, and nothing else of the circle is asked of anybody.
    Check(
        "I28",
        "seats whose debt to a dissolution is not their share in it",
        """
        SELECT coalesce(s.seat_id, o.seat_id)
          FROM (SELECT seat_id, -net_kobo AS kobo FROM unwinding_share WHERE net_kobo < 0) s
          FULL JOIN (SELECT seat_id, amount_kobo FROM obligation WHERE kind = 'unwinding') o ON o.seat_id = s.seat_id
         WHERE s.kobo IS DISTINCT FROM o.amount_kobo
        """,
    ),
    Check(
        "I28",
        "groups that are being dissolved and still run, or ask for something else",
        """
        SELECT g.id
          FROM savings_group g LEFT JOIN unwinding u ON u.group_id = g.id
         WHERE (u.group_id IS NOT NULL)
               <> (g.status = 'dissolving' OR g.status = 'cancelled' AND g.started_at IS NOT NULL)
            OR (u.group_id IS NOT NULL AND (
                  (u.ended_at IS NOT NULL) <> (g.status = 'cancelled')
               OR EXISTS (SELECT 1 FROM cycle c WHERE c.group_id = g.id AND c.status NOT IN ('settled', 'cancelled'))
               OR EXISTS (SELECT 1 FROM obligation o JOIN cycle c ON c.id = o.cycle_id
                           WHERE c.group_id = g.id AND o.kind <> 'unwinding' AND o.status IN ('pending', 'partial'))
               OR EXISTS (SELECT 1 FROM payout p JOIN cycle c ON c.id = p.cycle_id
                           WHERE c.group_id = g.id AND p.kind = 'pot'
                             AND p.status NOT IN ('cancelled', 'paid', 'returned')
                             AND NOT EXISTS (SELECT 1 FROM journal_entry e
                                              WHERE e.payout_id = p.id AND e.kind = 'repay'))))
        """,
    ),
    # When it is over, each has what was owed to her, to the kobo.
    Check(
        "I28",
        "groups that were dissolved and are over, and still hold, owe or are owed money",
        """
        SELECT g.id
          FROM savings_group g JOIN unwinding u ON u.group_id = g.id
         WHERE g.status = 'cancelled' AND (
               EXISTS (SELECT 1 FROM account_balance b
                        WHERE b.account_id IN ('liab.unwinding:' || g.id, 'due.unwinding:' || g.id) AND b.amount <> 0)
            OR EXISTS (SELECT 1 FROM unwinding_share s WHERE s.group_id = g.id AND s.net_kobo > 0
                          AND s.net_kobo <> (SELECT coalesce(sum(p.gross_kobo), 0) FROM payout p
                                              WHERE p.seat_id = s.seat_id AND p.kind = 'claim'
                                                AND (p.status IN ('paid', 'returned') OR EXISTS (
                                                      SELECT 1 FROM journal_entry e
                                                       WHERE e.payout_id = p.id AND e.kind = 'repay')))))
        """,
    ),
)

"""States against money: nothing that is over holds or owes anything, and every row says of itself what was paid.

These go beyond ledger 2.5; circle-rules 4.1 and 4.11 ask for them ("no state in which
CANCELLED or COMPLETED holds money").
"""

from typing import Final

from models.queries.checks import Check

STATES: Final = (
    # The state of an obligation is nothing but a name for how much of it was paid, and when.
    Check(
        "I18",
        "obligations whose state is not how they were paid",
        """
        SELECT id FROM obligation
         WHERE NOT coalesce(
                 CASE status WHEN 'pending' THEN paid_kobo = 0
                             WHEN 'partial' THEN paid_kobo > 0 AND paid_kobo < amount_kobo
                             WHEN 'paid' THEN paid_kobo = amount_kobo AND settled_at <= due_at
                             WHEN 'paid_late' THEN paid_kobo = amount_kobo AND settled_at > due_at
                             ELSE true END, false)
        """,
    ),
    # What an obligation was paid, some payment paid. (A wallet, a deposit or a receipt out of suspense that paid has an
    # entry of its own.)
    Check(
        "I18",
        "obligations that were paid something else than payments brought",
        """
        SELECT o.id
          FROM obligation o
          LEFT JOIN (SELECT obligation_id, sum(kobo) AS kobo FROM allocation GROUP BY obligation_id) a
            ON a.obligation_id = o.id
         WHERE o.paid_kobo <> coalesce(a.kobo, 0)
           AND NOT EXISTS (SELECT 1 FROM journal_entry e JOIN journal_leg l ON l.entry_id = e.id
                            WHERE e.kind IN ('apply', 'default', 'suspense.assign')
                              AND l.account_id = 'due.seat:' || o.seat_id)
        """,
    ),
    Check(
        "I18",
        "seats whose obligations were paid something else than payments and entries brought",
        """
        SELECT o.seat_id
          FROM (SELECT seat_id, sum(paid_kobo) AS kobo FROM obligation GROUP BY seat_id) o
          LEFT JOIN (SELECT d.seat_id, sum(a.kobo) AS kobo
                       FROM allocation a JOIN obligation d ON d.id = a.obligation_id GROUP BY d.seat_id) paid
            ON paid.seat_id = o.seat_id
          LEFT JOIN (SELECT l.account_id, -sum(l.amount) AS kobo
                       FROM journal_entry e JOIN journal_leg l ON l.entry_id = e.id
                      WHERE e.kind = 'suspense.assign' AND starts_with(l.account_id, 'due.seat:')
                      GROUP BY l.account_id) placed ON placed.account_id = 'due.seat:' || o.seat_id
         WHERE o.kobo <> coalesce(paid.kobo, 0) + coalesce(placed.kobo, 0)
           AND NOT EXISTS (SELECT 1 FROM journal_entry e JOIN journal_leg l ON l.entry_id = e.id
                            WHERE e.kind IN ('apply', 'default') AND l.account_id = 'due.seat:' || o.seat_id)
        """,
    ),
    # What has been placed or given back was settled by exactly one entry, and what waits by none.
    Check(
        "I21",
        "receipts in suspense whose state and entry in the books disagree",
        """
        SELECT s.id FROM suspense s LEFT JOIN journal_entry e ON e.idem = 'suspense:' || s.id
         WHERE (s.status = 'resolved') <> (e.id IS NOT NULL)
        """,
    ),
    # The money in a pot is what its members paid in, less what has left it: by payouts, or all of it when the group was
    # dissolved. (What was given back of a contribution that was cancelled has an entry of its own.)
    Check(
        "I19",
        "cycles whose pot holds something else than was paid in and not paid out",
        """
        SELECT c.id
          FROM cycle c
          LEFT JOIN (SELECT cycle_id, sum(paid_kobo) AS kobo FROM obligation o
                      WHERE kind = 'contribution' AND (status <> 'cancelled' OR NOT EXISTS (
                              SELECT 1 FROM journal_entry e WHERE e.idem = 'cancel:' || o.seat_id || ':' || o.cycle_id))
                      GROUP BY cycle_id) came ON came.cycle_id = c.id
          LEFT JOIN (SELECT cycle_id, sum(gross_kobo) AS kobo FROM payout
                      WHERE kind = 'pot' AND status IN ('reserved', 'in_flight', 'retry', 'paid', 'returned')
                      GROUP BY cycle_id) went ON went.cycle_id = c.id
          LEFT JOIN (SELECT l.account_id, l.amount AS kobo FROM journal_entry e JOIN journal_leg l ON l.entry_id = e.id
                      WHERE e.kind = 'unwind.pot' AND l.amount > 0) shared ON shared.account_id = 'liab.pot:' || c.id
          LEFT JOIN account_balance b ON b.account_id = 'liab.pot:' || c.id
         WHERE coalesce(came.kobo, 0) - coalesce(went.kobo, 0) - coalesce(shared.kobo, 0) + coalesce(b.amount, 0) <> 0
        """,
    ),
    # A cycle that is over holds nothing, is owed nothing and has no payout before it. (One that came back from the
    # bank is paid again afterwards, out of what is kept for its recipient.)
    Check(
        "I20",
        "cycles that are over and still hold, are owed or pay out money",
        """
        SELECT c.id
          FROM cycle c
         WHERE c.status IN ('paid', 'settled', 'cancelled') AND (
               EXISTS (SELECT 1 FROM account_balance b WHERE b.account_id = 'liab.pot:' || c.id AND b.amount <> 0)
            OR EXISTS (SELECT 1 FROM obligation o WHERE o.cycle_id = c.id AND o.kind = 'contribution'
                          AND o.status IN ('pending', 'partial'))
            OR EXISTS (SELECT 1 FROM payout p WHERE p.cycle_id = c.id AND p.kind = 'pot'
                          AND p.status IN ('held', 'awaiting_approval', 'approved', 'reserved')
                          AND NOT EXISTS (SELECT 1 FROM journal_entry e
                                           WHERE e.payout_id = p.id AND e.kind = 'repay')))
        """,
    ),
    # A group that is over has given back or paid out everything, and nobody owes it anything.
    Check(
        "I20",
        "groups that are over and still hold or are owed money, or have cycles that are not over",
        """
        SELECT g.id
          FROM savings_group g
         WHERE g.status IN ('completed', 'cancelled') AND (
               EXISTS (SELECT 1 FROM account_balance b
                        WHERE b.account_id = 'liab.penalty_pool:' || g.id AND b.amount <> 0)
            OR EXISTS (SELECT 1 FROM seat s JOIN account_balance b
                          ON b.account_id IN ('liab.deposit:' || s.id, 'due.seat:' || s.id)
                        WHERE s.group_id = g.id AND b.amount <> 0)
            OR EXISTS (SELECT 1 FROM cycle c WHERE c.group_id = g.id AND c.status NOT IN ('settled', 'cancelled')
                          AND (g.status = 'completed' OR c.status <> 'scheduled')))
        """,
    ),
    # Money that could not be placed waits in a row that people see, and nothing else does.
    Check(
        "I21",
        "suspense accounts that hold something else than their open rows say",
        """
        SELECT coalesce(s.account_id, b.account_id)
          FROM (SELECT CASE direction WHEN 'in' THEN 'liab.suspense_in' ELSE 'asset.suspense_out' END
                       || CASE currency WHEN ajo_home_currency() THEN '' ELSE ':' || currency END AS account_id,
                       sum(CASE direction WHEN 'in' THEN -kobo ELSE kobo END) AS amount
                  FROM suspense WHERE status = 'open' AND reason <> 'wrong_domain' GROUP BY 1) s
          FULL JOIN (SELECT * FROM account_balance
                      WHERE starts_with(account_id, 'liab.suspense_in')
                         OR starts_with(account_id, 'asset.suspense_out')) b ON b.account_id = s.account_id
         WHERE coalesce(s.amount, 0) <> coalesce(b.amount, 0)
        """,
    ),
)

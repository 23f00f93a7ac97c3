"""The rows against the books: what a payment, a payout or an obligation says of itself is what was booked (ledger 2.5).

Status, row and entry are written in one transaction. Whoever forgets one of the three
is found here.
"""

from typing import Final

from models.queries.checks import Check

ROWS: Final = (
    # Money in is booked once, for exactly the payments that succeeded, with what the provider says it received.
    # (Another currency is booked net of the provider's fee: we keep no float in it.)
    Check(
        "I7",
        "payments whose state and receipt in the books disagree",
        """
        SELECT p.id
          FROM payment p
          LEFT JOIN journal_entry e ON e.idem = 'charge:' || p.reference
          LEFT JOIN LATERAL (
            SELECT sum(l.amount) AS kobo, min(a.currency) AS currency
              FROM journal_leg l JOIN account a ON a.id = l.account_id
             WHERE l.entry_id = e.id AND (starts_with(a.id, 'cash.') OR starts_with(a.id, 'exp.psp_fees'))) came ON true
         WHERE (p.status IN ('success', 'disputed', 'charged_back', 'refunding', 'refunded')) <> (e.id IS NOT NULL)
            OR (e.id IS NOT NULL AND (
                 e.payment_id IS DISTINCT FROM p.id
                 OR came.kobo IS DISTINCT FROM p.received_kobo
                    - CASE WHEN came.currency <> p.currency THEN p.provider_fee_kobo ELSE 0 END))
        """,
    ),
    # A receipt that was placed belongs to a payment; what could not be placed was kept in suspense.
    Check(
        "I7",
        "receipts in the books that no payment or suspense explains",
        """
        SELECT e.id
          FROM journal_entry e
          LEFT JOIN payment p ON e.idem = 'charge:' || p.reference
          LEFT JOIN suspense s ON s.direction = 'in' AND e.idem = 'charge:' || s.reference
         WHERE (e.kind = 'charge' AND p.id IS NULL) OR (e.kind = 'charge.suspense' AND s.id IS NULL)
        """,
    ),
    # Where a payment went was written down to the last kobo, and nothing was given out that did not come.
    Check(
        "I7",
        "payments whose parts are not what was received",
        """
        SELECT p.id
          FROM payment p
          LEFT JOIN (SELECT payment_id, sum(kobo) AS kobo FROM allocation GROUP BY payment_id) a ON a.payment_id = p.id
         WHERE coalesce(a.kobo, 0) <> CASE WHEN p.status IN ('created', 'sending', 'pending', 'failed', 'abandoned')
                                           THEN 0 ELSE coalesce(p.received_kobo, 0) END
        """,
    ),
    # From the reservation to the provider's last word the money of a payout lies in its own account, all of it,
    # and never afterwards. After a return and a new reservation that is the net: the fee was ours already.
    Check(
        "I8",
        "payouts whose reserved money is not what their state says",
        """
        SELECT coalesce(p.id::text, b.account_id)
          FROM (SELECT account_id, split_part(account_id, ':', 2)::bigint AS payout_id, -amount AS kobo
                  FROM account_balance WHERE starts_with(account_id, 'liab.payout_clearing:')) b
          FULL JOIN payout p ON p.id = b.payout_id
         WHERE coalesce(b.kobo, 0) <> CASE
                 WHEN p.status IS NULL OR p.status NOT IN ('reserved', 'in_flight', 'retry') THEN 0
                 WHEN EXISTS (SELECT 1 FROM journal_entry e WHERE e.payout_id = p.id AND e.kind = 'repay')
                 THEN p.net_kobo ELSE p.gross_kobo END
        """,
    ),
    # What a bank sent back is kept for its recipient, all of it, until it is set aside to be sent again.
    Check(
        "I8",
        "members for whom something else is kept than banks sent back",
        """
        SELECT coalesce(p.account_id, b.account_id)
          FROM (SELECT 'liab.payout_returned:' || member_id AS account_id, sum(net_kobo) AS kobo
                  FROM payout WHERE status = 'returned' GROUP BY 1) p
          FULL JOIN (SELECT * FROM account_balance WHERE starts_with(account_id, 'liab.payout_returned:')) b
            ON b.account_id = p.account_id
         WHERE coalesce(p.kobo, 0) + coalesce(b.amount, 0) <> 0
        """,
    ),
    # A payout is paid when, and only when, one transfer of it was booked and has not come back.
    Check(
        "I9",
        "payouts whose state and transfers in the books disagree",
        """
        SELECT p.id
          FROM payout p
          LEFT JOIN payout_attempt t ON t.payout_id = p.id
          LEFT JOIN journal_entry out ON out.idem = 'paid:' || t.reference
          LEFT JOIN journal_entry back ON back.idem = 'returned:' || t.reference
         GROUP BY p.id
        HAVING count(out.id) - count(back.id) <> CASE WHEN p.status = 'paid' THEN 1 ELSE 0 END
            OR (p.status = 'returned' AND count(back.id) = 0)
        """,
    ),
    Check(
        "I9",
        "transfers whose state and entries in the books disagree",
        """
        SELECT t.reference
          FROM payout_attempt t
          LEFT JOIN journal_entry out ON out.idem = 'paid:' || t.reference
          LEFT JOIN journal_entry back ON back.idem = 'returned:' || t.reference
         WHERE (t.status IN ('success', 'reversed')) <> (out.id IS NOT NULL)
            OR (t.status = 'reversed') <> (back.id IS NOT NULL)
        """,
    ),
    # Nothing can be sent twice: one payout at a time for a pot, one transfer at a time for a payout.
    Check(
        "I9b",
        "pots with two payouts, or payouts with two transfers, under way",
        """
        SELECT 'cycle:' || cycle_id || ' pot:' || pot_number FROM payout
         WHERE kind <> 'wallet'
           AND status IN ('held', 'awaiting_approval', 'approved', 'reserved', 'in_flight', 'retry')
         GROUP BY cycle_id, pot_number HAVING count(*) > 1
        UNION ALL
        SELECT 'payout:' || payout_id FROM payout_attempt
         WHERE status IN ('created', 'sending', 'pending', 'unknown', 'manual')
         GROUP BY payout_id HAVING count(*) > 1
        """,
    ),
    # What a screen says that she owes is what the books say: only 'pending' and 'partial' are still owed. What was
    # covered, waived, written off or cancelled has been taken off the debt by an entry of its own.
    Check(
        "I11",
        "seats whose debt in rows is not their debt in the books",
        """
        SELECT coalesce(o.account_id, b.account_id)
          FROM (SELECT 'due.seat:' || seat_id AS account_id, sum(amount_kobo - paid_kobo) AS kobo
                  FROM obligation WHERE status IN ('pending', 'partial') GROUP BY seat_id) o
          FULL JOIN (SELECT * FROM account_balance WHERE starts_with(account_id, 'due.seat:')) b
            ON b.account_id = o.account_id
         WHERE coalesce(o.kobo, 0) <> coalesce(b.amount, 0)
        """,
    ),
    # ... and is owed for what the row says: to this cycle, or as a late fee to this group.
    Check(
        "I11",
        "cycles and groups to which something else is owed than rows say",
        """
        SELECT coalesce(o.account_id, b.account_id)
          FROM (SELECT CASE o.kind WHEN 'contribution' THEN 'due.contrib:' || o.cycle_id
                                   WHEN 'penalty' THEN 'due.penalty:' || c.group_id
                                   ELSE 'due.deposit:' || o.seat_id END AS account_id,
                       sum(o.amount_kobo - o.paid_kobo) AS kobo
                  FROM obligation o JOIN cycle c ON c.id = o.cycle_id
                 WHERE o.status IN ('pending', 'partial') AND o.kind <> 'unwinding' GROUP BY 1) o
          FULL JOIN (SELECT * FROM account_balance
                      WHERE account_id ~ '^due[.](contrib|penalty|deposit):') b ON b.account_id = o.account_id
         WHERE coalesce(o.kobo, 0) + coalesce(b.amount, 0) <> 0
        """,
    ),
    # Whatever was sent had been written down before: a reference that was given out is never forgotten, and its money
    # had left the pot.
    Check(
        "I13",
        "transfers that were sent before they were written down or reserved",
        """
        SELECT t.reference
          FROM payout_attempt t
          LEFT JOIN journal_entry e ON e.idem = 'reserve:' || t.payout_id
         WHERE CASE WHEN t.sends > 0 THEN t.first_sent_at < t.created_at OR t.first_sent_at IS NULL OR e.id IS NULL
                    ELSE t.status NOT IN ('created', 'failed') END
        """,
    ),
    Check(
        "I13",
        "charges that were sent before they were written down",
        "SELECT reference FROM payment WHERE sends > 0 AND (first_sent_at IS NULL OR first_sent_at < created_at)",
    ),
    # Everybody hears what became of her money.
    Check(
        "I14",
        "payments, late fees and payouts of which nobody was told",
        """
        SELECT 'receipt:' || p.reference FROM payment p
         WHERE p.status = 'success'
           AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.dedupe_key = 'receipt:' || p.reference)
        UNION ALL
        SELECT 'penalty:' || f.seat_id || ':' || f.cycle_id || ':' || f.rule FROM obligation f
         WHERE f.kind = 'penalty'
           AND NOT EXISTS (SELECT 1 FROM outbox o
                            WHERE o.dedupe_key = 'penalty:' || f.seat_id || ':' || f.cycle_id || ':' || f.rule)
        UNION ALL
        SELECT 'paid:' || p.id FROM payout p
         WHERE p.status IN ('paid', 'returned')
           AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.dedupe_key = 'paid:' || p.id)
        """,
    ),
    # Two different people, neither of them the recipient, said yes to exactly this amount, person and bank account.
    Check(
        "I15",
        "payouts that went on without two approvals",
        """
        SELECT p.id
          FROM payout p
          LEFT JOIN approval a ON a.subject = 'payout:' || p.id AND a.payload_hash = p.payload_hash
                              AND a.verdict = 'yes' AND a.member_id IS DISTINCT FROM p.member_id
         WHERE p.status NOT IN ('held', 'awaiting_approval', 'returned', 'cancelled')
         GROUP BY p.id HAVING count(DISTINCT a.member_id) + count(DISTINCT a.staff_id) < 2
        """,
    ),
    # Money goes to an account of the recipient's own, and not before it was old enough to be doubted.
    # (What came back may have gone to an earlier account; the payout names the one in use now.)
    Check(
        "I16",
        "payouts sent to somebody else's account, or before the end of its cooling-off",
        """
        SELECT p.id
          FROM payout p
          JOIN bank_account b ON b.id = p.bank_account_id
          LEFT JOIN payout_attempt t ON t.payout_id = p.id AND t.status <> 'reversed' AND t.sends > 0
         WHERE b.member_id <> p.member_id
            OR (t.id IS NOT NULL AND (b.usable_at IS NULL OR t.first_sent_at < b.usable_at))
        """,
    ),
)

"""The books by themselves: do they balance, are they whole, has anybody touched them (ledger 2.5).

Most of this PostgreSQL refuses to let happen (migration 0003). These questions are
asked nevertheless: of a database that was restored, or that somebody opened by hand.
"""

from typing import Final

from models.queries.checks import Check

BOOKS: Final = (
    # Money is neither made nor lost in any single event: each book and each currency of an entry comes to nothing.
    Check(
        "I1",
        "entries that do not balance",
        """
        SELECT l.entry_id
          FROM journal_leg l JOIN account a ON a.id = l.account_id
         GROUP BY l.entry_id, a.book, a.currency HAVING sum(l.amount) <> 0
        """,
    ),
    # No entry is a fragment, and none has been added to since it was sealed.
    Check(
        "I2",
        "entries with too few legs, or others than were sealed, or legs without an entry",
        """
        SELECT coalesce(e.id, l.entry_id)
          FROM journal_entry e
          FULL JOIN (SELECT entry_id, count(*) AS legs FROM journal_leg GROUP BY entry_id) l ON l.entry_id = e.id
         WHERE e.id IS NULL OR l.legs IS NULL OR l.legs < 2 OR l.legs <> e.legs
        """,
    ),
    # The trial balance.
    Check(
        "I3",
        "books that do not add up to zero",
        """
        SELECT a.book || ' ' || a.currency
          FROM journal_leg l JOIN account a ON a.id = l.account_id
         GROUP BY a.book, a.currency HAVING sum(l.amount) <> 0
        """,
    ),
    # No pot, deposit, wallet, clearing or cash account was ever spent below nothing.
    Check(
        "I4",
        "accounts on the wrong side of zero",
        """
        SELECT b.account_id
          FROM account_balance b JOIN account a ON a.id = b.account_id
         WHERE a.sign * b.amount < 0
        """,
    ),
    # The safeguard: what members could ask for today is there. Fees that we absorb must come out of our own float.
    Check(
        "I5",
        "currencies in which less is there than members own",
        """
        SELECT a.currency
          FROM account_balance b JOIN account a ON a.id = b.account_id
         WHERE starts_with(a.id, 'cash.') OR starts_with(a.id, 'liab.')
         GROUP BY a.currency HAVING sum(b.amount) < 0
        """,
    ),
    # The sum of the legs is the truth; the balance that decisions are made by is only a copy of it.
    Check(
        "I6",
        "balances that are not the sum of their legs",
        """
        SELECT coalesce(b.account_id, t.account_id)
          FROM account_balance b
          FULL JOIN (SELECT account_id, sum(amount) AS total FROM journal_leg GROUP BY account_id) t USING (account_id)
         WHERE coalesce(b.amount, 0) <> coalesce(t.total, 0)
        """,
    ),
    # Out of a cycle's pot never goes more than came into it.
    Check(
        "I10",
        "pots out of which more went than came in",
        """
        SELECT account_id FROM journal_leg
         WHERE starts_with(account_id, 'liab.pot:')
         GROUP BY account_id HAVING sum(amount) > 0
        """,
    ),
    # What was taken back was exactly what had been written; UNIQUE (reverses) sees to it that it was once.
    Check(
        "I12",
        "reversals that are not the exact opposite",
        """
        SELECT r.id
          FROM journal_entry r JOIN journal_leg l ON l.entry_id IN (r.id, r.reverses)
         WHERE r.reverses IS NOT NULL AND r.kind IN ('penalty.waive', 'correction')
         GROUP BY r.id, l.account_id HAVING sum(l.amount) <> 0
        """,
    ),
    # Nobody changed a leg behind the program's back: the digest was taken when the entry was sealed.
    Check(
        "I17",
        "entries whose legs are not those that were sealed",
        r"""
        SELECT e.id
          FROM journal_entry e
          JOIN (SELECT entry_id, sha256(convert_to(string_agg(n || ' ' || account_id || ' ' || amount, E'\n'
                                                              ORDER BY n), 'UTF8')) AS digest
                  FROM journal_leg GROUP BY entry_id) l ON l.entry_id = e.id
         WHERE l.digest <> e.digest
        """,
    ),
    # Every entry is in the audit trail, with the digest that it has: so the chain below also covers the books.
    Check(
        "I17",
        "entries without their row in the audit trail",
        """
        SELECT e.id
          FROM journal_entry e LEFT JOIN audit a ON a.entry_id = e.id
         WHERE a.id IS NULL OR a.subject <> e.idem OR a.detail->>'digest' IS DISTINCT FROM encode(e.digest, 'hex')
        """,
    ),
    # Nobody changed, removed or inserted a row of the audit trail: each hash covers its row and the one before it.
    Check(
        "I17",
        "rows at which the chain of the audit trail is broken",
        """
        SELECT id
          FROM (SELECT *, row_number() OVER links AS place, lag(hash) OVER links AS before
                  FROM audit WINDOW links AS (PARTITION BY chain ORDER BY seq)) a
         WHERE seq <> place
            OR prev_hash <> coalesce(before, sha256(convert_to(chain, 'UTF8')))
            OR hash <> ajo_audit_hash(chain, seq, at, actor, verb, subject, detail, entry_id, prev_hash)
        """,
    ),
    # ... and nobody cut off its end.
    Check(
        "I17",
        "chains of the audit trail that do not end at their head",
        """
        SELECT coalesce(h.chain, a.chain)
          FROM audit_head h
          FULL JOIN (SELECT DISTINCT ON (chain) chain, seq, hash FROM audit ORDER BY chain, seq DESC) a
            ON a.chain = h.chain
         WHERE a.seq IS DISTINCT FROM h.seq OR a.hash IS DISTINCT FROM h.hash
        """,
    ),
)

"""What is kept for members against the books: no payout of it is more than what is there."""

from typing import Final

from models.queries.checks import Check

WALLETS: Final = (
    Check(
        "I31",
        "payouts of what is kept for members that are more than is kept for them",
        """
        SELECT 'member:' || p.member_id
          FROM payout p LEFT JOIN account_balance b ON b.account_id = 'liab.wallet:' || p.member_id
         WHERE p.kind = 'wallet' AND p.status IN ('held', 'awaiting_approval', 'approved')
         GROUP BY p.member_id, b.amount HAVING sum(p.gross_kobo) > -coalesce(b.amount, 0)
        """,
    ),
    # It is the member's own: two of the staff say yes, and no officer of a group of hers.
    Check(
        "I31",
        "payouts of what is kept for members to which a member said yes",
        """
        SELECT p.id
          FROM payout p JOIN approval a ON a.subject = 'payout:' || p.id
         WHERE p.kind = 'wallet' AND a.member_id IS NOT NULL
        """,
    ),
)

"""Pauses against the circle: a group rests exactly while a pause of two people runs, and meanwhile nothing falls due
(circle-rules 4.9 G)."""

from typing import Final

from models.queries.checks import Check

PAUSES: Final = (
    # A group that is dissolved out of its pause has no pause any more.
    Check(
        "I29",
        "groups that rest without a pause, or pauses of a group that does not rest",
        """
        SELECT g.id
          FROM savings_group g
          LEFT JOIN group_pause p ON p.group_id = g.id AND p.ended_at IS NULL
         WHERE (g.status = 'paused') <> (p.id IS NOT NULL)
        """,
    ),
    Check(
        "I29",
        "pauses that two of the staff have not agreed on, or of which nobody was told",
        """
        SELECT p.id
          FROM group_pause p JOIN proposal o ON o.id = p.proposal_id
         WHERE o.kind <> 'group_pause' OR o.status <> 'done' OR o.subject <> 'group:' || p.group_id
            OR NOT EXISTS (SELECT 1 FROM outbox m WHERE starts_with(m.dedupe_key, 'pause:' || p.id || ':'))
        """,
    ),
    # No late fee for anything, no new cycle, and no date before the end of the pause.
    Check(
        "I30",
        "late fees that arose, or cycles that opened, while their group rested",
        """
        SELECT 'obligation:' || f.id
          FROM group_pause p
          JOIN cycle c ON c.group_id = p.group_id
          JOIN obligation f ON f.cycle_id = c.id AND f.kind = 'penalty' AND f.rule = 'late'
         WHERE f.raised_at > p.paused_at AND f.raised_at < coalesce(p.ended_at, 'infinity')
        UNION ALL
        SELECT 'cycle:' || c.id
          FROM group_pause p JOIN cycle c ON c.group_id = p.group_id
         WHERE c.opened_at > p.paused_at AND c.opened_at < coalesce(p.ended_at, 'infinity')
        """,
    ),
    Check(
        "I30",
        "cycles that fall due while their group rests, or before the cycle that comes first",
        """
        SELECT c.id
          FROM group_pause p
          JOIN cycle c ON c.group_id = p.group_id AND c.status IN ('scheduled', 'open')
         WHERE p.ended_at IS NULL
           AND (c.due_at <= p.ends_at OR EXISTS (
                 SELECT 1 FROM cycle b WHERE b.group_id = c.group_id AND b.number < c.number AND b.status <> 'cancelled'
                    AND b.due_on >= c.due_on))
        """,
    ),
)

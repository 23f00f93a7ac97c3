"""Which steps of a first circle have been taken in this house since a moment, for the guide on the page of the phones.

Each is the event itself in our own books: not a screen that was seen or a button that was pressed. Outside production
only, so it has no index of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.base import database

_STEPS: Final = """
SELECT EXISTS (SELECT 1 FROM savings_group WHERE created_at >= %(since)s),
       EXISTS (SELECT 1 FROM seat s JOIN savings_group g ON g.id = s.group_id
                WHERE s.accepted_at >= %(since)s AND s.member_id <> g.head_id),
       EXISTS (SELECT 1 FROM payment WHERE status = 'success' AND paid_at >= %(since)s),
       EXISTS (SELECT 1 FROM payout WHERE status = 'paid' AND paid_at >= %(since)s)
"""


@dataclass(frozen=True)
class Steps:
    """start: a group was opened. join: somebody was let into one. pay: money came. collect: a pot has arrived."""

    start: bool
    join: bool
    pay: bool
    collect: bool


def steps_since(since: datetime) -> Steps:
    """By anybody on any phone."""
    [row] = database.execute_sql(_STEPS, {"since": since}).fetchall()
    return Steps(*row)

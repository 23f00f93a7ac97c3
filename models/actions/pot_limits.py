"""What the head of a group hears of the limit for its pot: that it waits for a higher one, and that it has it.

Who may raise it, and what follows, is `limits_by_two`'s; what is above it the rules' (`models.rules.limits`).
"""

from datetime import datetime

from models.actions.mail import queue_message
from models.money import show
from models.queries.groups import pot_of
from models.rules import limits
from models.rules.schedule import local_date
from models.tables.groups import Group


def tell_head(group: Group, now: datetime) -> None:
    """It cannot begin yet, and what is being done about it. Once a day: somebody may leave and another one come."""
    queue_message(
        "S85",
        dedupe_key=f"above-limit:{group.id}:{group.rules_version}:{local_date(now)}",
        facts={"group": group.name, "pot": show(pot_of(group)), "limit": show(limits.limit_of(group.pot_limit_kobo))},
        member_id=group.head_id,
        group_id=group.id,
        now=now,
    )


def tell_raised(group: Group, proposal_id: int, now: datetime) -> None:
    """Two of the staff have said yes."""
    queue_message(
        "S86",
        dedupe_key=f"limit-raised:{proposal_id}",
        facts={"group": group.name, "limit": show(limits.limit_of(group.pot_limit_kobo))},
        member_id=group.head_id,
        group_id=group.id,
        now=now,
    )

"""Freezing: one word stops her PIN, all changes and every payout to her, at once and without a PIN.

For the moment when somebody stands beside her, or her phone is gone. Paying in goes on, and
whoever takes the phone can do no more than pay for her. It ends with her PIN and the word of
somebody who knows her, or with the office's.
"""

from datetime import datetime

from models import news_values
from models.account_commands import FreezeAccount
from models.actions import audit, payouts, withholding
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import move, transaction
from models.commands import Done
from models.queries.people import known_as, name_of
from models.queries.vouching import vouchers_of
from models.rules.refused import Refused
from models.rules.schedule import local_date
from models.tables.people import Member


@transaction
def freeze_account(command: FreezeAccount, context: Context) -> Outcome:
    """Freeze, hold what is on its way to her, and tell her and those who know her."""
    frozen = freeze(context.member, "S50h", actor=context.actor, now=context.now)
    return Done() if frozen else Refused("already_frozen")


@transaction
def freeze(member_id: int, to_others: str, *, actor: str, now: datetime) -> bool:
    """Stop everything but paying in. to_others: what those who know her are told. False when it was not active."""
    if not move(Member, member_id, "active", "frozen", frozen_at=now):
        return False
    payouts.look_again(member_id, now)
    _tell(member_id, "S50", to_others, f"freeze:{member_id}:{now.isoformat()}", now)
    audit.note("member.freeze", f"member:{member_id}", actor=actor, now=now)
    return True


@transaction
def unfreeze(member_id: int, *, actor: str, now: datetime) -> bool:
    """Let everything go on. The asker has proved who she is; False when it was not frozen."""
    frozen_at = Member.get_by_id(member_id).frozen_at
    if not move(Member, member_id, "frozen", "active", frozen_at=None):
        return False
    withholding.let_go(member_id, now)
    payouts.look_again(member_id, now)
    _tell(member_id, "S54", "S54h", f"unfreeze:{member_id}:{frozen_at.isoformat()}", now)
    audit.note("member.unfreeze", f"member:{member_id}", actor=actor, now=now)
    return True


def _tell(member_id: int, key: str, to_others: str, dedupe_key: str, now: datetime) -> None:
    """Herself, and in each of her groups the one who would be asked about her."""
    at = {"date": news_values.day(local_date(now)), "time": news_values.clock(now)}
    queue_message(key, dedupe_key=dedupe_key, facts=at, member_id=member_id, now=now)
    who = known_as(name_of(member_id))
    for group in vouchers_of(member_id):
        for other in group.members:
            queue_message(
                to_others,
                dedupe_key=f"{dedupe_key}:{other}",
                facts={"who": who, "group": group.group},
                member_id=other,
                group_id=group.group_id,
                now=now,
            )

"""Two of the staff raise the limit for a group's pot, or take back what they have raised (security 18).

A group above the limit may form, and begins when the limit has been raised (circle-rules 4.5: looked at while it
forms, not on payday). Neither of the two is its head or saves in it. Down it goes only until the turns are drawn:
what was promised to those who are in is not taken from them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from models.actions import audit, groups, payouts, pot_limits
from models.actions.forms import Effect
from models.actions.proposing import About, Agreed, Kind, row_id
from models.country import home
from models.money import show
from models.queries.groups import pot_of
from models.rules import limits
from models.rules.refused import Refused
from models.tables.cycles import Cycle
from models.tables.groups import Group
from models.tables.money import Payout


def about(subject: str, wanted: Mapping[str, Any], _now: datetime) -> About | Refused:
    """What its pot is, what it may be now, and what it may be then. Refused: gone, and as `limits.refusal` says."""
    group = Group.get_or_none(Group.id == row_id(subject))
    if group is None:
        return Refused("gone")
    kobo = wanted.get("limit_kobo")
    if not isinstance(kobo, int):
        return Refused("bad_limit")
    if (refusal := limits.refusal(kobo, group.pot_limit_kobo, group.status)) is not None:
        return refusal
    facts = {
        "group_id": group.id,
        "rules_version": group.rules_version,
        "pot_kobo": pot_of(group),
        "old_limit_kobo": limits.limit_of(group.pot_limit_kobo),
        "new_limit_kobo": kobo,
        "usual_limit_kobo": home().pot_limit,
    }
    return About(facts, group.id, frozenset({group.head_id}), risk_kobo=sum(row.net_kobo for row in _held(group.id)))


def apply(agreed: Agreed) -> Effect | Refused:
    """Its group is locked. What waited for it goes on: a full group begins, and pots that were held are looked at."""
    new, old = agreed.facts["new_limit_kobo"], agreed.facts["old_limit_kobo"]
    Group.update(pot_limit_kobo=limits.as_own(new)).where(Group.id == agreed.subject_id).execute()
    group = Group.get_by_id(agreed.subject_id)
    audit.note(
        "group.limit",
        agreed.subject,
        actor=agreed.actor,
        now=agreed.now,
        group_id=group.id,
        detail={"from_kobo": old, "to_kobo": new, "proposal": agreed.proposal_id},
    )
    told = {"group": group.name, "amount": show(new)}
    if new < old:
        return Effect("limit_lowered", facts=told)
    if group.status != "draft":  # whoever is asked to be the head of a draft knows nothing of a limit yet
        pot_limits.tell_raised(group, agreed.proposal_id, agreed.now)
    if group.status == "forming":
        groups.fill(group, agreed.now)
    for payout in _held(group.id):
        payouts.look(payout.id, agreed.now)
    return Effect("limit_raised", facts=told)


def _held(group_id: int) -> list[Payout]:
    """What waits for it: pots of a group that was begun under a higher limit."""
    held = (Cycle.group == group_id) & (Payout.status == "held") & (Payout.held_reason == "above_limit")
    return list(Payout.select().join(Cycle).where(held).order_by(Payout.id))


LIMIT: Final = Kind("group_limit", about, apply)

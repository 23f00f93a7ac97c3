"""Another role for one of the staff: proposed by an owner, checked by a second person, never about either of the two.

Whoever could give rights alone could be both people that every payment needs (security.md, threat 18).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from models.actions import audit, staff
from models.actions.forms import Effect
from models.actions.proposing import About, Agreed, Kind, row_id
from models.rules.refused import Refused
from models.rules.staff import Right, Role
from models.tables.staff import Staff


def about_role(subject: str, wanted: Mapping[str, Any], _now: datetime) -> About | Refused:
    """What she is and what she would be. Refused: gone, no_role, same_role."""
    row = Staff.get_or_none(Staff.id == row_id(subject))
    if row is None or row.status == "disabled":
        return Refused("gone")
    if wanted.get("role") not in set(Role):
        return Refused("no_role")
    if wanted["role"] == row.role:
        return Refused("same_role")
    return About(facts={"staff_id": row.id, "role": row.role, "new_role": wanted["role"]}, staff=frozenset({row.id}))


def change(agreed: Agreed) -> Effect | Refused:
    """From her next click on she is what two have agreed. Refused: last_owner."""
    row = Staff.get_by_id(agreed.subject_id)
    if row.role == Role.OWNER and row.status == "active" and staff.owners(but=row.id) == 0:
        return Refused("last_owner")
    role = Role(agreed.wanted["role"])
    Staff.update(role=role.value).where(Staff.id == row.id).execute()
    detail = {"role": role.value, "before": row.role, "maker": agreed.maker_id}
    audit.note("staff.role", agreed.subject, actor=agreed.actor, now=agreed.now, detail=detail)
    return Effect("role_changed", facts={"name": row.name})


ROLE: Final = Kind("staff_role", about_role, change, make=Right.STAFF)

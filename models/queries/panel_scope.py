"""Which groups somebody of the staff sees: a field officer her own, everybody else all."""

from models.actions.signing_in import Somebody
from models.rules.staff import own_groups_only


def groups_of(who: Somebody, group_id: int | None = None) -> list[int] | None:
    """The ids that a query may read, None for all. One group may be asked for; somebody else's gives nothing."""
    if own_groups_only(who.role):
        return sorted(who.groups if group_id is None else who.groups & {group_id})
    return None if group_id is None else [group_id]

"""Everything that two of the staff decide together: one line each."""

from typing import Final

from models.actions import (
    blasts,
    dissolving,
    limits_by_two,
    office_kinds,
    pausing_by_two,
    payouts_by_staff,
    staff_roles,
    suspense,
    suspense_out,
    switches_by_two,
    waivers_by_staff,
)
from models.actions.proposing import Kind

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        payouts_by_staff.PAYOUT,
        waivers_by_staff.LATE_FEE,
        suspense.ASSIGN,
        suspense.RETURN,
        suspense_out.SETTLE,
        switches_by_two.LIFT_PAYOUTS,
        switches_by_two.LIFT_BLASTS,
        blasts.BLAST,
        office_kinds.VOUCH,
        office_kinds.NUMBER,
        staff_roles.ROLE,
        pausing_by_two.GROUP_PAUSE,
        pausing_by_two.GROUP_RESUME,
        dissolving.DISSOLVE,
        limits_by_two.LIMIT,
    )
}

"""Who may exchange turns with whom (circle-rules 4.3): neither has collected, neither is behind, and in good time.

The other side and somebody who is neither of them have to agree; who that is stands in
`approvals`. What stands in the other's way is her own business: the asker only learns
that it cannot be done.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from models.rules.refused import Refused

# Nobody's turn moves when her money is as good as on its way.
LEAST_NOTICE: Final = timedelta(days=3)
ANSWER_TIME: Final = timedelta(hours=24)

MAY_MOVE: Final = frozenset({"scheduled", "open"})
PERCENT: Final = 100


@dataclass(frozen=True)
class Side:
    """A seat as a swap has to see it. cycle_*: of the cycle in which it collects."""

    seat_id: int
    member_id: int
    turn: int
    pot_number: int
    status: str
    cycle_id: int
    cycle_number: int
    cycle_status: str
    due_on: date
    due_at: datetime
    paid_out: bool  # there is a payout of its pot
    behind: bool  # it owes something that is past its time
    asked: bool  # it is in another swap that waits for an answer
    deposit_kobo: int = 0


@dataclass(frozen=True)
class Cover:
    """What of its further contributions a seat that has collected has to cover by a deposit (circle-rules 4.5)."""

    contribution_kobo: int
    cycles: int
    pct: int

    def deposit_kobo(self, cycle_number: int) -> int:
        """ceil(pct of (K - p) contributions) for the seat that collects in cycle p."""
        exposed = (self.cycles - cycle_number) * self.contribution_kobo
        return -(-exposed * self.pct // PERCENT)


def obstacle(side: Side, now: datetime) -> Refused | None:
    """Why this seat can swap with nobody. Refused: collected, behind, too_close, asked_already."""
    if side.paid_out or side.cycle_status not in MAY_MOVE:
        return Refused("collected")
    if side.status != "active" or side.behind:
        return Refused("behind")
    if side.due_at - now < LEAST_NOTICE:
        return Refused("too_close")
    return Refused("asked_already") if side.asked else None


def may_swap(asker: Side, other: Side, cover: Cover, now: datetime) -> Refused | None:
    """None if these two may change places. Refused: also not_free (the other cannot), deposit_first."""
    refusal = obstacle(asker, now)
    if refusal is not None:
        return refusal
    if asker.member_id == other.member_id or asker.cycle_id == other.cycle_id or obstacle(other, now) is not None:
        return Refused("not_free")
    earlier = min(asker, other, key=lambda side: side.cycle_number)
    sooner = other if earlier is asker else asker  # who would collect sooner than before, and owe for longer
    if sooner.deposit_kobo < cover.deposit_kobo(earlier.cycle_number):
        return Refused("deposit_first") if sooner is asker else Refused("not_free")
    return None


def answer_by(now: datetime, one: Side, other: Side) -> datetime:
    """Until when somebody may answer: a day, or as long as the swap is possible at all."""
    return min(now + ANSWER_TIME, min(one.due_at, other.due_at) - LEAST_NOTICE)

"""A switch that one person has pulled is let go by two: one found a reason for it, and two have to find it gone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from models.actions import switches
from models.actions.forms import Effect
from models.actions.proposing import About, Agreed, Kind
from models.queries.payouts import approved_kobo
from models.rules.refused import Refused
from models.rules.staff import Right

Resume = Callable[..., bool]


def _about(name: str, risk: Callable[[], int]) -> Callable[[str, Mapping[str, Any], datetime], About | Refused]:
    """What the page says of it. Pulled again meanwhile it is another matter: the time since when is part of it."""

    def about(_subject: str, _wanted: Mapping[str, Any], _now: datetime) -> About | Refused:
        found = switches.stopped(name)
        if found is None:
            return Refused("gone")
        facts = {"switch": name, "reason": found.reason, "since": found.since.isoformat(), "by": found.by}
        return About(facts=facts, risk_kobo=risk())

    return about


def _lift(resume: Resume, key: str) -> Callable[[Agreed], Effect | Refused]:
    def apply(agreed: Agreed) -> Effect | Refused:
        return Effect(key) if resume(actor=agreed.actor, now=agreed.now) else Refused("gone")

    return apply


LIFT_PAYOUTS: Final = Kind(
    "lift_payouts_switch",
    _about(switches.PAYOUTS_STOPPED, approved_kobo),
    _lift(switches.resume_payouts, "payouts_lifted"),
    make=Right.OPERATE,
)
LIFT_BLASTS: Final = Kind(
    "lift_blasts_switch",
    _about(switches.BLASTS_STOPPED, lambda: 0),
    _lift(switches.resume_blasts, "blasts_lifted"),
    make=Right.OPERATE,
)

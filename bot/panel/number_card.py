"""A member's new number as her page shows it: how it stands, who can be asked, and whether it goes without that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.panel import words
from models.actions.signing_in import Somebody
from models.queries import number_changes as found
from models.queries import office
from models.queries.number_changes import Candidate, Change
from models.queries.office import Knows
from models.queries.panel_scope import groups_of
from models.rules.refused import Refused

_ = words.said

# Why somebody who saves with her is not among those who can be asked.
UNFIT: Final[dict[str, str]] = {
    "frozen": _("her account is frozen"),
    "no_pin": _("she has no PIN"),
    "guarded": _("her own PIN or number is new"),
    "new": _("in the group for less than 30 days"),
    "same_account": _("paid out to the same account"),
    "had_number": _("the new number was hers"),
    "brought": _("invited by this member"),
}


@dataclass(frozen=True)
class NumberCard:
    """What her page shows of it. without: why two who told the office are enough, "" when they are not; no: why not."""

    change: Change | None
    proposal_id: int | None
    candidates: tuple[Candidate, ...]
    without: str
    no: str
    knowing: tuple[Knows, ...]
    some: bool  # she sees some of the groups only, so that others may find more who can be asked

    @property
    def askable(self) -> list[Candidate]:
        """Those who can be asked and have not been."""
        asked = {each.member_id for each in self.change.asked} if self.change else set()
        return [each for each in self.candidates if not each.unfit and each.member_id not in asked]


def card(member_id: int, who: Somebody, now: datetime, *, acts: bool) -> NumberCard:
    """acts: whoever looks may do something about it; without that nobody is looked for. She sees her own groups."""
    groups = groups_of(who)
    change = found.open_change(member_id, now, groups)
    waits = found.waits_for_two(member_id, now)
    if not acts:
        return NumberCard(change, waits, (), "", "", (), groups is not None)
    why = found.without_phones(member_id, now)
    refused = isinstance(why, Refused)
    return NumberCard(
        change=change,
        proposal_id=waits,
        candidates=found.candidates(member_id, now, phone=change.phone if change else "", groups=groups),
        without="" if isinstance(why, Refused) else why,
        no=why.why if isinstance(why, Refused) else "",
        knowing=() if refused else office.knowing(member_id, groups),
        some=groups is not None,
    )

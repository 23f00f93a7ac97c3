"""People who are looked up beside the search box, by a number or a name that was typed into another form.

Each such look counts as a search and is written down like one: nobody tries out numbers where nobody counts them
(security.md, threat 10).
"""

from collections.abc import Callable
from typing import Final

from bot import clock
from bot.panel.gate import TooMany
from models.actions import looking
from models.actions.signing_in import Somebody
from models.queries import panel_members, panel_payments, panel_search
from models.queries.panel_payments import Sought
from models.queries.people import member_id_of

AGAIN_SECONDS: Final = 3600


def sought(text: str, who: Somebody) -> Sought:
    """What was typed into the search of a list. A reference is nobody's, so it does not count."""
    return panel_payments.understood(
        text, lambda words: _counted(who, lambda: [hit.member_id for hit in panel_search.search(words, who).members])
    )


def by_number(phone: str, who: Somebody) -> int | None:
    """Whose number it is, as far as she may see her. phone: in E.164."""

    def found() -> list[int]:
        member_id = member_id_of(phone)
        return [] if member_id is None or not panel_members.may_see(who, member_id) else [member_id]

    return next(iter(_counted(who, found)), None)


def may_look(who: Somebody) -> None:
    """Ends in a 429 when she has looked for too many in the last hour."""
    if looking.may_search(who, clock.now()) is not None:
        raise TooMany(AGAIN_SECONDS)


def _counted(who: Somebody, look: Callable[[], list[int]]) -> list[int]:
    may_look(who)
    found = look()
    looking.searched(who, len(found), clock.now())
    return found

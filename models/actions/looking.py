"""Who looked for whom: written down for every search, and counted, so that nobody can try out numbers one by one."""

from datetime import datetime, timedelta

from models.actions import audit
from models.actions.signing_in import Somebody
from models.base import transaction
from models.rules.finding import SEARCHES_AN_HOUR
from models.rules.refused import Refused
from models.tables.ledger import Audit

SEARCH = "panel.search"


def may_search(who: Somebody, now: datetime) -> Refused | None:
    """Refused: too_many in the last hour."""
    mine = (Audit.actor == who.actor) & (Audit.verb == SEARCH) & (Audit.at > now - timedelta(hours=1))
    return Refused("too_many_searches") if Audit.select().where(mine).count() >= SEARCHES_AN_HOUR else None


@transaction
def searched(who: Somebody, found: int, now: datetime) -> None:
    """That she searched, and how much there was. What she typed is somebody's name or number and is not kept."""
    audit.note(SEARCH, who.actor, actor=who.actor, now=now, detail={"found": found})

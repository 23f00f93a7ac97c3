"""One of the office asks a colleague to vouch with her for a member: for her PIN or name, or to end a freeze.

What she wants to have is sealed in a row of its own, and the proposal names the row: a number or a name
has no place in something that is never taken out again. A new number takes more, see `number_changes`.
"""

from datetime import datetime
from typing import Any

from models.actions import proposals
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.base import database, next_id, transaction
from models.queries.people import name_of
from models.rules import names, office
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.finding import OfficeWord


@transaction
def ask_office(member_id: int, purpose: str, value: str, note: str, who: Somebody, now: datetime) -> Effect | Refused:
    """Propose it. purpose: pin | unfreeze | name. value: the name, as it was typed.

    Done: word_proposed (proposal_id). Refused: gone, bad_member_name, same_name, and whatever `proposals.propose` and
    the kind say.
    """
    clean = _clean(member_id, purpose, value)
    if isinstance(clean, Refused):
        return clean
    with database.savepoint() as saved:
        word_id = write_down(member_id, purpose, clean, who, now)
        outcome = proposals.propose(Wish("member_vouch", f"member:{member_id}", {"word": word_id}, note), who, now)
        if isinstance(outcome, Refused):
            saved.rollback()
    return outcome if isinstance(outcome, Refused) else Effect("word_proposed", facts=outcome.facts)


def write_down(member_id: int, purpose: str, value: str, who: Somebody, now: datetime, **more: Any) -> int:
    """Keep what is asked for, sealed; the id of the row."""
    word_id = next_id(OfficeWord)
    kind = "phone" if purpose == "number" else "office name"
    OfficeWord.insert(
        id=word_id,
        member=member_id,
        purpose=purpose,
        value_sealed=keys().seal(value, f"office_word.value:{word_id}") if value else None,
        value_index=keys().index(value, kind) if value else None,
        staff=who.staff_id,
        made_at=now,
        **more,
    ).execute()
    return word_id


def _clean(member_id: int, purpose: str, value: str) -> str | Refused:
    if purpose not in office.PURPOSES or purpose == "number":
        return Refused("gone")
    if purpose != "name":
        return ""
    name = names.member_name(value)
    if isinstance(name, Refused):
        return Refused("bad_member_name")
    return Refused("same_name") if name == name_of(member_id) else name

"""One of the office asks a colleague to vouch with her for a member: for her PIN, name or number, or to end a freeze.

What she wants to have is sealed in a row of its own, and the proposal names the row: a number or a name
has no place in something that is never taken out again.
"""

from collections.abc import Sequence
from datetime import datetime

from models.actions import proposals
from models.actions.forms import Effect
from models.actions.mail import queue_message
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.base import database, next_id, transaction
from models.queries.office import knowing
from models.queries.people import known_as, name_of
from models.rules import finding, names, office
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.finding import OfficeWord


@transaction
def ask_office(
    member_id: int, purpose: str, value: str, vouchers: Sequence[int], note: str, who: Somebody, now: datetime
) -> Effect | Refused:
    """Propose it. value: the name or the number, as it was typed. vouchers: two members, for a number.

    Done: word_proposed (proposal_id). Refused: gone, bad_member_name, same_name, bad_new_number, and whatever
    `proposals.propose` and the kind say.
    """
    clean = _clean(member_id, purpose, value)
    if isinstance(clean, Refused):
        return clean
    told = list(vouchers) if purpose == "number" else []
    if purpose == "number":
        known = [each.member_id for each in knowing(member_id)]
        if (refusal := office.vouchers_refusal(member_id, told, known)) is not None:
            return refusal
    with database.savepoint() as saved:
        word_id = _insert(member_id, purpose, clean, told, who, now)
        kind = "member_number" if purpose == "number" else "member_vouch"
        outcome = proposals.propose(Wish(kind, f"member:{member_id}", {"word": word_id}, note), who, now)
        if isinstance(outcome, Refused):
            saved.rollback()
    if isinstance(outcome, Refused):
        return outcome
    _tell_vouchers(member_id, word_id, told, now)
    return Effect("word_proposed", facts=outcome.facts)


def _clean(member_id: int, purpose: str, value: str) -> str | Refused:
    if purpose not in office.PURPOSES:
        return Refused("gone")
    if purpose == "name":
        name = names.member_name(value)
        if isinstance(name, Refused):
            return Refused("bad_member_name")
        return Refused("same_name") if name == name_of(member_id) else name
    if purpose == "number":
        return finding.phone_in(value) or Refused("bad_new_number")
    return ""


def _insert(member_id: int, purpose: str, value: str, vouchers: list[int], who: Somebody, now: datetime) -> int:
    word_id = next_id(OfficeWord)
    kind = "phone" if purpose == "number" else "office name"
    OfficeWord.insert(
        id=word_id,
        member=member_id,
        purpose=purpose,
        value_sealed=keys().seal(value, f"office_word.value:{word_id}") if value else None,
        value_index=keys().index(value, kind) if value else None,
        vouchers=vouchers,
        staff=who.staff_id,
        made_at=now,
    ).execute()
    return word_id


def _tell_vouchers(member_id: int, word_id: int, vouchers: list[int], now: datetime) -> None:
    """S51p at once: whoever never said so calls the office before the second of two has looked."""
    groups = {each.member_id: each.group for each in knowing(member_id)}
    for voucher in vouchers:
        queue_message(
            "S51p",
            dedupe_key=f"office_word:{word_id}:{voucher}",
            facts={"who": known_as(name_of(member_id)), "group": groups[voucher]},
            member_id=voucher,
            now=now,
        )

"""What two of the office vouch for: that it is she who forgot her PIN, wants to go on, has another name or number.

Neither is she herself, nor one of those who told the office, nor does either save in her group.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from models.actions import freezing, naming, renumbering, vouching
from models.actions.forms import Effect
from models.actions.proposing import About, Agreed, Kind, row_id
from models.queries.office import groups_of_member, knowing, value_of
from models.rules import office
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.accounts import Vouch
from models.tables.finding import OfficeWord
from models.tables.people import Member
from models.tables.staff import Staff

MARK_LETTERS: Final = 24


def about(subject: str, wanted: Mapping[str, Any], now: datetime) -> About | Refused:
    """Her state, and what was asked for by its mark; of a number who vouched, and when on her own phone.

    Refused: gone, frozen, not_frozen, number_taken, number_of_staff, two_vouchers, no_two_yes, voucher_gone.
    """
    word = OfficeWord.get_or_none((OfficeWord.id == wanted.get("word")) & (OfficeWord.member == row_id(subject)))
    if word is None:
        return Refused("gone")
    member = Member.get_by_id(word.member_id)
    if (refusal := office.state_refusal(word.purpose, member.status)) is not None:
        return refusal
    said = _vouched(word, now) if word.purpose == "number" else {"vouchers": []}
    if isinstance(said, Refused):
        return said
    groups = groups_of_member(word.member_id)
    return About(
        facts={
            "purpose": word.purpose,
            "status": member.status,
            "mark": "" if word.value_index is None else bytes(word.value_index).hex()[:MARK_LETTERS],
            **said,
        },
        group_id=min(groups, default=None),
        groups=groups,
        members=frozenset({word.member_id, *word.vouchers}),
    )


def apply(agreed: Agreed) -> Effect | Refused:
    """Do what was asked for. Done: office_pin, office_unfreeze, office_name, office_number."""
    word = OfficeWord.get_by_id(agreed.wanted["word"])
    return _DO[word.purpose](word, agreed)


def number_refusal(phone: str) -> Refused | None:
    """A number that is somebody's is nobody's new one. Refused: number_taken, number_of_staff."""
    mark = keys().index(phone, "phone")
    if Member.select().where(Member.phone_index == mark).exists():
        return Refused("number_taken")
    works_here = (Staff.phone_index == mark) & (Staff.status != "disabled")
    return Refused("number_of_staff") if Staff.select().where(works_here).exists() else None


def _vouched(word: OfficeWord, now: datetime) -> dict[str, Any] | Refused:
    """By whose word: of two on their own phones, with the moment, or of two who told the office, and why that."""
    if (refusal := number_refusal(value_of(word))) is not None:
        return refusal
    if word.without is not None:
        known = [each.member_id for each in knowing(word.member_id)]
        untrue = office.vouchers_refusal(word.member_id, word.vouchers, known)
        return {"vouchers": sorted(word.vouchers), "without": word.without} if untrue is None else untrue
    said = (Vouch.word == word.id) & ((Vouch.status == "used") | ((Vouch.status == "given") & (Vouch.expires_at > now)))
    yes = {row.voucher_id: row.answered_at.astimezone(UTC).isoformat() for row in Vouch.select().where(said)}
    if len(yes) != office.VOUCHERS:
        return Refused("no_two_yes")
    here = Member.select().where(Member.id.in_(sorted(yes)) & (Member.status == "active")).count()
    if here != office.VOUCHERS:
        return Refused("voucher_gone")
    return {"vouchers": sorted(yes), "answered": {str(each): yes[each] for each in sorted(yes)}}


def _pin(word: OfficeWord, agreed: Agreed) -> Effect | Refused:
    given = vouching.vouch_by_office(word.member_id, agreed.group_id, staff_id=agreed.checker_id, now=agreed.now)
    return Effect("office_pin") if given else Refused("vouched_already")


def _unfreeze(word: OfficeWord, agreed: Agreed) -> Effect | Refused:
    vouching.settle_by_office(word.member_id, "unfreeze", agreed.now)
    done = freezing.unfreeze(word.member_id, actor=agreed.actor, now=agreed.now)
    return Effect("office_unfreeze") if done else Refused("not_frozen")


def _name(word: OfficeWord, agreed: Agreed) -> Effect | Refused:
    vouching.settle_by_office(word.member_id, "name", agreed.now)
    naming.set_name(word.member_id, value_of(word), actor=agreed.actor, now=agreed.now)
    return Effect("office_name")


def _number(word: OfficeWord, agreed: Agreed) -> Effect | Refused:
    done = renumbering.change_number(word.member_id, value_of(word), actor=agreed.actor, now=agreed.now)
    return Effect("office_number") if done else Refused("number_taken")


_DO: Final[Mapping[str, Callable[[OfficeWord, Agreed], Effect | Refused]]] = {
    "pin": _pin,
    "unfreeze": _unfreeze,
    "name": _name,
    "number": _number,
}

VOUCH: Final = Kind("member_vouch", about, apply)
NUMBER: Final = Kind("member_number", about, apply)

"""Who may be the first and who the second of two in a proposal, and whether it is still what was proposed.

The actions of `proposals` decide by it; a page asks `standing`, to show the buttons that do something and to say why
there are none. Nothing is written here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.actions.proposal_kinds import KINDS
from models.actions.proposing import About, Kind
from models.actions.signing_in import Somebody
from models.queries.groups import IN_GROUP
from models.rules import proposals as rules
from models.rules.proposals import Person
from models.rules.refused import Refused
from models.rules.staff import Right, Role, may, own_groups_only
from models.tables.groups import Seat
from models.tables.people import Member
from models.tables.staff import Proposal, Staff, StaffDevice


@dataclass(frozen=True)
class Standing:
    """How a waiting proposal stands for somebody. why: she may not check it, as a key, '' when she may.

    mine: she has made it. stale: it cannot be done (any more), as a key: changed, gone ...; '' while it can.
    same_browser: she and its maker have signed in from one browser.
    """

    why: str
    mine: bool
    stale: str
    same_browser: bool


def preview(kind_name: str, subject: str, wanted: Mapping[str, Any], who: Somebody, now: datetime) -> About | Refused:
    """What she would propose. Refused: not_allowed, gone (or not of her groups), conflict, and what the kind says."""
    kind = KINDS.get(kind_name)
    if kind is None:
        return Refused("gone")
    about = kind.about(subject, wanted, now)
    if isinstance(about, Refused):
        return about
    refusal = first(kind, about, who)
    return about if refusal is None else refusal


def first(kind: Kind, about: About, who: Somebody) -> Refused | None:
    """Whether she may propose it. Refused: not_allowed, gone (not in her groups), conflict."""
    if not may(who.role, kind.make):
        return Refused("not_allowed")
    if own_groups_only(who.role) and not about.all_groups & who.groups:
        return Refused("gone")
    return rules.conflict(_person(who), _stakes(about))


def second(row: Proposal, who: Somebody, now: datetime) -> Refused | None:
    """Whether she may be the second of two in this, as far as the proposal itself tells.

    Refused: gone, not_allowed, over, own_proposal, let_her_in, same_person.
    """
    if own_groups_only(who.role) and row.group_id not in who.groups:
        return Refused("gone")
    if row.status != "waiting":
        return Refused("gone")
    if not may(who.role, KINDS[row.kind].check):
        return Refused("not_allowed")
    if row.expires_at <= now:
        return Refused("over")
    return rules.second_refusal(_maker(row), _person(who))


def own_matter(row: Proposal, about: About, who: Somebody) -> Refused | None:
    """Neither of the two: the maker may have become a member of the group since. Refused: conflict."""
    stakes = _stakes(about)
    found = (rules.conflict(person, stakes) for person in (_person(who), _maker(row)))
    return next((refusal for refusal in found if refusal is not None), None)


def about_now(row: Proposal, now: datetime) -> About | Refused:
    """The subject as it is by now."""
    return KINDS[row.kind].about(row.subject, row.payload["wanted"], now)


def unchanged(row: Proposal, about: About) -> bool:
    """What was proposed is in the row, the row says so itself, and it is still so."""
    now_so = {"wanted": row.payload["wanted"], "facts": dict(about.facts)}
    hashes = {rules.payload_hash(row.kind, row.subject, payload) for payload in (row.payload, now_so)}
    return hashes == {row.payload_hash}


def standing(proposal_id: int, who: Somebody, now: datetime) -> Standing:
    """For the page of a proposal that exists."""
    row = Proposal.get_by_id(proposal_id)
    about = about_now(row, now) if row.status == "waiting" else Refused("gone")
    refusal = second(row, who, now)
    if refusal is None and isinstance(about, About):
        refusal = own_matter(row, about, who)
    return Standing(
        why="" if refusal is None else refusal.why,
        mine=row.maker_id == who.staff_id,
        stale=about.why if isinstance(about, Refused) else "" if unchanged(row, about) else "changed",
        same_browser=row.maker_id != who.staff_id
        and rules.same_browser(_browsers(row.maker_id), _browsers(who.staff_id)),
    )


def _stakes(about: About) -> rules.Stakes:
    """The numbers of those whose matter it is, and of everybody who saves in the groups."""
    members = Member.select(Member.phone_index).where(Member.id.in_(sorted(about.members)))
    phones = {bytes(row.phone_index) for row in members}
    if about.all_groups:
        seats = Seat.group.in_(sorted(about.all_groups)) & Seat.status.in_(IN_GROUP)
        savers = Member.select(Member.phone_index).join(Seat, on=(Seat.member == Member.id)).where(seats)
        phones |= {bytes(row.phone_index) for row in savers}
    return rules.Stakes(frozenset(phones), about.staff)


def _person(who: Somebody) -> Person:
    return Person(who.staff_id, who.phone_index)


def _maker(row: Proposal) -> Person:
    """Who may say yes was agreed to by a second person; anybody else is what the one who gave her link made of her."""
    maker = Staff.get_by_id(row.maker_id)
    kind, _, staff_id = maker.linked_by.partition(":")
    alone = kind == "staff" and not may(Role(maker.role), Right.CHECK)
    return Person(maker.id, bytes(maker.phone_index), int(staff_id) if alone else None)


def _browsers(staff_id: int) -> set[bytes]:
    return {bytes(row.device_index) for row in StaffDevice.select().where(StaffDevice.staff == staff_id)}

"""A new number of a member: who can be asked about it on her own phone, and what those who were asked have said."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from models.base import database
from models.queries.office import value_of
from models.queries.people import names_of, open_name
from models.queries.vouching import TRUSTED
from models.rules import office
from models.rules.office import Tie
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.accounts import Vouch
from models.tables.finding import OfficeWord
from models.tables.staff import Proposal, Staff

MOST: Final = 200


@dataclass(frozen=True)
class Candidate:
    """Somebody who saves with her, in the group in which she knows her best. unfit: why she cannot be asked, or ""."""

    member_id: int
    name: str = field(repr=False)
    group_id: int
    group: str
    role: str
    unfit: str


@dataclass(frozen=True)
class Asked:
    """One who was asked. answer: asked | yes | no | unsure | late (no answer in time) | not_needed (any more).

    name: "" for whoever may not see her. at: when she answered. until: so long the question is open, or her yes holds.
    """

    vouch_id: int
    member_id: int
    name: str = field(repr=False)
    answer: str
    asked_at: datetime
    at: datetime | None
    until: datetime


@dataclass(frozen=True)
class Change:
    """A change of number that is not settled yet. state: see `rules.office.stage`. phone: her new number, in E.164."""

    word_id: int
    member_id: int
    phone: str = field(repr=False)
    note: str = field(repr=False)
    staff: str
    made_at: datetime
    state: str
    asked: tuple[Asked, ...]


# $: %(id)s the member, %(known)s when somebody has been with her long enough, %(number)s the mark of the new number,
# %(groups)s those that are looked into, all when null.
_TIES: Final = """
SELECT * FROM (
  SELECT DISTINCT ON (m.id) m.id AS who, m.name_sealed, g.id, g.name, coalesce(o.role, '') AS role, m.status,
         s.accepted_at,
         EXISTS (SELECT 1 FROM invitation i WHERE i.group_id = g.id AND i.phone_index = m.phone_index
                    AND i.invited_by = %(id)s),
         EXISTS (SELECT 1 FROM bank_account a JOIN bank_account b ON b.number_index = a.number_index
                  WHERE a.member_id = %(id)s AND b.member_id = m.id AND a.status <> 'retired'
                    AND b.status <> 'retired'),
         EXISTS (SELECT 1 FROM former_number f WHERE f.member_id = m.id AND f.phone_index = %(number)s),
         m.pin_hash IS NOT NULL, m.guarded_until
    FROM seat mine
    JOIN savings_group g ON g.id = mine.group_id AND g.status = ANY(%(trusted)s)
     AND (%(groups)s::bigint[] IS NULL OR g.id = ANY(%(groups)s))
    JOIN seat s ON s.group_id = g.id AND s.member_id <> mine.member_id
     AND s.status IN ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting')
    JOIN member m ON m.id = s.member_id AND m.status <> 'closed'
    LEFT JOIN officer o ON o.group_id = g.id AND o.member_id = m.id
   WHERE mine.member_id = %(id)s AND mine.status IN ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting')
   ORDER BY m.id, s.accepted_at > %(known)s, o.role NULLS LAST, s.accepted_at, g.id) found
 ORDER BY role = '', role, who LIMIT %(limit)s
"""


def candidates(
    member_id: int, now: datetime, *, phone: str = "", groups: list[int] | None = None
) -> tuple[Candidate, ...]:
    """Members of her groups, those who run them first. phone: the new number, once it is known. groups: only these."""
    rows = database.execute_sql(
        _TIES,
        {
            "id": member_id,
            "known": now - office.KNOWN_FOR,
            "number": keys().index(phone, "phone") if phone else None,
            "trusted": list(TRUSTED),
            "groups": groups,
            "limit": MOST,
        },
    ).fetchall()
    found = []
    for who, sealed, group_id, group, role, status, since, brought, same, had, has_pin, guarded in rows:
        tie = Tie(status, since, bool(role), brought, same, had, has_pin, guarded)
        found.append(Candidate(who, open_name(who, sealed), group_id, group, role, office.unfit(tie, now)))
    return tuple(found)


def can_ask(member_id: int, now: datetime, *, phone: str = "", groups: list[int] | None = None) -> dict[int, Candidate]:
    """Those who can be asked, by their id. groups: as in `candidates`."""
    found = candidates(member_id, now, phone=phone, groups=groups)
    return {each.member_id: each for each in found if not each.unfit}


def without_phones(member_id: int, now: datetime) -> str | Refused:
    """Whether two who told the office are enough, and why, by all her groups. Refused: said_no, ask_first."""
    lately = (Vouch.member == member_id) & (Vouch.purpose == "number") & (Vouch.asked_at > now - office.NO_WEIGHS)
    rows = list(Vouch.select().where(lately))
    answers = {_answer(row, now) for row in rows}
    return office.without_phones(
        len(can_ask(member_id, now)), unanswered=bool(answers & {"unsure", "late"}), said_no="no" in answers
    )


def open_change(member_id: int, now: datetime, groups: list[int] | None = None) -> Change | None:
    """The one that is under way: asked, answered with no, or waiting for somebody else to be asked.

    groups: names only of those who were asked as members of these.
    """
    row = OfficeWord.get_or_none(
        (OfficeWord.member == member_id) & (OfficeWord.purpose == "number") & OfficeWord.ended_at.is_null()
    )
    if row is None:
        return None
    asked = asked_about(row.id, now, groups)
    return Change(
        word_id=row.id,
        member_id=member_id,
        phone=value_of(row),
        note=row.note,
        staff=Staff.get_by_id(row.staff_id).name,
        made_at=row.made_at,
        state=office.stage([each.answer for each in asked]),
        asked=asked,
    )


def asked_about(word_id: int, now: datetime, groups: list[int] | None = None) -> tuple[Asked, ...]:
    """Everybody who was asked, in that order. groups: as in `open_change`."""
    rows = list(Vouch.select().where(Vouch.word == word_id).order_by(Vouch.id))
    names = names_of([row.voucher_id for row in rows if groups is None or row.group_id in groups])
    return tuple(
        Asked(row.id, row.voucher_id, names.get(row.voucher_id, ""), _answer(row, now), row.asked_at, row.answered_at,
              row.expires_at)
        for row in rows
    )  # fmt: skip


def said_no(member_id: int, now: datetime, groups: list[int] | None = None) -> tuple[Asked, ...]:
    """Who said no to a new number of hers lately, whatever has been asked since. groups: as in `open_change`."""
    lately = (Vouch.member == member_id) & (Vouch.purpose == "number") & (Vouch.status == "refused")
    words = Vouch.select(Vouch.word).where(lately & (Vouch.answered_at > now - office.NO_WEIGHS)).distinct()
    found = [each for row in words for each in asked_about(row.word_id, now, groups)]
    return tuple(each for each in found if each.answer == "no")


def waits_for_two(member_id: int, now: datetime) -> int | None:
    """The proposal that lies with the second of the staff already."""
    waiting = (Proposal.kind == "member_number") & (Proposal.subject == f"member:{member_id}")
    row = Proposal.get_or_none(waiting & (Proposal.status == "waiting") & (Proposal.expires_at > now))
    return None if row is None else int(row.id)


def _answer(row: Vouch, now: datetime) -> str:
    if row.status in ("asked", "given") and row.expires_at <= now:
        return "late"
    if row.status == "expired":
        return "late" if row.ended_at is None or row.ended_at >= row.expires_at else "not_needed"
    return {"asked": "asked", "given": "yes", "used": "yes", "refused": "no", "unsure": "unsure"}[row.status]

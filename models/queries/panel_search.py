"""What the search box finds: members by number and by name, groups, payments, payouts and reports by their codes.

Names are sealed: the marks of their beginnings give candidates, and each of those is opened and looked at. A
field officer finds only what belongs to her own groups.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from models.actions.signing_in import Somebody
from models.base import database
from models.queries.panel_scope import groups_of
from models.queries.people import mark_of, names_of, open_name
from models.rules import finding
from models.rules.finding import Meant
from models.sealing import keys

MOST: Final = 25
CANDIDATES: Final = 300  # opened for one question; whoever finds more has to say more


@dataclass(frozen=True)
class MemberHit:
    """One member. former: what was typed is a number that she had before."""

    member_id: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    status: str
    groups: tuple[str, ...]
    former: bool = False


@dataclass(frozen=True)
class GroupHit:
    """One group."""

    group_id: int
    name: str
    code: str
    status: str


@dataclass(frozen=True)
class MoneyHit:
    """A payment or a payout. what: payment | payout."""

    what: str
    row_id: int
    short_ref: str
    kobo: int
    status: str
    member_id: int
    name: str = field(repr=False)
    group: str


@dataclass(frozen=True)
class ReportHit:
    """A report of a problem."""

    report_id: int
    ref: str
    status: str
    member_id: int


@dataclass(frozen=True)
class Hits:
    """All that was found. more: there are more members than are shown."""

    members: tuple[MemberHit, ...] = ()
    groups: tuple[GroupHit, ...] = ()
    money: tuple[MoneyHit, ...] = ()
    reports: tuple[ReportHit, ...] = ()
    more: bool = False

    @property
    def count(self) -> int:
        return len(self.members) + len(self.groups) + len(self.money) + len(self.reports)


def search(query: str, who: Somebody) -> Hits:
    """Everything that the text may mean to her."""
    wanted, groups = finding.meant(query), groups_of(who)
    members, more = _members(wanted, groups)
    return Hits(
        members=members,
        groups=_groups(query, wanted, groups),
        money=_money(wanted, groups),
        reports=_reports(wanted, groups),
        more=more,
    )


def _members(wanted: Meant, groups: list[int] | None) -> tuple[tuple[MemberHit, ...], bool]:
    if wanted.phone:
        return _by_phone(keys().index(wanted.phone, "phone"), groups), False
    if not wanted.words:
        return (), False
    found = [row for row in _candidates(wanted.words, groups) if finding.fits(open_name(row[0], row[1]), wanted.words)]
    return tuple(_member_hit(*row) for row in found[:MOST]), len(found) > MOST


# Somebody whom a field officer may see: she has, or has asked for, a seat in one of her groups.
_HERS = """
(%(groups)s::bigint[] IS NULL OR EXISTS (
   SELECT 1 FROM seat s WHERE s.member_id = m.id AND s.group_id = ANY(%(groups)s)))
"""
_GROUPS_OF = """
ARRAY(SELECT DISTINCT g.name FROM seat s JOIN savings_group g ON g.id = s.group_id
       WHERE s.member_id = m.id AND s.status NOT IN ('invited', 'refused', 'withdrawn')
         AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s)) ORDER BY 1 LIMIT 5)
"""


def _by_phone(index: bytes, groups: list[int] | None) -> tuple[MemberHit, ...]:
    rows = database.execute_sql(
        f"""
        SELECT m.id, m.name_sealed, m.phone_sealed, m.status, {_GROUPS_OF}, m.phone_index <> %(index)s
          FROM member m
         WHERE m.id IN (SELECT id FROM member WHERE phone_index = %(index)s
                        UNION SELECT member_id FROM former_number WHERE phone_index = %(index)s) AND {_HERS}
         ORDER BY 6, m.id DESC LIMIT %(most)s
        """,  # noqa: S608 (fixed pieces of our own)
        {"index": index, "groups": groups, "most": MOST},
    ).fetchall()
    return tuple(_member_hit(*row) for row in rows)


def _candidates(words: tuple[str, ...], groups: list[int] | None) -> list[Any]:
    tokens = sorted({mark_of(finding.beginning(word)) for word in words})
    rows: list[Any] = database.execute_sql(
        f"""
        SELECT m.id, m.name_sealed, m.phone_sealed, m.status, {_GROUPS_OF}, false
          FROM member m
         WHERE m.id IN (SELECT w.member_id FROM name_word w WHERE w.token = ANY(%(tokens)s)
                         GROUP BY w.member_id HAVING count(*) = %(n)s)
           AND m.status <> 'closed' AND {_HERS}
         ORDER BY m.id DESC LIMIT %(most)s
        """,  # noqa: S608 (fixed pieces of our own)
        {"tokens": tokens, "n": len(tokens), "groups": groups, "most": CANDIDATES},
    ).fetchall()
    return rows


def _member_hit(
    member_id: int, name: memoryview, phone: memoryview, status: str, groups: list[str], former: bool
) -> MemberHit:
    return MemberHit(
        member_id=member_id,
        name=open_name(member_id, name),
        phone="" if status == "closed" else keys().open(phone, f"member.phone:{member_id}"),
        status=status,
        groups=tuple(groups),
        former=former,
    )


def _groups(query: str, wanted: Meant, groups: list[int] | None) -> tuple[GroupHit, ...]:
    """By its code, or by a part of its name."""
    if wanted.phone or not (wanted.group_code or wanted.words):
        return ()
    rows = database.execute_sql(
        """
        SELECT id, name, code, status FROM savings_group
         WHERE (code = %(code)s OR (%(part)s <> '' AND strpos(lower(name), %(part)s) > 0))
           AND (%(groups)s::bigint[] IS NULL OR id = ANY(%(groups)s))
         ORDER BY code = %(code)s DESC, id DESC LIMIT %(most)s
        """,
        {
            "code": wanted.group_code,
            "part": " ".join(query.lower().split()) if wanted.words and len(query.strip()) > 1 else "",
            "groups": groups,
            "most": MOST,
        },
    ).fetchall()
    return tuple(GroupHit(*row) for row in rows)


def _money(wanted: Meant, groups: list[int] | None) -> tuple[MoneyHit, ...]:
    """By the reference on a receipt, or by ours at the provider."""
    if not (wanted.short_ref or wanted.reference):
        return ()
    rows = database.execute_sql(
        """
        SELECT * FROM (
          SELECT 'payment', p.id, p.short_ref, coalesce(p.received_kobo, p.amount_kobo), p.status, p.member_id, g.name,
                 g.id AS group_id
            FROM payment p JOIN seat s ON s.id = p.seat_id JOIN savings_group g ON g.id = s.group_id
           WHERE p.short_ref = %(short)s OR p.reference = %(long)s
          UNION ALL
          SELECT 'payout', p.id, p.short_ref, p.net_kobo, p.status, p.member_id, g.name, g.id
            FROM payout p JOIN cycle c ON c.id = p.cycle_id JOIN savings_group g ON g.id = c.group_id
           WHERE p.short_ref = %(short)s
              OR p.id IN (SELECT payout_id FROM payout_attempt WHERE reference = %(long)s)) found
         WHERE %(groups)s::bigint[] IS NULL OR group_id = ANY(%(groups)s)
        """,
        {"short": wanted.short_ref, "long": wanted.reference, "groups": groups},
    ).fetchall()
    names = names_of({row[5] for row in rows})
    return tuple(
        MoneyHit(what, row_id, ref, kobo, status, member, names[member], group)
        for what, row_id, ref, kobo, status, member, group, _ in rows
    )


def _reports(wanted: Meant, groups: list[int] | None) -> tuple[ReportHit, ...]:
    if not wanted.report_ref:
        return ()
    rows = database.execute_sql(
        """
        SELECT id, short_ref, status, member_id FROM report
         WHERE short_ref = %(ref)s AND (%(groups)s::bigint[] IS NULL OR group_id = ANY(%(groups)s))
        """,
        {"ref": wanted.report_ref, "groups": groups},
    ).fetchall()
    return tuple(ReportHit(*row) for row in rows)

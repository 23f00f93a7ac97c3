"""The staff for the panel: who works here, as what, when she last signed in, and which groups she looks after.

Two who sign in from one browser may be one person with two accounts (security.md, threat 18): it is shown, no more.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from models.base import database
from models.rules.staff import IDLE, LONGEST, Role
from models.sealing import keys

PAGE: Final = 50

_PEOPLE: Final = """
SELECT s.id, s.name, s.role, s.status, s.email_sealed, s.phone_sealed, s.made_at, s.made_by, s.signed_in_at,
       CASE WHEN greatest(s.locked_until, s.door_locked_until) > %(now)s
            THEN greatest(s.locked_until, s.door_locked_until) END,
       (SELECT count(*) FROM staff_group g WHERE g.staff_id = s.id),
       (SELECT count(*) FROM staff_session t WHERE t.staff_id = s.id AND t.ended_at IS NULL AND t.proven
           AND t.seen_at > %(now)s - %(idle)s AND t.made_at > %(now)s - %(longest)s),
       (SELECT array_agg(DISTINCT o.name ORDER BY o.name) FROM staff_device mine
          JOIN staff_device hers ON hers.device_index = mine.device_index AND hers.staff_id <> mine.staff_id
          JOIN staff o ON o.id = hers.staff_id
         WHERE mine.staff_id = s.id),
       (SELECT count(*) FROM staff_recovery r WHERE r.staff_id = s.id AND r.used_at IS NULL),
       (SELECT max(u.expires_at) FROM staff_setup u WHERE u.staff_id = s.id AND u.used_at IS NULL)
  FROM staff s
 WHERE (%(one)s::bigint IS NULL OR s.id = %(one)s) AND (%(after)s::bigint IS NULL OR s.id > %(after)s)
 ORDER BY s.id LIMIT %(limit)s
"""
_SIGN_INS: Final = """
SELECT a.id, a.at, a.verb, a.subject, s.name, a.actor, m.name, a.detail
  FROM audit a
  LEFT JOIN staff s ON a.subject = 'staff:' || s.id
  LEFT JOIN staff m ON a.actor = 'staff:' || m.id
 WHERE a.verb LIKE 'staff.%%' AND (%(subject)s = '' OR a.subject = %(subject)s)
   AND (%(after)s::bigint IS NULL OR a.id < %(after)s)
 ORDER BY a.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Colleague:
    """One of the staff. locked_until: None unless she is locked now. browsers: where she is signed in now. shares_with:
    who has signed in from a browser of hers. link_until: of a link that nobody has used yet."""

    staff_id: int
    name: str
    role: Role
    status: str
    email: str = field(repr=False)
    phone: str = field(repr=False)
    made_at: datetime
    made_by: str
    signed_in_at: datetime | None
    locked_until: datetime | None
    groups: int
    browsers: int
    shares_with: tuple[str, ...]
    recovery_codes: int
    link_until: datetime | None


@dataclass(frozen=True)
class Happening:
    """A line of the trail about somebody's account: signed in, locked, invited, another role ... by: who did it."""

    audit_id: int
    at: datetime
    verb: str
    about: str
    by: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Browser:
    """One that is signed in now. name: 'Firefox on Linux'; "" when it did not say."""

    session_id: int
    name: str
    made_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class LookedAfter:
    """A group that a field officer looks after."""

    group_id: int
    name: str
    code: str
    since: datetime


def people(now: datetime, after: int | None = None, limit: int = PAGE) -> list[Colleague]:
    """Those who came first are first, one more than a page when there are more."""
    return _people({"now": now, "one": None, "after": after, "limit": limit + 1})


def person(staff_id: int, now: datetime) -> Colleague | None:
    """One of them, None when there is nobody."""
    found = _people({"now": now, "one": staff_id, "after": None, "limit": 1})
    return found[0] if found else None


def happenings(staff_id: int | None = None, after: int | None = None, limit: int = PAGE) -> list[Happening]:
    """What was done about the accounts of the staff, sign-ins and locks among it, the newest first; one more than a
    page when there are more."""
    asked = {"subject": "" if staff_id is None else f"staff:{staff_id}", "after": after, "limit": limit + 1}
    return [
        Happening(row_id, at, verb, about or subject, by or actor, detail)
        for row_id, at, verb, subject, about, actor, by, detail in database.execute_sql(_SIGN_INS, asked)
    ]


def browsers_of(staff_id: int, now: datetime) -> list[Browser]:
    """Where she is signed in, the one that was seen last first."""
    rows = database.execute_sql(
        """
        SELECT id, browser, made_at, seen_at FROM staff_session
         WHERE staff_id = %s AND proven AND ended_at IS NULL AND seen_at > %s AND made_at > %s
         ORDER BY seen_at DESC, id DESC
        """,
        (staff_id, now - IDLE, now - LONGEST),
    )
    return [Browser(*row) for row in rows]


def groups_of_officer(staff_id: int) -> list[LookedAfter]:
    """By name."""
    rows = database.execute_sql(
        """
        SELECT g.id, g.name, g.code, l.since
          FROM staff_group l JOIN savings_group g ON g.id = l.group_id
         WHERE l.staff_id = %s ORDER BY g.name, g.id
        """,
        (staff_id,),
    )
    return [LookedAfter(*row) for row in rows]


def _people(asked: dict[str, Any]) -> list[Colleague]:
    found = []
    for row in database.execute_sql(_PEOPLE, asked | {"idle": IDLE, "longest": LONGEST}).fetchall():
        staff_id, name, role, status, email, phone, made_at, made_by, seen, locked, groups, browsers, *rest = row
        shares, codes, link_until = rest
        found.append(
            Colleague(
                staff_id,
                name,
                Role(role),
                status,
                keys().open(email, f"staff.email:{staff_id}"),
                keys().open(phone, f"staff.phone:{staff_id}"),
                made_at,
                made_by,
                seen,
                locked,
                groups,
                browsers,
                tuple(shares or ()),
                codes,
                link_until,
            )  # fmt: skip
        )
    return found

"""Members as the office sees them: the list, and who one of them is, what she owes, where her pot goes.

A field officer sees those of her own groups, and of their seats only those in her groups.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from models.actions.signing_in import Somebody
from models.base import database
from models.queries.panel_scope import groups_of
from models.queries.people import open_name
from models.rules.circle import UNPAID
from models.sealing import keys

PAGE: Final = 50
STATES: Final = ("active", "late", "frozen", "locked", "no_account", "closed")


@dataclass(frozen=True)
class MemberLine:
    """One line of the list. phone: in E.164, "" for one who has gone."""

    member_id: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    status: str
    locked: bool
    groups: tuple[str, ...]
    owed_kobo: int
    late_kobo: int
    since: datetime


@dataclass(frozen=True)
class Members:
    """A page of the list. after: the key of the next one, None at the end."""

    lines: tuple[MemberLine, ...]
    after: int | None


@dataclass(frozen=True)
class AccountCard:
    """Where her pot goes, without its number. holder: the bank's name for it."""

    status: str
    bank: str
    last4: str
    holder: str = field(repr=False)
    matches: bool
    usable_at: datetime | None
    cooling: bool
    shared_by: int  # other members with the same account


@dataclass(frozen=True)
class SeatLine:
    """A seat of hers."""

    seat_id: int
    group_id: int
    group: str
    code: str
    group_status: str
    role: str
    status: str
    turn: int | None
    cycles: int
    collects_on: Any
    collected: bool
    contribution_kobo: int
    owed_kobo: int
    late_kobo: int
    paid_kobo: int
    oldest_due_at: datetime | None


@dataclass(frozen=True)
class Profile:
    """Who she is. whole: whoever asks sees all of her groups, so that her talks may be shown, too."""

    member_id: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    language: str
    status: str
    since: datetime
    frozen_at: datetime | None
    guarded_until: datetime | None
    closed_at: datetime | None
    has_pin: bool
    pin_changed_at: datetime | None
    pin_failures: int
    pin_locked_until: datetime | None
    reminder_plan: str
    reminder_channel: str
    stopped_at: datetime | None
    consent_version: int | None
    consent_at: datetime | None
    whatsapp_at: datetime | None
    account: AccountCard | None
    seats: tuple[SeatLine, ...]
    former: tuple[str, ...]
    paid_in_kobo: int
    collected_kobo: int
    whole: bool

    @property
    def owed_kobo(self) -> int:
        return sum(seat.owed_kobo for seat in self.seats)

    @property
    def late_kobo(self) -> int:
        return sum(seat.late_kobo for seat in self.seats)


_LIST: Final = """
SELECT m.id, m.name_sealed, m.phone_sealed, m.status, coalesce(m.pin_locked_until > %(now)s, false), hers.groups,
       owes.owed, owes.late, m.created_at
  FROM member m
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(DISTINCT g.name), '{}') AS groups
      FROM seat s JOIN savings_group g ON g.id = s.group_id
     WHERE s.member_id = m.id AND s.status NOT IN ('invited', 'refused', 'withdrawn')
       AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))) hers
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(o.amount_kobo - o.paid_kobo), 0)::bigint AS owed,
           coalesce(sum(o.amount_kobo - o.paid_kobo) FILTER (WHERE o.due_at < %(now)s), 0)::bigint AS late
      FROM seat s
      JOIN obligation o ON o.seat_id = s.id AND o.status = ANY(%(unpaid)s)
      JOIN cycle c ON c.id = o.cycle_id AND c.status <> 'scheduled'
     WHERE s.member_id = m.id AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))) owes
 WHERE (%(after)s::bigint IS NULL OR m.id < %(after)s)
   AND (%(groups)s::bigint[] IS NULL OR EXISTS (
          SELECT 1 FROM seat s WHERE s.member_id = m.id AND s.group_id = ANY(%(groups)s)))
   AND CASE %(state)s
         WHEN 'active' THEN m.status = 'active'
         WHEN 'frozen' THEN m.status = 'frozen'
         WHEN 'closed' THEN m.status = 'closed'
         WHEN 'locked' THEN m.pin_locked_until > %(now)s
         WHEN 'late' THEN owes.late > 0
         WHEN 'no_account' THEN m.status <> 'closed' AND NOT EXISTS (
                SELECT 1 FROM bank_account b WHERE b.member_id = m.id AND b.status = 'confirmed')
         ELSE m.status <> 'closed' END
 ORDER BY m.id DESC LIMIT %(limit)s
"""


def members(who: Somebody, now: datetime, *, state: str = "", group_id: int | None = None, after: int | None = None,
            limit: int = PAGE) -> Members:  # fmt: skip
    """The newest first, of those whom she may see; state: one of STATES."""
    values = {
        "now": now, "groups": groups_of(who, group_id), "unpaid": sorted(UNPAID), "state": state, "after": after,
        "limit": limit + 1,
    }  # fmt: skip
    rows = database.execute_sql(_LIST, values).fetchall()
    lines = tuple(_line(*row) for row in rows[:limit])
    return Members(lines, lines[-1].member_id if len(rows) > limit else None)


def may_see(who: Somebody, member_id: int) -> bool:
    """Whether she exists for her: for a field officer only with a seat in one of her groups."""
    groups = groups_of(who)
    row = database.execute_sql(
        """
        SELECT 1 FROM member m
         WHERE m.id = %(id)s AND (%(groups)s::bigint[] IS NULL OR EXISTS (
                 SELECT 1 FROM seat s WHERE s.member_id = m.id AND s.group_id = ANY(%(groups)s)))
        """,
        {"id": member_id, "groups": groups},
    ).fetchone()
    return row is not None


_PROFILE: Final = """
SELECT m.name_sealed, m.phone_sealed, m.language, m.status, m.created_at, m.frozen_at, m.guarded_until, m.closed_at,
       m.pin_hash IS NOT NULL, m.pin_changed_at, m.pin_failures, m.pin_locked_until, m.reminder_plan,
       m.reminder_channel, coalesce(stop.stopped_at, m.reminders_stopped_at), consent.version, consent.given_at,
       (SELECT max(c.heard_at) FROM chat c WHERE c.phone_index = m.phone_index AND c.channel LIKE '%%whatsapp'),
       (SELECT coalesce(sum(p.received_kobo - p.fee_kobo), 0)::bigint FROM payment p JOIN seat s ON s.id = p.seat_id
         WHERE p.member_id = m.id AND p.status = 'success'
           AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))),
       (SELECT coalesce(sum(p.net_kobo), 0)::bigint FROM payout p JOIN seat s ON s.id = p.seat_id
         WHERE p.member_id = m.id AND p.status = 'paid'
           AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))),
       %(groups)s::bigint[] IS NULL OR NOT EXISTS (
         SELECT 1 FROM seat s WHERE s.member_id = m.id AND s.group_id <> ALL(%(groups)s)
            AND s.status NOT IN ('invited', 'refused', 'withdrawn'))
  FROM member m
  LEFT JOIN opt_out stop ON stop.phone_index = m.phone_index AND stop.started_at IS NULL
  LEFT JOIN LATERAL (SELECT version, given_at FROM consent WHERE member_id = m.id ORDER BY version DESC LIMIT 1) consent
         ON true
 WHERE m.id = %(id)s
"""


def profile(member_id: int, who: Somebody, now: datetime) -> Profile:
    """Everything about a member whom she may see."""
    groups = groups_of(who)
    row = database.execute_sql(_PROFILE, {"id": member_id, "groups": groups}).fetchone()
    (name, phone, language, status, since, frozen_at, guarded, closed_at, has_pin, pin_at, failures, locked, plan,
     channel, stopped, version, given_at, whatsapp_at, paid_in, collected, whole) = row  # fmt: skip
    return Profile(
        member_id=member_id,
        name=open_name(member_id, name),
        phone=_phone(member_id, phone, status),
        language=language,
        status=status,
        since=since,
        frozen_at=frozen_at,
        guarded_until=guarded if guarded is not None and guarded > now else None,
        closed_at=closed_at,
        has_pin=has_pin,
        pin_changed_at=pin_at,
        pin_failures=failures,
        pin_locked_until=locked if locked is not None and locked > now else None,
        reminder_plan=plan,
        reminder_channel=channel,
        stopped_at=stopped,
        consent_version=version,
        consent_at=given_at,
        whatsapp_at=whatsapp_at,
        account=_account(member_id, now),
        seats=_seats(member_id, groups, now),
        former=_former(member_id),
        paid_in_kobo=paid_in,
        collected_kobo=collected,
        whole=whole,
    )


_SEATS: Final = """
SELECT s.id, g.id, g.name, g.code, g.status, coalesce(o.role, ''), s.status, s.turn, g.cycles, pot.due_on,
       EXISTS (SELECT 1 FROM payout p WHERE p.seat_id = s.id AND p.kind = 'pot' AND p.status = 'paid'),
       g.contribution_kobo, owes.owed, owes.late, owes.paid, owes.oldest
  FROM seat s
  JOIN savings_group g ON g.id = s.group_id
  LEFT JOIN officer o ON o.group_id = g.id AND o.member_id = s.member_id
  LEFT JOIN LATERAL (SELECT c.due_on FROM pot p JOIN cycle c ON c.id = p.cycle_id
                      WHERE p.seat_id = s.id AND c.status <> 'cancelled' ORDER BY c.number LIMIT 1) pot ON true
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(b.amount_kobo - b.paid_kobo) FILTER (WHERE b.status = ANY(%(unpaid)s)
                        AND c.status <> 'scheduled'), 0)::bigint AS owed,
           coalesce(sum(b.amount_kobo - b.paid_kobo) FILTER (WHERE b.status = ANY(%(unpaid)s)
                        AND c.status <> 'scheduled' AND b.due_at < %(now)s), 0)::bigint AS late,
           coalesce(sum(b.paid_kobo) FILTER (WHERE b.kind = 'contribution' AND b.status <> 'cancelled'), 0)::bigint
             AS paid,
           min(b.due_at) FILTER (WHERE b.status = ANY(%(unpaid)s) AND c.status <> 'scheduled') AS oldest
      FROM obligation b JOIN cycle c ON c.id = b.cycle_id WHERE b.seat_id = s.id) owes
 WHERE s.member_id = %(id)s AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))
 ORDER BY g.ended_at IS NOT NULL, g.id DESC, s.turn, s.id LIMIT 100
"""


def _seats(member_id: int, groups: list[int] | None, now: datetime) -> tuple[SeatLine, ...]:
    values = {"id": member_id, "groups": groups, "unpaid": sorted(UNPAID), "now": now}
    return tuple(SeatLine(*row) for row in database.execute_sql(_SEATS, values).fetchall())


def _account(member_id: int, now: datetime) -> AccountCard | None:
    row = database.execute_sql(
        """
        SELECT b.id, b.status, b.bank_name, b.last4, b.account_name_sealed, coalesce(b.matches, false), b.usable_at,
               (SELECT count(DISTINCT x.member_id) FROM bank_account x
                 WHERE x.number_index = b.number_index AND x.status = 'confirmed' AND x.member_id <> b.member_id)
          FROM bank_account b WHERE b.member_id = %s AND b.status <> 'retired'
         ORDER BY b.status = 'confirmed' DESC, b.id DESC LIMIT 1
        """,
        (member_id,),
    ).fetchone()
    if row is None:
        return None
    account_id, status, bank, last4, holder, matches, usable_at, shared = row
    return AccountCard(
        status=status,
        bank=bank,
        last4=last4,
        holder="" if holder is None else keys().open(holder, f"bank_account.account_name:{account_id}"),
        matches=matches,
        usable_at=usable_at,
        cooling=status == "confirmed" and (usable_at is None or usable_at > now),
        shared_by=shared,
    )


def _former(member_id: int) -> tuple[str, ...]:
    rows = database.execute_sql(
        "SELECT id, phone_sealed FROM former_number WHERE member_id = %s ORDER BY id DESC LIMIT 5", (member_id,)
    ).fetchall()
    return tuple(keys().open(sealed, f"former_number.phone:{row_id}") for row_id, sealed in rows)


def _line(
    member_id: int, name: memoryview, phone: memoryview, status: str, locked: bool, groups: list[str], owed: int,
    late: int, since: datetime,
) -> MemberLine:  # fmt: skip
    return MemberLine(
        member_id=member_id,
        name=open_name(member_id, name),
        phone=_phone(member_id, phone, status),
        status=status,
        locked=locked,
        groups=tuple(groups),
        owed_kobo=owed,
        late_kobo=late,
        since=since,
    )


def _phone(member_id: int, sealed: memoryview, status: str) -> str:
    return "" if status == "closed" else keys().open(sealed, f"member.phone:{member_id}")

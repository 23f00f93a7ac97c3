"""The work queue of the first page: everything that waits for a person, the most money at risk first, then the oldest.

One question over all that can wait. Each line is a place where it is settled; nothing is decided here. A field
officer's queue is that of her own groups, and what somebody may not check, or has proposed herself, is not hers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from models.actions.signing_in import Somebody
from models.base import database
from models.country import home
from models.queries.panel_scope import groups_of
from models.queries.people import names_of
from models.rules.reports import ANSWER_WITHIN
from models.rules.staff import Right, may

PAGE: Final = 30
# An approved payout goes within seconds; when it has not after this, the balance is short or a switch is pulled.
STUCK_AFTER: Final = timedelta(hours=1)

# what, row, money at risk, since, group, member, short reference, a word that says more, late
_QUEUE: Final = """
WITH q (what, row_id, risk, since, group_id, member_id, ref, word, late) AS (
SELECT 'proposal', p.id, p.risk_kobo, p.made_at, p.group_id,
       CASE WHEN jsonb_typeof(about) = 'number' THEN about::bigint END, '', p.kind,
       p.expires_at < %(now)s + interval '6 hours'
  FROM proposal p,
       coalesce(p.payload #> '{facts,recipient_id}', p.payload #> '{facts,member_id}') about
 WHERE p.status = 'waiting' AND p.expires_at > %(now)s AND p.maker_id <> %(me)s AND %(checks)s
UNION ALL
SELECT 'payout', p.id, p.net_kobo, p.created_at, c.group_id, p.member_id, p.short_ref,
       coalesce(p.held_reason, CASE p.kind WHEN 'pot' THEN '' ELSE p.kind END),
       p.created_at < %(now)s - interval '1 day'
  FROM payout p JOIN cycle c ON c.id = p.cycle_id
 WHERE (p.status = 'awaiting_approval' OR p.status IN ('held', 'returned') AND p.held_reason IN ('officer', 'again'))
   AND NOT EXISTS (SELECT 1 FROM proposal x WHERE x.kind = 'payout' AND x.subject = 'payout:' || p.id
                      AND x.status = 'waiting' AND x.expires_at > %(now)s)
UNION ALL
SELECT 'held', p.id, p.net_kobo, p.created_at, c.group_id, p.member_id, p.short_ref, p.held_reason,
       p.created_at < %(now)s - interval '3 days'
  FROM payout p JOIN cycle c ON c.id = p.cycle_id
 WHERE p.status = 'held' AND p.held_reason IN ('no_account', 'name_differs', 'frozen', 'above_limit')
UNION ALL
SELECT 'transfer', p.id, p.net_kobo, coalesce(p.reserved_at, p.approved_at, p.created_at), c.group_id, p.member_id,
       p.short_ref,
       CASE WHEN p.status = 'retry' AND NOT EXISTS (SELECT 1 FROM payout_attempt a WHERE a.payout_id = p.id
                                                       AND a.status = 'created') THEN 'refused'
            WHEN p.status IN ('retry', 'returned', 'approved') THEN p.status ELSE 'unknown' END,
       p.status = 'returned'
  FROM payout p JOIN cycle c ON c.id = p.cycle_id
 WHERE p.status = 'retry' OR (p.status = 'returned' AND coalesce(p.held_reason, '') NOT IN ('officer', 'again'))
    OR (p.status = 'approved' AND p.approved_at < %(stuck)s)
    OR (p.status = 'in_flight' AND EXISTS (SELECT 1 FROM payout_attempt a WHERE a.payout_id = p.id
                                              AND a.status IN ('unknown', 'manual')))
UNION ALL
SELECT 'suspense', s.id, CASE WHEN s.reason = 'wrong_domain' OR s.currency <> %(currency)s THEN 0 ELSE s.kobo END,
       s.created_at, t.group_id, y.member_id, '', s.reason, s.direction = 'out'
  FROM suspense s LEFT JOIN payment y ON y.id = s.payment_id LEFT JOIN seat t ON t.id = y.seat_id
 WHERE s.status = 'open'
   AND NOT EXISTS (SELECT 1 FROM proposal x WHERE x.subject = 'suspense:' || s.id AND x.status = 'waiting'
                      AND x.expires_at > %(now)s)
UNION ALL
SELECT 'short', c.id, greatest(sum(o.amount_kobo - o.paid_kobo), 0)::bigint, c.due_at, c.group_id, NULL, '',
       c.number::text, c.due_at < %(now)s - interval '3 days'
  FROM cycle c JOIN obligation o ON o.cycle_id = c.id AND o.kind = 'contribution' AND o.status IN ('pending', 'partial')
 WHERE c.status = 'grace' GROUP BY c.id
UNION ALL
SELECT 'debt', o.id, o.amount_kobo - o.paid_kobo, o.due_at, s.group_id, s.member_id, '', '',
       o.due_at < %(now)s - interval '7 days'
  FROM obligation o JOIN seat s ON s.id = o.seat_id
 WHERE o.kind = 'unwinding' AND o.status IN ('pending', 'partial') AND o.due_at < %(now)s
UNION ALL
SELECT 'attachment', a.id, coalesce(y.amount_kobo, 0), a.created_at, a.group_id, a.member_id,
       coalesce(y.short_ref, ''), CASE WHEN a.proof THEN 'proof' ELSE a.kind END, false
  FROM attachment a LEFT JOIN payment y ON y.id = a.payment_id
 WHERE a.done_at IS NULL
UNION ALL
SELECT 'report', r.id, coalesce(y.amount_kobo, 0), r.opened_at, r.group_id, r.member_id, r.short_ref, r.kind,
       r.opened_at <= %(answer_by)s
  FROM report r LEFT JOIN payment y ON y.id = r.payment_id
 WHERE r.status = 'open'
UNION ALL
SELECT 'waiver', f.id, f.amount_kobo, w.asked_at, w.group_id, s.member_id, '', '', false
  FROM waiver w JOIN obligation f ON f.id = w.obligation_id JOIN seat s ON s.id = f.seat_id
 WHERE w.status = 'asked' AND w.expires_at > %(now)s
UNION ALL
SELECT 'time', e.id, o.amount_kobo - o.paid_kobo, e.asked_at, e.group_id, s.member_id, '', '', false
  FROM extension e JOIN obligation o ON o.id = e.obligation_id JOIN seat s ON s.id = o.seat_id
 WHERE e.status = 'asked' AND e.expires_at > %(now)s
UNION ALL
SELECT 'swap', w.id, 0, w.agreed_at, w.group_id, s.member_id, '', '', false
  FROM swap w JOIN seat s ON s.id = w.asker_seat_id
 WHERE w.status = 'agreed' AND w.answer_by > %(now)s
UNION ALL
SELECT 'number', w.id, 0, max(coalesce(v.answered_at, v.ended_at, v.asked_at)), min(v.group_id), w.member_id, '',
       CASE WHEN bool_or(v.status = 'refused') THEN 'no'
            WHEN count(*) FILTER (WHERE v.status = 'given' AND v.expires_at > %(now)s) >= 2 THEN 'ready'
            ELSE 'short' END, bool_or(v.status = 'refused')
  FROM office_word w JOIN vouch v ON v.word_id = w.id
 WHERE w.purpose = 'number' AND w.ended_at IS NULL GROUP BY w.id
HAVING bool_or(v.status = 'refused')
    OR count(*) FILTER (WHERE v.status = 'given' AND v.expires_at > %(now)s) >= 2
    OR count(*) FILTER (WHERE v.status IN ('asked', 'given') AND v.expires_at > %(now)s) < 2
UNION ALL
SELECT 'limit', g.id, 0, g.created_at, g.id, g.head_id, '', CASE WHEN t.n >= g.seats THEN 'full' ELSE '' END,
       t.n >= g.seats
  FROM savings_group g
  CROSS JOIN LATERAL (SELECT (g.contribution_kobo * g.seats + g.pots_per_cycle - 1) / g.pots_per_cycle AS kobo) pot
  CROSS JOIN LATERAL (SELECT count(*) AS n FROM seat s WHERE s.group_id = g.id AND s.status = 'accepted') t
 WHERE g.status IN ('draft', 'forming') AND pot.kobo > coalesce(g.pot_limit_kobo, %(pot_limit)s)
   AND NOT EXISTS (SELECT 1 FROM proposal x WHERE x.kind = 'group_limit' AND x.subject = 'group:' || g.id
                      AND x.status = 'waiting' AND x.expires_at > %(now)s)
UNION ALL
SELECT 'joiners', s.group_id, 0, min(s.asked_at), s.group_id, NULL, '', count(*)::text, false
  FROM seat s JOIN savings_group g ON g.id = s.group_id AND g.status = 'forming'
 WHERE s.status = 'requested' GROUP BY s.group_id
), mine AS (
SELECT q.*, g.name AS group_name FROM q LEFT JOIN savings_group g ON g.id = q.group_id
 WHERE %(groups)s::bigint[] IS NULL OR q.group_id = ANY(%(groups)s)
)
"""
_LINES: Final = (
    _QUEUE
    + """
SELECT what, row_id, risk, since, group_id, group_name, member_id, ref, word, late FROM mine
 WHERE (%(what)s = '' OR what = %(what)s)
   AND (%(after)s::bigint IS NULL OR (-risk, what, row_id) > (-(%(risk)s::bigint), %(place)s, %(after)s::bigint))
 ORDER BY -risk, what, row_id LIMIT %(limit)s
"""
)
_COUNTS: Final = (
    _QUEUE
    + """
SELECT what, count(*), sum(risk)::bigint FROM mine GROUP BY what
"""
)

# In the order in which they stand above the queue.
WHATS: Final = (
    "debt",
    *("proposal", "payout", "transfer", "suspense", "held", "short"),
    *("limit", "number", "attachment", "report", "waiver", "time", "swap", "joiners"),
)


@dataclass(frozen=True)
class Need:
    """One thing that waits. row_id: of what is settled (of a waiver the late fee); word: what more there is to say.

    late: it has waited too long.
    """

    what: str
    row_id: int
    risk_kobo: int
    since: datetime
    group_id: int | None
    group: str | None
    member_id: int | None
    member: str = field(repr=False)
    ref: str
    word: str
    late: bool

    @property
    def key(self) -> str:
        """Where the next page begins."""
        return f"{self.risk_kobo}-{self.what}-{self.row_id}"


@dataclass(frozen=True)
class Count:
    """How many of a kind, and the money at risk."""

    what: str
    n: int
    risk_kobo: int


def needs(who: Somebody, now: datetime, *, what: str = "", after: str = "", limit: int = PAGE) -> list[Need]:
    """The queue, or one kind of it. One more than a page when there are more."""
    values = _values(who, now) | _after(after) | {"what": what if what in WHATS else "", "limit": limit + 1}
    rows = database.execute_sql(_LINES, values).fetchall()
    names = names_of({row[6] for row in rows if row[6] is not None})
    return [_need(row, names) for row in rows]


def counts(who: Somebody, now: datetime) -> tuple[Count, ...]:
    """What there is of each kind, in the order of WHATS; kinds of which there is nothing are left out."""
    found = {what: Count(what, n, int(risk)) for what, n, risk in _rows(_COUNTS, _values(who, now))}
    return tuple(found[what] for what in WHATS if what in found)


def _need(row: tuple[Any, ...], names: Mapping[int, str]) -> Need:
    what, row_id, risk, since, group_id, group, member_id, ref, word, late = row
    member = names.get(member_id, "") if member_id is not None else ""
    return Need(what, row_id, int(risk), since, group_id, group, member_id, member, ref, word, bool(late))


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = database.execute_sql(sql, values).fetchall()
    return found


def _values(who: Somebody, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "me": who.staff_id,
        "checks": may(who.role, Right.CHECK),
        "groups": groups_of(who),
        "stuck": now - STUCK_AFTER,
        "currency": home().currency,
        "pot_limit": home().pot_limit,
        "answer_by": now - ANSWER_WITHIN,
    }


def _after(key: str) -> dict[str, Any]:
    """'2500000-payout-12' in its parts; whatever is none begins at the beginning."""
    risk, _, rest = key.partition("-")
    place, _, last = rest.partition("-")
    if not (risk.isdecimal() and last.isdecimal() and place in WHATS) or len(risk) > 18 or len(last) > 18:
        return {"risk": 0, "place": "", "after": None}
    return {"risk": int(risk), "place": place, "after": int(last)}

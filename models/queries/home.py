"""The first screen's facts in one query: who calls, her seats, what waits for her as an officer, an invitation.

One statement, because a hop may afford few round trips; only where a request is open in one of her groups
does a second one follow (`home_requests`). Each line of its answer is (kind, JSON), made into values here and, for
an officer's tasks, in `tasks`. Sealed names travel as hex and are opened here, only for lines that are shown.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from models import country
from models.facts import Ending, GroupCard, Home, Invitation, Me, SeatCard, Task, Terms
from models.queries import home_requests
from models.queries.groups import BEFORE_START, OFFICE
from models.queries.people import known_as
from models.queries.prepared import Prepared
from models.queries.tasks import opened, task_of
from models.rules import dues, terms
from models.rules.circle import COUNTS_IN
from models.rules.schedule import local_date
from models.sealing import keys

# me       the caller by the blind index of her number (unique index).
# mine     her seats with their group, role and current cycle. MATERIALIZED: it is read by every branch below, and
#          it is small. cycle_one_current (a partial unique index) finds the current cycle.
# circles  her groups, one line each, however many seats she has in them.
# Everything hangs on these few rows by index; no branch reads a table as a whole. What an officer is asked
# depends on rules.approvals, so the branches hand over who could be asked, and Python decides.
#
# $1 the blind index of her number, $2 now, $3 the states in which an obligation counts as paid, $4 the usual pot limit.
HOME: Final = Prepared(
    "home",
    "bytea, timestamptz, text[], bigint",
    """
WITH me AS MATERIALIZED (
  SELECT id, name_sealed, language, pin_locked_until, status, money_in_chat FROM member WHERE phone_index = $1
), mine AS MATERIALIZED (
  SELECT s.id AS seat_id, s.member_id, s.status AS seat_status, s.turn, s.group_id, g.name, g.code, g.head_id,
         g.status AS group_status, g.contribution_kobo, g.frequency, g.seats, g.pots_per_cycle, g.cycles,
         g.turn_order, g.anchor_on, g.skipped_intervals, g.late_fee_kobo, g.grace_days, g.cutoff_hour,
         g.service_fee_bps, g.order_set_at,
         coalesce(g.pot_limit_kobo, $4) AS pot_limit_kobo,
         o.role, c.id AS cycle_id, c.number AS cycle_number, c.status AS cycle_status, c.due_on AS cycle_due_on,
         c.due_at AS cycle_due_at, c.ask_officers_at,
         (SELECT q.ends_at FROM group_pause q WHERE q.group_id = g.id AND q.ended_at IS NULL) AS paused_until,
         (SELECT count(*) FROM seat t WHERE t.group_id = s.group_id AND t.status IN
            ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting', 'completed')) AS taken,
         (SELECT count(*) FROM obligation p WHERE p.cycle_id = c.id AND p.kind = 'contribution'
            AND p.status = ANY($3)) AS paid_count
    FROM me
    JOIN seat s ON s.member_id = me.id AND s.status IN
         ('requested', 'waiting', 'accepted', 'active', 'in_arrears', 'defaulted', 'exiting', 'completed')
    JOIN savings_group g ON g.id = s.group_id
     AND (g.ended_at IS NULL OR g.status = 'completed' AND g.ended_at > $2 - interval '30 days')
    LEFT JOIN officer o ON o.group_id = g.id AND o.member_id = s.member_id
    LEFT JOIN cycle c ON c.group_id = g.id AND c.status IN ('open', 'grace', 'closing', 'held')
), circles AS MATERIALIZED (
  SELECT DISTINCT ON (group_id) * FROM mine
   WHERE seat_status IN ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting') ORDER BY group_id, seat_id
)
SELECT 'me', jsonb_build_object('id', id, 'name', encode(name_sealed, 'hex'), 'language', language,
                                'locked', coalesce(pin_locked_until > $2, false),
                                'frozen', status = 'frozen', 'money_in_chat', money_in_chat,
                                'consent', (SELECT max(version) FROM consent WHERE member_id = me.id))
  FROM me
UNION ALL
SELECT 'seat', to_jsonb(m) || jsonb_build_object(
         'head_name', (SELECT encode(h.name_sealed, 'hex') FROM member h WHERE h.id = m.head_id),
         'due', to_jsonb(due), 'next', to_jsonb(next), 'pot', to_jsonb(pot), 'pending', to_jsonb(pending),
         'ending', to_jsonb(ending))
  FROM mine m
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(o.amount_kobo - o.paid_kobo), 0) AS kobo,
           coalesce(sum(o.amount_kobo - o.paid_kobo) FILTER (WHERE o.kind = 'penalty'), 0) AS late_fee_kobo,
           (array_agg(o.amount_kobo - o.paid_kobo ORDER BY o.due_at) FILTER (
             WHERE o.kind = 'contribution' AND o.due_at < $2
               AND NOT EXISTS (SELECT 1 FROM obligation f WHERE f.seat_id = o.seat_id AND f.cycle_id = o.cycle_id
                                  AND f.kind = 'penalty')))[1] AS late_uncharged_kobo,
           min(o.due_at) FILTER (WHERE o.kind IN ('contribution', 'unwinding')) AS due_at
      FROM obligation o JOIN cycle c ON c.id = o.cycle_id
     WHERE o.seat_id = m.seat_id AND o.status IN ('pending', 'partial') AND c.status <> 'scheduled') due
  LEFT JOIN LATERAL (
    SELECT c.number, c.due_on,
           EXISTS (SELECT 1 FROM obligation o WHERE o.seat_id = m.seat_id AND o.cycle_id = c.id
                      AND o.kind = 'contribution' AND o.status = ANY($3)) AS paid,
           coalesce((SELECT o.amount_kobo - o.paid_kobo FROM obligation o WHERE o.seat_id = m.seat_id
                        AND o.cycle_id = c.id AND o.kind = 'contribution'), m.contribution_kobo) AS left_kobo
      FROM cycle c WHERE c.group_id = m.group_id AND c.status = 'scheduled' ORDER BY c.number LIMIT 1) next ON true
  LEFT JOIN LATERAL (
    SELECT p.cycle_id, c.due_on,
           EXISTS (SELECT 1 FROM payout x WHERE x.cycle_id = p.cycle_id AND x.pot_number = p.number
                      AND x.kind = 'pot' AND x.status = 'paid') AS collected
      FROM pot p JOIN cycle c ON c.id = p.cycle_id
     WHERE p.seat_id = m.seat_id AND c.status <> 'cancelled' ORDER BY c.number LIMIT 1) pot ON true
  LEFT JOIN LATERAL (
    SELECT p.id, p.amount_kobo, p.voucher_wanted_at IS NOT NULL AS voucher FROM payment p
     WHERE p.seat_id = m.seat_id AND p.status IN ('created', 'sending', 'pending')
     ORDER BY p.id DESC LIMIT 1) pending ON true
  LEFT JOIN LATERAL (
    SELECT u.reason, greatest(h.net_kobo, 0) AS back_kobo,
           (SELECT coalesce(sum(x.gross_kobo), 0) FROM payout x
             WHERE x.seat_id = h.seat_id AND x.kind = 'claim' AND x.status = 'paid') AS sent_kobo
      FROM unwinding u JOIN unwinding_share h ON h.group_id = u.group_id
     WHERE h.seat_id = m.seat_id AND m.group_status = 'dissolving') ending ON true
UNION ALL
SELECT 'payout', jsonb_build_object(
         'payout_id', p.id, 'payload_hash', p.payload_hash, 'group', k.name, 'net_kobo', p.net_kobo,
         'due_on', c.due_on, 'seats', k.seats, 'cycle_id', c.id, 'claim', p.kind = 'claim',
         'paid_count', (SELECT count(*) FROM obligation o WHERE o.cycle_id = c.id AND o.kind = 'contribution'
                           AND o.status = ANY($3)),
         'recipient_id', p.member_id, 'recipient_name', encode(r.name_sealed, 'hex'),
         'bank_account_id', b.id, 'bank', b.bank_name, 'last4', b.last4,
         'account_name', encode(b.account_name_sealed, 'hex'),
         'officers', (SELECT jsonb_agg(o.member_id ORDER BY o.role, o.since, o.member_id)
                        FROM officer o WHERE o.group_id = k.group_id),
         'members', (SELECT jsonb_agg(t.member_id ORDER BY t.turn) FROM seat t WHERE t.group_id = k.group_id
                        AND t.turn IS NOT NULL))
  FROM circles k
  JOIN cycle c ON c.group_id = k.group_id
  JOIN payout p ON p.cycle_id = c.id AND p.member_id <> k.member_id AND p.kind <> 'wallet'
   AND (p.status = 'awaiting_approval' OR p.status IN ('held', 'returned') AND p.held_reason IN ('officer', 'again'))
   AND (c.status IN ('closing', 'held', 'short_paid') OR k.group_status = 'dissolving' OR p.status = 'returned')
  JOIN bank_account b ON b.id = p.bank_account_id
  JOIN member r ON r.id = p.member_id
 WHERE NOT EXISTS (SELECT 1 FROM approval a WHERE a.subject = 'payout:' || p.id AND a.payload_hash = p.payload_hash
                      AND a.member_id = k.member_id AND a.verdict = 'yes')
UNION ALL
SELECT 'short', jsonb_build_object(
         'cycle_id', k.cycle_id, 'group', k.name, 'due_on', k.cycle_due_on, 'paid_count', k.paid_count,
         'seats', k.seats, 'pots_per_cycle', k.pots_per_cycle, 'contribution_kobo', k.contribution_kobo,
         'service_fee_bps', k.service_fee_bps,
         'in_kobo', (SELECT coalesce(sum(o.paid_kobo), 0) FROM obligation o
                      WHERE o.cycle_id = k.cycle_id AND o.kind = 'contribution'),
         'recipient_id', s.member_id, 'recipient_name', encode(r.name_sealed, 'hex'),
         'officers', (SELECT jsonb_agg(o.member_id ORDER BY o.role, o.since, o.member_id)
                        FROM officer o WHERE o.group_id = k.group_id),
         'members', (SELECT jsonb_agg(t.member_id ORDER BY t.turn) FROM seat t WHERE t.group_id = k.group_id
                        AND t.turn IS NOT NULL))
  FROM circles k
  JOIN pot ON pot.cycle_id = k.cycle_id AND pot.number = 1
  JOIN seat s ON s.id = pot.seat_id
  JOIN member r ON r.id = s.member_id
 WHERE k.cycle_status = 'grace' AND k.cycle_due_at <= $2
   AND (k.ask_officers_at IS NULL OR k.ask_officers_at <= $2) AND s.member_id <> k.member_id
UNION ALL
SELECT * FROM (
  SELECT 'join', jsonb_build_object(
           'seat_id', s.id, 'group', k.name, 'who_id', s.member_id, 'who_name', encode(w.name_sealed, 'hex'),
           'taken', k.taken, 'seats', k.seats, 'role', k.role)
    FROM circles k
    JOIN seat s ON s.group_id = k.group_id AND s.status = 'requested'
    JOIN member w ON w.id = s.member_id
   WHERE k.role IS NOT NULL AND k.group_status = 'forming' AND k.taken < k.seats
   ORDER BY s.asked_at, s.id LIMIT 20) asking
UNION ALL
SELECT 'arrange', jsonb_build_object(
         'group_id', k.group_id, 'group', k.name,
         'placing', (SELECT jsonb_agg(jsonb_build_array(s.id, s.member_id, encode(w.name_sealed, 'hex'))
                                      ORDER BY s.accepted_at, s.id)
                       FROM seat s JOIN member w ON w.id = s.member_id
                      WHERE s.group_id = k.group_id AND s.status = 'accepted'))
  FROM circles k
 WHERE k.role = 'head' AND k.turn_order = 'arranged' AND k.group_status = 'forming' AND k.taken = k.seats
   AND (k.contribution_kobo * k.seats + k.pots_per_cycle - 1) / k.pots_per_cycle <= k.pot_limit_kobo
UNION ALL
SELECT * FROM (
  SELECT 'vouch', jsonb_build_object(
           'vouch_id', v.id, 'purpose', v.purpose, 'group', k.name, 'who_id', v.member_id,
           'who_name', encode(w.name_sealed, 'hex'), 'word_id', v.word_id,
           'name', encode(coalesce(v.name_sealed, n.value_sealed), 'hex'))
    FROM circles k
    JOIN vouch v ON v.group_id = k.group_id AND v.status = 'asked' AND v.expires_at > $2
     AND v.member_id <> k.member_id AND CASE WHEN v.voucher_id IS NULL
       THEN k.role = 'head' OR k.role = 'officer' AND v.member_id = k.head_id ELSE v.voucher_id = k.member_id END
    JOIN member w ON w.id = v.member_id
    LEFT JOIN office_word n ON n.id = v.word_id
   ORDER BY v.id LIMIT 20) vouching
UNION ALL
SELECT * FROM (
  SELECT 'invitation', to_jsonb(g) - 'draw_secret_sealed' || jsonb_build_object(
           'invitation_id', i.id, 'by_id', b.id, 'by_name', encode(b.name_sealed, 'hex'),
           'language', coalesce(b.language, h.language),
           'head_name', encode(h.name_sealed, 'hex'),
           'taken', (SELECT count(*) FROM seat t WHERE t.group_id = g.id AND t.status = 'accepted'))
    FROM invitation i
    JOIN savings_group g ON g.id = i.group_id
     AND (g.status = 'forming' OR g.status = 'draft' AND g.head_id = (SELECT id FROM me))
    LEFT JOIN member b ON b.id = i.invited_by
    JOIN member h ON h.id = g.head_id
   WHERE i.phone_index = $1 AND i.status = 'open'
     AND NOT EXISTS (SELECT 1 FROM seat s JOIN me ON me.id = s.member_id WHERE s.group_id = g.id
                        AND s.status IN ('requested', 'waiting', 'accepted'))
   ORDER BY i.id LIMIT 1) invited
""",
    home_requests.GATE,
)

Line = dict[str, Any]


def read_home(phone: str, now: datetime) -> Home:
    """All that the first screen needs."""
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    for kind, line in HOME.rows(keys().index(phone, "phone"), now, sorted(COUNTS_IN), country.home().pot_limit):
        lines[kind].append(line)
    me = Me(phone) if not lines["me"] else _me(phone, lines["me"][0])
    return Home(
        me=me,
        seats=tuple(_seat_card(line, now) for line in sorted(lines["seat"], key=lambda line: int(line["seat_id"]))),
        invitation=next((_invitation(line) for line in lines["invitation"]), None),
        tasks=(
            *_tasks(lines, me, "payout", "short", "vouch"),
            *_requests(lines, me, now),
            *_tasks(lines, me, "join", "arrange"),
        ),
    )


def _tasks(lines: Mapping[str, list[Line]], me: Me, *kinds: str) -> list[Task]:
    found = (task_of(kind, line, me.member_id or 0) for kind in kinds for line in lines.get(kind, ()))
    return [task for task in found if task is not None]


def _requests(lines: Mapping[str, list[Line]], me: Me, now: datetime) -> list[Task]:
    """Only where something is open does it cost another query."""
    open_in = [line["group_id"] for line in lines.get("requests", ())]
    return home_requests.waiting(me.member_id or 0, open_in, now) if open_in else []


def _me(phone: str, line: Line) -> Me:
    return Me(
        phone,
        line["id"],
        opened(line["id"], line["name"]),
        line["language"],
        pin_locked=line["locked"],
        frozen=line["frozen"],
        money_in_chat=line["money_in_chat"],
        consent_version=line["consent"],
    )


def _seat_card(line: Line, now: datetime) -> SeatCard:
    due, coming, pot, pending = line["due"], line["next"] or {}, line["pot"] or {}, line["pending"] or {}
    owes_since = _instant(due["due_at"])
    next_due_on = _day(coming.get("due_on"))
    return SeatCard(
        seat_id=line["seat_id"],
        group_id=line["group_id"],
        group=line["name"],
        code=line["code"],
        head=known_as(opened(line["head_id"], line["head_name"])),
        head_is_me=line["head_id"] == line["member_id"],
        officer=line["role"] is not None,
        seat_status=line["seat_status"],
        group_status=line["group_status"],
        contribution_kobo=line["contribution_kobo"],
        frequency=line["frequency"],
        seats=line["seats"],
        taken=line["taken"],
        cycle_id=line["cycle_id"],
        cycle_number=_cycle_number(line),
        cycles=line["cycles"],
        due_on=next_due_on if owes_since is None else local_date(owes_since),
        due_kobo=due["kobo"],
        late_fee_kobo=due["late_fee_kobo"],
        fee_to_come_kobo=_fee_to_come(line, now),
        late_since=local_date(owes_since) if owes_since is not None and owes_since < now else None,
        next_due_on=next_due_on,
        next_paid=coming.get("paid", False),
        next_left_kobo=coming.get("left_kobo", 0),
        paid_count=line["paid_count"],
        position=None if line["order_set_at"] is None else line["turn"],
        collect_on=_day(pot.get("due_on")),
        collect_kobo=_terms(line).collect_kobo,
        collected=pot.get("collected", False),
        collects_now=line["cycle_id"] is not None and pot.get("cycle_id") == line["cycle_id"],
        pending_payment_id=pending.get("id"),
        pending_kobo=pending.get("amount_kobo", 0),
        pending_wants_voucher=pending.get("voucher", False),
        ending=None if line["ending"] is None else Ending(**line["ending"]),
        paused_until=None if line["paused_until"] is None else local_date(_at(line["paused_until"])),
    )


def _fee_to_come(line: Line, now: datetime) -> int:
    """What being late will still cost as things stand; the grace time does not lessen it."""
    return dues.penalty_due(
        now,
        now,
        grace_days=0,
        outstanding_kobo=line["due"]["late_uncharged_kobo"] or 0,
        late_fee_kobo=line["late_fee_kobo"],
    )


def _cycle_number(line: Line) -> int:
    """The current cycle; between two cycles the one that was, 0 before the first."""
    if line["cycle_number"] is not None:
        return int(line["cycle_number"])
    if line["next"] is not None:
        return int(line["next"]["number"]) - 1
    return 0 if line["group_status"] in BEFORE_START else int(line["cycles"])


def _invitation(line: Line) -> Invitation:
    card = GroupCard(
        group_id=line["id"],
        code=line["code"],
        name=line["name"],
        head=known_as(opened(line["head_id"], line["head_name"])),
        status=line["status"],
        taken=line["taken"],
        rules_version=line["rules_version"],
        terms=_terms(line),
    )
    by = OFFICE if line["by_id"] is None else known_as(opened(line["by_id"], line["by_name"]))
    return Invitation(line["invitation_id"], by, line["language"], card)


def _terms(line: Line) -> Terms:
    return terms.terms_of(
        line["contribution_kobo"],
        line["frequency"],
        line["seats"],
        line["turn_order"],
        date.fromisoformat(line["anchor_on"]),
        pots_per_cycle=line["pots_per_cycle"],
        late_fee_kobo=line["late_fee_kobo"],
        grace_days=line["grace_days"],
        cutoff_hour=line["cutoff_hour"],
        service_fee_bps=line["service_fee_bps"],
        skipped_intervals=line["skipped_intervals"],
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else _at(text)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

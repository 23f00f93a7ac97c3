"""Requests among the tasks of the first screen: a swap to answer, and what an officer decides for others.

The home query only asks whether anything is open in her groups (`GATE`): most of the time
nothing is, and what it would take to say more is not worth planning for. Then a second one
follows. Who may decide is the rules' business, so its lines hand over who could be asked.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

from models.facts import SwapDecisionTask, SwapTask, Task, TimeTask, WaiverTask
from models.queries.people import called, first_name, open_name
from models.queries.prepared import Prepared
from models.rules import approvals, fees, terms
from models.rules.schedule import local_date

# A branch of the home query, on its `circles`.
GATE: Final = """
UNION ALL
SELECT 'requests', jsonb_build_object('group_id', k.group_id)
  FROM circles k
 WHERE EXISTS (SELECT 1 FROM swap w WHERE w.group_id = k.group_id AND w.status IN ('asked', 'agreed'))
    OR EXISTS (SELECT 1 FROM extension e WHERE e.group_id = k.group_id AND e.status = 'asked')
    OR EXISTS (SELECT 1 FROM waiver v WHERE v.group_id = k.group_id AND v.status = 'asked')
"""

# $1 the member, $2 now, $3 those of her groups in which something is open.
REQUESTS: Final = Prepared(
    "requests",
    "bigint, timestamptz, bigint[]",
    """
WITH circles AS MATERIALIZED (
  SELECT id AS group_id, name, late_fee_kobo, $1::bigint AS member_id FROM savings_group WHERE id = ANY($3)
)
SELECT 'swap', jsonb_build_object(
         'swap_id', w.id, 'group', g.name, 'who_id', a.id, 'who_name', encode(a.name_sealed, 'hex'),
         'mine_on', (
            SELECT c.due_on FROM pot p JOIN cycle c ON c.id = p.cycle_id AND c.status <> 'cancelled'
             WHERE p.seat_id = m.id ORDER BY c.number LIMIT 1),
         'theirs_on', (
            SELECT c.due_on FROM pot p JOIN cycle c ON c.id = p.cycle_id AND c.status <> 'cancelled'
             WHERE p.seat_id = s.id ORDER BY c.number LIMIT 1),
         'contribution_kobo', g.contribution_kobo, 'seats', g.seats, 'pots_per_cycle', g.pots_per_cycle,
         'service_fee_bps', g.service_fee_bps)
  FROM swap w
  JOIN seat m ON m.id = w.other_seat_id AND m.member_id = $1
  JOIN seat s ON s.id = w.asker_seat_id
  JOIN member a ON a.id = s.member_id
  JOIN savings_group g ON g.id = w.group_id
 WHERE w.group_id = ANY($3) AND w.status = 'asked' AND w.answer_by > $2
UNION ALL
SELECT 'swap_decision', jsonb_build_object(
         'swap_id', w.id, 'group', k.name, 'who_id', a.id, 'who_name', encode(a.name_sealed, 'hex'),
         'name_id', b.id, 'name_name', encode(b.name_sealed, 'hex'),
         'who_on', (
            SELECT c.due_on FROM pot p JOIN cycle c ON c.id = p.cycle_id AND c.status <> 'cancelled'
             WHERE p.seat_id = w.asker_seat_id ORDER BY c.number LIMIT 1),
         'name_on', (
            SELECT c.due_on FROM pot p JOIN cycle c ON c.id = p.cycle_id AND c.status <> 'cancelled'
             WHERE p.seat_id = w.other_seat_id ORDER BY c.number LIMIT 1),
         'officers', (SELECT jsonb_agg(o.member_id ORDER BY o.role, o.since, o.member_id)
                        FROM officer o WHERE o.group_id = k.group_id),
         'members', (SELECT jsonb_agg(t.member_id ORDER BY t.turn) FROM seat t WHERE t.group_id = k.group_id
                        AND t.turn IS NOT NULL))
  FROM circles k
  JOIN swap w ON w.group_id = k.group_id AND w.status = 'agreed' AND w.answer_by > $2
  JOIN seat s ON s.id = w.asker_seat_id
  JOIN member a ON a.id = s.member_id
  JOIN seat t ON t.id = w.other_seat_id
  JOIN member b ON b.id = t.member_id
UNION ALL
SELECT 'time', jsonb_build_object(
         'extension_id', e.id, 'group', k.name, 'who_id', a.id, 'who_name', encode(a.name_sealed, 'hex'),
         'kind', e.kind, 'amount_kobo', o.amount_kobo - o.paid_kobo, 'until_at', e.due_after, 'reason', e.reason,
         'may_keep_fee', k.late_fee_kobo > 0 AND NOT EXISTS (
            SELECT 1 FROM obligation f WHERE f.seat_id = o.seat_id AND f.cycle_id = o.cycle_id AND f.kind = 'penalty'),
         'officers', (SELECT jsonb_agg(o.member_id ORDER BY o.role, o.since, o.member_id)
                        FROM officer o WHERE o.group_id = k.group_id),
         'members', (SELECT jsonb_agg(t.member_id ORDER BY t.turn) FROM seat t WHERE t.group_id = k.group_id
                        AND t.turn IS NOT NULL))
  FROM circles k
  JOIN extension e ON e.group_id = k.group_id AND e.status = 'asked' AND e.expires_at > $2
  JOIN obligation o ON o.id = e.obligation_id AND o.status IN ('pending', 'partial')
  JOIN seat s ON s.id = o.seat_id
  JOIN member a ON a.id = s.member_id
UNION ALL
SELECT 'waiver', jsonb_build_object(
         'waiver_id', v.id, 'group', k.name, 'who_id', a.id, 'who_name', encode(a.name_sealed, 'hex'),
         'fee_kobo', f.amount_kobo, 'reason', v.reason,
         'officers', (SELECT jsonb_agg(o.member_id ORDER BY o.role, o.since, o.member_id)
                        FROM officer o WHERE o.group_id = k.group_id),
         'members', (SELECT jsonb_agg(t.member_id ORDER BY t.turn) FROM seat t WHERE t.group_id = k.group_id
                        AND t.turn IS NOT NULL))
  FROM circles k
  JOIN waiver v ON v.group_id = k.group_id AND v.status = 'asked' AND v.expires_at > $2
  JOIN obligation f ON f.id = v.obligation_id AND f.status = 'pending'
  JOIN seat s ON s.id = f.seat_id
  JOIN member a ON a.id = s.member_id
 WHERE NOT EXISTS (SELECT 1 FROM approval x WHERE x.subject = 'waiver:' || v.id AND x.member_id = k.member_id)
""",
)

Line = dict[str, Any]


def waiting(member_id: int, group_ids: list[int], now: datetime) -> list[Task]:
    """What waits for this member in these groups of hers, as far as it is hers to answer."""
    found = (_MAKERS[kind](line, member_id) for kind, line in REQUESTS.rows(member_id, now, group_ids))
    return [task for task in found if task is not None]


def _swap(line: Line, _member_id: int) -> SwapTask:
    """J4: the member's own answer."""
    full = terms.pot(line["contribution_kobo"], line["seats"], line["pots_per_cycle"])
    return SwapTask(
        swap_id=line["swap_id"],
        group=line["group"],
        who=_who(line),
        mine_on=date.fromisoformat(line["mine_on"]),
        theirs_on=date.fromisoformat(line["theirs_on"]),
        collect_kobo=full - fees.service_fee(full, line["service_fee_bps"]),
    )


def _swap_decision(line: Line, member_id: int) -> SwapDecisionTask | None:
    """O8: for an officer who is neither of the two."""
    if not _decides(line, member_id, line["who_id"], line["name_id"]):
        return None
    names = called(
        {
            line["who_id"]: _opened(line["who_id"], line["who_name"]),
            line["name_id"]: _opened(line["name_id"], line["name_name"]),
        }
    )
    return SwapDecisionTask(
        swap_id=line["swap_id"],
        group=line["group"],
        who=names[line["who_id"]],
        name=names[line["name_id"]],
        who_on=date.fromisoformat(line["who_on"]),
        name_on=date.fromisoformat(line["name_on"]),
    )


def _time(line: Line, member_id: int) -> TimeTask | None:
    """O4: for an officer who has not asked herself."""
    if not _decides(line, member_id, line["who_id"]):
        return None
    return TimeTask(
        extension_id=line["extension_id"],
        group=line["group"],
        who=_who(line),
        kind=line["kind"],
        amount_kobo=line["amount_kobo"],
        until_on=local_date(datetime.fromisoformat(line["until_at"]).astimezone(UTC)),
        reason=line["reason"],
        may_keep_fee=line["may_keep_fee"],
    )


def _waiver(line: Line, member_id: int) -> WaiverTask | None:
    """O4w: for those of whom two have to agree."""
    if member_id not in approvals.approvers(line["officers"] or (), line["members"] or (), line["who_id"]):
        return None
    return WaiverTask(line["waiver_id"], line["group"], _who(line), line["fee_kobo"], line["reason"])


def _decides(line: Line, member_id: int, *parties: int) -> bool:
    return member_id in approvals.deciders(line["officers"] or (), line["members"] or (), parties)


def _who(line: Line) -> str:
    return first_name(_opened(line["who_id"], line["who_name"]))


def _opened(member_id: int, sealed_hex: str) -> str:
    return open_name(member_id, bytes.fromhex(sealed_hex))


_MAKERS: Final[dict[str, Callable[[Line, int], Task | None]]] = {
    "swap": _swap,
    "swap_decision": _swap_decision,
    "time": _time,
    "waiver": _waiver,
}

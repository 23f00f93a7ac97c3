"""What waits for an officer, made from lines of the home query. Who may be asked is the rules' decision."""

from datetime import date
from typing import Any

from models.facts import ArrangeTask, JoinTask, PayoutTask, ShortPotTask, Task
from models.phones import mask_local
from models.queries.people import first_name, known_as, open_name
from models.rules import approvals, fees, terms
from models.sealing import keys
from models.vouches import VouchTask

Line = dict[str, Any]


def task_of(kind: str, line: Line, member_id: int) -> Task | None:
    """The task that a line stands for, or None when it is not this member's to answer."""
    return _MAKERS[kind](line, member_id)


def opened(member_id: int, sealed_hex: str) -> str:
    """A member's name as a line of the query carries it."""
    return open_name(member_id, bytes.fromhex(sealed_hex))


def _payout(line: Line, member_id: int) -> PayoutTask | None:
    if not _may_approve(line, member_id):
        return None
    account_id = line["bank_account_id"]
    return PayoutTask(
        payout_id=line["payout_id"],
        payload_hash=line["payload_hash"],
        group=line["group"],
        recipient=first_name(opened(line["recipient_id"], line["recipient_name"])),
        net_kobo=line["net_kobo"],
        due_on=date.fromisoformat(line["due_on"]),
        paid_count=line["paid_count"],
        seats=line["seats"],
        bank=line["bank"],
        last4=line["last4"],
        account_name=keys().open(bytes.fromhex(line["account_name"]), f"bank_account.account_name:{account_id}"),
        cycle_id=line["cycle_id"],
        claim=line["claim"],
    )


def _short(line: Line, member_id: int) -> ShortPotTask | None:
    if not _may_approve(line, member_id):
        return None
    bps = line["service_fee_bps"]
    full = terms.pot(line["contribution_kobo"], line["seats"], line["pots_per_cycle"])
    return ShortPotTask(
        cycle_id=line["cycle_id"],
        group=line["group"],
        recipient=first_name(opened(line["recipient_id"], line["recipient_name"])),
        full_kobo=full - fees.service_fee(full, bps),
        in_kobo=line["in_kobo"] - fees.service_fee(line["in_kobo"], bps),
        due_on=date.fromisoformat(line["due_on"]),
        paid_count=line["paid_count"],
        seats=line["seats"],
    )


def _join(line: Line, _member_id: int) -> JoinTask:
    return JoinTask(
        seat_id=line["seat_id"],
        group=line["group"],
        who=known_as(opened(line["who_id"], line["who_name"])),
        taken=line["taken"],
        seats=line["seats"],
        may_name_officer=line["role"] == "head",
    )


def _arrange(line: Line, _member_id: int) -> ArrangeTask:
    placing = tuple((seat_id, known_as(opened(who, name))) for seat_id, who, name in line["placing"])
    return ArrangeTask(line["group_id"], line["group"], placing)


def _vouch(line: Line, _member_id: int) -> VouchTask:
    return VouchTask(
        vouch_id=line["vouch_id"],
        purpose=line["purpose"],
        group=line["group"],
        who=known_as(opened(line["who_id"], line["who_name"])),
        name=_wanted(line),
    )


def _wanted(line: Line) -> str:
    """The name or the number that it is about. Of a number as much as somebody needs who knows it."""
    sealed = line["name"]
    if sealed is None:
        return ""
    if line["word_id"] is None:
        return keys().open(bytes.fromhex(sealed), f"vouch.name:{line['vouch_id']}")
    return mask_local(keys().open(bytes.fromhex(sealed), f"office_word.value:{line['word_id']}"))


def _may_approve(line: Line, member_id: int) -> bool:
    return member_id in approvals.approvers(line["officers"] or (), line["members"] or (), line["recipient_id"])


_MAKERS = {"payout": _payout, "short": _short, "join": _join, "arrange": _arrange, "vouch": _vouch}

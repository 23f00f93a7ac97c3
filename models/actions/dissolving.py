"""The platform orders that a group ends in the middle: one of the staff proposes it, another one agrees.

Both see the figures, seat by seat, and agree to exactly those: when a payment or a payout comes in between, nothing
happens. Then, in one transaction, the circle stops. Payouts of which nothing was sent are withdrawn; where one is
under way, the end has to wait for its outcome. What was still owed to the circle is closed, late fees too: each seat's
own account says what it owes or is owed, a late fee is what keeps a circle going, and this one does not go on.
How it is paid is `unwinding`'s.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final

from models import policy
from models.actions import audit, books, payouts, unwinding, unwinding_news
from models.actions.forms import Effect
from models.actions.obligations import refresh_arrears
from models.actions.proposing import About, Agreed, Kind, row_id
from models.base import move
from models.queries import unwinding as reads
from models.rules import accounts, posting
from models.rules.circle import UNPAID
from models.rules.dissolution import Account, Share
from models.rules.posting import Part
from models.rules.refused import Refused
from models.rules.staff import Right
from models.tables.cycles import Cycle, Obligation, Pot
from models.tables.groups import Group, Seat
from models.tables.mail import Outbox
from models.tables.money import Payout
from models.tables.pauses import GroupPause
from models.tables.requests import Extension, Swap, Waiver
from models.tables.unwinding import Unwinding, UnwindingShare

WHY: Final = "group_dissolved"
# Why a group ends, as its members are told it.
REASONS: Final = ("members", "unpaid", "head", "office")
RUNNING: Final = ("active", "paused")
# Messages of the running circle, by how their keys begin.
UNTRUE: Final = ("remind:", "approve:", "account:", "short:", "hold:", "pause:", "resume:", "swap:", "time:", "waiver:")


def about_group(subject: str, wanted: Mapping[str, Any], _now: datetime) -> About | Refused:
    """What an end would mean. Refused: not_running, bad_choice, transfer_under_way, payout_returned,
    figures_wrong."""
    group = Group.get_or_none(Group.id == row_id(subject))
    if group is None or group.status not in RUNNING:
        return Refused("not_running")
    if wanted.get("reason") not in REASONS:
        return Refused("bad_choice")
    figures = reads.figures(group.id)
    if figures.under_way:
        return Refused("transfer_under_way")
    if figures.returned:
        return Refused("payout_returned")
    unwound = figures.unwound
    if not unwound.adds_up or _without_pot(unwound.shares):
        return Refused("figures_wrong")
    return About(
        facts={
            "reason": wanted["reason"],
            "held_kobo": unwound.held_kobo,
            "pool_kobo": figures.pool_kobo,
            "deposits_kobo": figures.deposits_kobo,
            "back_kobo": unwound.back_kobo,
            "owes_kobo": unwound.owes_kobo,
            "seats": [_seat(share) for share in unwound.shares],
        },
        group_id=group.id,
        risk_kobo=unwound.back_kobo,
    )


def dissolve(agreed: Agreed) -> Effect | Refused:
    """Its group is locked, and the figures are those that both have seen. Refused: transfer_under_way."""
    group, now = Group.get_by_id(agreed.subject_id), agreed.now
    last = Cycle.select().where((Cycle.group == group.id) & (Cycle.status != "scheduled"))
    cycle = last.order_by(Cycle.number.desc()).first() or Cycle.get((Cycle.group == group.id) & (Cycle.number == 1))
    if not _withdraw_payouts(group, agreed):
        return Refused("transfer_under_way")
    figures = reads.figures(group.id)
    _close_obligations(group, agreed)
    _end_requests(group, now)
    _end_cycles(group, now)
    _hush(group, now)
    move(Group, group.id, RUNNING, "dissolving")
    _gather(group, agreed)
    Unwinding.insert(
        group=group.id,
        proposal=agreed.proposal_id,
        reason=agreed.facts["reason"],
        held_kobo=figures.unwound.held_kobo,
        started_at=now,
        debts_due_at=now + policy.UNWINDING_TIME,
    ).execute()
    for share in figures.unwound.shares:
        _write(group, share, cycle, agreed)
    for share in figures.unwound.shares:
        refresh_arrears(share.account.seat_id, now)
    audit.note(
        "group.dissolve", f"group:{group.id}", actor=agreed.actor, now=now, group_id=group.id,
        detail={"reason": agreed.facts["reason"], "proposal": agreed.proposal_id},
    )  # fmt: skip
    unwinding_news.begins(group, now)
    unwinding.go_on(group.id, now)
    return Effect("group_dissolved", facts={"group": group.name})


def _without_pot(shares: tuple[Share, ...]) -> bool:
    """A claim is paid as a part of the pot of its turn; every seat of a running group has one."""
    seats = {share.account.seat_id for share in shares if share.back_kobo}
    return len(seats) != Pot.select(Pot.seat).where(Pot.seat.in_(sorted(seats))).distinct().count()


def _seat(share: Share) -> dict[str, int]:
    account = share.account
    return {
        "seat_id": account.seat_id,
        "paid_kobo": account.paid_kobo,
        "received_kobo": account.received_kobo,
        "kept_kobo": account.kept_kobo,
        "net_kobo": account.net_kobo,
    }


def _withdraw_payouts(group: Group, agreed: Agreed) -> bool:
    pots = (Cycle.group == group.id) & (Payout.kind == payouts.POT) & Payout.status.in_(payouts.LIVE)
    found = [row.id for row in Payout.select(Payout.id).join(Cycle).where(pots).order_by(Payout.id)]
    return all(payouts.withdraw(payout_id, WHY, agreed.now, agreed.actor) for payout_id in found)


def _close_obligations(group: Group, agreed: Agreed) -> None:
    unpaid = Obligation.select().join(Cycle).where((Cycle.group == group.id) & Obligation.status.in_(sorted(UNPAID)))
    for row in unpaid.order_by(Obligation.id):
        part = Part(row.kind, row.seat_id, row.cycle_id, group.id, row.amount_kobo - row.paid_kobo)
        move(Obligation, row.id, row.status, "cancelled")
        _post(posting.obligation_closed(part, row.rule), group, agreed)


def _end_requests(group: Group, now: datetime) -> None:
    """What was asked for has become pointless, and a pause is over; that the group ends, everybody is told."""
    running = (GroupPause.group == group.id) & GroupPause.ended_at.is_null()
    GroupPause.update(ended_at=now).where(running).execute()
    for table, waiting in ((Swap, ("asked", "agreed")), (Extension, ("asked", "allowed")), (Waiver, ("asked",))):
        for row in table.select().where((table.group == group.id) & table.status.in_(waiting)):
            move(table, row.id, waiting, "void", ended_at=now)


def _hush(group: Group, now: datetime) -> None:
    """What waits to be sent of it is not true any more: nobody is reminded, asked for a yes or told of a pause."""
    waiting = (Outbox.group == group.id) & (Outbox.status == "queued")
    keys = [Outbox.dedupe_key.startswith(key) for key in UNTRUE]
    Outbox.update(status="suppressed", reason=WHY, ended_at=now).where(waiting & reduce(or_, keys)).execute()


def _end_cycles(group: Group, now: datetime) -> None:
    """A cycle whose pot has left is settled, whatever was missing in it; the others will not run."""
    for row in Cycle.select(Cycle.id).where(Cycle.group == group.id):
        move(Cycle, row.id, ("short_paid", "paid"), "settled", closed_at=now)
        move(Cycle, row.id, ("scheduled", "open", "grace", "closing", "held"), "cancelled", closed_at=now)


def _gather(group: Group, agreed: Agreed) -> None:
    """All that the group holds, into one account."""
    for cycle in Cycle.select(Cycle.id).where(Cycle.group == group.id).order_by(Cycle.number):
        if kobo := books.held(accounts.pot(cycle.id)):
            _post(posting.pot_unwound(cycle.id, group.id, kobo), group, agreed)
    for seat in Seat.select(Seat.id).where(Seat.group == group.id).order_by(Seat.id):
        if kobo := books.held(accounts.deposit(seat.id)):
            _post(posting.deposit_unwound(seat.id, group.id, kobo), group, agreed)
    if kobo := books.held(accounts.penalty_pool(group.id)):
        _post(posting.pool_unwound(group.id, kobo), group, agreed)


def _write(group: Group, share: Share, cycle: Cycle, agreed: Agreed) -> None:
    """What a seat is owed or owes, in the rows and in the books."""
    account = share.account
    UnwindingShare.insert(
        seat=account.seat_id,
        group=group.id,
        member=Seat.get_by_id(account.seat_id).member_id,
        paid_kobo=account.paid_kobo,
        received_kobo=account.received_kobo,
        kept_kobo=account.kept_kobo,
        net_kobo=account.net_kobo,
    ).execute()
    if share.back_kobo:
        _post(posting.claim_raised(account.seat_id, group.id, share.back_kobo), group, agreed)
    if share.owes_kobo:
        _raise_debt(group, account, cycle, share.owes_kobo, agreed)


def _raise_debt(group: Group, account: Account, cycle: Cycle, kobo: int, agreed: Agreed) -> None:
    Obligation.insert(
        seat=account.seat_id,
        cycle=cycle.id,
        kind="unwinding",
        amount_kobo=kobo,
        status="pending",
        due_at=agreed.now + policy.UNWINDING_TIME,
        raised_at=agreed.now,
    ).execute()
    _post(posting.debt_raised(account.seat_id, group.id, kobo), group, agreed)


def _post(entry: posting.Entry, group: Group, agreed: Agreed) -> None:
    reason = f"proposal:{agreed.proposal_id}"
    books.post(entry, actor=agreed.actor, now=agreed.now, group_id=group.id, reason=reason)


DISSOLVE: Final = Kind("group_dissolve", about_group, dissolve, make=Right.PROPOSE, check=Right.CHECK)

"""A pot on its way to the officers: opened, held while something stands in its way, approved by two.

What an approval is about is fixed when the payout is put to the officers: amount, person
and bank account, in one hash. When any of that changes, the old yeses no longer count.
From the second yes on, what was approved is what is paid, or nothing is (`transfers`).

A payout that an officer holds stays among the officers' tasks; two yeses put it on again.
"""

from datetime import datetime

from models import doorbell
from models.actions import audit, books, payout_news, returns
from models.actions.context import Context, Outcome
from models.base import move, next_id, transaction
from models.commands import ApprovePayout, Done, HoldPayout
from models.money import split
from models.queries.payouts import approvers_for, books_of, subject, times_repaid, voices, yes_of
from models.rules import accounts, approvals, circle, codes, fees, limits, posting
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.cycles import Cycle, Pot
from models.tables.groups import Group, Seat
from models.tables.money import Approval, Payout, PayoutAttempt
from models.tables.people import BankAccount, Member

BEFORE_SENDING = ("held", "awaiting_approval", "approved")
LIVE = (*BEFORE_SENDING, "reserved", "in_flight", "retry")
WAITING = (*BEFORE_SENDING, "returned")
BY_OFFICER = "officer"
POT, CLAIM, WALLET = "pot", "claim", "wallet"


def live(cycle_id: int) -> list[Payout]:
    """Payouts of a cycle that are neither paid nor cancelled."""
    of_cycle = (Payout.cycle == cycle_id) & (Payout.kind != WALLET)
    return list(Payout.select().where(of_cycle & Payout.status.in_(LIVE)).order_by(Payout.id))


def sent_back(cycle_id: int) -> bool:
    """Whether a payout of it came back from the bank and has not been sent again."""
    back = (Payout.cycle == cycle_id) & (Payout.kind != WALLET) & (Payout.status == "returned")
    return bool(Payout.select().where(back).exists())


@transaction
def open_payouts(cycle_id: int, now: datetime, created_by: str) -> list[int]:
    """Open a payout for what is in the pot now (one for each pot of the cycle). Their ids; none when some are live.

    What has been paid already is part 1, 2 ...; this is the next part. Never more goes out than is in.
    """
    group = books.lock_group(Cycle.get_by_id(cycle_id).group_id)
    if live(cycle_id):
        return []
    pots = list(Pot.select(Pot, Seat).join(Seat).where(Pot.cycle == cycle_id).order_by(Pot.number))
    shares = zip(pots, split(books.held(accounts.pot(cycle_id)), len(pots)), strict=True)
    opened = [_open(group, pot, kobo, POT, created_by, now) for pot, kobo in shares if kobo]
    for payout_id in opened:
        look(payout_id, now)
    return opened


@transaction
def open_claim(seat_id: int, kobo: int, now: datetime, created_by: str) -> int:
    """Open a payout for a part of what a dissolution owes a seat."""
    return open_for(Pot.select(Pot, Seat).join(Seat).where(Pot.seat == seat_id).get(), kobo, CLAIM, now, created_by)


@transaction
def open_for(pot: Pot, kobo: int, kind: str, now: datetime, created_by: str) -> int:
    """Open a payout of another kind for the owner of a pot: as another part of it, and like it for two people to
    approve. The house takes nothing of it."""
    payout_id = _open(books.lock_group(pot.seat.group_id), pot, kobo, kind, created_by, now)
    look(payout_id, now)
    return payout_id


@transaction
def withdraw(payout_id: int, reason: str, now: datetime, actor: str) -> bool:
    """Take back a payout of which nothing was sent; its money is in the pot again. False when it is too late for that.

    The caller holds the group's lock.
    """
    payout, group = _locked(payout_id)
    from_pot = payout.status in (*BEFORE_SENDING, "reserved", "retry") and not times_repaid(payout_id)
    if not from_pot or not given_up(payout_id, reason):
        return False
    move(Payout, payout_id, payout.status, "cancelled", ended_at=now, held_reason=reason)
    if payout.status in ("reserved", "retry"):
        entry = given_back(payout)
        books.post(entry, actor=actor, now=now, group_id=books_of(payout), payout_id=payout_id, reason=reason)
    audit.note("payout.withdraw", subject(payout_id), actor=actor, now=now, group_id=group.id)
    return True


def set_aside(payout: Payout) -> posting.Entry:
    """Its money leaves the pot, or what the group holds for those whom a dissolution owes, or her wallet."""
    if payout.kind == WALLET:
        return posting.wallet_reserved(payout.id, payout.member_id, payout.gross_kobo)
    if payout.kind == CLAIM:
        return posting.claim_reserved(payout.id, payout.cycle.group_id, payout.seat_id, payout.gross_kobo)
    return posting.reserved(payout.id, payout.cycle_id, payout.gross_kobo)


def given_back(payout: Payout) -> posting.Entry:
    """The opposite: it is given up."""
    if payout.kind == WALLET:
        return posting.wallet_released(payout.id, payout.member_id, payout.gross_kobo)
    if payout.kind == CLAIM:
        return posting.claim_released(payout.id, payout.cycle.group_id, payout.seat_id, payout.gross_kobo)
    return posting.released(payout.id, payout.cycle_id, payout.gross_kobo)


def cycles_to_pay_out() -> list[int]:
    """Full cycles without a payout: what should have been opened at once and, for whatever reason, was not."""
    opened = Payout.select(Payout.cycle).where((Payout.status != "cancelled") & (Payout.kind != WALLET))
    query = Cycle.select(Cycle.id).where((Cycle.status == "closing") & Cycle.id.not_in(opened))
    return [row.id for row in query.order_by(Cycle.id)]


def payouts_to_look_at(member_id: int | None = None) -> list[int]:
    """Payouts that wait for something that may have changed (of one member, or all)."""
    waiting = Payout.status.in_((*WAITING, "retry"))
    if member_id is not None:
        waiting &= Payout.member == member_id
    return [row.id for row in Payout.select(Payout.id).where(waiting).order_by(Payout.id)]


@transaction
def look_again(member_id: int, now: datetime) -> int:
    """After her account has changed: look at all payouts of hers that wait. How many."""
    found = payouts_to_look_at(member_id)
    for payout_id in found:
        look(payout_id, now)
    return len(found)


@transaction
def look(payout_id: int, now: datetime, *, remind: bool = True) -> str:
    """Put the payout where it belongs by its recipient's account as it is now. The state that it is in afterwards.

    remind: tell the officers today also when nothing is new.
    """
    payout, group = _locked(payout_id)
    if payout.status == "retry":
        start_over(payout_id, now)
        payout = Payout.get_by_id(payout_id)
    account = _account(payout.member_id)
    if payout.status not in WAITING or returns.waits_for_her(payout, account):
        return str(payout.status)
    obstacle = _obstacle(payout, group, account, now)
    if obstacle or account is None:
        _hold_back(payout, obstacle or "no_account", group, now)
    else:
        _put_to_officers(payout, account, group, remind, now)
    return str(Payout.get_by_id(payout_id).status)


@transaction
def approve_payout(command: ApprovePayout, context: Context) -> Outcome:
    """An officer's yes. The second one sends the money on its way."""
    found = _for_officer(command.payout_id, context.member)
    if isinstance(found, Refused):
        return found
    payout, group = found
    look(payout.id, context.now, remind=False)
    payout = Payout.get_by_id(payout.id)
    if not asks(payout) or payout.payload_hash != command.payload_hash:
        return Refused("changed")
    return say_yes(payout, group, context)


@transaction
def hold_payout(command: HoldPayout, context: Context) -> Outcome:
    """An officer's "wait": nothing goes out until two say yes. The other officers are told."""
    found = _for_officer(command.payout_id, context.member)
    if isinstance(found, Refused):
        return found
    payout, group = found
    asked = (Payout.id == payout.id) & (Payout.status == "returned") & (Payout.held_reason == returns.AGAIN)
    held = move(Payout, payout.id, "awaiting_approval", "held", held_reason=BY_OFFICER)
    if not held and not Payout.update(held_reason=BY_OFFICER).where(asked).execute():
        return Refused("gone")
    _write_verdict(payout, "hold", context, group)
    others = [member for member in approvers_for(payout) if member != context.member]
    payout_news.put_on_hold(group, payout, context.member, others, context.now)
    return Done()


@transaction
def start_over(payout_id: int, now: datetime) -> list[int]:
    """A payout whose transfers have failed, and whose account is another one by now: given up and opened anew.

    Only when nothing of it can still arrive. The new one needs new approvals; its references go on counting.
    """
    payout, group = _locked(payout_id)
    account = _account(payout.member_id)
    if payout.status != "retry" or account is None or account.id == payout.bank_account_id:
        return []
    if times_repaid(payout_id):
        if given_up(payout_id, "account_changed"):
            returns.keep_for_her(payout, group, now)
        return []
    if not withdraw(payout_id, "account_changed", now, "system"):
        return []
    if payout.kind != POT:
        pot = Pot.select(Pot, Seat).join(Seat).where(Pot.seat == payout.seat_id).get()
        return [open_for(pot, payout.gross_kobo, payout.kind, now, "system")]
    return open_payouts(payout.cycle_id, now, "system")


def given_up(payout_id: int, reason: str) -> bool:
    """Whether no transfer of it is under way; one that was not sent yet is given up."""
    attempt = PayoutAttempt.get_or_none(
        (PayoutAttempt.payout == payout_id)
        & PayoutAttempt.status.in_(("created", "sending", "pending", "unknown", "manual"))
    )
    if attempt is None:
        return True
    return not attempt.sends and move(PayoutAttempt, attempt.id, "created", "failed", reason=reason)


def _open(group: Group, pot: Pot, gross_kobo: int, kind: str, created_by: str, now: datetime) -> int:
    payout_id = next_id(Payout)
    earlier = Payout.select().where(
        (Payout.cycle == pot.cycle_id) & (Payout.pot_number == pot.number) & (Payout.status != "cancelled")
    )
    fee_kobo = 0 if kind != POT else fees.service_fee(gross_kobo, group.service_fee_bps)
    Payout.insert(
        id=payout_id,
        kind=kind,
        cycle=pot.cycle_id,
        pot_number=pot.number,
        part=earlier.count() + 1,
        seat=pot.seat_id,
        member=pot.seat.member_id,
        short_ref=codes.short_ref(2 * payout_id + 1),  # odd for payouts, even for payments: no ref names both
        gross_kobo=gross_kobo,
        fee_kobo=fee_kobo,
        net_kobo=gross_kobo - fee_kobo,
        status="held",
        created_by=created_by,
        created_at=now,
    ).execute()
    audit.note("payout.open", subject(payout_id), actor=created_by, now=now, group_id=group.id)
    return payout_id


def _hold_back(payout: Payout, reason: str, group: Group, now: datetime) -> None:
    """An officer's hold stays one: what stands in its way besides is asked again when two have put it on."""
    if payout.status in ("awaiting_approval", "approved"):
        move(Payout, payout.id, payout.status, "held", held_reason=reason, approved_at=None)
    elif payout.held_reason != BY_OFFICER:
        Payout.update(held_reason=reason).where((Payout.id == payout.id) & (Payout.status == payout.status)).execute()
    if reason in ("no_account", "name_differs"):
        payout_news.set_your_account(group, payout, now)


def _put_to_officers(payout: Payout, account: BankAccount, group: Group, remind: bool, now: datetime) -> None:
    """Fix what the approval is about. An officer's hold stays one; a yes to something else no longer counts.

    A yes to exactly this does: with two, what was held back in between goes on.
    """
    fixed = {"bank_account": account.id, "payload_hash": _hash(payout, account)}
    same = payout.payload_hash == fixed["payload_hash"]
    if payout.status == "approved":
        if same:
            return
        move(Payout, payout.id, "approved", "held", approved_at=None)
    if payout.held_reason == BY_OFFICER or payout.status == "awaiting_approval":
        Payout.update(**fixed).where(Payout.id == payout.id).execute()
    elif payout.status == "returned":
        Payout.update(held_reason=returns.AGAIN, **fixed).where(Payout.id == payout.id).execute()
    else:
        move(Payout, payout.id, "held", "awaiting_approval", held_reason=None, **fixed)
    payout = Payout.get_by_id(payout.id)
    if payout.held_reason != BY_OFFICER and go_if_approved(payout, now) >= approvals.NEEDED:
        return
    # What comes back when a group is over is for two of the staff: its members have nothing left to do in it.
    if group.ended_at is None and (remind or not same):
        payout_news.please_approve(group, payout, _silent(payout, group), now)


def _silent(payout: Payout, group: Group) -> list[int]:
    """Whom the payout still waits for."""
    yes = yes_of(payout)
    return [member for member in approvers_for(payout) if member not in yes]


def say_yes(payout: Payout, group: Group, context: Context) -> Outcome:
    """Count one yes to the payout as it stands. With the second it is approved, and the bell is rung."""
    allowed, yes = approvers_for(payout), yes_of(payout)
    refusal = approvals.may_approve(context.member, allowed, yes, payout.member_id)
    if refusal is not None:
        return refusal
    _write_verdict(payout, "yes", context, group)
    return Done({"approvals": go_if_approved(payout, context.now), "needed": approvals.NEEDED})


def go_if_approved(payout: Payout, now: datetime) -> int:
    """With the second yes the money is sent on its way, or waits for nothing but what stands in its recipient's.
    How many yeses there are, of those needed."""
    count = voices(payout)
    if count < approvals.NEEDED:
        return count
    if payout.held_reason == BY_OFFICER:
        move(Payout, payout.id, "held", "awaiting_approval", held_reason=None)
        again = (Payout.id == payout.id) & (Payout.status == "returned")
        Payout.update(held_reason=returns.AGAIN).where(again).execute()
        look(payout.id, now, remind=False)
    elif payout.status != "returned":
        move(Payout, payout.id, "awaiting_approval", "approved", approved_at=now)
        doorbell.ring("send_payout", payout.id)
    elif not live(payout.cycle_id):  # another part of its pot goes first
        returns.send_again(payout, payout.cycle.group, now)
        doorbell.ring("send_payout", payout.id)
    return approvals.NEEDED


def _write_verdict(payout: Payout, verdict: str, context: Context, group: Group) -> None:
    Approval.insert(
        subject=subject(payout.id),
        payload_hash=payout.payload_hash,
        member=context.member,
        verdict=verdict,
        channel=context.channel,
        given_at=context.now,
    ).on_conflict(action="IGNORE").execute()
    audit.note(
        f"payout.{verdict}", subject(payout.id), actor=context.actor, now=context.now, group_id=group.id,
        detail={"payload_hash": payout.payload_hash},
    )  # fmt: skip


def _for_officer(payout_id: int, member_id: int) -> tuple[Payout, Group] | Refused:
    """The payout under its lock, if this member has a say in it and it waits for one."""
    if not Payout.select().where(Payout.id == payout_id).exists():
        return Refused("not_allowed")
    payout, group = _locked(payout_id)
    if member_id not in approvers_for(payout):
        return Refused("not_allowed")
    return (payout, group) if asks(payout) else Refused("gone")


def asks(payout: Payout) -> bool:
    """Whether it is among the officers' tasks."""
    asked = payout.status in ("held", "returned") and payout.held_reason in (BY_OFFICER, returns.AGAIN)
    return payout.status == "awaiting_approval" or asked


def _locked(payout_id: int) -> tuple[Payout, Group]:
    """The payout as it is once the group's lock is held."""
    group = books.lock_group(Payout.get_by_id(payout_id).cycle.group_id)
    return Payout.get_by_id(payout_id), group


def _account(member_id: int) -> BankAccount | None:
    return BankAccount.get_or_none((BankAccount.member == member_id) & (BankAccount.status == "confirmed"))


def _obstacle(payout: Payout, group: Group, account: BankAccount | None, now: datetime) -> str | None:
    member = Member.get_by_id(payout.member_id)
    return circle.payout_obstacle(
        _gate(account),
        now,
        frozen=member.status == "frozen",
        guarded_until=member.guarded_until,
        above_limit=limits.above(payout.gross_kobo, group.pot_limit_kobo),
    )


def _gate(account: BankAccount | None) -> circle.PayoutAccount | None:
    if account is None:
        return None
    return circle.PayoutAccount(account.status, bool(account.matches), account.usable_at)


def _hash(payout: Payout, account: BankAccount) -> str:
    name = ""
    if account.account_name_sealed is not None:
        name = keys().open(account.account_name_sealed, f"bank_account.account_name:{account.id}")
    return approvals.payload_hash(
        payout_id=payout.id,
        gross_kobo=payout.gross_kobo,
        net_kobo=payout.net_kobo,
        recipient_id=payout.member_id,
        bank_account_id=account.id,
        last4=account.last4,
        account_name=name,
    )

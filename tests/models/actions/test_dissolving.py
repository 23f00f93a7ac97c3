"""A group's end in the middle, from the proposal until nobody is owed anything; the books are asked after each."""

from datetime import timedelta

import pytest

from models.actions import (
    books,
    cycles,
    payouts,
    penalties,
    proposals,
    reminders,
    reminding,
    swaps,
    transfers,
    unwinding,
)
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.base import database
from models.commands import AskSwap, Done
from models.queries import explain
from models.queries import unwinding as reads
from models.queries.invariants import violations
from models.queries.payouts import approvers_for
from models.rules import accounts
from models.rules.refused import Refused
from models.rules.staff import Role
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Seat
from models.tables.ledger import JournalEntry
from models.tables.mail import Outbox
from models.tables.money import Payout, PayoutAttempt
from models.tables.pauses import GroupPause
from models.tables.requests import Swap
from models.tables.staff import Proposal, Staff
from models.tables.unwinding import UnwindingShare
from tests.support.circles import C, Circle, add_account, running_group
from tests.support.panel import hire

NOTE = "The market has burnt down"


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    (last,) = database.execute_sql("SELECT max(created_at) FROM outbox").fetchone()
    if last is not None:
        assert violations(last) == []


def employed(circle: Circle, role: Role, n: int) -> Somebody:
    hired = hire(role, circle.now, email=f"s{n}@ajo.example", phone=f"+23480999900{n:02d}", name=f"Staff {n}")
    row = Staff.get_by_id(hired.staff_id)
    return Somebody(row.id, row.name, role, bytes(row.phone_index), frozenset())


def staffed(circle: Circle) -> tuple[Somebody, Somebody]:
    return employed(circle, Role.FINANCE, 1), employed(circle, Role.OWNER, 2)


def wish(circle: Circle, reason: str = "members") -> Wish:
    return Wish("group_dissolve", f"group:{circle.group_id}", {"reason": reason}, NOTE)


def propose(circle: Circle, maker: Somebody, reason: str = "members") -> Proposal:
    done = proposals.propose(wish(circle, reason), maker, circle.now)
    assert isinstance(done, Effect), done
    return Proposal.get_by_id(done.facts["proposal_id"])


def check(circle: Circle, row: Proposal, checker: Somebody) -> Effect | Refused:
    return proposals.check(row.id, row.payload_hash, NOTE, checker, circle.now)


def dissolve(circle: Circle, reason: str = "members") -> None:
    maker, checker = staffed(circle)
    done = check(circle, propose(circle, maker, reason), checker)
    assert isinstance(done, Effect), done
    assert done.key == "group_dissolved"
    in_books(circle)


def in_books(circle: Circle) -> None:
    """Green in between, and every kobo explained."""
    assert violations(circle.now) == []
    assert explain.explain_group(circle.group_id).differences == ()


def one_round(size: int = 5) -> Circle:
    """Ada has collected, nobody has paid the second round."""
    circle = running_group(size)
    circle.all_pay()
    circle.pay_out()
    return circle


def net(circle: Circle, name: str) -> int:
    return UnwindingShare.get_by_id(circle.seats[name]).net_kobo


def held(circle: Circle) -> int:
    return books.held(accounts.unwinding(circle.group_id))


def claims(circle: Circle, name: str) -> list[Payout]:
    mine = (Payout.seat == circle.seats[name]) & (Payout.kind == "claim") & (Payout.status != "cancelled")
    return list(Payout.select().where(mine).order_by(Payout.id))


def pay_claims(circle: Circle) -> int:
    """Whatever waits for a yes is approved and arrives. How many."""
    waiting = list(Payout.select().where((Payout.kind == "claim") & (Payout.status == "awaiting_approval")))
    for payout in waiting:
        for member_id in approvers_for(payout)[:2]:
            assert isinstance(circle.approve(circle.name(member_id), Payout.get_by_id(payout.id)), Done)
        circle.arrive(circle.send(Payout.get_by_id(payout.id)))
        in_books(circle)
    return len(waiting)


def told(key: str) -> int:
    return Outbox.select().where(Outbox.text_key == key).count()


# --- the act --------------------------------------------------------------------------------


def test_after_one_round_the_collected_owe_and_the_others_are_owed(db):
    circle = one_round()
    dissolve(circle)
    assert circle.group.status == "dissolving"
    assert net(circle, "Ada") == -4 * C
    assert [net(circle, name) for name in ("Bisi", "Chidi", "Dayo", "Efe")] == [C] * 4
    assert held(circle) == 0
    assert not Payout.select().where(Payout.kind == "claim").exists()
    debt = Obligation.get(Obligation.kind == "unwinding")
    assert (debt.seat_id, debt.amount_kobo, debt.status) == (circle.seats["Ada"], 4 * C, "pending")
    assert {row.status for row in Cycle.select().where(Cycle.group == circle.group_id)} == {"settled", "cancelled"}
    assert (told("S83"), told("S83d"), told("S83e")) == (4, 1, 0)
    assert Outbox.select().where(Outbox.text_key.startswith("S83") & ~Outbox.reminder).count() == 0


def test_every_claim_and_debt_is_an_entry_of_its_own_named_after_the_seat(db):
    circle = one_round()
    circle.pay("Bisi")
    dissolve(circle)
    names = {row.idem for row in JournalEntry.select().where(JournalEntry.kind.startswith("unwind"))}
    assert names == {
        f"unwind:pot:{circle.cycle(2).id}",
        f"debt:{circle.seats['Ada']}",
        *(f"claim:{circle.seats[name]}" for name in ("Bisi", "Chidi", "Dayo", "Efe")),
    }
    assert {row.reason for row in JournalEntry.select().where(JournalEntry.kind.startswith("unwind"))} == {
        f"proposal:{Proposal.get().id}"
    }


def test_what_lies_in_the_pot_goes_out_at_once_in_proportion(db):
    circle = one_round()
    circle.pay("Bisi")
    dissolve(circle)
    # Bisi is owed 2 C, Chidi, Dayo and Efe 1 C each; C is there.
    assert [claims(circle, name)[0].gross_kobo for name in ("Bisi", "Chidi", "Dayo", "Efe")] == [
        C * 2 // 5, C // 5, C // 5, C // 5,
    ]  # fmt: skip
    assert all(row.fee_kobo == 0 for row in Payout.select().where(Payout.kind == "claim"))
    assert pay_claims(circle) == 4
    assert held(circle) == 0
    assert told("S13l") == 4


def test_a_full_pot_that_waits_for_its_officers_is_withdrawn_and_shared(db):
    circle = running_group(5)
    circle.all_pay()
    dissolve(circle)
    assert Payout.get(Payout.kind == "pot").status == "cancelled"
    assert [net(circle, name) for name in circle.members] == [C] * 5
    assert pay_claims(circle) == 5
    assert circle.group.status == "cancelled"
    assert {row.status for row in Seat.select()} == {"exited"}
    assert told("S84e") == 5
    in_books(circle)


def test_a_payout_that_is_reserved_but_not_sent_is_taken_back(db):
    circle = running_group(5)
    circle.all_pay()
    payout = circle.approve_twice()
    assert transfers.reserve(payout.id, circle.now) == "reserved"
    dissolve(circle)
    assert Payout.get_by_id(payout.id).status == "cancelled"
    assert PayoutAttempt.get(PayoutAttempt.payout == payout.id).status == "failed"
    assert transfers.claim_attempt(payout.id, circle.now) is None
    assert pay_claims(circle) == 5


@pytest.mark.parametrize("answer", ["pending", "unknown", "manual"])
def test_while_a_transfer_is_under_way_there_is_no_end(db, answer):
    circle = running_group(5)
    circle.all_pay()
    circle.approve_twice()
    attempt = circle.send()
    maker, checker = staffed(circle)
    assert proposals.propose(wish(circle), maker, circle.now) == Refused("transfer_under_way")
    transfers.transfer_answered(attempt.id, answer, now=circle.now)
    assert proposals.propose(wish(circle), maker, circle.now) == Refused("transfer_under_way")
    circle.arrive(attempt)
    assert isinstance(check(circle, propose(circle, maker), checker), Effect)
    assert net(circle, "Ada") == -4 * C


def test_a_transfer_that_has_failed_is_not_tried_again(db):
    circle = running_group(5)
    circle.all_pay()
    circle.approve_twice()
    circle.arrive(circle.send(), "failed", fee_kobo=None)
    assert Payout.get().status == "retry"
    dissolve(circle)
    assert Payout.get(Payout.kind == "pot").status == "cancelled"
    assert net(circle, "Ada") == C
    assert pay_claims(circle) == 5
    assert circle.group.status == "cancelled"


def test_it_is_refused_when_the_books_have_moved(db):
    circle = one_round()
    maker, checker = staffed(circle)
    row = propose(circle, maker)
    circle.pay("Bisi")
    assert check(circle, row, checker) == Refused("changed")
    assert circle.group.status == "active"


def test_one_person_alone_cannot_order_it_and_nobody_twice(db):
    circle = one_round()
    maker, checker = staffed(circle)
    row = propose(circle, maker)
    assert check(circle, row, maker) == Refused("own_proposal")
    assert isinstance(check(circle, row, checker), Effect)
    assert proposals.propose(wish(circle), maker, circle.now) == Refused("not_running")


@pytest.mark.parametrize("reason", ["", "because", None])
def test_a_reason_that_members_can_be_told_is_needed(db, reason):
    circle = one_round()
    maker, _ = staffed(circle)
    assert proposals.propose(wish(circle, reason), maker, circle.now) == Refused("bad_choice")


def test_a_paused_group_can_be_ended(db):
    circle = one_round()
    maker, checker = staffed(circle)
    paused = proposals.propose(
        Wish("group_pause", f"group:{circle.group_id}", {"intervals": 1}, NOTE), maker, circle.now
    )
    assert isinstance(paused, Effect), paused
    assert check(circle, Proposal.get_by_id(paused.facts["proposal_id"]), checker)
    assert circle.group.status == "paused"
    assert isinstance(check(circle, propose(circle, maker), checker), Effect)
    assert circle.group.status == "dissolving"
    assert GroupPause.get().ended_at is not None
    in_books(circle)


# --- what was owed to the circle ------------------------------------------------------------


def test_nothing_is_asked_twice(db):
    """Chidi owed the second round, with a late fee, and paid a part of it: only the account of his seat counts."""
    circle = one_round()
    circle.pay("Chidi", C // 2)
    circle.now = circle.cycle(2).due_at + timedelta(days=2)
    cycles.pass_cutoffs(circle.now)
    for obligation_id in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(obligation_id, circle.now, checked_at=circle.now)
    assert Obligation.select().where(Obligation.kind == "penalty").count() == 5
    dissolve(circle, "unpaid")
    owed = Obligation.select().where(Obligation.status.in_(["pending", "partial"]))
    assert [(row.seat_id, row.kind) for row in owed] == [(circle.seats["Ada"], "unwinding")]
    assert net(circle, "Chidi") == C + C // 2
    assert Seat.get_by_id(circle.seats["Chidi"]).status == "active"
    assert books.balance(accounts.due_seat(circle.seats["Chidi"])) == 0


def test_a_late_fee_that_was_paid_is_shared_by_those_who_were_never_late(db):
    circle = one_round()
    circle.now = circle.cycle(2).due_at + timedelta(hours=1)
    for name in ("Ada", "Chidi", "Dayo", "Efe"):
        circle.settle(circle.ask(name), paid_at=circle.cycle(2).due_at - timedelta(hours=1))
    cycles.pass_cutoffs(circle.now)
    circle.now += timedelta(days=2)
    for obligation_id in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(obligation_id, circle.now, checked_at=circle.now)
    fee = Obligation.get(Obligation.kind == "penalty").amount_kobo
    circle.pay("Bisi", C + fee)
    dissolve(circle)
    shares = {name: UnwindingShare.get_by_id(seat).kept_kobo for name, seat in circle.seats.items()}
    assert shares == {name: 0 if name == "Bisi" else fee // 4 for name in circle.members}
    assert held(circle) == 5 * C + fee
    assert books.held(accounts.penalty_pool(circle.group_id)) == 0


def test_what_members_had_asked_of_each_other_is_void(db):
    circle = running_group(5)
    wanted = AskSwap(circle.seats["Dayo"], circle.seats["Efe"])
    assert isinstance(swaps.ask_swap(wanted, circle.context("Dayo")), Done)
    dissolve(circle)
    assert Swap.get().status == "void"


def test_nobody_has_paid_anything_and_it_is_over_at_once(db):
    circle = running_group(5)
    dissolve(circle, "head")
    assert circle.group.status == "cancelled"
    assert (told("S83e"), told("S84e")) == (5, 5)


def test_what_waits_to_be_sent_of_the_circle_is_not_sent(db):
    circle = running_group(5)
    circle.all_pay()
    dissolve(circle)
    asked = Outbox.select().where(Outbox.dedupe_key.startswith("approve:")).order_by(Outbox.id)
    old = Payout.get(Payout.kind == "pot").id
    assert {row.status for row in asked if row.dedupe_key.startswith(f"approve:{old}:")} == {"suppressed"}
    assert {row.status for row in asked if not row.dedupe_key.startswith(f"approve:{old}:")} == {"queued"}


def test_nobody_is_reminded_of_the_circle_any_more(db):
    circle = one_round()
    dissolve(circle)
    circle.now = circle.cycle(2).due_at + timedelta(days=4)
    before = Outbox.select().count()
    for number in range(1, 6):
        cycles.open_next_cycle(circle.group_id, circle.now)
        cycles.pass_cutoff(circle.cycle(number).id, circle.now)
    assert penalties.penalties_due(circle.now, checked_at=circle.now) == []
    assert reminders.reminders_due(circle.now) == []
    assert Outbox.select().count() == before


# --- debts and claims -----------------------------------------------------------------------


def test_a_debtor_pays_in_parts_and_the_others_are_paid_as_it_comes(db):
    circle = one_round()
    dissolve(circle)
    circle.pay("Ada", C)
    assert [claims(circle, name)[0].gross_kobo for name in ("Bisi", "Chidi", "Dayo", "Efe")] == [C // 4] * 4
    assert told("S10") == 1
    assert pay_claims(circle) == 4
    circle.pay("Ada", 3 * C)
    assert told("S84") == 1
    assert circle.group.status == "dissolving"
    assert pay_claims(circle) == 4
    assert circle.group.status == "cancelled"
    assert [sum(row.gross_kobo for row in claims(circle, name)) for name in ("Bisi", "Efe")] == [C, C]
    in_books(circle)


def test_little_money_waits_until_it_is_worth_a_transfer(db):
    circle = one_round()
    dissolve(circle)
    circle.pay("Ada", 1_000_00)
    assert not Payout.select().where(Payout.kind == "claim").exists()
    assert held(circle) == 1_000_00
    circle.pay("Ada", 1_000_00)
    assert [row.gross_kobo for row in Payout.select().where(Payout.kind == "claim")] == [500_00] * 4


def test_who_has_no_account_waits_and_the_others_do_not(db):
    circle = running_group(5, accounts=False)
    circle.all_pay()
    for name in ("Bisi", "Chidi", "Dayo", "Efe"):
        add_account(circle.members[name], circle.now)
    dissolve(circle)
    assert pay_claims(circle) == 4
    (waiting,) = claims(circle, "Ada")
    assert (waiting.status, waiting.held_reason) == ("held", "no_account")
    assert circle.group.status == "dissolving"
    add_account(circle.members["Ada"], circle.now)
    payouts.look_again(circle.members["Ada"], circle.now)
    assert pay_claims(circle) == 1
    assert circle.group.status == "cancelled"


def test_a_bank_that_says_no_in_between_loses_nothing(db):
    circle = running_group(5)
    circle.all_pay()
    dissolve(circle)
    first = claims(circle, "Ada")[0]
    for name in ("Bisi", "Chidi"):
        assert isinstance(circle.approve(name, Payout.get_by_id(first.id)), Done)
    circle.arrive(circle.send(Payout.get_by_id(first.id)), "failed", fee_kobo=None)
    assert Payout.get_by_id(first.id).status == "retry"
    in_books(circle)
    add_account(circle.members["Ada"], circle.now)
    assert payouts.look(first.id, circle.now) == "cancelled"
    in_books(circle)
    (anew,) = claims(circle, "Ada")
    assert (anew.id != first.id, anew.gross_kobo, anew.status) == (True, C, "awaiting_approval")
    assert unwinding.go_on(circle.group_id, circle.now) == []
    assert pay_claims(circle) == 5
    assert circle.group.status == "cancelled"


def test_a_transfer_that_comes_back_afterwards_is_hers_and_the_end_stands(db):
    circle = running_group(3)
    circle.all_pay()
    dissolve(circle)
    pay_claims(circle)
    attempt = PayoutAttempt.select().order_by(PayoutAttempt.id).first()
    circle.arrive(attempt, "reversed")
    assert circle.group.status == "cancelled"
    in_books(circle)
    again(circle, attempt.payout_id)
    assert circle.group.status == "cancelled"


def again(circle: Circle, payout_id: int) -> None:
    """What came back is sent to another account."""
    recipient = Payout.get_by_id(payout_id).member_id
    add_account(recipient, circle.now)
    payouts.look_again(recipient, circle.now)
    for member_id in approvers_for(Payout.get_by_id(payout_id))[:2]:
        assert isinstance(circle.approve(circle.name(member_id), Payout.get_by_id(payout_id)), Done)
    order = transfers.claim_attempt(payout_id, circle.now)
    in_books(circle)
    circle.arrive(PayoutAttempt.get_by_id(order.attempt_id))
    assert Payout.get_by_id(payout_id).status == "paid"
    in_books(circle)


def test_it_is_refused_while_a_payout_has_come_back(db):
    circle = one_round(3)
    paid = PayoutAttempt.get()
    circle.arrive(paid, "reversed")
    maker, _ = staffed(circle)
    assert proposals.propose(wish(circle), maker, circle.now) == Refused("payout_returned")
    again(circle, paid.payout_id)
    assert isinstance(proposals.propose(wish(circle), maker, circle.now), Effect)


def test_a_claim_that_comes_back_is_not_paid_and_the_group_is_not_over(db):
    circle = running_group(3)
    circle.all_pay()
    dissolve(circle)
    (first, *_) = claims(circle, "Ada")
    for name in ("Bisi", "Chidi"):
        assert isinstance(circle.approve(name, Payout.get_by_id(first.id)), Done)
    attempt = circle.send(Payout.get_by_id(first.id))
    circle.arrive(attempt)
    circle.arrive(attempt, "reversed")
    assert pay_claims(circle) == 2
    assert (circle.group.status, told("S84e")) == ("dissolving", 0)
    again(circle, first.id)
    assert circle.group.status == "cancelled"


def test_a_pot_that_comes_back_holds_up_an_end_that_has_begun(db):
    circle = one_round(3)
    paid = PayoutAttempt.get()
    dissolve(circle)
    circle.arrive(paid, "reversed")
    circle.pay("Ada", 2 * C)
    while pay_claims(circle):
        pass
    assert circle.group.status == "dissolving"
    again(circle, paid.payout_id)
    assert circle.group.status == "cancelled"


def test_money_that_was_on_its_way_pays_a_debt_or_is_hers(db):
    circle = one_round()
    owing, owed = circle.ask("Ada"), circle.ask("Bisi")
    dissolve(circle)
    assert circle.settle(owing) == "settled"
    assert Obligation.get(Obligation.kind == "unwinding").paid_kobo == C
    assert circle.settle(owed) == "wallet"
    in_books(circle)


def test_who_is_owed_has_nothing_to_pay_and_who_owes_pays_no_more_than_that(db):
    circle = one_round()
    dissolve(circle)
    assert circle.wish("Bisi") == Refused("nothing_due")
    assert circle.wish("Bisi", early=True) == Refused("nothing_due")
    assert circle.wish("Ada", 4 * C + 1_00) == Refused("bad_amount")
    assert isinstance(circle.wish("Ada", 4 * C), Done)


def test_the_office_may_remind_of_a_debt_and_says_what_is_left_of_it(db):
    circle = one_round()
    dissolve(circle)
    circle.pay("Ada", C)
    circle.now += timedelta(days=9)
    who = employed(circle, Role.FINANCE, 3)
    assert reminding.remind([circle.seats["Ada"]], who, circle.now).key == "reminded"
    assert reminding.remind([circle.seats["Bisi"]], who, circle.now) == Refused("owes_nothing")
    last = Outbox.select().where(Outbox.text_key == "S83d").order_by(Outbox.id.desc()).get()
    assert last.reminder
    assert told("S83d") == 2


def test_what_is_not_paid_stays_open(db):
    circle = one_round()
    dissolve(circle)
    circle.now += timedelta(days=200)
    assert unwinding.go_on(circle.group_id, circle.now) == []
    assert circle.group.status == "dissolving"
    found = reads.progress(circle.group_id)
    assert [(line.name, line.open_kobo) for line in found.debts] == [("Ada Okafor", 4 * C)]
    assert violations(circle.now) == []

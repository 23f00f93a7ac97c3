"""What is kept for a member: it goes to her bank when she saves nowhere any more, and two of the staff say yes."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import psycopg2
import pytest

from models.account_commands import CloseAccount, SendKept, UseKept
from models.actions import books, payouts, proposals, transfers, wallets
from models.actions.closing import close_account
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.base import database
from models.commands import ApprovePayout, Done
from models.queries import explain
from models.queries.invariants import violations
from models.rules import accounts
from models.rules.refused import Refused
from models.rules.staff import Role
from models.tables.cycles import Obligation
from models.tables.mail import Outbox
from models.tables.money import Payout
from tests.models.actions.test_dissolving import employed
from tests.support.circles import C, Circle, add_account, running_group

KEPT = C + 178_00  # what she was asked for the second time, our fee with it: nothing was owed
NOTE = "She saves nowhere any more"


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    (last,) = database.execute_sql("SELECT max(created_at) FROM outbox").fetchone()
    assert violations(last) == []


@pytest.fixture
def circle(db) -> Circle:
    """Three who have saved to the end; Chidi paid her last contribution twice."""
    found = running_group(3)
    for number in (1, 2, 3):
        found.all_pay(but=("Chidi",))
        first, again = found.ask("Chidi"), found.ask("Chidi") if number == 3 else None
        assert found.settle(first) == "settled"
        if again is not None:
            assert found.settle(again) == "wallet"
        found.pay_out()
        found.now += timedelta(days=1)
    assert found.group.status == "completed"
    return found


def kept(circle: Circle, name: str = "Chidi") -> int:
    return books.held(accounts.wallet(circle.members[name]))


def opened(circle: Circle) -> Payout:
    payout_id = wallets.send(circle.members["Chidi"], circle.now)
    assert payout_id is not None
    return Payout.get_by_id(payout_id)


def agreed(circle: Circle, payout: Payout) -> Payout:
    maker, checker = employed(circle, Role.FINANCE, 1), employed(circle, Role.OWNER, 2)
    made = proposals.propose(Wish("payout", f"payout:{payout.id}", {}, NOTE), maker, circle.now)
    assert isinstance(made, Effect), made
    row = proposals.Proposal.get_by_id(made.facts["proposal_id"])
    done = proposals.check(row.id, row.payload_hash, NOTE, checker, circle.now)
    assert isinstance(done, Effect), done
    return Payout.get_by_id(payout.id)


def told(circle: Circle, key: str, name: str = "Chidi") -> int:
    mine = (Outbox.text_key == key) & (Outbox.member == circle.members[name])
    return Outbox.select().where(mine).count()


def test_it_goes_to_her_bank_when_two_of_the_staff_have_said_yes(circle):
    assert kept(circle) == KEPT
    assert wallets.due() == [circle.members["Chidi"]]
    payout = opened(circle)
    assert (payout.kind, payout.gross_kobo, payout.fee_kobo, payout.status) == ("wallet", KEPT, 0, "awaiting_approval")
    assert wallets.due() == []
    assert wallets.send(circle.members["Chidi"], circle.now) is None
    payout = agreed(circle, payout)
    assert payout.status == "approved"
    circle.arrive(circle.send(payout))
    assert (Payout.get_by_id(payout.id).status, kept(circle), told(circle, "S13l")) == ("paid", 0, 2)
    assert violations(circle.now) == []
    assert explain.explain_group(circle.group_id).differences == ()
    assert close_account(CloseAccount(), circle.context("Chidi")) == Done()


def test_no_officer_of_her_group_is_asked_or_can_say_yes(circle):
    asked = Outbox.select().where(Outbox.text_key == "S30").count()
    payout = opened(circle)
    assert Outbox.select().where(Outbox.text_key == "S30").count() == asked
    yes = ApprovePayout(payout.id, payout.payload_hash)
    assert payouts.approve_payout(yes, circle.context("Ada")) == Refused("not_allowed")
    assert payouts.approve_payout(yes, circle.context("Chidi")) == Refused("not_allowed")


def test_it_waits_while_she_saves_in_a_group(db):
    circle = running_group(3)
    first, again = circle.ask("Chidi"), circle.ask("Chidi")
    circle.settle(first)
    assert circle.settle(again) == "wallet"
    assert kept(circle) == KEPT
    assert wallets.due() == []


def test_little_waits_until_it_is_worth_a_transfer(circle):
    assert wallets.reads.to_send(KEPT + 1) == []
    assert wallets.reads.to_send(KEPT) == [circle.members["Chidi"]]


def test_more_than_is_kept_for_her_is_never_promised(circle):
    payout = opened(circle)
    Payout.update(gross_kobo=KEPT + 1, net_kobo=KEPT + 1).where(Payout.id == payout.id).execute()
    assert {found.code for found in violations(circle.now)} == {"I31"}
    Payout.update(gross_kobo=KEPT, net_kobo=KEPT).where(Payout.id == payout.id).execute()


def test_whoever_takes_of_it_in_another_group_is_waited_for(circle, db):
    """It belongs to her and to no group: a group's lock alone would let two take the same money."""
    chidi = circle.members["Chidi"]
    with closing(psycopg2.connect(db.superuser_url)) as other, ThreadPoolExecutor(1) as pool:
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM member WHERE id = %s FOR NO KEY UPDATE", (chidi,))
            sent = pool.submit(wallets.send, chidi, circle.now)
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while not sent.done() and cursor.fetchone() == (0,):
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            waited = not sent.done()
        other.rollback()
        assert (sent.result(), waited) == (opened_for(chidi), True)


def opened_for(member_id: int) -> int:
    return Payout.get((Payout.member == member_id) & (Payout.kind == "wallet")).id


def test_one_that_is_withdrawn_is_kept_for_her_again(circle):
    payout = agreed(circle, opened(circle))
    assert transfers.reserve(payout.id, circle.now) == "reserved"
    assert kept(circle) == 0
    assert payouts.withdraw(payout.id, "test", circle.now, "system")
    assert kept(circle) == KEPT
    assert wallets.due() == [circle.members["Chidi"]]


def test_with_another_account_it_starts_over(circle):
    payout = agreed(circle, opened(circle))
    circle.arrive(circle.send(payout), "failed")
    assert Payout.get_by_id(payout.id).status == "retry"
    database.execute_sql(
        "UPDATE bank_account SET status = 'retired', retired_at = %s WHERE member_id = %s",
        (circle.now, circle.members["Chidi"]),
    )
    add_account(circle.members["Chidi"], circle.now - timedelta(days=3))
    payouts.look(payout.id, circle.now)
    fresh = Payout.get((Payout.kind == "wallet") & (Payout.status == "awaiting_approval"))
    assert (Payout.get_by_id(payout.id).status, fresh.gross_kobo, kept(circle)) == ("cancelled", KEPT, KEPT)


def saving(db) -> Circle:
    """The first round of a group that runs: Chidi paid twice."""
    circle = running_group(3)
    first, again = circle.ask("Chidi"), circle.ask("Chidi")
    assert [circle.settle(first), circle.settle(again)] == ["settled", "wallet"]
    return circle


def test_she_pays_with_it_what_she_owes(db):
    circle = saving(db)
    for name in ("Ada", "Bisi"):
        circle.pay(name)
    circle.pay_out()
    done = wallets.use_kept(UseKept(), circle.context("Chidi"))
    assert done == Done({"used_kobo": C, "left_kobo": KEPT - C})
    owed = Obligation.get((Obligation.seat == circle.seats["Chidi"]) & (Obligation.cycle == circle.cycle(2).id))
    assert (owed.status, owed.paid_kobo, kept(circle)) == ("paid", C, KEPT - C)
    assert violations(circle.now) == []
    assert explain.explain_group(circle.group_id).differences == ()
    for name in ("Ada", "Bisi"):
        circle.pay(name)
    assert circle.pay_out().status == "paid"
    assert wallets.use_kept(UseKept(), circle.context("Chidi")) == Done({"used_kobo": KEPT - C, "left_kobo": 0})
    assert Obligation.select().where(Obligation.status == "partial").count() == 1
    assert explain.explain_group(circle.group_id).differences == ()
    assert wallets.use_kept(UseKept(), circle.context("Chidi")) == Refused("gone")


def test_who_owes_nothing_keeps_it(db):
    circle = saving(db)
    assert wallets.use_kept(UseKept(), circle.context("Chidi")) == Refused("nothing_due")
    assert kept(circle) == KEPT


def test_she_has_it_sent_while_she_saves_and_the_circle_goes_on(db):
    circle = saving(db)
    assert wallets.send_kept(SendKept(), circle.context("Ada")) == Refused("gone")
    assert wallets.send_kept(SendKept(), circle.context("Chidi")) == Done({"sent_kobo": KEPT})
    assert wallets.send_kept(SendKept(), circle.context("Chidi")) == Refused("gone")
    assert wallets.use_kept(UseKept(), circle.context("Chidi")) == Refused("gone")
    payout = Payout.get(Payout.kind == "wallet")
    for number in (1, 2, 3):
        circle.all_pay(but=("Chidi",) if number == 1 else ())
        pot = Payout.get((Payout.kind == "pot") & (Payout.status == "awaiting_approval"))
        for name in ("Ada", "Bisi", "Chidi"):
            circle.approve(name, Payout.get_by_id(pot.id))
        circle.arrive(circle.send(Payout.get_by_id(pot.id)))
        circle.now += timedelta(days=1)
    assert circle.group.status == "completed"
    circle.arrive(circle.send(agreed(circle, Payout.get_by_id(payout.id))))
    assert kept(circle) == 0
    assert explain.explain_group(circle.group_id).differences == ()

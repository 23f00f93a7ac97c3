"""Two of the staff: one proposes, another one checks; one effect or none, whatever happens between them."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import psycopg2
import pytest

from models.actions import cycles, penalties, proposals, switches, waivers
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.actions.staff import new_link
from models.base import database
from models.commands import AskWaiver, DecideWaiver, Done
from models.queries.invariants import violations
from models.queries.payouts import staff_yes_of, voices
from models.rules.proposals import LIFE
from models.rules.refused import Refused
from models.rules.staff import Role
from models.sealing import keys
from models.tables.cycles import Obligation
from models.tables.ledger import Audit
from models.tables.mail import Outbox
from models.tables.money import Approval, Payout
from models.tables.people import Member
from models.tables.requests import Waiver
from models.tables.staff import Proposal, Staff
from tests.support.circles import Circle, add_account, running_group
from tests.support.panel import hire

NOTE = "Both officers are travelling"
FINE = "Looked at the list and the bank"


@pytest.fixture
def circle(db) -> Circle:
    """The first pot is full and waits for its officers; Ada is to get it."""
    circle = running_group()
    circle.all_pay()
    return circle


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    (last,) = database.execute_sql("SELECT max(created_at) FROM outbox").fetchone()
    if last is not None:
        assert violations(last) == []


def employed(circle: Circle, role: Role, n: int, *, phone: str = "", groups: frozenset[int] = frozenset()) -> Somebody:
    """Somebody of the staff as her session knows her."""
    hired = hire(role, circle.now, email=f"s{n}@ajo.example", phone=phone or f"+23480999900{n:02d}", name=f"Staff {n}")
    row = Staff.get_by_id(hired.staff_id)
    return Somebody(row.id, row.name, role, bytes(row.phone_index), groups)


@pytest.fixture
def maker(circle) -> Somebody:
    return employed(circle, Role.FINANCE, 1)


@pytest.fixture
def checker(circle) -> Somebody:
    return employed(circle, Role.OWNER, 2)


def wish(circle: Circle, note: str = NOTE) -> Wish:
    return Wish("payout", f"payout:{circle.payout().id}", {}, note)


def proposed(circle: Circle, maker: Somebody) -> Proposal:
    done = proposals.propose(wish(circle), maker, circle.now)
    assert isinstance(done, Effect), done
    assert done.key == "proposed"
    return Proposal.get_by_id(done.facts["proposal_id"])


def check(circle: Circle, row: Proposal, who: Somebody, note: str = FINE) -> Effect | Refused:
    return proposals.check(row.id, row.payload_hash, note, who, circle.now)


def status(row: Proposal) -> str:
    return Proposal.get_by_id(row.id).status


# --- one proposes, another checks ----------------------------------------------------------------------------------


def test_two_of_the_staff_send_a_pot_on_its_way(circle, maker, checker):
    row = proposed(circle, maker)
    assert circle.payout().status == "awaiting_approval"

    done = check(circle, row, checker)

    assert done == Effect("payout_approved", facts={"ref": circle.payout().short_ref})
    payout = circle.payout()
    assert payout.status == "approved"
    assert staff_yes_of(payout) == {maker.staff_id, checker.staff_id}
    assert (status(row), voices(payout)) == ("done", 2)
    circle.arrive(circle.send(payout))
    assert circle.payout().status == "paid"


def test_both_stand_in_the_audit_trail(circle, maker, checker):
    row = proposed(circle, maker)
    check(circle, row, checker)

    lines = [(line.verb, line.actor) for line in Audit.select().order_by(Audit.id) if line.verb.startswith("pro")]
    assert lines == [("proposal.make", maker.actor), ("proposal.check", checker.actor)]
    noted = Audit.get(Audit.verb == "proposal.check").detail
    assert (noted["payload_hash"], noted["maker"]) == (row.payload_hash, maker.staff_id)
    assert {line.actor for line in Audit.select().where(Audit.verb == "payout.yes")} == {maker.actor, checker.actor}


def test_an_officer_who_has_said_yes_counts_beside_them(circle, maker, checker):
    circle.approve("Bisi")
    row = proposed(circle, maker)
    assert check(circle, row, checker).done  # type: ignore[union-attr]
    assert voices(circle.payout()) == 3


def test_a_pot_that_an_officer_holds_is_put_on_again_by_two(circle, maker, checker):
    payout = circle.payout()
    Payout.update(status="held", held_reason="officer").where(Payout.id == payout.id).execute()
    assert check(circle, proposed(circle, maker), checker).done  # type: ignore[union-attr]
    assert circle.payout().status == "approved"


def test_what_has_been_done_once_is_not_done_again(circle, maker, checker):
    row = proposed(circle, maker)
    check(circle, row, checker)
    assert check(circle, row, checker) == Refused("gone")
    assert Approval.select().count() == 2


def test_two_checkers_at_once_have_one_effect(circle, maker, checker):
    third = employed(circle, Role.FINANCE, 3)
    row = proposed(circle, maker)

    def yes(who: Somebody) -> Effect | Refused:
        with database.connection_context():
            return check(circle, row, who)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(yes, (checker, third, checker, third)))

    assert [answer.done for answer in answers if isinstance(answer, Effect)] == [True]
    assert answers.count(Refused("gone")) == 3
    assert Approval.select().count() == 2
    assert circle.payout().status == "approved"


def test_a_checker_and_the_officers_at_once_have_one_effect(circle, maker, checker):
    row = proposed(circle, maker)
    payout = circle.payout()
    circle.approve("Bisi")

    def staff() -> object:
        with database.connection_context():
            return check(circle, row, checker)

    def officer() -> object:
        with database.connection_context():
            return circle.approve("Chidi", payout)

    with ThreadPoolExecutor(2) as pool:
        for answer in [pool.submit(staff), pool.submit(officer)]:
            answer.result()
    assert circle.payout().status == "approved"
    assert Audit.select().where(Audit.verb == "payout.open").count() == 1


# --- who may -------------------------------------------------------------------------------------------------------


def test_nobody_checks_what_she_has_proposed(circle, maker):
    row = proposed(circle, maker)
    assert check(circle, row, maker) == Refused("own_proposal")
    assert proposals.refuse(row.id, FINE, maker, circle.now) == Refused("own_proposal")
    assert status(row) == "waiting"


def test_one_person_with_two_accounts_is_one_person(circle, maker):
    twin = employed(circle, Role.OWNER, 5, phone="+2348099990001")
    assert check(circle, proposed(circle, maker), twin) == Refused("same_person")


def test_whoever_gave_a_field_officer_her_link_may_have_opened_it_herself(circle, maker, checker):
    officer = employed(circle, Role.FIELD, 5, groups=frozenset({circle.group_id}))
    new_link(officer.staff_id, actor=checker.actor, now=circle.now)
    row = proposed(circle, officer)
    assert check(circle, row, checker) == Refused("let_her_in")
    assert proposals.refuse(row.id, FINE, checker, circle.now) == Refused("let_her_in")
    assert status(row) == "waiting"

    new_link(officer.staff_id, actor="command", now=circle.now)
    assert isinstance(check(circle, row, checker), Effect)


def test_a_role_that_a_second_person_agreed_to_is_nobodys_gift(circle, maker, checker):
    new_link(maker.staff_id, actor=checker.actor, now=circle.now)

    assert isinstance(check(circle, proposed(circle, maker), checker), Effect)


@pytest.mark.parametrize("name", ["Ada", "Bisi", "Efe"])
def test_nobody_approves_in_a_group_in_which_she_saves(circle, maker, name):
    """Ada is to get it, Bisi is an officer, Efe merely saves there."""
    saver = Member.get_by_id(circle.members[name])
    phone = keys().open(saver.phone_sealed, f"member.phone:{saver.id}")
    hers = employed(circle, Role.OWNER, 6, phone=phone)

    assert proposals.propose(wish(circle), hers, circle.now) == Refused("conflict")
    row = proposed(circle, maker)
    assert check(circle, row, hers) == Refused("conflict")
    assert proposals.refuse(row.id, FINE, hers, circle.now) == Refused("conflict")
    assert status(row) == "waiting"


def test_roles_decide_who_may_be_first_and_who_second(circle, maker):
    auditor = employed(circle, Role.AUDITOR, 7)
    officer = employed(circle, Role.FIELD, 8, groups=frozenset({circle.group_id}))
    stranger = employed(circle, Role.FIELD, 9)

    assert proposals.propose(wish(circle), auditor, circle.now) == Refused("not_allowed")
    assert proposals.propose(wish(circle), stranger, circle.now) == Refused("gone")
    row = proposed(circle, officer)
    assert check(circle, row, auditor) == Refused("not_allowed")
    assert check(circle, row, stranger) == Refused("gone")
    assert check(circle, row, maker).done  # type: ignore[union-attr]


def test_both_have_to_say_why(circle, maker, checker):
    assert proposals.propose(wish(circle, "  ok "), maker, circle.now) == Refused("short_note")
    row = proposed(circle, maker)
    assert check(circle, row, checker, "") == Refused("short_note")
    assert check(circle, row, checker, "x" * 501) == Refused("long_note")


# --- what exactly --------------------------------------------------------------------------------------------------


def test_there_is_one_proposal_at_a_time(circle, maker, checker):
    proposed(circle, maker)
    assert proposals.propose(wish(circle), checker, circle.now) == Refused("waits_already")


def test_another_account_of_hers_is_another_payout(circle, maker, checker):
    row = proposed(circle, maker)
    add_account(circle.members["Ada"], circle.now)
    assert check(circle, row, checker) == Refused("changed")
    assert (status(row), circle.payout().status, Approval.select().count()) == ("waiting", "awaiting_approval", 0)


def test_what_she_was_shown_is_what_she_agrees_to(circle, maker, checker):
    row = proposed(circle, maker)
    assert proposals.check(row.id, "0" * 64, FINE, checker, circle.now) == Refused("changed")
    assert status(row) == "waiting"


def test_a_payload_that_was_tampered_with_is_refused(db, circle, maker, checker):
    row = proposed(circle, maker)
    tampered = "UPDATE proposal SET payload = jsonb_set(payload, '{facts,net_kobo}', '1') WHERE id = %s"
    for url in (db.url, db.owner_url):
        with closing(psycopg2.connect(url)) as connection, pytest.raises(psycopg2.Error) as caught:
            connection.cursor().execute(tampered, (row.id,))
        assert caught.value.pgcode == "AJ001"
    with closing(psycopg2.connect(db.owner_url)) as connection:
        connection.cursor().execute("ALTER TABLE proposal DISABLE TRIGGER fixed")
        connection.cursor().execute(tampered, (row.id,))
        connection.cursor().execute("ALTER TABLE proposal ENABLE TRIGGER fixed")
        connection.commit()

    assert check(circle, row, checker) == Refused("changed")
    assert (status(row), circle.payout().status) == ("waiting", "awaiting_approval")


def test_a_pot_whose_person_was_frozen_stays(circle, maker, checker):
    row = proposed(circle, maker)
    Member.update(status="frozen").where(Member.id == circle.members["Ada"]).execute()
    assert check(circle, row, checker) == Refused("changed")
    assert Approval.select().count() == 0


def test_payouts_that_are_stopped_stay_here_all_the_same(circle, maker, checker):
    switches.stop_payouts("books", actor="test", now=circle.now)
    assert check(circle, proposed(circle, maker), checker).done  # type: ignore[union-attr]
    assert circle.payout().status == "approved"


# --- how it ends ---------------------------------------------------------------------------------------------------


def test_the_second_one_says_no(circle, maker, checker):
    row = proposed(circle, maker)
    assert proposals.refuse(row.id, "The list is not right", checker, circle.now) == Effect("proposal_refused")
    assert check(circle, row, checker) == Refused("gone")
    assert (status(row), circle.payout().status) == ("refused", "awaiting_approval")
    assert proposed(circle, maker).id != row.id


def test_only_the_maker_takes_it_back(circle, maker, checker):
    row = proposed(circle, maker)
    assert proposals.withdraw(row.id, checker, circle.now) == Refused("gone")
    assert proposals.withdraw(row.id, maker, circle.now) == Effect("proposal_withdrawn")
    assert check(circle, row, checker) == Refused("gone")


def test_after_two_days_it_is_over(circle, maker, checker):
    row = proposed(circle, maker)
    circle.now += LIFE - timedelta(seconds=1)
    assert proposals.to_expire(circle.now) == []
    assert not proposals.expire(row.id, circle.now)
    circle.now += timedelta(seconds=1)
    assert check(circle, row, checker) == Refused("over")
    assert proposals.to_expire(circle.now) == [row.id]
    assert proposals.expire(row.id, circle.now)
    assert status(row) == "expired"


def test_one_that_is_over_does_not_stand_in_the_way_of_the_next(circle, maker):
    row = proposed(circle, maker)
    circle.now += LIFE
    assert proposed(circle, maker).id != row.id
    assert status(row) == "expired"


# --- the other kinds -----------------------------------------------------------------------------------------------


@pytest.fixture
def fined(db) -> Circle:
    """Chidi has been charged a late fee; the others have paid."""
    circle = running_group()
    circle.all_pay(but=("Chidi",))
    circle.now = circle.cycle(1).due_at + timedelta(days=1)
    cycles.pass_cutoffs(circle.now)
    for row in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(row, circle.now, checked_at=circle.now)
    return circle


def about_her_fee() -> Wish:
    return Wish("late_fee_waiver", f"fee:{Obligation.get(Obligation.kind == 'penalty').id}", {}, "Her bank was down")


def agree(circle: Circle, what: Wish) -> Effect | Refused:
    """One proposes, another checks."""
    first, second = employed(circle, Role.FINANCE, 1), employed(circle, Role.OWNER, 2)
    made = proposals.propose(what, first, circle.now)
    if isinstance(made, Refused):
        return made
    assert made.facts is not None
    return check(circle, Proposal.get_by_id(made.facts["proposal_id"]), second)


def test_two_take_off_a_late_fee_that_nobody_asked_about(fined):
    assert agree(fined, about_her_fee()) == Effect("fee_waived", facts={"amount": "N200"})

    assert (Waiver.get().status, Obligation.get(Obligation.kind == "penalty").status) == ("waived", "waived")
    assert Outbox.select().where(Outbox.text_key == "S42w").count() == 1


def test_two_answer_the_question_that_she_has_asked(fined):
    assert waivers.ask_waiver(AskWaiver(fined.seats["Chidi"], "travel"), fined.context("Chidi")) == Done()
    assert agree(fined, about_her_fee()).done  # type: ignore[union-attr]
    assert (Waiver.get().status, Waiver.select().count()) == ("waived", 1)


def test_two_take_off_what_the_officers_had_let_stay_and_she_hears_both(fined):
    waivers.ask_waiver(AskWaiver(fined.seats["Chidi"], "travel"), fined.context("Chidi"))
    waivers.decide_waiver(DecideWaiver(Waiver.get().id, allow=False), fined.context("Ada"))

    assert agree(fined, about_her_fee()) == Effect("fee_waived", facts={"amount": "N200"})

    assert (Waiver.get().status, Obligation.get(Obligation.kind == "penalty").status) == ("waived", "waived")
    told = [row.text_key for row in Outbox.select().order_by(Outbox.id) if row.text_key.startswith("S42")]
    assert [key for key in told if key != "S42a"] == ["S42n", "S42w"]


def test_nobody_of_the_officers_answered_and_two_take_it_off(fined):
    waivers.ask_waiver(AskWaiver(fined.seats["Chidi"], "travel"), fined.context("Chidi"))
    fined.now = Waiver.get().expires_at
    assert waivers.end_waiver(Waiver.get().id, fined.now)

    assert agree(fined, about_her_fee()).done
    assert Waiver.get().status == "waived"


def test_a_no_that_comes_between_the_two_is_looked_at_again(fined):
    waivers.ask_waiver(AskWaiver(fined.seats["Chidi"], "travel"), fined.context("Chidi"))
    first, second = employed(fined, Role.FINANCE, 1), employed(fined, Role.OWNER, 2)
    assert isinstance(proposals.propose(about_her_fee(), first, fined.now), Effect)
    waivers.decide_waiver(DecideWaiver(Waiver.get().id, allow=False), fined.context("Ada"))

    assert check(fined, Proposal.get(), second) == Refused("changed")
    assert Waiver.get().status == "refused"


def test_a_fee_that_she_has_paid_stays_paid(fined):
    what = about_her_fee()
    fined.pay("Chidi", 5_200_00)
    assert agree(fined, what) == Refused("gone")


def test_two_let_the_payouts_go_again(circle):
    lift = Wish("lift_payouts_switch", switches.PAYOUTS_STOPPED, {}, "The books are in order again")
    assert agree(circle, lift) == Refused("gone")
    switches.stop_payouts("a difference", actor="staff:1", now=circle.now)

    maker, checker = employed(circle, Role.FINANCE, 3), employed(circle, Role.OWNER, 4)
    made = proposals.propose(lift, maker, circle.now)
    assert isinstance(made, Effect)
    assert check(circle, Proposal.get(), checker) == Effect("payouts_lifted")
    assert switches.payouts_stopped() is None


def test_a_switch_that_was_pulled_again_is_another_matter(circle):
    maker, checker = employed(circle, Role.FINANCE, 1), employed(circle, Role.OWNER, 2)
    switches.stop_blasts("wrong text", actor="staff:1", now=circle.now)
    proposals.propose(
        Wish("lift_blasts_switch", switches.BLASTS_STOPPED, {}, "The text is right now"), maker, circle.now
    )
    switches.resume_blasts(actor="test", now=circle.now)
    circle.now += timedelta(minutes=1)
    switches.stop_blasts("again", actor="staff:1", now=circle.now)

    assert check(circle, Proposal.get(), checker) == Refused("changed")
    assert switches.blasts_stopped() == "again"


def test_a_field_officer_lifts_no_switch(circle):
    officer = employed(circle, Role.FIELD, 1)
    switches.stop_blasts("wrong text", actor="staff:1", now=circle.now)
    lift = Wish("lift_blasts_switch", switches.BLASTS_STOPPED, {}, "The text is right now")
    assert proposals.propose(lift, officer, circle.now) == Refused("not_allowed")

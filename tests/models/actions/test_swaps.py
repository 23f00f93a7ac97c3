"""Two members exchange their turns: asked, agreed, allowed; and everything that may come in between."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from models.actions import books, cycles, payouts, swaps
from models.actions.context import Outcome
from models.base import database
from models.commands import AnswerSwap, AskSwap, DecideSwap, Done, WithdrawSwap
from models.facts import SwapDecisionTask, SwapTask
from models.queries.facts import DatabaseFacts
from models.queries.invariants import violations
from models.rules.refused import Refused
from models.rules.swaps import ANSWER_TIME, LEAST_NOTICE
from models.sealing import keys
from models.tables.cycles import Obligation, Pot
from models.tables.groups import Group, Officer, Seat
from models.tables.ledger import Audit
from models.tables.mail import Outbox
from models.tables.people import Member
from models.tables.requests import Swap
from tests.support.circles import FLOAT, Circle, full_group, running_group

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def circle(db) -> Circle:
    """Ada, Bisi, Chidi, Dayo and Efe collect in this order; Ada is the head, Bisi an officer."""
    return running_group()


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    for now in database.execute_sql("SELECT max(asked_at) FROM swap").fetchone():
        assert now is None or violations(now) == []


def ask(circle: Circle, one: str = "Chidi", other: str = "Efe") -> Outcome:
    return swaps.ask_swap(AskSwap(circle.seats[one], circle.seats[other]), circle.context(one))


def asked(circle: Circle, one: str = "Chidi", other: str = "Efe") -> int:
    outcome = ask(circle, one, other)
    assert isinstance(outcome, Done), outcome
    return int(outcome.data["swap_id"])


def answer(circle: Circle, swap_id: int, *, agree: bool = True, who: str = "Efe") -> Outcome:
    return swaps.answer_swap(AnswerSwap(swap_id, agree), circle.context(who))


def decide(circle: Circle, swap_id: int, *, allow: bool = True, who: str = "Ada") -> Outcome:
    return swaps.decide_swap(DecideSwap(swap_id, allow), circle.context(who))


def agreed(circle: Circle, one: str = "Chidi", other: str = "Efe") -> int:
    swap_id = asked(circle, one, other)
    assert isinstance(answer(circle, swap_id, who=other), Done)
    return swap_id


def order(circle: Circle) -> list[str]:
    """Who collects when, by the seats; the pots say the same."""
    seats = Seat.select().where(Seat.group == circle.group_id).order_by(Seat.turn)
    by_seat = [circle.name(seat.member_id) for seat in seats]
    pots = [Pot.get(Pot.cycle == circle.cycle(number).id).seat.member_id for number in range(1, len(by_seat) + 1)]
    assert [circle.name(member_id) for member_id in pots] == by_seat
    return by_seat


def told(circle: Circle, name: str) -> list[str]:
    keys_of_mail = ("S15", "S15a", "S15y", "S16", "S16n", "S16x", "S16v")
    mine = (Outbox.member == circle.members[name]) & Outbox.text_key.in_(keys_of_mail)
    return [row.text_key for row in Outbox.select().where(mine).order_by(Outbox.id)]


def status(swap_id: int) -> str:
    return str(Swap.get_by_id(swap_id).status)


def facts_of(circle: Circle, name: str) -> DatabaseFacts:
    member = Member.get_by_id(circle.members[name])
    return DatabaseFacts(keys().open(member.phone_sealed, f"member.phone:{member.id}"), circle.now)


# --- the way it goes ------------------------------------------------------------------------


def test_two_agree_and_the_head_allows_it(circle):
    swap_id = asked(circle)
    assert order(circle) == ["Ada", "Bisi", "Chidi", "Dayo", "Efe"]
    done = answer(circle, swap_id)
    assert done == Done({"agreed": True, "who": "Chidi", "decider": "Ada Okafor"})
    assert order(circle) == ["Ada", "Bisi", "Chidi", "Dayo", "Efe"]
    assert decide(circle, swap_id) == Done({"allowed": True, "who": "Chidi", "name": "Efe"})
    assert order(circle) == ["Ada", "Bisi", "Efe", "Dayo", "Chidi"]
    assert status(swap_id) == "done"
    assert (told(circle, "Chidi"), told(circle, "Efe")) == (["S15y", "S16"], ["S15", "S16"])
    assert (told(circle, "Ada"), told(circle, "Bisi")) == (["S15a"], [])
    verbs = [row.verb for row in Audit.select().where(Audit.subject == f"swap:{swap_id}").order_by(Audit.id)]
    assert verbs == ["swap.ask", "swap.agree", "swap.do"]


def test_the_new_days_are_what_everybody_sees_and_where_the_money_goes(circle):
    decide(circle, agreed(circle, "Ada", "Efe"), who="Bisi")
    (seat,) = facts_of(circle, "Efe").home.seats
    assert (seat.position, seat.collect_on, seat.collects_now) == (1, date(2026, 3, 6), True)
    turns = facts_of(circle, "Chidi").turns(circle.seats["Chidi"])
    assert [turn.who for turn in turns] == ["Efe", "Bisi", "Chidi", "Dayo", "Ada"]
    circle.all_pay()
    paid = circle.pay_out()
    assert (paid.member_id, paid.status) == (circle.members["Efe"], "paid")
    assert violations(circle.now) == []


def test_a_whole_circle_goes_on_to_its_end_after_a_swap(circle):
    decide(circle, agreed(circle))
    collected = []
    while circle.group.status == "active":
        circle.all_pay()
        collected.append(circle.name(circle.pay_out().member_id))
        circle.now += 7 * DAY
    assert collected == ["Ada", "Bisi", "Efe", "Dayo", "Chidi"]
    assert violations(circle.now) == []


def test_who_has_two_seats_exchanges_one_of_them(db):
    circle = running_group()
    Seat.update(member=circle.members["Chidi"]).where(Seat.id == circle.seats["Dayo"]).execute()
    offered = facts_of(circle, "Chidi").swaps(circle.seats["Chidi"])
    assert [partner.number for partner in offered.partners] == [1, 2, 5]
    decide(circle, agreed(circle))
    assert [seat.position for seat in facts_of(circle, "Chidi").home.seats] == [5, 4]


def test_several_pots_in_a_cycle_change_hands_one_by_one(db):
    circle = full_group()
    Group.update(pots_per_cycle=2, cycles=3).where(Group.id == circle.group_id).execute()
    books.open_float(FLOAT, circle.now)
    cycles.become_ready(circle.group_id, circle.now)
    cycles.start_group(circle.group_id, circle.now)
    assert ask(circle, "Chidi", "Dayo") == Refused("not_free")  # the same day
    decide(circle, agreed(circle, "Dayo", "Efe"))
    now = {(pot.cycle.number, pot.number): circle.name(pot.seat.member_id) for pot in Pot.select()}
    assert now == {(1, 1): "Ada", (1, 2): "Bisi", (2, 1): "Chidi", (2, 2): "Efe", (3, 1): "Dayo"}


# --- asking ---------------------------------------------------------------------------------


def test_who_can_be_asked_is_who_may(circle):
    circle.now = circle.cycle(1).due_at - LEAST_NOTICE + SECOND  # too late for the first pot
    Seat.update(status="in_arrears").where(Seat.id == circle.seats["Dayo"]).execute()
    offered = facts_of(circle, "Chidi").swaps(circle.seats["Chidi"])
    assert (offered.number, offered.on, offered.obstacle, offered.decider) == (3, date(2026, 3, 20), "", "Ada Okafor")
    assert [(partner.number, partner.who, partner.on) for partner in offered.partners] == [
        (2, "Bisi", date(2026, 3, 13)),
        (5, "Efe", date(2026, 4, 3)),
    ]
    assert facts_of(circle, "Ada").swaps(circle.seats["Ada"]).obstacle == "too_close"
    assert facts_of(circle, "Dayo").swaps(circle.seats["Dayo"]).obstacle == "behind"
    assert ask(circle, "Ada", "Efe") == Refused("too_close")
    assert ask(circle, "Dayo", "Efe") == Refused("behind")
    for other in ("Ada", "Dayo"):
        assert ask(circle, "Chidi", other) == Refused("not_free")


def test_who_has_collected_can_neither_ask_nor_be_asked(circle):
    circle.all_pay()
    assert ask(circle, "Ada", "Efe") == Refused("collected")  # her payout waits for the officers
    circle.pay_out()
    assert ask(circle, "Ada", "Efe") == Refused("collected")
    assert ask(circle, "Efe", "Ada") == Refused("not_free")


def test_who_owes_something_past_its_time_cannot(circle):
    """Also in the minutes before the clock has marked her."""
    Obligation.update(due_at=circle.now - SECOND).where(Obligation.seat == circle.seats["Chidi"]).execute()
    assert ask(circle) == Refused("behind")
    assert ask(circle, "Efe", "Chidi") == Refused("not_free")
    Obligation.update(due_at=circle.cycle(1).due_at).execute()


def test_a_seat_is_in_one_request_at_a_time(circle):
    asked(circle)
    for one, other, why in (("Chidi", "Dayo", "asked_already"), ("Efe", "Dayo", "asked_already"),
                            ("Dayo", "Chidi", "not_free"), ("Dayo", "Efe", "not_free")):  # fmt: skip
        assert ask(circle, one, other) == Refused(why)
    asked(circle, "Dayo", "Bisi")


def test_a_larger_deposit_comes_first(circle):
    Group.update(deposit_cover_pct=30).where(Group.id == circle.group_id).execute()
    assert ask(circle, "Efe", "Chidi") == Refused("deposit_first")
    assert ask(circle, "Chidi", "Efe") == Refused("not_free")


def test_the_outsider_asks_for_nothing_and_learns_nothing(circle):
    """Dayo of another group: neither her own wish nor somebody else's seat."""
    other = running_group()
    assert ask(circle, "Chidi", "Chidi") == Refused("not_free")
    stranger = other.context("Efe")
    assert swaps.ask_swap(AskSwap(circle.seats["Chidi"], circle.seats["Efe"]), stranger) == Refused("gone")
    assert swaps.ask_swap(AskSwap(other.seats["Efe"], circle.seats["Efe"]), stranger) == Refused("gone")
    assert swaps.ask_swap(AskSwap(999_999, circle.seats["Efe"]), stranger) == Refused("gone")
    swap_id = asked(circle)
    for command, act, why in (
        (AnswerSwap(swap_id, True), swaps.answer_swap, "gone"),
        (WithdrawSwap(swap_id), swaps.withdraw_swap, "gone"),
        (DecideSwap(swap_id, True), swaps.decide_swap, "not_allowed"),
        (AnswerSwap(999_999, True), swaps.answer_swap, "gone"),
        (WithdrawSwap(999_999), swaps.withdraw_swap, "gone"),
        (DecideSwap(999_999, True), swaps.decide_swap, "not_allowed"),
    ):
        assert act(command, stranger) == Refused(why)
    assert status(swap_id) == "asked"


def test_a_group_that_does_not_run_swaps_nothing(circle):
    Group.update(status="paused").where(Group.id == circle.group_id).execute()
    assert ask(circle) == Refused("not_running")
    assert facts_of(circle, "Chidi").swaps(circle.seats["Chidi"]).obstacle == "not_running"


# --- answering ------------------------------------------------------------------------------


def test_the_other_says_no(circle):
    swap_id = asked(circle)
    assert answer(circle, swap_id, agree=False) == Done({"agreed": False, "who": "Chidi", "decider": ""})
    assert (status(swap_id), told(circle, "Chidi"), told(circle, "Ada")) == ("refused", ["S16n"], [])
    assert answer(circle, swap_id) == Refused("gone")
    asked(circle)  # and may be asked again


def test_only_the_other_answers_and_once(circle):
    swap_id = asked(circle)
    for name in ("Ada", "Chidi", "Dayo"):
        assert answer(circle, swap_id, who=name) == Refused("gone")
    assert decide(circle, swap_id) == Refused("gone")  # not before she has agreed
    answer(circle, swap_id)
    assert answer(circle, swap_id) == Refused("gone")
    assert answer(circle, swap_id, agree=False) == Refused("gone")


def test_what_has_changed_meanwhile_ends_it(circle):
    swap_id = asked(circle)
    Seat.update(status="in_arrears").where(Seat.id == circle.seats["Chidi"]).execute()
    assert answer(circle, swap_id) == Refused("not_possible")
    assert (status(swap_id), told(circle, "Chidi"), told(circle, "Efe")) == ("void", ["S16v"], ["S15", "S16v"])


def test_the_asker_may_take_it_back_until_it_is_decided(circle):
    for prepare in (asked, agreed):
        swap_id = prepare(circle)
        assert swaps.withdraw_swap(WithdrawSwap(swap_id), circle.context("Efe")) == Refused("gone")
        assert swaps.withdraw_swap(WithdrawSwap(swap_id), circle.context("Chidi")) == Done()
        assert swaps.withdraw_swap(WithdrawSwap(swap_id), circle.context("Chidi")) == Refused("gone")
        assert answer(circle, swap_id) == Refused("gone")
        assert decide(circle, swap_id) == Refused("gone")
    assert order(circle) == ["Ada", "Bisi", "Chidi", "Dayo", "Efe"]


# --- deciding -------------------------------------------------------------------------------


def test_the_officer_says_no(circle):
    swap_id = agreed(circle)
    assert isinstance(decide(circle, swap_id, allow=False), Done)
    assert (status(swap_id), told(circle, "Chidi")[-1], told(circle, "Efe")[-1]) == ("refused", "S16n", "S16n")
    assert decide(circle, swap_id) == Refused("gone")
    assert order(circle) == ["Ada", "Bisi", "Chidi", "Dayo", "Efe"]


def test_nobody_decides_about_her_own_swap(circle):
    swap_id = agreed(circle, "Ada", "Efe")
    for name in ("Ada", "Efe", "Chidi"):
        assert decide(circle, swap_id, who=name) == Refused("not_allowed")
    assert told(circle, "Bisi") == ["S15a"]
    assert isinstance(decide(circle, swap_id, who="Bisi"), Done)


def test_where_both_officers_swap_a_third_member_decides(circle):
    swap_id = agreed(circle, "Ada", "Bisi")
    assert told(circle, "Chidi") == ["S15a"]
    for name in ("Ada", "Bisi", "Dayo"):
        assert decide(circle, swap_id, who=name) == Refused("not_allowed")
    assert isinstance(decide(circle, swap_id, who="Chidi"), Done)


def test_a_pot_that_filled_up_meanwhile_is_not_exchanged(circle):
    swap_id = agreed(circle, "Ada", "Efe")
    circle.all_pay()
    assert decide(circle, swap_id, who="Bisi") == Refused("not_possible")
    assert status(swap_id) == "void"
    assert payouts.live(circle.cycle(1).id)[0].member_id == circle.members["Ada"]


def test_turns_that_are_others_by_now_are_not_exchanged(circle):
    swap_id = agreed(circle)
    Swap.update(asker_turn=4).where(Swap.id == swap_id).execute()
    assert decide(circle, swap_id) == Refused("not_possible")


# --- time -----------------------------------------------------------------------------------


def test_no_answer_is_a_no(circle):
    swap_id = asked(circle)
    circle.now += ANSWER_TIME - SECOND
    assert swaps.swaps_to_end(circle.now) == []
    assert not swaps.end_swap(swap_id, circle.now)
    circle.now += SECOND
    assert answer(circle, swap_id) == Refused("gone")
    assert swaps.swaps_to_end(circle.now) == [swap_id]
    assert swaps.end_swap(swap_id, circle.now)
    assert not swaps.end_swap(swap_id, circle.now)
    assert (status(swap_id), told(circle, "Chidi"), told(circle, "Efe")) == ("expired", ["S16x"], ["S15"])


def test_an_officer_who_does_not_answer_has_said_no(circle):
    swap_id = asked(circle)
    circle.now += ANSWER_TIME - SECOND
    answer(circle, swap_id)
    circle.now += ANSWER_TIME
    assert decide(circle, swap_id) == Refused("gone")
    assert swaps.end_swap(swap_id, circle.now)
    assert (told(circle, "Chidi"), told(circle, "Efe")) == (["S15y", "S16x"], ["S15", "S16x"])


def test_what_waits_is_shown_to_the_one_who_answers(circle):
    swap_id = asked(circle)
    (task,) = facts_of(circle, "Efe").home.tasks
    assert isinstance(task, SwapTask)
    assert (task.swap_id, task.who, task.mine_on, task.theirs_on, task.collect_kobo) == (
        swap_id, "Chidi", date(2026, 4, 3), date(2026, 3, 20), 24_750_00)  # fmt: skip
    assert [facts_of(circle, name).home.tasks for name in ("Ada", "Bisi", "Chidi", "Dayo")] == [()] * 4
    waiting = facts_of(circle, "Chidi").swaps(circle.seats["Chidi"])
    assert (waiting.open_swap_id, waiting.open_with, waiting.open_agreed) == (swap_id, "Efe Okafor", False)
    answer(circle, swap_id)
    for name in ("Ada", "Bisi"):
        (decision,) = facts_of(circle, name).home.tasks
        assert isinstance(decision, SwapDecisionTask)
        assert (decision.who, decision.who_on, decision.name, decision.name_on) == (
            "Chidi", date(2026, 3, 20), "Efe", date(2026, 4, 3))  # fmt: skip
    assert facts_of(circle, "Efe").home.tasks == ()
    assert facts_of(circle, "Efe").swaps(circle.seats["Efe"]).open_swap_id is None
    circle.now += ANSWER_TIME
    assert facts_of(circle, "Ada").home.tasks == ()


# --- at once --------------------------------------------------------------------------------


def test_two_answers_at_once_are_one(circle):
    Officer.update(role="officer").where(Officer.member == circle.members["Bisi"]).execute()
    swap_id = agreed(circle)
    outcomes = at_once(
        lambda: decide(circle, swap_id, who="Ada"),
        lambda: decide(circle, swap_id, who="Bisi", allow=False),
    )
    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1
    assert status(swap_id) in ("done", "refused")
    assert (order(circle)[2] == "Efe") == (status(swap_id) == "done")


def test_two_wishes_at_once_about_one_seat_are_one(circle):
    outcomes = at_once(lambda: ask(circle, "Chidi", "Efe"), lambda: ask(circle, "Efe", "Dayo"))
    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1
    assert Swap.select().count() == 1


def at_once(*acts) -> list[Outcome]:
    start, outcomes = Barrier(len(acts)), []

    def run(act) -> None:
        start.wait()
        try:
            outcomes.append(act())
        finally:
            database.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes

"""More time: asked for, given or not, kept or broken; and what the late fee, arrears and reminders make of it."""

import json
from datetime import date, datetime, timedelta

import pytest

from models.actions import cycles, extensions, penalties, reminders, short_pots
from models.actions.context import Outcome
from models.base import database
from models.commands import AskMoreTime, DecideMoreTime, Done, PayShort, RemindUnpaid
from models.facts import MoreTime, TimeTask
from models.news_values import day
from models.queries.facts import DatabaseFacts
from models.queries.invariants import violations
from models.rules.refused import Refused
from models.rules.schedule import cutoff_at, local_date
from models.sealing import keys
from models.tables.cycles import Obligation
from models.tables.groups import Seat
from models.tables.ledger import Audit
from models.tables.mail import Outbox
from models.tables.people import Member
from models.tables.requests import Extension
from tests.support.circles import NAIRA, C, Circle, running_group
from tests.support.resting import rest

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def circle(db) -> Circle:
    """The first cycle is open and due on Friday 6 March, six in the evening."""
    return running_group()


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    (last,) = database.execute_sql("SELECT max(created_at) FROM outbox").fetchone()
    assert violations(last) == []


def ask(circle: Circle, kind: str = "two_days", who: str = "Chidi") -> Outcome:
    return extensions.ask_more_time(AskMoreTime(circle.seats[who], kind, "slow_sales"), circle.context(who))


def asked(circle: Circle, kind: str = "two_days", who: str = "Chidi") -> Extension:
    assert ask(circle, kind, who) == Done()
    return Extension.select().order_by(Extension.id.desc()).get()


def decide(circle: Circle, extension: Extension, verdict: str = "allow", who: str = "Ada") -> Outcome:
    return extensions.decide_more_time(DecideMoreTime(extension.id, verdict), circle.context(who))


def given(circle: Circle, kind: str = "two_days", verdict: str = "allow", who: str = "Chidi") -> Extension:
    extension = asked(circle, kind, who)
    assert isinstance(decide(circle, extension, verdict), Done)
    return Extension.get_by_id(extension.id)


def owed(circle: Circle, who: str = "Chidi") -> Obligation:
    mine = (Obligation.seat == circle.seats[who]) & (Obligation.kind == "contribution")
    return Obligation.select().where(mine).order_by(Obligation.id).get()


def fined(circle: Circle) -> list[str]:
    """Whom the nightly job charges now."""
    charged = [
        row
        for row in penalties.penalties_due(circle.now, checked_at=circle.now)
        if penalties.add_penalty(row, circle.now, checked_at=circle.now)
    ]
    return [circle.name(Obligation.get_by_id(row).seat.member_id) for row in charged]


def told(circle: Circle, name: str) -> list[str]:
    mine = (Outbox.member == circle.members[name]) & (Outbox.dedupe_key ** "time:%")
    return [row.text_key for row in Outbox.select().where(mine).order_by(Outbox.id)]


def status(extension: Extension) -> str:
    return str(Extension.get_by_id(extension.id).status)


def seat_status(circle: Circle, who: str = "Chidi") -> str:
    return str(Seat.get_by_id(circle.seats[who]).status)


def facts_of(circle: Circle, name: str) -> DatabaseFacts:
    member = Member.get_by_id(circle.members[name])
    return DatabaseFacts(keys().open(member.phone_sealed, f"member.phone:{member.id}"), circle.now)


def more_time(circle: Circle, who: str = "Chidi") -> MoreTime:
    return facts_of(circle, who).more_time(circle.seats[who])


def due(day: int) -> datetime:
    return cutoff_at(date(2026, 3, day))


# --- the way it goes ------------------------------------------------------------------------


def test_nothing_moves_until_the_head_has_answered(circle):
    extension = asked(circle)
    assert owed(circle).due_at == due(6)
    assert (told(circle, "Ada"), told(circle, "Chidi")) == (["S17a"], [])
    assert decide(circle, extension) == Done({"who": "Chidi", "verdict": "allow"})
    assert owed(circle).due_at == due(8)
    assert (status(extension), told(circle, "Chidi")) == ("allowed", ["S17"])
    verbs = [row.verb for row in Audit.select().where(Audit.verb ** "time.%").order_by(Audit.id)]
    assert verbs == ["time.ask", "time.allow"]


def test_a_kept_promise_is_neither_late_nor_charged(circle):
    extension = given(circle)
    circle.all_pay(but=("Chidi",))
    circle.now = due(7) + 2 * SECOND
    cycles.pass_cutoffs(circle.now)
    assert seat_status(circle) == "active"
    assert fined(circle) == []
    circle.now = due(8)
    circle.pay("Chidi")
    assert owed(circle).status == "paid"
    circle.now += DAY
    assert extensions.end_extension(extension.id, circle.now) == "kept"
    assert circle.pay_out().status == "paid"


def test_a_broken_promise_is_late_from_the_new_date(circle):
    extension = given(circle)
    circle.all_pay(but=("Chidi",))
    circle.now = due(8) + SECOND
    cycles.pass_cutoffs(circle.now)
    assert extensions.extensions_to_look_at(circle.now) == [extension.id]
    assert extensions.end_extension(extension.id, circle.now) == "broken"
    assert extensions.extensions_to_look_at(circle.now) == []
    assert seat_status(circle) == "in_arrears"
    assert fined(circle) == []
    circle.now = due(9) + SECOND
    assert fined(circle) == ["Chidi"]
    circle.pay("Chidi")
    assert owed(circle).status == "paid_late"


def test_allowed_but_the_late_fee_stays(circle):
    extension = given(circle, verdict="keep_fee")
    assert told(circle, "Chidi") == ["S17k"]
    circle.all_pay(but=("Chidi",))
    circle.now = due(7) + SECOND
    assert fined(circle) == ["Chidi"]
    circle.pay("Chidi")
    assert owed(circle).status == "paid"
    fee = Obligation.get(Obligation.kind == "penalty")
    assert fee.status == "pending"  # a fee that was to stay is not taken back by her paying in time
    assert Extension.get_by_id(extension.id).keeps_fee


def test_a_fee_that_was_charged_before_stays_with_any_yes(circle):
    circle.now = due(7) + SECOND
    cycles.pass_cutoffs(circle.now)
    fined(circle)
    extension = given(circle)
    assert (Extension.get_by_id(extension.id).keeps_fee, told(circle, "Chidi")) == (True, ["S17k"])
    assert owed(circle).due_at == due(9)
    circle.pay("Chidi")
    assert (owed(circle).status, Obligation.get(Obligation.kind == "penalty").status) == ("paid", "pending")


def test_the_head_refuses(circle):
    extension = asked(circle)
    assert decide(circle, extension, "refuse") == Done({"who": "Chidi", "verdict": "refuse"})
    assert (status(extension), told(circle, "Chidi"), owed(circle).due_at) == ("refused", ["S18"], due(6))
    assert decide(circle, extension) == Refused("gone")


# --- two parts ------------------------------------------------------------------------------


def test_half_now_and_half_later(circle):
    extension = given(circle, "parts")
    assert (extension.first_paid_kobo, extension.first_by, extension.due_after) == (C // 2, due(6), due(13))
    assert told(circle, "Chidi") == ["S17p"]
    circle.pay("Chidi", C // 2)
    circle.now = due(6) + SECOND
    assert extensions.end_extension(extension.id, circle.now) == "allowed"
    assert fined(circle) == []
    circle.now = due(13)
    circle.pay("Chidi", C // 2)
    assert owed(circle).status == "paid"
    assert extensions.end_extension(extension.id, circle.now) == "kept"


def test_a_first_part_that_does_not_come_brings_the_old_date_back(circle):
    extension = given(circle, "parts")
    circle.pay("Chidi", C // 2 - NAIRA)
    circle.now = due(6) + SECOND
    cycles.pass_cutoffs(circle.now)
    assert seat_status(circle) == "active"
    assert extensions.end_extension(extension.id, circle.now) == "broken"
    assert (owed(circle).due_at, seat_status(circle)) == (due(6), "in_arrears")
    assert told(circle, "Chidi") == ["S17p", "S17b"]
    assert extensions.end_extension(extension.id, circle.now) == "broken"
    circle.now = due(7)
    assert "Chidi" in fined(circle)


def test_what_was_paid_before_does_not_count_as_the_first_part(circle):
    circle.pay("Chidi", 1_000 * NAIRA)
    extension = given(circle, "parts")
    assert extension.first_paid_kobo == 3_000 * NAIRA


def test_the_first_part_has_a_day_after_the_answer(circle):
    extension = asked(circle, "parts")
    circle.now = due(6) + timedelta(hours=23)
    decide(circle, extension)
    assert Extension.get_by_id(extension.id).first_by == circle.now + DAY


# --- asking ---------------------------------------------------------------------------------


def test_what_can_be_asked_for(circle):
    found = more_time(circle)
    assert (found.amount_kobo, found.due_on, found.decider, found.asked) == (C, date(2026, 3, 6), "Ada Okafor", "")
    assert [(offer.kind, offer.until_on, offer.first_kobo, offer.first_on) for offer in found.offers] == [
        ("two_days", date(2026, 3, 8), 0, None),
        ("week", date(2026, 3, 13), 0, None),
        ("parts", date(2026, 3, 13), C // 2, date(2026, 3, 6)),
    ]
    assert more_time(circle, "Ada").decider == "Bisi Okafor"


def test_once_for_each_payment(circle):
    extension = asked(circle)
    assert more_time(circle).asked == "waiting"
    assert ask(circle) == Refused("asked_before")
    decide(circle, extension, "refuse")
    assert (more_time(circle).asked, more_time(circle).offers) == ("answered", ())
    assert ask(circle, "week") == Refused("asked_before")
    circle.all_pay()
    circle.pay_out()
    assert (more_time(circle).asked, more_time(circle).due_on) == ("", date(2026, 3, 13))
    assert ask(circle) == Done()


def test_who_owes_nothing_needs_no_time(circle):
    circle.pay("Chidi")
    assert more_time(circle) == MoreTime("Ada Okafor")
    assert ask(circle) == Refused("nothing_due")


def test_not_beyond_the_next_due_date(circle):
    circle.now = due(6) + DAY
    assert ask(circle, "week") == Refused("not_possible")
    assert asked(circle).due_after == due(9)


def test_in_the_last_cycle_the_calendar_goes_on(circle):
    while circle.cycle(5).status == "scheduled":
        circle.all_pay()
        circle.pay_out()
    assert [offer.kind for offer in more_time(circle).offers] == ["two_days", "week", "parts"]


@pytest.mark.parametrize("wrong", [{"reason": "because"}, {"kind": "a_year"}])
def test_only_what_is_on_the_screen_can_be_asked(circle, wrong):
    values = {"kind": "two_days", "reason": "travel"} | wrong
    outcome = extensions.ask_more_time(AskMoreTime(circle.seats["Chidi"], **values), circle.context("Chidi"))
    assert isinstance(outcome, Refused)


def test_the_outsider_asks_for_nothing_and_decides_nothing(circle):
    stranger = running_group().context("Dayo")
    command = AskMoreTime(circle.seats["Chidi"], "week", "travel")
    assert extensions.ask_more_time(command, stranger) == Refused("gone")
    extension = asked(circle)
    for extension_id in (extension.id, 999_999):
        refused = extensions.decide_more_time(DecideMoreTime(extension_id, "allow"), stranger)
        assert refused == Refused("not_allowed")


def test_a_group_that_rests_gives_no_time(circle):
    rest(circle)
    assert ask(circle) == Refused("paused")


# --- who decides ----------------------------------------------------------------------------


def test_nobody_decides_for_herself(circle):
    extension = asked(circle, who="Ada")
    assert told(circle, "Bisi") == ["S17a"]
    for name in ("Ada", "Chidi"):
        assert decide(circle, extension, who=name) == Refused("not_allowed")
    assert isinstance(decide(circle, extension, who="Bisi"), Done)


def test_the_officers_see_what_waits_for_them(circle):
    extension = asked(circle, "parts")
    for name in ("Ada", "Bisi"):
        (task,) = facts_of(circle, name).home.tasks
        assert task == TimeTask(
            extension.id, circle.group.name, "Chidi", "parts", C, date(2026, 3, 13), "slow_sales", True
        )
    assert facts_of(circle, "Chidi").home.tasks == ()
    circle.pay("Chidi")
    assert facts_of(circle, "Ada").home.tasks == ()


# --- time -----------------------------------------------------------------------------------


def test_a_question_that_nobody_answers_is_refused_a_day_after_the_due_date(circle):
    extension = asked(circle)
    circle.now = due(7) - SECOND
    assert extensions.extensions_to_look_at(circle.now) == []
    circle.now = due(7)
    assert decide(circle, extension) == Refused("gone")
    assert facts_of(circle, "Ada").home.tasks == ()
    assert extensions.end_extension(extension.id, circle.now) == "expired"
    assert extensions.end_extension(extension.id, circle.now) == "expired"
    assert told(circle, "Chidi") == ["S18"]


def test_who_has_paid_meanwhile_hears_nothing(circle):
    extension = asked(circle)
    circle.pay("Chidi")
    assert decide(circle, extension) == Refused("gone")
    circle.now = due(7)
    assert extensions.end_extension(extension.id, circle.now) == "void"
    assert told(circle, "Chidi") == []


# --- reminders and short pots ---------------------------------------------------------------


def test_reminders_go_by_the_new_date(circle):
    given(circle, "week")
    wanted = {6: [], 7: [], 9: [], 11: ["S04"], 13: ["S05"], 14: ["S06"]}
    for of, expected in wanted.items():
        circle.now = due(of).replace(hour=8)
        for reminder in reminders.reminders_due(circle.now):
            reminders.remind(reminder, circle.now)
        sent = (Outbox.member == circle.members["Chidi"]) & Outbox.reminder & (Outbox.created_at == circle.now)
        assert [row.text_key for row in Outbox.select().where(sent)] == expected, of


def test_a_receipt_for_a_part_names_the_day_that_she_was_given(circle):
    given(circle, "week")
    circle.pay("Chidi", C // 2)
    part = Outbox.get((Outbox.member == circle.members["Chidi"]) & (Outbox.text_key == "S10"))
    facts = json.loads(keys().open(part.facts_sealed, f"outbox.facts:{part.id}"))
    assert facts["date"] == day(local_date(due(13)))
    assert owed(circle).cycle.due_on == local_date(due(6))


def test_an_officer_does_not_press_who_was_given_time(circle):
    given(circle)
    circle.all_pay(but=("Chidi", "Dayo"))
    circle.now = due(6) + SECOND
    cycles.pass_cutoffs(circle.now)
    remind = RemindUnpaid(circle.cycle(1).id)
    assert short_pots.remind_unpaid(remind, circle.context("Bisi")) == Done({"sent": 1})
    circle.pay("Dayo")
    assert short_pots.remind_unpaid(remind, circle.context("Bisi")) == Refused("have_time")


def test_a_pot_may_go_out_short_while_she_has_time_and_her_rest_follows(circle):
    given(circle, "week")
    circle.all_pay(but=("Chidi",))
    circle.now = due(6) + SECOND
    cycles.pass_cutoffs(circle.now)
    short_pots.pay_short(PayShort(circle.cycle(1).id), circle.context("Bisi"))
    circle.approve("Chidi")
    circle.arrive(circle.send())
    circle.pay("Chidi")
    assert (circle.payout().part, circle.payout().gross_kobo) == (2, C)

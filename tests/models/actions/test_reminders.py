"""Reminders: each on its own day and only then, at most two a day, worded with what is still owed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from flows.catalogue import text
from models.actions import mail, opt_outs
from models.actions.penalties import add_penalty
from models.actions.reminders import Reminder, remind, reminders_due
from models.rules.schedule import LAGOS
from models.sealing import keys
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group
from models.tables.mail import Outbox
from models.tables.people import BankAccount
from tests.support.circles import NAIRA, Circle, running_group
from tests.support.undone import connected, undone
from tests.support.worded import worded

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(scope="module")
def running(database, environ) -> Iterator[Circle]:
    """Five people; the first pot, Ada's, is due on Friday 6 March."""
    with connected(database, environ):
        yield running_group(5)


@pytest.fixture
def circle(running) -> Iterator[Circle]:
    with undone():
        yield replace(running)


def at(circle: Circle, days: int, hour: int = 9, minute: int = 0) -> None:
    """So many days after the due date, by the clock in Lagos."""
    on = circle.cycle(1).due_on + timedelta(days=days)
    circle.now = datetime.combine(on, time(hour, minute), tzinfo=LAGOS)


def run(circle: Circle) -> list[str]:
    """The morning's work: what each reminder came to."""
    return [remind(due, circle.now) for due in reminders_due(circle.now)]


def kinds(circle: Circle) -> set[str]:
    return {due.kind for due in reminders_due(circle.now)}


def told(circle: Circle, name: str) -> list[tuple[str, dict[str, str]]]:
    """What she was reminded of."""
    rows = Outbox.select().where((Outbox.member == circle.members[name]) & (Outbox.dedupe_key.startswith("remind:")))
    return [
        (row.text_key, worded(json.loads(keys().open(row.facts_sealed, f"outbox.facts:{row.id}"))))
        for row in rows.order_by(Outbox.id)
    ]


def contribution(circle: Circle, name: str) -> Obligation:
    return Obligation.get((Obligation.seat == circle.seats[name]) & (Obligation.kind == "contribution"))


# --- which day --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-3, set()),
        (-2, {"two_days_before"}),
        (-1, {"check_bank"}),
        (0, {"due_today"}),
        (1, {"overdue"}),
        (2, set()),
        (3, {"head_told"}),
        (4, set()),
        (30, set()),
    ],
)
def test_each_kind_has_its_day(circle, days, expected):
    at(circle, days)
    assert kinds(circle) == expected


@pytest.mark.parametrize(("hour", "minute", "awake"), [(6, 59, False), (7, 0, True), (20, 59, True), (21, 0, False)])
def test_nobody_is_reminded_at_night(circle, hour, minute, awake):
    at(circle, -2, hour, minute)
    assert bool(reminders_due(circle.now)) == awake


def test_the_day_is_the_one_in_lagos_from_midnight_to_midnight(circle):
    Obligation.update(due_at=datetime(2026, 3, 6, 23, 0, tzinfo=LAGOS)).execute()
    at(circle, 1)
    assert kinds(circle) == {"overdue"}
    Obligation.update(due_at=datetime(2026, 3, 7, 0, 0, tzinfo=LAGOS)).execute()
    assert kinds(circle) == set()


def test_after_the_cut_off_of_the_day_it_no_longer_says_today(circle):
    at(circle, 0, 18, 0)
    assert kinds(circle) == {"due_today"}
    (first, *_) = reminders_due(circle.now)
    circle.now += SECOND
    assert kinds(circle) == set()
    assert remind(first, circle.now) == "not_due"


def test_it_reminds_nobody_who_has_paid(circle):
    for name in ("Ada", "Bisi", "Chidi"):
        circle.pay(name)
    at(circle, -2)
    assert run(circle) == ["queued"] * 2
    assert told(circle, "Ada") == []


def test_it_asks_again_before_it_speaks(circle):
    at(circle, -2)
    due = reminders_due(circle.now)
    circle.pay("Ada")
    assert sorted(remind(reminder, circle.now) for reminder in due) == ["not_due"] + ["queued"] * 4


def test_a_house_that_was_down_for_days_does_not_shout(circle):
    at(circle, -3)
    assert run(circle) == []
    at(circle, 1)
    assert run(circle) == ["queued"] * 5
    assert [key for key, _ in told(circle, "Bisi")] == ["S06"]


def test_the_same_day_twice_says_it_once(circle):
    at(circle, -2)
    due = reminders_due(circle.now)
    assert run(circle) == ["queued"] * 5
    assert run(circle) == []
    circle.now += timedelta(hours=3)
    assert [remind(reminder, circle.now) for reminder in due] == ["already"] * 5


def test_yesterdays_reminder_is_not_said_today(circle):
    at(circle, 0)
    due = reminders_due(circle.now)
    circle.now += DAY
    assert {remind(reminder, circle.now) for reminder in due} == {"not_due"}


@pytest.mark.parametrize("status", ["paused", "dissolving"])
def test_a_group_that_stands_still_reminds_nobody(circle, status):
    Group.update(status="paused").execute()
    if status != "paused":
        Group.update(status=status).execute()
    at(circle, -2)
    assert kinds(circle) == set()


# --- how often --------------------------------------------------------------------------------


def test_two_a_day_are_enough_whatever_the_group(circle):
    bisi = circle.members["Bisi"]
    at(circle, -2, 7)
    for n in (1, 2):
        mail.queue_message("S35", dedupe_key=f"test:{n}", facts={}, now=circle.now, member_id=bisi, reminder=True)
    assert sorted(run(circle)) == ["enough"] + ["queued"] * 4
    assert told(circle, "Bisi") == []


def test_what_was_said_yesterday_does_not_count_today(circle):
    bisi = circle.members["Bisi"]
    at(circle, -3, 20)
    for n in (1, 2):
        mail.queue_message("S35", dedupe_key=f"test:{n}", facts={}, now=circle.now, member_id=bisi, reminder=True)
    at(circle, -2)
    assert run(circle) == ["queued"] * 5


def test_what_another_member_asked_for_does_not_count(circle):
    bisi = circle.members["Bisi"]
    at(circle, -2, 7)
    for key in ("nudge:1:1", "remind:1:officer:2026-03-04"):
        mail.queue_message("S62", dedupe_key=key, facts={}, now=circle.now, member_id=bisi, reminder=True)
    assert run(circle) == ["queued"] * 5


def test_the_head_hears_of_the_third_day_when_she_herself_has_heard_enough(circle):
    for name in ("Ada", "Chidi", "Dayo", "Efe"):
        circle.pay(name)
    at(circle, 3)
    for n in (1, 2):
        mail.queue_message(
            "S35", dedupe_key=f"test:{n}", facts={}, now=circle.now, member_id=circle.members["Bisi"], reminder=True
        )
    assert run(circle) == ["enough"]
    assert [key for key, _ in told(circle, "Ada")] == ["S40"]


def test_receipts_do_not_count(circle):
    circle.pay("Bisi", 1_000 * NAIRA)
    circle.pay("Bisi", 1_000 * NAIRA)
    at(circle, -2)
    run(circle)
    assert [key for key, _ in told(circle, "Bisi")] == ["S04"]


def test_the_most_urgent_comes_first(circle):
    Obligation.update(due_at=Obligation.due_at - 2 * DAY).where(Obligation.seat == circle.seats["Efe"]).execute()
    Cycle.update(due_on=circle.cycle(1).due_on + 2 * DAY).where(Cycle.id == circle.cycle(2).id).execute()
    at(circle, 1)
    assert [due.kind for due in reminders_due(circle.now)] == ["check_bank", "head_told"] + ["overdue"] * 4


def test_what_could_not_be_sent_today_is_not_said_tomorrow(circle):
    at(circle, 0, 17)
    run(circle)
    row = Outbox.get((Outbox.member == circle.members["Bisi"]) & Outbox.text_key.startswith("S05"))
    at(circle, 1, 0)
    assert row.expires_at == circle.now


def test_one_who_said_stop_is_left_alone(circle):
    at(circle, -2)
    run(circle)
    Outbox.update(reminder=True).where(Outbox.text_key == "S04").execute()
    row = Outbox.get((Outbox.member == circle.members["Bisi"]) & (Outbox.text_key == "S04"))
    assert row.reminder
    assert row.expires_at == circle.now + timedelta(hours=12)
    opt_outs.stop_reminders(keys().open(row.phone_sealed, f"outbox.phone:{row.id}"), actor="test", now=circle.now)
    sent = {message.outbox_id for message in mail.claim_mail(circle.now, limit=1000)}
    assert row.id not in sent
    assert Outbox.get_by_id(row.id).status == "suppressed"


# --- what is said -----------------------------------------------------------------------------


def test_two_days_before_it_says_how_far_she_has_come(circle):
    at(circle, -2)
    run(circle)
    assert told(circle, "Chidi") == [
        (
            "S04",
            {
                "name": "Chidi",
                "amt": "N5,000",
                "group": circle.group.name,
                "date": "Fri 6 Mar",
                "r": "0",
                "m": "5",
            },
        )
    ]


def test_on_the_day_it_says_how_many_have_paid_or_what_she_keeps_by_paying(circle):
    circle.pay("Efe")
    at(circle, 0)
    run(circle)
    said = {name: told(circle, name)[-1] for name in ("Ada", "Bisi", "Chidi")}
    assert said["Ada"][0] == said["Bisi"][0] == "S05b"
    assert (said["Ada"][1]["date2"], said["Bisi"][1]["date2"]) == ("Fri 6 Mar", "Fri 13 Mar")
    assert said["Ada"][1]["pot"] == "N24,750"
    assert said["Chidi"] == (
        "S05",
        {"name": "Chidi", "amt": "N5,000", "group": circle.group.name, "n": "1", "m": "5"},
    )


def test_the_day_after_it_says_what_being_late_costs_and_from_when(circle):
    circle.pay("Bisi", 4_000 * NAIRA)
    at(circle, 1)
    run(circle)
    assert told(circle, "Bisi")[-1] == (
        "S06",
        {
            "name": "Bisi",
            "amt": "N1,000",
            "group": circle.group.name,
            "d": "6 Mar",
            "fee": "N100",
            "date2": "Sat 7 Mar",
        },
    )


def test_the_day_after_it_does_not_threaten_where_being_late_costs_nothing(circle):
    Group.update(late_fee_kobo=0).execute()
    at(circle, 1)
    run(circle)
    assert told(circle, "Bisi")[-1] == (
        "S06n",
        {"name": "Bisi", "amt": "N5,000", "group": circle.group.name, "d": "6 Mar"},
    )


def test_the_day_after_it_does_not_threaten_with_a_fee_that_was_charged_already(circle):
    Group.update(grace_days=0).execute()
    at(circle, 1, 1)
    assert add_penalty(contribution(circle, "Bisi").id, circle.now, checked_at=circle.now)
    at(circle, 1)
    run(circle)
    assert told(circle, "Bisi")[-1][0] == "S06n"
    assert told(circle, "Chidi")[-1][1]["date2"] == "Sat 7 Mar"


def test_after_three_days_she_and_the_head_hear_of_it(circle):
    for name in ("Chidi", "Dayo", "Efe"):
        circle.pay(name)
    at(circle, 2, 1)
    assert add_penalty(contribution(circle, "Bisi").id, circle.now, checked_at=circle.now)
    at(circle, 3)
    run(circle)
    assert told(circle, "Bisi")[-1] == (
        "S08",
        {"name": "Bisi", "amt": "N5,000", "group": circle.group.name, "head": "Ada Okafor", "total": "N5,200"},
    )
    heard = dict(told(circle, "Ada"))
    assert heard["S40"] == {"who": "Bisi Okafor", "amt": "N5,000", "group": circle.group.name}
    assert heard["S06n"] == {"name": "Ada", "amt": "N5,000", "group": circle.group.name, "d": "6 Mar"}
    assert not Outbox.get(Outbox.text_key == "S40").reminder


def test_the_day_before_she_is_asked_to_look_at_her_account(circle):
    at(circle, -1)
    assert run(circle) == ["queued"]
    account = BankAccount.get((BankAccount.member == circle.members["Ada"]) & (BankAccount.status == "confirmed"))
    assert told(circle, "Ada") == [
        (
            "S12",
            {
                "name": "Ada",
                "pot": "N24,750",
                "group": circle.group.name,
                "bank": "GTBank",
                "last4": account.last4,
            },
        )
    ]


def test_the_day_before_she_is_asked_for_an_account_when_there_is_none(circle):
    BankAccount.update(status="retired").where(BankAccount.member == circle.members["Ada"]).execute()
    at(circle, -1)
    run(circle)
    assert told(circle, "Ada") == [("S12n", {"name": "Ada", "pot": "N24,750", "group": circle.group.name})]


def test_who_was_paid_already_does_not_collect_tomorrow(circle):
    circle.all_pay()
    at(circle, -1)
    assert kinds(circle) == {"check_bank"}
    circle.pay_out()
    assert kinds(circle) == set()


def test_a_group_that_is_behind_promises_nothing_for_tomorrow(circle):
    circle.now = datetime.combine(circle.cycle(2).due_on - DAY, time(9), tzinfo=LAGOS)
    assert kinds(circle) == {"check_bank"}
    Cycle.update(status="grace").where(Cycle.id == circle.cycle(1).id).execute()
    assert kinds(circle) == set()


def test_a_reminder_names_itself_by_the_day():
    on = date(2026, 3, 6)
    assert Reminder("overdue", 7).key(on) == "remind:7:overdue:2026-03-06"
    assert Reminder("check_bank", 7, 1).key(on) == "remind:pot:7:1:check_bank:2026-03-06"


@pytest.mark.parametrize("days", [-2, -1, 0, 1, 3])
def test_every_reminder_has_the_facts_that_its_text_asks_for(circle, days):
    at(circle, days)
    run(circle)
    everything = {name: f"<{name}>" for name in ("dial", "help", "site")}
    for name in circle.members:
        for key, facts in told(circle, name):
            assert "{" not in text(key).format(**everything | facts)

"""A pause as two of the staff agree on it: dates, promises, fees, messages, and how the group goes on."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from models.account_commands import NudgeGently
from models.actions import cycles, extensions, nudges, pausing, penalties, proposals, reminders, running, waivers
from models.actions.forms import Effect
from models.actions.pausing_by_two import PAUSE, RESUME, subject_of
from models.actions.proposals import Wish
from models.base import database
from models.commands import AskMoreTime, AskWaiver, DecideMoreTime, Done
from models.queries import home, pauses
from models.queries.groups import terms_of
from models.queries.invariants import violations, warnings
from models.rules.refused import Refused
from models.rules.schedule import cutoff_at
from models.sealing import keys
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group
from models.tables.ledger import Audit
from models.tables.mail import Outbox
from models.tables.pauses import GroupPause
from models.tables.people import Member
from models.tables.requests import Extension
from models.tables.staff import Proposal
from tests.support.circles import C, Circle, running_group
from tests.support.resting import NOTE, agree, rest, two, wake
from tests.support.worded import worded

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
WEEK = timedelta(weeks=1)


@pytest.fixture
def circle(db) -> Circle:
    """Five people; the first cycle is open and due on Friday 6 March at six in the evening. It is Monday the 2nd."""
    return running_group()


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    (last,) = database.execute_sql("SELECT max(created_at) FROM outbox").fetchone()
    if last is not None:
        assert violations(last) == []


def dates(circle: Circle) -> list[str]:
    rows = Cycle.select().where(Cycle.group == circle.group_id).order_by(Cycle.number)
    return [f"{row.due_on:%d %b}" for row in rows]


def told(circle: Circle, name: str, *keys_wanted: str) -> list[tuple[str, dict[str, str]]]:
    rows = Outbox.select().where((Outbox.member == circle.members[name]) & Outbox.text_key.in_(keys_wanted))
    return [
        (row.text_key, worded(json.loads(keys().open(row.facts_sealed, f"outbox.facts:{row.id}"))))
        for row in rows.order_by(Outbox.id)
    ]


def contribution(circle: Circle, name: str, number: int = 1) -> Obligation:
    return Obligation.get(
        (Obligation.seat == circle.seats[name])
        & (Obligation.cycle == circle.cycle(number).id)
        & (Obligation.kind == "contribution")
    )


def pass_time(circle: Circle, at: datetime) -> None:
    """What the jobs of the circles do until then, every ten minutes or when they come at last."""
    circle.now = at
    for group_id in pausing.pauses_over(at):
        pausing.end_pause(group_id, at)
    cycles.start_due_groups(at)
    cycles.pass_cutoffs(at)


def fine_all(circle: Circle) -> int:
    due = penalties.penalties_due(circle.now, checked_at=circle.now)
    return sum(penalties.add_penalty(row, circle.now, checked_at=circle.now) for row in due)


# --- it begins --------------------------------------------------------------------------------------------------------


def test_all_that_is_not_due_moves_and_the_group_rests_until_the_last_skipped_date(circle):
    assert dates(circle) == ["06 Mar", "13 Mar", "20 Mar", "27 Mar", "03 Apr"]
    rest(circle, 2)
    assert circle.group.status == "paused"
    assert dates(circle) == ["20 Mar", "27 Mar", "03 Apr", "10 Apr", "17 Apr"]
    assert {row.due_at for row in Obligation.select()} == {cutoff_at(date(2026, 3, 20))}
    pause = pauses.current(circle.group_id)
    assert (pause.intervals, pause.first_cycle, pause.ends_at) == (2, 1, cutoff_at(date(2026, 3, 13)))
    assert terms_of(circle.group).ends_on == date(2026, 4, 17)
    note = Audit.get(Audit.verb == "group.pause")
    assert note.detail == {"intervals": 2, "until": "2026-03-13"}


def test_everybody_is_told_once_until_when_and_what_comes_next(circle):
    rest(circle)
    for name in circle.members:
        [(key, facts)] = told(circle, name, "S80", "S80d")
        assert key == "S80"
        assert (facts["date"], facts["date2"], facts["group"]) == ("Fri 6 Mar", "Fri 13 Mar", circle.group.name)
    assert Outbox.select().where(Outbox.text_key.in_(("S80", "S80d")) & ~Outbox.reminder).count() == 0


def test_who_owes_something_of_before_is_told_that_it_stays_due(circle):
    circle.all_pay(but=("Chidi",))
    pass_time(circle, circle.cycle(1).due_at + HOUR)
    rest(circle)
    assert [key for key, _ in told(circle, "Bisi", "S80", "S80d")] == ["S80"]
    [(key, facts)] = told(circle, "Chidi", "S80", "S80d")
    assert (key, facts["amt"], facts["date2"]) == ("S80d", "N5,000", "Fri 20 Mar")
    assert contribution(circle, "Chidi").due_at == cutoff_at(date(2026, 3, 6))
    assert dates(circle) == ["06 Mar", "20 Mar", "27 Mar", "03 Apr", "10 Apr"]


def test_what_became_due_a_moment_ago_stays_due(circle):
    """The cut-off has come, the job that passes it has not."""
    circle.now = circle.cycle(1).due_at + SECOND
    rest(circle)
    assert circle.cycle(1).status == "grace"
    assert dates(circle)[:2] == ["06 Mar", "20 Mar"]


def test_what_was_paid_early_stays_paid_on_time(circle):
    circle.pay("Bisi")
    circle.pay("Bisi", early=True)
    rest(circle, 3)
    assert [contribution(circle, "Bisi", n).status for n in (1, 2)] == ["paid", "paid"]
    assert contribution(circle, "Bisi", 2).due_at == circle.cycle(2).due_at


def test_reminders_that_wait_in_the_outbox_are_dropped(circle):
    from_before = Outbox.select().where(Outbox.dedupe_key.startswith("remind:"))
    circle.now = cutoff_at(date(2026, 3, 4)) - 8 * HOUR
    assert [reminders.remind(due, circle.now) for due in reminders.reminders_due(circle.now)] == ["queued"] * 5
    rest(circle)
    assert {(row.status, row.reason) for row in from_before} == {("suppressed", "paused")}
    assert reminders.reminders_due(circle.now) == []


# --- promises ---------------------------------------------------------------------------------------------------------


def promised(circle: Circle, kind: str = "two_days", verdict: str = "allow") -> Extension:
    ask = AskMoreTime(circle.seats["Chidi"], kind, "travel")
    assert extensions.ask_more_time(ask, circle.context("Chidi")) == Done()
    found = Extension.select().order_by(Extension.id.desc()).get()
    assert isinstance(extensions.decide_more_time(DecideMoreTime(found.id, verdict), circle.context("Ada")), Done)
    return Extension.get_by_id(found.id)


@pytest.mark.parametrize("verdict", ["allow", "keep_fee"])
def test_more_time_for_what_is_not_due_moves_along(circle, verdict):
    before = promised(circle, verdict=verdict)
    rest(circle)
    after = Extension.get_by_id(before.id)
    assert (after.due_before - before.due_before, after.due_after - before.due_after) == (WEEK, WEEK)
    row = contribution(circle, "Chidi")
    assert row.due_at == after.due_after
    assert row.fee_from == (after.due_before if verdict == "keep_fee" else None)


def test_a_question_that_waits_is_still_about_the_same(circle):
    ask = AskMoreTime(circle.seats["Chidi"], "week", "travel")
    assert extensions.ask_more_time(ask, circle.context("Chidi")) == Done()
    rest(circle)
    asked = Extension.get()
    assert isinstance(extensions.decide_more_time(DecideMoreTime(asked.id, "allow"), circle.context("Ada")), Done)
    assert contribution(circle, "Chidi").due_at == cutoff_at(date(2026, 3, 20))


def test_a_promise_for_what_was_due_before_moves_too(circle):
    """The 6th has passed, and she has until the 8th: that is not due yet."""
    promised(circle)
    circle.all_pay(but=("Chidi",))
    pass_time(circle, circle.cycle(1).due_at + HOUR)
    rest(circle, 2)
    assert contribution(circle, "Chidi").due_at == cutoff_at(date(2026, 3, 22))
    assert Extension.get().due_before == cutoff_at(date(2026, 3, 6))
    pass_time(circle, cutoff_at(date(2026, 3, 21)))
    assert circle.group.status == "active"
    assert fine_all(circle) == 0
    pass_time(circle, cutoff_at(date(2026, 3, 23)) + SECOND)
    assert fine_all(circle) == 1


# --- meanwhile --------------------------------------------------------------------------------------------------------


def test_nothing_opens_passes_or_costs_while_it_rests(circle):
    circle.all_pay(but=("Chidi",))
    pass_time(circle, circle.cycle(1).due_at + HOUR)
    rest(circle, 2)
    for day in range(1, 13):
        pass_time(circle, cutoff_at(date(2026, 3, 6)) + day * DAY)
        assert fine_all(circle) == 0
    assert circle.cycle(2).status == "scheduled"
    assert running.open_next_cycle(circle.group_id, circle.now) is None
    assert nudges.nudge_gently(NudgeGently(circle.seats["Ada"]), circle.context("Ada")) == Refused("paused")
    ask = AskMoreTime(circle.seats["Chidi"], "week", "travel")
    assert extensions.ask_more_time(ask, circle.context("Chidi")) == Refused("paused")


def test_a_pot_that_is_full_goes_out_and_the_next_cycle_waits(circle):
    circle.all_pay(but=("Chidi",))
    pass_time(circle, circle.cycle(1).due_at + HOUR)
    rest(circle)
    circle.now += DAY
    circle.pay("Chidi")
    assert circle.pay_out().status == "paid"
    assert (circle.cycle(1).status, circle.cycle(2).status) == ("settled", "scheduled")
    pass_time(circle, pauses.current(circle.group_id).ends_at)
    assert (circle.group.status, circle.cycle(2).status) == ("active", "open")
    assert circle.cycle(2).due_on == date(2026, 3, 20)
    assert contribution(circle, "Chidi").status == "paid_late"


def test_who_pays_while_it_rests_has_paid_on_time(circle):
    rest(circle)
    circle.now = cutoff_at(date(2026, 3, 6)) + SECOND - HOUR
    circle.all_pay()
    assert circle.cycle(1).status == "closing"
    assert {row.status for row in Obligation.select()} == {"paid"}
    circle.pay_out()
    assert circle.cycle(2).status == "scheduled"


def test_a_late_fee_of_before_may_still_be_asked_off(circle):
    circle.all_pay(but=("Chidi",))
    pass_time(circle, circle.cycle(1).due_at + DAY + HOUR)
    assert fine_all(circle) == 1
    rest(circle)
    asked = waivers.ask_waiver(AskWaiver(circle.seats["Chidi"], "sickness"), circle.context("Chidi"))
    assert asked == Done()


def test_the_menus_know_until_when(circle):
    member = Member.get_by_id(circle.members["Bisi"])
    phone = keys().open(member.phone_sealed, f"member.phone:{member.id}")
    assert home.read_home(phone, circle.now).seats[0].paused_until is None
    rest(circle, 2)
    seat = home.read_home(phone, circle.now).seats[0]
    assert (seat.group_status, seat.paused_until) == ("paused", date(2026, 3, 13))
    assert (seat.due_on, seat.next_due_on) == (date(2026, 3, 20), date(2026, 3, 27))


# --- it goes on -------------------------------------------------------------------------------------------------------


def test_it_goes_on_by_itself_once_with_a_word_to_everybody(circle):
    rest(circle)
    ends_at = pauses.current(circle.group_id).ends_at
    assert pausing.pauses_over(ends_at - SECOND) == []
    assert not pausing.end_pause(circle.group_id, ends_at - SECOND)
    pass_time(circle, ends_at)
    assert circle.group.status == "active"
    assert not pausing.end_pause(circle.group_id, ends_at)
    for name in circle.members:
        assert [(key, facts["date"]) for key, facts in told(circle, name, "S81")] == [("S81", "Fri 13 Mar")]
    row = GroupPause.get()
    assert (row.ended_at, row.ended_proposal_id, row.moved_back) == (ends_at, None, 0)
    assert dates(circle)[0] == "13 Mar"


def test_days_of_grace_stand_still(circle):
    """Due on the 6th at six; the pause began seven hours later. Seventeen hours of grace are left when it is over."""
    circle.all_pay(but=("Chidi",))
    pass_time(circle, circle.cycle(1).due_at + 7 * HOUR)
    rest(circle)
    pass_time(circle, pauses.current(circle.group_id).ends_at)
    assert fine_all(circle) == 0
    circle.now += 17 * HOUR - SECOND
    assert fine_all(circle) == 0
    circle.now += SECOND
    assert fine_all(circle) == 1


def test_a_house_that_was_down_gives_a_days_notice(circle):
    rest(circle)
    came = circle.cycle(1).due_at + 2 * DAY
    assert "L6" in [found.code for found in warnings(came)]
    pass_time(circle, came)
    assert circle.group.status == "active"
    assert circle.cycle(1).status == "open"
    assert circle.cycle(1).due_at == came + DAY
    assert contribution(circle, "Chidi").due_at == came + DAY
    assert fine_all(circle) == 0
    assert told(circle, "Chidi", "S81")[0][1]["date"] == "Mon 16 Mar"


def test_a_job_that_comes_ten_minutes_late_moves_nothing(db):
    circle = running_group(frequency="daily")
    before = circle.cycle(1).due_on
    rest(circle)
    pass_time(circle, pauses.current(circle.group_id).ends_at + timedelta(minutes=10))
    assert circle.cycle(1).due_at == cutoff_at(before + DAY)


def test_two_pauses_add_up_and_months_keep_their_ends(db):
    circle = running_group(
        3, frequency="monthly", anchor_on=date(2026, 3, 31), now=datetime(2026, 3, 20, 8, tzinfo=UTC)
    )
    rest(circle)
    assert dates(circle) == ["30 Apr", "31 May", "30 Jun"]
    pass_time(circle, pauses.current(circle.group_id).ends_at)
    circle.now += HOUR
    rest(circle, 2)
    assert dates(circle) == ["30 Jun", "31 Jul", "31 Aug"]
    assert terms_of(circle.group).ends_on == date(2026, 8, 31)
    assert circle.group.paused_intervals == 3


# --- before its time --------------------------------------------------------------------------------------------------


def test_two_let_it_go_on_and_dates_come_back_as_far_as_notice_allows(circle):
    rest(circle, 3)
    assert dates(circle)[0] == "27 Mar"
    circle.now += 4 * DAY  # Friday the 6th, nine o'clock: a week's notice is the 13th
    wake(circle)
    assert circle.group.status == "active"
    assert dates(circle) == ["13 Mar", "20 Mar", "27 Mar", "03 Apr", "10 Apr"]
    assert {row.due_at for row in Obligation.select()} == {cutoff_at(date(2026, 3, 13))}
    row = GroupPause.get()
    assert (row.moved_back, row.ended_at) == (2, circle.now)
    assert row.ended_proposal.kind == RESUME
    assert circle.group.paused_intervals == 1
    assert terms_of(circle.group).ends_on == date(2026, 4, 10)
    assert told(circle, "Efe", "S81")[0][1]["date"] == "Fri 13 Mar"


def test_where_notice_leaves_no_room_all_dates_stay(circle):
    rest(circle)
    circle.now += 4 * DAY
    wake(circle)
    assert dates(circle)[0] == "13 Mar"
    assert GroupPause.get().moved_back == 0


def test_what_was_said_of_a_pause_and_not_sent_is_dropped_when_it_is_over(circle):
    rest(circle, 3)
    circle.now += DAY
    wake(circle)
    assert {row.status for row in Outbox.select().where(Outbox.text_key == "S80")} == {"suppressed"}


# --- two people -------------------------------------------------------------------------------------------------------


def test_when_the_group_has_moved_on_the_approval_is_refused(circle):
    maker, checker = two(circle)
    made = proposals.propose(Wish(PAUSE, subject_of(circle.group_id), {"intervals": 1}, NOTE), maker, circle.now)
    row = Proposal.get_by_id(made.facts["proposal_id"])
    circle.all_pay()
    assert proposals.check(row.id, row.payload_hash, NOTE, checker, circle.now) == Refused("changed")
    assert circle.group.status == "active"


@pytest.mark.parametrize("wrong", [0, 13, -1, "2", None, True, 1.5])
def test_intervals_are_one_to_twelve(circle, wrong):
    assert agree(circle, PAUSE, {"intervals": wrong}) == Refused("bad_intervals")


def test_only_a_running_group_is_paused_and_only_a_resting_one_goes_on(circle):
    assert agree(circle, RESUME, {}) == Refused("gone")
    rest(circle)
    assert agree(circle, PAUSE, {"intervals": 1}) == Refused("gone")
    assert pausing.begin(circle.group_id, 1, 1, actor="test", now=circle.now) == Refused("not_running")
    wake(circle)
    assert pausing.resume(circle.group_id, 1, actor="test", now=circle.now) == Refused("gone")


def test_the_last_cycle_past_its_cut_off_leaves_nothing_to_pause(db):
    circle = running_group(3)
    for _ in range(2):
        circle.all_pay()
        circle.pay_out()
    pass_time(circle, circle.cycle(3).due_at + HOUR)
    assert agree(circle, PAUSE, {"intervals": 1}) == Refused("nothing_ahead")


def test_one_alone_is_not_enough(circle):
    maker, _ = two(circle)
    made = proposals.propose(Wish(PAUSE, subject_of(circle.group_id), {"intervals": 1}, NOTE), maker, circle.now)
    assert isinstance(made, Effect)
    row = Proposal.get_by_id(made.facts["proposal_id"])
    assert row.payload["facts"]["dates"][0] == [1, "2026-03-06", "2026-03-13"]
    assert row.payload["facts"]["last_on"] == "2026-04-10"
    assert isinstance(proposals.check(row.id, row.payload_hash, NOTE, maker, circle.now), Refused)
    assert Group.get_by_id(circle.group_id).status == "active"


def test_the_whole_of_it_costs_nobody_anything(circle):
    """Through the pause to the end: everybody has paid five times, nobody a late fee."""
    rest(circle, 2)
    for _ in range(5):
        if circle.group.status == "paused":
            pass_time(circle, pauses.current(circle.group_id).ends_at)
        circle.all_pay()
        circle.pay_out()
    assert circle.group.status == "completed"
    assert Obligation.select().where(Obligation.kind == "penalty").count() == 0
    assert sum(row.paid_kobo for row in Obligation.select()) == 25 * C

"""Reports: one of a kind a day, to the head only what she can help with, and an answer that is sent once."""

import pytest

from models.account_commands import OpenReport
from models.actions import cycles
from models.actions.reports import answer_report
from models.commands import Done, StartPayment
from models.rules import codes
from models.rules.refused import Refused
from models.tables.accounts import Report
from models.tables.ledger import Audit
from models.tables.money import Payment
from tests.support.cast import ADA, BISI, DAYO, ask, do, form_group, register, told
from tests.support.circles import settle


@pytest.fixture
def group(db, clock):
    formed = form_group(clock(), size=3)
    cycles.start_due_groups(clock())
    return formed


def report(group, kind, now, person=BISI, **more):
    return do(person, OpenReport(kind, seat_id=group.seat_of(person, now), **more), now)


def test_a_report_gets_a_reference_that_is_no_receipts(group, clock):
    data = report(group, "not_shown", clock(), happened="today")
    row = Report.get()
    assert data == {"ref": row.short_ref, "again": False}
    assert not codes.is_short_ref(row.short_ref)
    assert codes.is_short_ref(row.short_ref[1:])
    assert (row.happened, row.group_id, row.for_office) == ("today", group.group_id, False)


def test_the_same_again_that_day_is_the_same_report_and_writes_nothing(group, clock):
    first = report(group, "no_payout", clock())
    before = (Report.select().count(), Audit.select().count(), len(told(ADA)))
    clock.advance("3h")
    assert report(group, "no_payout", clock()) == {**first, "again": True}
    assert (Report.select().count(), Audit.select().count(), len(told(ADA))) == before
    clock.advance("1d")
    assert not report(group, "no_payout", clock())["again"]
    assert not report(group, "call_me", clock())["again"]


def test_the_same_hop_twice_is_one_report(group, clock):
    wish = OpenReport("not_shown", "today", group.seat_of(BISI, clock()))
    assert do(BISI, wish, clock(), key="at:s:3:0") == do(BISI, wish, clock(), key="at:s:3:0")
    assert Report.select().count() == 1


def test_the_head_hears_what_she_can_help_with(group, clock):
    ref = report(group, "not_shown", clock(), happened="yesterday")["ref"]
    letter = told(ADA, "S56")[0]
    assert letter.facts == {
        "who": BISI.name, "group": "Mama Titi Ajo", "what": "a payment is not shown", "ref": ref,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["cheating", "call_me", "forgot_pin", "unfreeze", "name"])
def test_what_is_for_the_office_the_head_never_hears(group, clock, kind):
    report(group, kind, clock())
    assert told(ADA, "S56") == []
    assert Report.get().for_office


def test_the_heads_own_report_is_for_the_office(group, clock):
    report(group, "wrong_amount", clock(), ADA)
    assert told(ADA, "S56") == []


def test_it_finds_the_payment_that_it_is_about(group, clock):
    wish = StartPayment(group.seat_of(BISI, clock()), 5_000_00, "ussd", "737")
    paid = Payment.get_by_id(do(BISI, wish, clock())["payment_id"])
    settle(paid.reference, paid.amount_kobo + paid.fee_kobo, clock())
    report(group, "wrong_amount", clock())
    assert Report.get().payment_id == paid.id
    stuck = do(BISI, StartPayment(wish.seat_id, 5_000_00, "ussd", "737", early=True), clock())["payment_id"]
    report(group, "not_shown", clock())
    assert Report.get(Report.kind == "not_shown").payment_id == stuck


def test_somebody_elses_seat_is_not_hers_to_report_about(group, clock):
    register(DAYO, clock())
    do(DAYO, OpenReport("not_shown", seat_id=group.seat_of(BISI, clock())), clock())
    assert (Report.get().group_id, Report.get().payment_id, told(ADA, "S56")) == (None, None, [])


def test_a_stranger_has_to_register_first(db, clock):
    assert ask(DAYO, OpenReport("call_me"), clock()) == Refused("not_registered")


@pytest.mark.parametrize(("kind", "happened"), [("anger", ""), ("not_shown", "next year")])
def test_what_is_no_report_is_a_bug(group, clock, kind, happened):
    with pytest.raises(ValueError, match="is no report"):
        ask(BISI, OpenReport(kind, happened), clock())


def test_the_office_answers_once_by_sms(group, clock):
    ref = report(group, "call_me", clock())["ref"]
    assert answer_report(Report.get().id, "We called you at 4.", actor="staff:7", now=clock())
    assert not answer_report(Report.get().id, "Again.", actor="staff:8", now=clock())
    assert [letter.facts for letter in told(BISI, "S57")] == [{"ref": ref, "answer": "We called you at 4."}]
    assert (Report.get().status, Report.get().answered_by) == ("answered", "staff:7")


def test_who_was_answered_may_report_again(group, clock):
    report(group, "cheating", clock())
    answer_report(Report.get().id, "Thank you.", actor="staff:7", now=clock())
    assert isinstance(ask(BISI, OpenReport("cheating"), clock()), Done)

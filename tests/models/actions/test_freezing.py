"""Freezing: one word without a PIN, and nothing of hers moves but what she pays in."""

import pytest

from models.account_commands import (
    AnswerVouch,
    AskVouch,
    CloseAccount,
    CorrectName,
    FreezeAccount,
    NudgeGently,
    OpenReport,
    ResetPin,
    SendBalance,
    SendMyData,
    SetLanguage,
    SetReminders,
    ShowMoneyInChat,
)
from models.actions import attempts, cycles, freezing, payouts, pin_resets, transfers
from models.commands import CheckPin, Done, HoldPayout, OpenGroup, Secret, StartPayment
from models.doorbell import Ring
from models.queries.due import due
from models.queries.facts import DatabaseFacts
from models.rules.refused import Refused
from models.rules.schedule import earliest_start
from models.tables.accounts import Vouch
from models.tables.ledger import Audit
from models.tables.mail import Outbox
from models.tables.money import Payout
from models.tables.people import Member
from tests.support.cast import ADA, BISI, CHIDI, DAYO, PIN, ask, do, form_group, register, told
from tests.support.circles import running_group


@pytest.fixture
def group(db, clock):
    formed = form_group(clock(), size=3)
    cycles.start_due_groups(clock())
    return formed


@pytest.fixture
def circle(db):
    """A full pot of Ada's, approved by one."""
    circle = running_group()
    circle.all_pay()
    return circle


def freeze(circle, name):
    return freezing.freeze_account(FreezeAccount(), circle.context(name))


# --- the account ------------------------------------------------------------------------------


def test_it_needs_no_pin_and_holds_at_once(group, clock):
    assert do(BISI, FreezeAccount(), clock()) == {}
    assert DatabaseFacts(BISI.phone, clock()).home.me.frozen
    assert Member.get_by_id(BISI.member_id).frozen_at == clock()


def test_she_and_the_head_are_told(group, clock):
    do(BISI, FreezeAccount(), clock())
    assert [letter.text_key for letter in told(BISI)][-1] == "S50"
    assert told(ADA, "S50h")[0].facts == {"who": "Bisi Alade", "group": "Mama Titi Ajo"}
    assert told(CHIDI, "S50h") == []


def test_twice_is_once(group, clock):
    assert do(BISI, FreezeAccount(), clock(), key="at:s:3:0") == do(BISI, FreezeAccount(), clock(), key="at:s:3:0")
    before = (Outbox.select().count(), Audit.select().count())
    assert ask(BISI, FreezeAccount(), clock()) == Refused("already_frozen")
    assert (Outbox.select().count(), Audit.select().count()) == before


def test_a_stranger_has_nothing_to_freeze(db, clock):
    assert ask(DAYO, FreezeAccount(), clock()) == Refused("not_registered")


def test_what_a_frozen_member_may_still_ask_for(group, clock):
    do(BISI, FreezeAccount(), clock())
    seat = group.seat_of(BISI, clock())
    for command in (
        StartPayment(seat, 5_000_00, "ussd", "737"),
        OpenReport("call_me"),
        SetLanguage("pcm"),
        CheckPin(Secret(PIN)),
        AskVouch("unfreeze"),
    ):
        assert isinstance(ask(BISI, command, clock()), Done), command


def test_and_what_not(group, clock):
    do(BISI, FreezeAccount(), clock())
    seat = group.seat_of(BISI, clock())
    for command in (
        OpenGroup("Mama Titi Ajo", 5_000_00, "weekly", 5, "joined", earliest_start(clock())),
        SetReminders("none"),
        ShowMoneyInChat(on=True),
        SendMyData(),
        SendBalance(seat),
        CorrectName("Bisola Alade"),
        CloseAccount(),
        NudgeGently(seat),
        AnswerVouch(1, yes=True),
        ResetPin("1.x.y", Secret("5926")),
    ):
        assert ask(BISI, command, clock()) == Refused("frozen"), command


def test_it_ends_with_the_word_of_somebody_who_knows_her(group, clock):
    do(BISI, FreezeAccount(), clock())
    assert do(BISI, AskVouch("unfreeze"), clock()) == {"who": "Ada Okafor"}
    assert [letter.text_key for letter in told(ADA)][-1] == "S51u"
    do(ADA, AnswerVouch(Vouch.get().id, yes=True), clock())
    assert not DatabaseFacts(BISI.phone, clock()).home.me.frozen
    assert Member.get_by_id(BISI.member_id).frozen_at is None
    assert (len(told(BISI, "S54")), len(told(ADA, "S54h")), Vouch.get().status) == (1, 1, "used")


def test_it_can_be_frozen_again(group, clock):
    do(BISI, FreezeAccount(), clock())
    freezing.unfreeze(BISI.member_id, actor="staff:7", now=clock())
    assert not freezing.unfreeze(BISI.member_id, actor="staff:7", now=clock())
    clock.advance("1m")
    do(BISI, FreezeAccount(), clock())
    assert len(told(BISI, "S50")) == 2


# --- money on its way to her ------------------------------------------------------------------


def test_a_pot_that_waits_for_approval_is_held(circle):
    assert circle.payout().status == "awaiting_approval"
    freeze(circle, "Ada")
    assert (circle.payout().status, circle.payout().held_reason) == ("held", "frozen")
    assert circle.approve("Bisi") == Refused("gone")


def test_a_pot_that_was_approved_goes_back(circle):
    circle.approve("Bisi")
    circle.approve("Chidi")
    assert circle.payout().status == "approved"
    freeze(circle, "Ada")
    assert (circle.payout().status, circle.payout().held_reason) == ("held", "frozen")
    transfers.settle_balance(10**9, circle.now)
    assert transfers.reserve(circle.payout().id, circle.now) == "gone"


def test_a_transfer_that_was_not_sent_yet_waits(circle):
    circle.approve("Bisi")
    circle.approve("Chidi")
    transfers.settle_balance(10**9, circle.now)
    assert transfers.reserve(circle.payout().id, circle.now) == "reserved"
    freeze(circle, "Ada")
    assert transfers.claim_attempt(circle.payout().id, circle.now) is None
    assert Ring("send_payout", circle.payout().id) not in due(circle.now)
    freezing.unfreeze(circle.members["Ada"], actor="staff:7", now=circle.now)
    assert transfers.claim_attempt(circle.payout().id, circle.now) is not None


def test_a_transfer_that_was_sent_is_followed(circle):
    circle.approve("Bisi")
    circle.approve("Chidi")
    transfers.settle_balance(10**9, circle.now)
    transfers.reserve(circle.payout().id, circle.now)
    order = transfers.claim_attempt(circle.payout().id, circle.now)
    freeze(circle, "Ada")
    transfers.transfer_verified(order.reference, "success", provider_code="T1", now=circle.now)
    assert circle.payout().status == "paid"
    assert attempts.live_attempt(circle.payout().id) is None


def test_when_it_ends_the_pot_is_put_to_the_officers_again(circle):
    circle.approve("Bisi")
    freeze(circle, "Ada")
    freezing.unfreeze(circle.members["Ada"], actor="staff:7", now=circle.now)
    assert circle.payout().status == "awaiting_approval"
    circle.approve("Chidi")
    assert circle.payout().status == "approved"  # the first yes was to the same thing


def test_when_it_ends_a_pot_that_two_had_approved_goes_on(circle):
    """Both have said yes to exactly this, and nobody is asked again."""
    payout = circle.approve_twice()
    freeze(circle, "Ada")
    asked = Outbox.select().where(Outbox.text_key == "S30").count()
    freezing.unfreeze(circle.members["Ada"], actor="staff:7", now=circle.now)
    assert circle.payout().status == "approved"
    assert Outbox.select().where(Outbox.text_key == "S30").count() == asked
    transfers.settle_balance(10**9, circle.now)
    assert transfers.reserve(payout.id, circle.now) == "reserved"


def test_when_it_ends_an_officer_still_holds_the_pot(circle):
    payout = circle.payout()
    assert payouts.hold_payout(HoldPayout(payout.id), circle.context("Bisi")) == Done()
    freeze(circle, "Ada")
    freezing.unfreeze(circle.members["Ada"], actor="staff:7", now=circle.now)
    assert (circle.payout().status, circle.payout().held_reason) == ("held", "officer")
    circle.approve_twice()
    assert circle.payout().status == "approved"


def test_two_who_put_a_pot_on_do_not_undo_what_she_has_frozen(circle):
    payout = circle.payout()
    assert payouts.hold_payout(HoldPayout(payout.id), circle.context("Bisi")) == Done()
    freeze(circle, "Ada")
    circle.approve_twice()
    assert (circle.payout().status, circle.payout().held_reason) == ("held", "frozen")
    freezing.unfreeze(circle.members["Ada"], actor="staff:7", now=circle.now)
    assert circle.payout().status == "approved"


def test_other_peoples_pots_go_on(circle):
    freeze(circle, "Bisi")
    assert circle.payout().status == "awaiting_approval"


def test_after_a_reset_of_her_pin_a_pot_waits_for_a_day(circle):
    ada = circle.members["Ada"]
    Member.update(guarded_until=circle.now + pin_resets.GUARDED_FOR).where(Member.id == ada).execute()
    payouts.look_again(ada, circle.now)
    assert (circle.payout().status, circle.payout().held_reason) == ("held", "new_pin")
    assert Outbox.select().where(Outbox.text_key == "S37").count() == 0
    payouts.look_again(ada, circle.now + pin_resets.GUARDED_FOR)
    assert Payout.get_by_id(circle.payout().id).status == "awaiting_approval"


def test_only_her_own_account_is_frozen(group, clock):
    register(DAYO, clock())
    do(DAYO, FreezeAccount(), clock())
    assert not DatabaseFacts(BISI.phone, clock()).home.me.frozen
    assert told(ADA, "S50h") == []

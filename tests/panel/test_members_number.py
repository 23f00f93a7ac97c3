"""A member's new number, at the doors: the staff on the panel's pages, the vouchers on their own phones and chats."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from re import search

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import clock
from bot.settings import Settings
from jobs.requests import end_due
from models.account_commands import CloseAccount
from models.actions import freezing, proposals, staff
from models.actions.signing_in import Somebody
from models.commands import CheckPin, Secret
from models.queries.people import member_id_of
from models.rules.refused import Refused
from models.rules.staff import Role
from models.sealing import keys
from models.tables.accounts import Vouch
from models.tables.chats import Chat as ChatRow
from models.tables.finding import FormerNumber, OfficeWord
from models.tables.groups import Officer, Seat
from models.tables.ledger import Audit
from models.tables.people import BankAccount, Member
from models.tables.staff import Proposal, Staff
from tests.panel.conftest import SignIn
from tests.support.cast import (
    ADA,
    BISI,
    CHIDI,
    DAYO,
    EFE,
    FEMI,
    PIN,
    Formed,
    Person,
    ask,
    do,
    form_group,
    join_invited,
    open_group,
    register,
    registered,
    told,
)
from tests.support.chat import Chat
from tests.support.leaks import found, in_the_database
from tests.support.panel import CSRF, KEY, hidden
from tests.support.phone import Phone
from tests.support.time import A_MONDAY_MORNING as NOW

GOZI = Person("Gozi Hart", "+2348031230077")
NOTE = "Her phone was stolen; she came to the office with her voter's card"
NEW = "+2348055512345"
MASKED = "0805***2345"
LONG_AGO = NOW - timedelta(days=40)
HOURS = timedelta(hours=1)

Dialer = Callable[[Person], Phone]


@pytest.fixture
def circle(house: Flask) -> Formed:
    """Ada's group of five; they have known each other for forty days."""
    return form_group(LONG_AGO)


@pytest.fixture
def finance(signed_in: SignIn, circle: Formed) -> FlaskClient:
    return signed_in(Role.FINANCE)


@pytest.fixture
def owner(signed_in: SignIn, circle: Formed) -> FlaskClient:
    return signed_in(Role.OWNER, phone="+2348099990002")


@pytest.fixture
def phone(house: Flask, settings: Settings) -> Dialer:
    """The phone of this person."""
    return lambda person: Phone(house.test_client(), settings.callback_keys[0], settings.ussd_code, person.phone)


def page_of(person: Person) -> str:
    return f"/admin/members/{person.member_id}"


def press(browser: FlaskClient, person: Person, action: str = "", **fields: object) -> str:
    """Send a form of the number on her page, and read what is told on the next."""
    page = page_of(person)
    shown = browser.get(page)
    data = {"csrf": hidden(shown, CSRF), "key": hidden(shown, KEY), **fields}
    answer = browser.post(f"{page}/number{action}", data=data)
    assert (answer.status_code, answer.location) == (303, page), answer.text
    return browser.get(page).text


def start(
    browser: FlaskClient, person: Person = BISI, value: str = "0805 551 2345", vouchers=(CHIDI, EFE), **more: str
):
    ids = [str(each.member_id) for each in vouchers]
    return press(browser, person, value=value, voucher=ids, note=more.get("note", NOTE))


def tell(browser: FlaskClient, vouchers=(CHIDI, EFE), value: str = NEW) -> str:
    ids = [str(each.member_id) for each in vouchers]
    return press(browser, BISI, "/told", value=value, voucher=ids, note=NOTE)


def answer(phone: Phone, choice: str, pin: str = PIN) -> str:
    """Dial, be asked, say it, with the PIN."""
    shown = phone.dial()
    assert shown.startswith("Our office asks: is 0805***2345 the new number of Bisi Alade"), shown
    phone.say(choice)
    return phone.say(pin)


def state(browser: FlaskClient, person: Person = BISI) -> str:
    """The piece of her page that is asked for every few seconds."""
    return piece(browser, f"{page_of(person)}/number").text


def piece(browser: FlaskClient, path: str) -> TestResponse:
    return browser.get(path, headers={"HX-Request": "true"})


def two_yeses(phone: Dialer) -> None:
    assert answer(phone(CHIDI), "1").startswith("Thank you. Our office goes on with the number of Bisi Alade.")
    assert answer(phone(EFE), "1").startswith("Thank you.")


def somebody(browser: FlaskClient) -> Somebody:
    row = Staff.get_by_id(browser.hired.staff_id)
    return Somebody(row.id, row.name, Role(row.role), bytes(row.phone_index), frozenset())


def agree(browser: FlaskClient, at: datetime = NOW):
    row = Proposal.select().order_by(Proposal.id.desc()).get()
    return proposals.check(row.id, row.payload_hash, "called the old number, all is well", somebody(browser), at)


def statuses() -> list[str]:
    return [row.status for row in Vouch.select().where(Vouch.purpose == "number").order_by(Vouch.id)]


# --- two yeses, two of the staff --------------------------------------------------------------------------------------


def test_two_say_yes_on_their_own_phones_and_a_colleague_decides(
    finance: FlaskClient, owner: FlaskClient, phone: Dialer
) -> None:
    assert "Both are asked by SMS" in start(finance)
    assert told(CHIDI, "S51q")[0].facts == {"who": "Bisi Alade", "group": "Mama Titi Ajo", "phone": MASKED}
    assert len(told(EFE, "S51q")) == len(told(BISI, "S51o")) == 1
    assert not told(ADA, "S51q")
    assert not Proposal.select().exists()

    assert "may answer until" in state(finance)
    answer(phone(CHIDI), "1")
    assert "✓</span> yes" in state(finance)
    assert not Proposal.select().exists()
    answer(phone(EFE), "1")
    assert member_id_of(BISI.phone) == BISI.member_id
    assert agree(finance) == Refused("own_proposal")

    page = owner.get(f"/admin/approvals/{Proposal.get().id}").text
    for piece in ("Bisi Alade", "08055512345", "Chidi Eze", "Efe Omoruyi", "yes, with her PIN", "stolen"):
        assert piece in page, piece
    member_id = BISI.member_id
    assert agree(owner).key == "office_number"
    assert (member_id_of(NEW), member_id_of(BISI.phone)) == (member_id, None)


def test_after_it_the_old_phone_has_lost_the_account_and_money_rests(
    finance: FlaskClient, owner: FlaskClient, phone: Dialer
) -> None:
    member_id = BISI.member_id
    ChatRow.insert(
        channel="twilio-whatsapp", address_index=keys().index(BISI.phone, "address"), address_sealed=b"x",
        phone_index=keys().index(BISI.phone, "phone"), lane=b"l", talk_sealed=b"x", heard_at=NOW,
    ).execute()  # fmt: skip
    start(finance)
    two_yeses(phone)
    agree(owner)
    assert Member.get_by_id(member_id).guarded_until == NOW + timedelta(hours=24)
    assert (ChatRow.get().talk_sealed, ChatRow.get().phone_index) == (None, None)
    assert [told(person, "S55n")[0].facts["phone"] for person in (BISI, replace(BISI, phone=NEW))] == [MASKED] * 2
    assert len(told(ADA, "S53n")) == 1
    page = owner.get(f"/admin/members/{member_id}").text
    assert "08055512345" in page
    assert "before: 08031230002" in page
    assert "A voucher says yes to the new number" in page
    assert "Under way" not in page


def test_what_was_said_on_the_old_number_since_is_not_hers(
    finance: FlaskClient, owner: FlaskClient, phone: Dialer
) -> None:
    member_id = BISI.member_id
    start(finance)
    two_yeses(phone)
    agree(owner)
    register(Person("Stranger Danger", BISI.phone), NOW + HOURS)
    assert FormerNumber.select().count() == 1
    page = owner.get(f"/admin/members/{member_id}").text
    stranger = owner.get(f"/admin/members/{member_id_of(BISI.phone)}").text
    assert page.count("Ada Okafor invites you") == 1
    assert "Welcome to Ajo, Stranger" not in page
    assert "Ada Okafor invites you" not in stranger


def test_she_answers_on_the_private_page_of_her_chat(house: Flask, settings: Settings, finance: FlaskClient) -> None:
    start(finance)
    chidi = Chat(house.test_client(), settings, CHIDI.phone)
    assert "2345 the new number of Bisi Alade" in chidi.say("hi").body
    link = search(r"https?://\S+(/s/[\w-]+)", chidi.tap("Yes").body)
    assert link, chidi.last.body
    page = chidi.web.get(link[1]).text
    version = search(r'name="version" value="(\d+)"', page)[1]
    chidi.web.post(link[1], data={"answer": PIN, "version": version})
    assert statuses() == ["given", "asked"]
    assert found(PIN, in_the_database()) == []


# --- what a voucher may say, and when ---------------------------------------------------------------------------------


def test_one_no_stops_it_and_the_office_is_told(finance: FlaskClient, owner: FlaskClient, phone: Dialer) -> None:
    start(finance)
    answer(phone(CHIDI), "1")
    assert answer(phone(EFE), "2").startswith("Thank you. Nothing is changed, and our office is told.")
    assert statuses() == ["expired", "refused"]
    assert not Proposal.select().exists()
    maker = Person("Titi Ola", "+2348099990001")
    assert len(told(maker, "S73")) == 1
    home = owner.get("/admin/").text
    assert "NO to a new number: is somebody taking her account?" in home
    assert f"{page_of(BISI)}#number" in home
    shown = state(owner)
    assert "Somebody says no" in shown
    assert "need not answer any more" in shown
    assert "asked about already" in start(finance)
    assert "Stopped." in press(finance, BISI, "/stop")
    assert "NO to a new number" not in owner.get("/admin/").text
    assert "said no" in tell(finance)  # two who "told the office" do not outweigh her
    assert member_id_of(BISI.phone) == BISI.member_id


def test_the_second_of_two_sees_who_said_no_before(finance: FlaskClient, owner: FlaskClient, phone: Dialer) -> None:
    start(finance, vouchers=(ADA, FEMI))
    answer(phone(FEMI), "2")
    press(finance, BISI, "/stop")
    start(finance)
    two_yeses(phone)
    assert "Femi Bello said no to a new number of hers" in owner.get(f"/admin/approvals/{Proposal.get().id}").text


def test_a_no_takes_the_pin_too(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    assert "Wrong PIN" in answer(phone(CHIDI), "2", "0000")
    assert statuses() == ["asked", "asked"]


def test_a_wrong_pin_says_nothing_for_her(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    chidi = phone(CHIDI)
    assert "Wrong PIN. 4 tries left." in answer(chidi, "1", "0000")
    for _try in range(4):
        ask(CHIDI, CheckPin(Secret("0000")), clock.now())
    again = phone(CHIDI)
    assert again.dial().startswith("Welcome back. You were about to:\nSay if a number is right")
    again.say("1")
    assert "Your PIN is locked" in again.say(PIN)
    assert statuses() == ["asked", "asked"]
    assert answer(phone(EFE), "1").startswith("Thank you.")
    assert not Proposal.select().exists()


def test_the_first_answer_counts_and_is_given_once(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    chidi = phone(CHIDI)
    answer(chidi, "1")
    assert chidi.again() == chidi.screen
    assert "Our office asks" not in chidi.dial()
    other = phone(CHIDI)
    assert "Our office asks" not in other.dial()
    assert statuses() == ["given", "asked"]
    assert Audit.select().where(Audit.verb == "number.yes").count() == 1


def test_what_she_said_elsewhere_meanwhile_counts(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    chidi = phone(CHIDI)
    chidi.dial()
    chidi.say("1")
    Vouch.update(status="unsure", answered_by=CHIDI.member_id, answered_at=NOW).where(
        Vouch.voucher == CHIDI.member_id
    ).execute()
    assert "settled in the meantime" in chidi.say(PIN)
    assert statuses() == ["unsure", "asked"]


def test_a_question_lapses_after_two_days(finance: FlaskClient, owner: FlaskClient, phone: Dialer) -> None:
    start(finance)
    answer(phone(CHIDI), "1")
    efe = phone(EFE)
    efe.dial()
    efe.say("1")
    clock.set_to(NOW + 49 * HOURS)
    assert "Our office asks" not in phone(EFE).dial()
    assert end_due(clock.now())["done"] == 1
    assert statuses() == ["expired", "expired"]
    assert not Proposal.select().exists()


def test_an_old_screen_comes_too_late(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    efe = phone(EFE)
    efe.dial()
    efe.say("1")
    Vouch.update(expires_at=NOW).execute()
    assert "settled in the meantime" in efe.say(PIN)


def test_an_old_yes_does_not_wait_for_ever(finance: FlaskClient, signed_in: SignIn, phone: Dialer) -> None:
    start(finance)
    answer(phone(CHIDI), "1")
    Vouch.update(expires_at=NOW + 72 * HOURS).where(Vouch.voucher == EFE.member_id).execute()
    clock.set_to(NOW + 49 * HOURS)
    answer(phone(EFE), "1")
    assert not Proposal.select().exists()
    late = signed_in(Role.AUDITOR, phone="+2348099990007")
    assert "her yes is too old" in state(late)


def test_whoever_does_not_know_is_replaced_and_the_other_yes_holds(
    finance: FlaskClient, owner: FlaskClient, phone: Dialer
) -> None:
    start(finance)
    answer(phone(CHIDI), "1")
    assert answer(phone(EFE), "3").startswith("Thank you. Our office asks somebody else.")
    assert "somebody else has to be asked" in owner.get("/admin/").text
    assert "Two yeses cannot come any more" in state(owner)
    for unfit in (EFE, CHIDI, BISI):
        assert "cannot be asked" in press(finance, BISI, "/another", voucher=str(unfit.member_id))
    assert "Asked." in press(finance, BISI, "/another", voucher=str(FEMI.member_id))
    assert "settled already" in press(finance, BISI, "/another", voucher=str(ADA.member_id))
    answer(phone(FEMI), "1")
    assert agree(owner).key == "office_number"
    assert Proposal.get().payload["facts"]["vouchers"] == sorted([CHIDI.member_id, FEMI.member_id])


# --- who may be asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "vouchers", "why"),
    [
        ("12", (CHIDI, EFE), "no mobile number"),
        (FEMI.phone, (CHIDI, EFE), "another member&#39;s"),
        ("+2348099990002", (CHIDI, EFE), "somebody who works here"),
        (NEW, (CHIDI,), "two different members"),
        (NEW, (CHIDI, CHIDI), "two different members"),
        (NEW, (BISI, CHIDI), "two different members"),
        (NEW, (CHIDI, DAYO), "cannot be asked"),
    ],
)
def test_nobody_is_asked_without(finance, owner, circle: Formed, value: str, vouchers, why: str) -> None:
    register(DAYO, NOW)
    assert why in start(finance, value=value, vouchers=vouchers)
    assert not OfficeWord.select().exists()
    assert not told(CHIDI, "S51q")


def newcomer(circle: Formed) -> None:
    Seat.update(accepted_at=NOW - timedelta(days=29)).where(Seat.member == CHIDI.member_id).execute()


def account(person: Person) -> None:
    BankAccount.insert(
        member=person.member_id, bank_code="058", bank_name="GTBank", number_sealed=b"x", number_index=b"one",
        last4="6789", created_at=NOW,
    ).execute()  # fmt: skip


UNFIT: dict[str, Callable[[Formed], object]] = {
    "in the group for less than 30 days": newcomer,
    "her account is frozen": lambda _circle: freezing.freeze(CHIDI.member_id, "S50o", actor="test", now=NOW),
    "she has no PIN": lambda _circle: Member.update(pin_hash=None).where(Member.id == CHIDI.member_id).execute(),
    "her own PIN or number is new": lambda _circle: (
        Member.update(guarded_until=NOW + HOURS).where(Member.id == CHIDI.member_id).execute()
    ),
    "paid out to the same account": lambda _circle: [account(each) for each in (BISI, CHIDI)],
}


@pytest.mark.parametrize("why", UNFIT)
def test_who_is_not_asked_and_why(finance: FlaskClient, circle: Formed, why: str) -> None:
    UNFIT[why](circle)
    assert f"Chidi Eze ({why})" in finance.get(page_of(BISI)).text
    assert "cannot be asked" in start(finance)
    assert "Both are asked" in start(finance, vouchers=(ADA, EFE))


def test_of_the_head_officers_are_asked_as_she_invited_the_others(finance: FlaskClient, circle: Formed) -> None:
    assert "Bisi Alade (invited by this member)" in finance.get(page_of(ADA)).text
    assert "cannot be asked" in start(finance, ADA)
    for each in (BISI, CHIDI):
        Officer.insert(group=circle.group_id, member=each.member_id, role="officer", since=NOW).execute()
    assert "Both are asked" in start(finance, ADA, vouchers=(BISI, CHIDI))


def test_whoever_had_the_new_number_does_not_say_whose_it_is(finance: FlaskClient, circle: Formed) -> None:
    FormerNumber.insert(
        member=CHIDI.member_id, phone_sealed=b"x", phone_index=keys().index(NEW, "phone"), until_at=NOW
    ).execute()
    assert "cannot be asked" in start(finance)


def test_those_who_run_the_group_come_first(finance: FlaskClient, circle: Formed) -> None:
    page = finance.get(page_of(BISI)).text
    assert page.index("They run her group") < page.index("Ada Okafor (head)") < page.index("They save with her")


def test_her_own_question_is_never_hers_to_answer(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    assert "Our office asks" not in phone(BISI).dial()
    assert "Our office asks" not in phone(ADA).dial()  # the head is asked about PINs, but nobody chose her here


# --- what happens in between ------------------------------------------------------------------------------------------


def test_a_frozen_voucher_is_not_heard(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    freezing.freeze(CHIDI.member_id, "S50o", actor="test", now=NOW)
    shown = phone(CHIDI).dial()
    assert "frozen" in shown
    assert "Our office asks" not in shown
    assert statuses() == ["asked", "asked"]


def test_a_voucher_who_is_frozen_after_her_yes_does_not_count(
    finance: FlaskClient, owner: FlaskClient, phone: Dialer
) -> None:
    start(finance)
    two_yeses(phone)
    freezing.freeze(CHIDI.member_id, "S50o", actor="test", now=NOW)
    assert agree(owner) == Refused("voucher_gone")
    assert "It cannot be approved." in owner.get(f"/admin/approvals/{Proposal.get().id}").text
    assert member_id_of(NEW) is None


def test_a_voucher_with_a_new_pin_cannot_say_yes_but_no(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    Member.update(guarded_until=NOW + HOURS).where(Member.id == CHIDI.member_id).execute()
    assert "We cannot take this answer from you now." in answer(phone(CHIDI), "1")
    assert statuses() == ["asked", "asked"]
    assert answer(phone(CHIDI), "2").startswith("Thank you. Nothing is changed")


def test_a_voucher_who_has_left_and_closed_her_account_is_out(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    answer(phone(EFE), "1")
    Seat.update(status="withdrawn").where(Seat.member == CHIDI.member_id).execute()
    assert "Our office asks" not in phone(CHIDI).dial()
    do(CHIDI, CloseAccount(), NOW)
    assert statuses() == ["expired", "given"]
    assert "Two yeses cannot come any more" in state(finance)


def test_the_new_number_became_somebodys_in_the_meantime(
    finance: FlaskClient, owner: FlaskClient, phone: Dialer
) -> None:
    start(finance)
    answer(phone(CHIDI), "1")
    register(Person("Ngozi Bello", NEW), NOW)
    answer(phone(EFE), "1")
    assert not Proposal.select().exists()
    assert "hand it to a colleague" in owner.get("/admin/").text
    assert "another member&#39;s" in press(owner, BISI, "/hand-on")
    assert member_id_of(BISI.phone) == BISI.member_id


def test_the_new_number_became_somebodys_before_the_second_of_two(
    finance: FlaskClient, owner: FlaskClient, phone: Dialer
) -> None:
    start(finance)
    two_yeses(phone)
    register(Person("Ngozi Bello", NEW), NOW)
    assert agree(owner) == Refused("number_taken")


def test_when_the_maker_has_left_another_hands_it_on(finance: FlaskClient, owner: FlaskClient, phone: Dialer) -> None:
    start(finance)
    Staff.update(status="disabled").where(Staff.id == finance.hired.staff_id).execute()
    two_yeses(phone)
    assert not Proposal.select().exists()
    assert "A colleague has to agree" in press(owner, BISI, "/hand-on")
    assert Proposal.get().maker_id == owner.hired.staff_id


def test_stopped_means_that_nobody_is_asked_any_more(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    assert "Stopped." in press(finance, BISI, "/stop")
    assert "Our office asks" not in phone(CHIDI).dial()
    assert "Under way" not in finance.get(page_of(BISI)).text
    assert "Both are asked" in start(finance)
    assert len(told(CHIDI, "S51q")) == 2


# --- without their phones ---------------------------------------------------------------------------------------------


def test_two_who_told_the_office_are_not_enough_while_two_can_be_asked(finance: FlaskClient, circle: Formed) -> None:
    assert "ask them first" in tell(finance)
    assert "Without the vouchers" not in finance.get(page_of(BISI)).text
    assert not Proposal.select().exists()


def test_where_nobody_can_be_asked_two_tell_the_office_and_it_is_marked(
    finance: FlaskClient, owner: FlaskClient, circle: Formed
) -> None:
    Seat.update(accepted_at=NOW - timedelta(days=3)).execute()
    assert "Without the vouchers" in finance.get(page_of(BISI)).text
    assert "A colleague has to agree" in tell(finance)
    assert len(told(CHIDI, "S51p")) == len(told(EFE, "S51p")) == len(told(BISI, "S51o")) == 1
    page = owner.get(f"/admin/approvals/{Proposal.get().id}").text
    assert "Nobody was asked on her own phone" in page
    assert "Fewer than two could be asked" in page
    assert agree(owner).key == "office_number"
    assert Audit.select().where(Audit.verb == "number.told").count() == 1


def test_when_nobody_answers_two_may_tell_the_office(finance: FlaskClient, signed_in: SignIn, circle: Formed) -> None:
    start(finance)
    clock.set_to(NOW + 49 * HOURS)
    end_due(clock.now())
    again = signed_in(Role.OWNER, phone="+2348099990008", email="again@ajo.example")
    assert "no answer in time" in state(again)
    press(again, BISI, "/stop")
    assert "did not answer, or did not know" in again.get(page_of(BISI)).text
    assert "A colleague has to agree" in tell(again)
    assert Proposal.get().payload["facts"]["without"] == "no_answer"


# --- what stands where, and who may -----------------------------------------------------------------------------------


def test_nothing_that_tells_the_number_stands_open_anywhere(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    two_yeses(phone)
    kept = [str(Proposal.get().payload)]
    kept += [str(dict(row.__data__)) for table in (OfficeWord, Vouch) for row in table.select()]
    kept += [f"{row.subject} {row.detail}" for row in Audit.select()]
    for letter in (*told(CHIDI), *told(EFE), *told(BISI)):
        kept.append(str(letter.facts))
    assert not [each for each in kept if "8055512345" in each or "551 2345" in each]


def test_neither_she_nor_who_vouches_nor_who_saves_with_her_starts_or_decides(
    signed_in: SignIn, finance: FlaskClient, phone: Dialer
) -> None:
    browsers = [
        signed_in(Role.OWNER, phone=person.phone, email=f"{person.first_name.lower()}@ajo.example")
        for person in (BISI, CHIDI, FEMI)
    ]
    for each in browsers:
        assert "own matter" in start(each)
    start(finance)
    two_yeses(phone)
    for each in browsers:
        assert agree(each) == Refused("conflict")
    assert member_id_of(NEW) is None


def test_a_reason_is_compulsory(finance: FlaskClient, circle: Formed) -> None:
    assert "Write down why" in start(finance, note=" ")
    assert not OfficeWord.select().exists()


ACTIONS = ("", "/told", "/another", "/hand-on", "/stop")


def test_an_auditor_sees_a_masked_number_and_may_do_nothing(signed_in: SignIn, finance: FlaskClient) -> None:
    start(finance)
    auditor = signed_in(Role.AUDITOR, phone="+2348099990005")
    assert "08055512345" not in state(auditor) + auditor.get(page_of(BISI)).text
    assert "2345" in state(auditor)
    for action in ACTIONS:
        assert auditor.post(f"{page_of(BISI)}/number{action}").status_code == 403


def test_of_other_groups_a_field_officer_sees_and_does_nothing(signed_in: SignIn, circle: Formed) -> None:
    field = signed_in(Role.FIELD)
    token = hidden(field.get("/admin/members/"), CSRF)
    assert field.get(f"{page_of(BISI)}/number").status_code == 404
    for action in ACTIONS:
        sent = field.post(f"{page_of(BISI)}/number{action}", data={"csrf": token, "key": "k" * 16})
        assert sent.status_code == 404, action
    staff.look_after(field.hired.staff_id, circle.group_id, actor="test", now=NOW)
    assert "Both are asked" in start(field)


def test_a_field_officer_sees_and_asks_only_those_of_her_own_groups(
    signed_in: SignIn, finance: FlaskClient, owner: FlaskClient, circle: Formed
) -> None:
    registered(LONG_AGO, DAYO, GOZI)
    other = open_group(LONG_AGO, DAYO, size=3, name="Secret Sisters")
    for person in (GOZI, BISI):
        join_invited(other, person, LONG_AGO)
    field = signed_in(Role.FIELD)
    staff.look_after(field.hired.staff_id, circle.group_id, actor="test", now=NOW)
    assert "Secret Sisters" in finance.get(page_of(BISI)).text
    shown = field.get(page_of(BISI)).text
    assert "Chidi Eze" in shown
    for hers in ("Secret Sisters", "Dayo", GOZI.name):
        assert hers not in shown, hers
    assert "cannot be asked" in start(field, vouchers=(CHIDI, DAYO))
    assert not Vouch.select().exists()

    Seat.update(accepted_at=NOW - timedelta(days=3)).where(Seat.group == circle.group_id).execute()
    shown = field.get(page_of(BISI)).text
    assert "In your groups there are not two who can vouch for her" in shown
    assert "Dayo" not in shown
    Seat.update(accepted_at=NOW - timedelta(days=3)).execute()
    assert "two different members" in tell(field, vouchers=(CHIDI, DAYO))
    assert not Proposal.select().exists()

    # A colleague who sees all groups asks them; then the name of one of them is still not the field officer's to read.
    Seat.update(accepted_at=LONG_AGO).execute()
    assert "Both are asked" in start(finance, vouchers=(CHIDI, DAYO))
    assert "Dayo" in state(finance)
    shown = state(field)
    assert "Somebody of another group" in shown
    assert "Dayo" not in shown + field.get(page_of(BISI)).text


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(finance: FlaskClient, circle: Formed) -> None:
    for minutes in (6, 12):
        clock.set_to(NOW + timedelta(minutes=minutes))
        assert piece(finance, f"{page_of(BISI)}/number").status_code == 200
    clock.set_to(NOW + timedelta(minutes=16))
    assert finance.get(page_of(BISI)).status_code == 303


def test_the_piece_says_when_the_page_round_it_is_old(finance: FlaskClient, phone: Dialer) -> None:
    start(finance)
    assert "load the page anew" not in state(finance)
    answer(phone(CHIDI), "2")
    assert finance.get(f"{page_of(BISI)}/number").location == f"{page_of(BISI)}#timeline"
    shown = piece(finance, f"{page_of(BISI)}/number?seen=asking").text
    assert "load the page anew" in shown
    assert "<form" not in shown

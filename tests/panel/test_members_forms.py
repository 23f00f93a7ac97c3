"""What the office does for a member, from the panel: one person's, and what takes two; each has one effect."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from models.account_commands import ResetPin
from models.actions import deliveries, mail, proposals, staff
from models.actions.signing_in import Somebody
from models.commands import ChangePin, CheckPin, Done, PreparePin, Secret
from models.queries.people import name_of
from models.rules.refused import Refused
from models.rules.routes import Way
from models.rules.staff import Role
from models.tables.accounts import Vouch
from models.tables.ledger import Audit
from models.tables.mail import Outbox
from models.tables.people import Member
from models.tables.staff import Proposal, Staff
from tests.panel.conftest import SignIn
from tests.support.cast import ADA, BISI, CHIDI, DAYO, PIN, Formed, ask, do, form_group, register, told
from tests.support.panel import send
from tests.support.time import A_MONDAY_MORNING as NOW

NOTE = "She came to the office with her voter's card"


@pytest.fixture
def circle(house) -> Formed:
    """Ada's group of five."""
    return form_group(NOW)


@pytest.fixture
def finance(signed_in: SignIn, circle: Formed) -> FlaskClient:
    return signed_in(Role.FINANCE)


@pytest.fixture
def owner(signed_in: SignIn, circle: Formed) -> FlaskClient:
    return signed_in(Role.OWNER, phone="+2348099990002")


def page_of(person) -> str:
    return f"/admin/members/{person.member_id}"


def act(browser: FlaskClient, person, what: str, **fields: str) -> str:
    """Send a form of her page and read what is told on the next."""
    answer = send(browser, page_of(person), f"{page_of(person)}/{what}", **fields)
    assert (answer.status_code, answer.location) == (303, page_of(person)), answer.text
    return browser.get(page_of(person)).text


def vouch(browser: FlaskClient, person, purpose: str, value: str = "", note: str = NOTE) -> str:
    shown = browser.get(page_of(person)).text
    fields = {
        "csrf": shown.split('name="csrf" value="')[1].split('"')[0],
        "key": shown.split('name="key" value="')[1].split('"')[0],
        "purpose": purpose,
        "value": value,
        "note": note,
    }
    assert browser.post(f"{page_of(person)}/vouch", data=fields).status_code == 303
    return browser.get(page_of(person)).text


def somebody(browser: FlaskClient) -> Somebody:
    row = Staff.get_by_id(browser.hired.staff_id)
    return Somebody(row.id, row.name, Role(row.role), bytes(row.phone_index), frozenset())


def agree(browser: FlaskClient):
    row = Proposal.select().order_by(Proposal.id.desc()).get()
    return proposals.check(row.id, row.payload_hash, "called her, it is she", somebody(browser), NOW)


# --- what one person does ---------------------------------------------------------------------------------------------


def test_freezing_stops_everything_at_once_and_once(finance: FlaskClient, circle: Formed) -> None:
    assert "Frozen:" in act(finance, BISI, "freeze")
    assert Member.get_by_id(BISI.member_id).status == "frozen"
    assert len(told(BISI, "S50")) == 1
    assert len(told(ADA, "S50o")) == 1
    assert "frozen already" in act(finance, BISI, "freeze")
    row = Audit.select().where(Audit.verb == "member.freeze").get()
    assert row.actor == f"staff:{finance.hired.staff_id}"


def test_one_form_has_one_effect(finance: FlaskClient, circle: Formed) -> None:
    shown = finance.get(page_of(BISI)).text
    keys_of = {name: shown.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "key")}
    for _again in range(3):
        assert finance.post(f"{page_of(BISI)}/freeze", data=keys_of).status_code == 303
        assert "Frozen:" in finance.get(page_of(BISI)).text
    assert len(told(BISI, "S50")) == 1


def test_without_our_token_nothing_happens(finance: FlaskClient, circle: Formed) -> None:
    assert finance.post(f"{page_of(BISI)}/freeze", data={"key": "k" * 16}).status_code == 403
    assert Member.get_by_id(BISI.member_id).status == "active"


def test_a_locked_pin_may_be_tried_again_once_a_day(finance: FlaskClient, circle: Formed) -> None:
    for _try in range(5):
        ask(BISI, CheckPin(Secret("0000")), NOW)
    assert Member.get_by_id(BISI.member_id).pin_locked_until is not None
    assert "may try her PIN again" in act(finance, BISI, "unlock")
    assert isinstance(ask(BISI, CheckPin(Secret(PIN)), NOW), Done)
    assert len(told(BISI, "S20u")) == 1
    Member.update(pin_locked_until=NOW + timedelta(hours=1)).where(Member.id == BISI.member_id).execute()
    assert "unlocked within the last 24 hours" in act(finance, BISI, "unlock")
    assert "not locked" in act(finance, CHIDI, "unlock")


def test_a_message_is_sent_again_once_a_day_to_the_number_she_has_now(finance: FlaskClient, circle: Formed) -> None:
    welcome = Outbox.get((Outbox.member == BISI.member_id) & (Outbox.text_key == "S01"))
    assert "still on its way" in act(finance, BISI, "resend", message=str(welcome.id))
    for each in mail.claim_mail(NOW):
        mail.mail_sent(each.outbox_id, f"id-{each.outbox_id}", "NGN 4.0000", 1, NOW, way=Way("africastalking-sms"))
        deliveries.record_delivery(f"id-{each.outbox_id}", "failed", True, "gone", NOW)
    assert "Sent again" in act(finance, BISI, "resend", message=str(welcome.id))
    assert len(told(BISI, "S01")) == 2
    assert "sent again today" in act(finance, BISI, "resend", message=str(welcome.id))
    assert len(told(BISI, "S01")) == 2


@pytest.mark.parametrize(("key", "reminder", "why"), [("S63", False, "never sent twice"), ("S44", True, "use Remind")])
def test_codes_and_reminders_are_not_sent_again(
    finance: FlaskClient, circle: Formed, key: str, reminder: bool, why: str
) -> None:
    row_id = mail.queue_message(
        key, dedupe_key="x", facts={"code": "482917"}, member_id=BISI.member_id, reminder=reminder, now=NOW
    )
    assert why in act(finance, BISI, "resend", message=str(row_id))


def test_anothers_message_is_not_hers_to_get(finance: FlaskClient, circle: Formed) -> None:
    welcome = Outbox.get((Outbox.member == CHIDI.member_id) & (Outbox.text_key == "S01"))
    assert "settled already" in act(finance, BISI, "resend", message=str(welcome.id))


# --- what takes two ---------------------------------------------------------------------------------------------------


def test_two_of_the_office_vouch_for_a_new_pin(finance: FlaskClient, owner: FlaskClient, circle: Formed) -> None:
    assert "A colleague has to agree" in vouch(finance, BISI, "pin")
    assert agree(finance) == Refused("own_proposal")
    assert not Vouch.select().exists()
    assert agree(owner).key == "office_pin"
    assert told(BISI, "S52")[0].facts["head"] == "our office"
    pin_hash = do(BISI, PreparePin(Secret("8642")), NOW)["pin_hash"]
    do(BISI, ResetPin(pin_hash, Secret("8642")), NOW)
    assert isinstance(ask(BISI, CheckPin(Secret("8642")), NOW), Done)
    assert len(told(ADA, "S53")) == 1


def test_somebody_without_a_group_can_be_vouched_for_too(finance: FlaskClient, owner: FlaskClient) -> None:
    register(DAYO, NOW)
    vouch(finance, DAYO, "pin")
    assert agree(owner).key == "office_pin"
    pin_hash = do(DAYO, PreparePin(Secret("8642")), NOW)["pin_hash"]
    do(DAYO, ResetPin(pin_hash, Secret("8642")), NOW)
    assert isinstance(ask(DAYO, ChangePin(pin_hash, Secret("8642")), NOW), Done)


def test_the_end_of_a_freeze_takes_two(finance: FlaskClient, owner: FlaskClient, circle: Formed) -> None:
    assert "not frozen" in vouch(finance, BISI, "unfreeze")
    act(finance, BISI, "freeze")
    assert "That account is frozen" in vouch(finance, BISI, "pin")
    vouch(finance, BISI, "unfreeze")
    assert Member.get_by_id(BISI.member_id).status == "frozen"
    assert agree(owner).key == "office_unfreeze"
    assert Member.get_by_id(BISI.member_id).status == "active"
    assert len(told(BISI, "S54")) == 1


def test_a_name_is_set_right_by_two_and_found_by_the_new_one(
    finance: FlaskClient, owner: FlaskClient, circle: Formed
) -> None:
    assert "no name we can keep" in vouch(finance, BISI, "name", "12")
    vouch(finance, BISI, "name", "Zubeida Alade")
    assert agree(owner).key == "office_name"
    assert name_of(BISI.member_id) == "Zubeida Alade"
    assert "Zubeida" in owner.get("/admin/search?q=zubei").text


def test_a_note_is_compulsory(finance: FlaskClient, circle: Formed) -> None:
    assert "Write down why" in vouch(finance, BISI, "pin", note=" ")
    assert not Proposal.select().exists()


def test_the_second_one_sees_what_she_agrees_to(finance: FlaskClient, owner: FlaskClient, circle: Formed) -> None:
    vouch(finance, BISI, "name", "Zubeida Alade")
    page = owner.get(f"/admin/approvals/{Proposal.get().id}").text
    for piece in ("Bisi Alade", "Zubeida Alade", NOTE.replace("'", "&#39;")):
        assert piece in page, piece


def test_a_number_is_not_vouched_for_like_the_rest(finance: FlaskClient, circle: Formed) -> None:
    assert "settled already" in vouch(finance, BISI, "number", "08055512345")
    assert not Proposal.select().exists()


# --- who may --------------------------------------------------------------------------------------------------------


def test_an_auditor_may_do_nothing(signed_in: SignIn, circle: Formed) -> None:
    auditor = signed_in(Role.AUDITOR)
    for what in ("freeze", "unlock", "remind", "resend", "vouch"):
        assert auditor.post(f"{page_of(BISI)}/{what}").status_code == 403


def test_of_other_groups_a_field_officer_may_do_nothing(signed_in: SignIn, circle: Formed) -> None:
    field = signed_in(Role.FIELD)
    for what in ("freeze", "unlock", "remind", "resend", "vouch"):
        token = field.get("/admin/members/").text.split('name="csrf" value="')[1].split('"')[0]
        answer = field.post(f"{page_of(BISI)}/{what}", data={"csrf": token, "key": "k" * 16})
        assert answer.status_code == 404, what
    staff.look_after(field.hired.staff_id, circle.group_id, actor="test", now=NOW)
    assert "Frozen:" in act(field, BISI, "freeze")


def test_wrong_pins_after_an_unlock_lock_for_longer(finance: FlaskClient, circle: Formed) -> None:
    for _try in range(5):
        ask(BISI, CheckPin(Secret("0000")), NOW)
    first = Member.get_by_id(BISI.member_id).pin_locked_until - NOW
    act(finance, BISI, "unlock")
    for _try in range(5):
        ask(BISI, CheckPin(Secret("0000")), NOW)
    assert Member.get_by_id(BISI.member_id).pin_locked_until - NOW > first

"""Members in the panel: the list, one of them with all that has happened, and what nobody may see there."""

import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from models.actions import deliveries, mail, staff
from models.actions.people import SaidRow, write_said
from models.queries import panel_timeline
from models.queries.panel_timeline import Key
from models.rules.routes import Way
from models.rules.staff import Role
from models.tables.people import BankAccount, Member
from tests.panel.conftest import SignIn
from tests.support.cast import ADA, BISI, DAYO, PIN, Formed, form_group, open_group, register
from tests.support.circles import Circle, add_account, running_group
from tests.support.leaks import found
from tests.support.time import A_MONDAY_MORNING as NOW


@pytest.fixture
def circle(house) -> Formed:
    """Ada's group of five."""
    return form_group(NOW)


@pytest.fixture
def owner(signed_in: SignIn, circle: Formed) -> FlaskClient:
    return signed_in(Role.OWNER)


def turn(phone: str, heard: str, said: str, *, at=NOW, n: int = 1) -> SaidRow:
    return SaidRow(f"{n}-0", at, phone, "ussd", "s1", "menu.B1", "menu.B2", heard, said, 12)


def hers(browser: FlaskClient, member_id: int) -> str:
    page = browser.get(f"/admin/members/{member_id}")
    assert page.status_code == 200
    return page.text


def test_the_list_has_the_newest_first_and_goes_on_by_key(owner: FlaskClient, circle: Formed) -> None:
    for n in range(50):
        register(type(ADA)(f"Extra {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[n % 26]}o", f"+2348066600{n:03d}"), NOW)
    first = owner.get("/admin/members/").text
    assert first.count('class="lead"') == 50
    assert "Bisi Alade" not in first
    after = first.split("after=")[1].split('"')[0]
    second = owner.get(f"/admin/members/?after={after}").text
    assert second.count('class="lead"') == 5
    assert "Bisi Alade" in second
    assert "?after=" not in second


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("frozen", {"Bisi Alade"}),
        ("locked", {"Chidi Eze"}),
        ("closed", set()),
        ("no_account", {"Ada Okafor", "Efe Omoruyi", "Femi Bello"}),
        ("late", set()),
        ("nonsense", {"Ada Okafor", "Bisi Alade", "Chidi Eze", "Efe Omoruyi", "Femi Bello"}),
    ],
)
def test_the_list_can_be_filtered(owner: FlaskClient, circle: Formed, state: str, names: set[str]) -> None:
    _ada, bisi, chidi, _efe, _femi = circle.people
    Member.update(status="frozen").where(Member.id == bisi.member_id).execute()
    Member.update(pin_locked_until=NOW + timedelta(hours=1)).where(Member.id == chidi.member_id).execute()
    for person in (bisi, chidi):
        add_account(person.member_id, NOW)
    page = owner.get(f"/admin/members/?state={state}").text
    assert {person.name for person in circle.people if person.name in page} == names


def test_her_page_says_who_she_is_and_what_she_owes(signed_in: SignIn, house) -> None:
    group = running_group(now=NOW - timedelta(days=20))
    page = hers(signed_in(Role.OWNER), group.members["Chidi"])
    assert "Chidi Okafor" in page
    assert "N5,000" in page
    assert "GTBank" in page
    assert "/admin/groups/" in page


def test_no_full_account_number_no_pin_and_no_token_is_ever_shown(owner: FlaskClient, circle: Formed) -> None:
    account = BankAccount.get_by_id(add_account(BISI.member_id, NOW))
    number = f"012345{account.last4}"
    write_said(
        [
            turn(BISI.phone, "***", f"GTBank\n{number}\nBISI ALADE\n1. Yes", n=1),
            turn(BISI.phone, "my pin is 7349", "Open https://ajo.example/s/AbCdEf123456-x to go on", n=2),
            turn(BISI.phone, "hello", f"Is {ADA.phone} right?", n=3),
        ]
    )
    mail.queue_message("S63", dedupe_key="link:1", facts={"code": "482917"}, member_id=BISI.member_id, now=NOW)
    page = hers(owner, BISI.member_id)
    assert f"***{account.last4}" in page
    for secret in (number, PIN, "AbCdEf123456", "482917"):
        assert found(secret, page) == []
    assert ADA.phone in page  # a phone number is, for those who may see it


def test_an_auditor_sees_every_number_masked_and_no_form(signed_in: SignIn, circle: Formed) -> None:
    write_said([turn(BISI.phone, "1", f"Call {ADA.phone} or 0803 123 0003")])
    page = hers(signed_in(Role.AUDITOR), BISI.member_id)
    for number in (ADA.phone, "0803 123 0003", BISI.phone, "08031230002"):
        assert number not in page
    assert "0803***0002" in page
    assert 'action="/admin/members' not in page


def test_what_was_said_and_written_and_paid_stands_in_one_line(signed_in: SignIn, house) -> None:
    group: Circle = running_group(now=NOW - timedelta(days=20))
    payment = group.pay("Chidi")
    member = Member.get_by_id(group.members["Chidi"])
    for each in mail.claim_mail(group.now):
        mail.mail_sent(
            each.outbox_id, f"id-{each.outbox_id}", "NGN 4.0000", 1, group.now, way=Way("africastalking-sms")
        )
        deliveries.record_delivery(f"id-{each.outbox_id}", "delivered", True, None, group.now)
    browser = signed_in(Role.OWNER)
    phone = browser.get(f"/admin/members/{member.id}").text.split('href="tel:')[1].split('"')[0]
    write_said([turn(phone, "1", "You owe N5,000", at=group.now + timedelta(minutes=1))])
    page = hers(browser, member.id)
    for piece in ("You owe N5,000", payment.short_ref, "NGN 4.0000", "delivered", "Wants to pay", "menu.B1 → menu.B2"):
        assert piece in page, piece
    assert page.index("You owe N5,000") < page.index(payment.short_ref)  # the newest first


def test_the_timeline_goes_on_by_key_without_losing_or_repeating_a_line(owner: FlaskClient, circle: Formed) -> None:
    write_said(
        [turn(BISI.phone, f"typed-{n:03d}", "ok", at=NOW + timedelta(minutes=n // 2), n=n) for n in range(1, 101)]
    )
    address, seen = f"/admin/members/{BISI.member_id}", []
    for _page in range(9):
        page = owner.get(address).text
        seen += [piece[:3] for piece in page.split("typed-")[1:]]
        if "timeline?before=" not in page:
            break
        address = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert sorted(seen) == [f"{n:03d}" for n in range(1, 101)]
    assert seen == sorted(seen, reverse=True)


def test_htmx_gets_the_piece_alone(owner: FlaskClient, circle: Formed) -> None:
    piece = owner.get(f"/admin/members/{BISI.member_id}/timeline", headers={"HX-Request": "true"}).text
    assert "<html" not in piece
    assert "Registered" in piece


@pytest.mark.parametrize(
    "text", ["", "x", "2026-01-01~turn~1", "2026-01-01T00:00:00+00:00~nobody~1", "~~~", "é~turn~1"]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert Key.parse(text) is None


def test_a_key_is_read_as_it_was_written() -> None:
    key = Key(NOW, "turn", 12)
    assert Key.parse(str(key)) == key


def test_a_field_officer_sees_only_her_own(signed_in: SignIn, circle: Formed) -> None:
    register(DAYO, NOW)
    field = signed_in(Role.FIELD)
    for member in (BISI.member_id, DAYO.member_id, 99_999):
        assert field.get(f"/admin/members/{member}").status_code == 404
        assert field.get(f"/admin/members/{member}/timeline").status_code == 404
    assert "Bisi Alade" not in field.get("/admin/members/").text
    staff.look_after(field.hired.staff_id, circle.group_id, actor="test", now=NOW)
    assert "Bisi Alade" in field.get("/admin/members/").text
    assert field.get(f"/admin/members/{BISI.member_id}").status_code == 200
    assert field.get(f"/admin/members/{DAYO.member_id}").status_code == 404


def test_of_other_groups_a_field_officer_sees_neither_seats_nor_what_was_said(
    signed_in: SignIn, circle: Formed
) -> None:
    other = open_group(NOW, ADA, name="Other Ajo")
    field = signed_in(Role.FIELD)
    staff.look_after(field.hired.staff_id, circle.group_id, actor="test", now=NOW)
    write_said([turn(ADA.phone, "secret-of-the-other", "Other Ajo: you owe")])
    page = hers(field, ADA.member_id)
    assert "Mama Titi Ajo" in page
    assert other.code not in page
    assert "Other Ajo" not in page
    assert "secret-of-the-other" not in page
    assert "She saves in other groups, too" in page


def test_on_a_number_that_was_anothers_only_her_own_time_is_shown(owner: FlaskClient, circle: Formed) -> None:
    write_said([turn(DAYO.phone, "long-before-her", "x", at=NOW - timedelta(days=30), n=7)])
    register(DAYO, NOW)
    assert "long-before-her" not in hers(owner, DAYO.member_id)


def test_a_message_that_cannot_be_worded_any_more_breaks_nothing(owner: FlaskClient, circle: Formed) -> None:
    mail.queue_message("S99", dedupe_key="odd", facts={"x": json.dumps({})}, member_id=BISI.member_id, now=NOW)
    assert "Bisi Alade" in hers(owner, BISI.member_id)


def test_the_names_of_sources_are_the_keys_that_an_address_may_have() -> None:
    assert set(panel_timeline.SOURCES) == set(panel_timeline._READ)


def test_an_address_that_nobody_gave_breaks_nothing(owner: FlaskClient) -> None:
    huge = "9" * 30
    assert owner.get(f"/admin/members/{huge}").status_code == 404
    for query in (f"?after={huge}", "?after=-1", "?group=x&state=%00", "?after=%00"):
        assert owner.get(f"/admin/members/{query}").status_code == 200, query
    for before in ("x", "%00", "2026-01-01T00:00:00%2B00:00~turn~1", f"2026-01-01T00:00:00%2B00:00~turn~{huge}"):
        assert owner.get(f"/admin/members/{BISI.member_id}?before={before}").status_code == 200, before

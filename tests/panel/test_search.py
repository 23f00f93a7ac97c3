"""One box: a number in any format, a name that is sealed, a reference, a group's code; each finds what she may see."""

import pytest
from flask.testing import FlaskClient

from jobs import housekeeping
from models.actions import looking, staff
from models.base import database
from models.rules import finding
from models.rules.staff import Role
from models.tables.finding import NameWord
from models.tables.ledger import Audit
from tests.panel.conftest import SignIn
from tests.support.cast import ADA, BISI, DAYO, Formed, Person, form_group, register
from tests.support.time import A_MONDAY_MORNING as NOW


@pytest.fixture
def circle(house) -> Formed:
    """Ada's group of five, with names on record as they were registered."""
    return form_group(NOW)


@pytest.fixture
def owner(signed_in: SignIn, circle: Formed) -> FlaskClient:
    return signed_in(Role.OWNER)


def find(browser: FlaskClient, query: str):
    return browser.get("/admin/search", query_string={"q": query})


@pytest.mark.parametrize(
    "typed", ["08031230002", "0803 123 0002", "+234 803 123 0002", "2348031230002", "002348031230002", "8031230002"]
)
def test_a_number_in_any_format_opens_her_page(owner: FlaskClient, typed: str) -> None:
    answer = find(owner, typed)
    assert (answer.status_code, answer.location) == (303, f"/admin/members/{BISI.member_id}")


def test_a_sealed_name_is_found_by_the_beginning_of_its_words(owner: FlaskClient) -> None:
    for typed in ("bis", "alade", "ALADE BISI", "bísi ala"):
        page = find(owner, typed)
        assert "Bisi Alade" in page.text, typed
        assert "Ada Okafor" not in page.text
    assert "Bisi Alade" not in find(owner, "lade").text


def test_a_group_is_found_by_its_code_and_by_its_name(owner: FlaskClient, circle: Formed) -> None:
    assert find(owner, circle.code).location == f"/admin/groups/{circle.group_id}"
    assert f"/admin/groups/{circle.group_id}" in find(owner, "mama titi").text


def test_nothing_is_said_to_be_nothing(owner: FlaskClient) -> None:
    assert "Nothing found" in find(owner, "08039999999").text
    assert "Type a phone number" in find(owner, "").text
    assert find(owner, "<script>alert(1)</script>").text.count("<script>alert") == 0


def test_a_field_officer_finds_only_her_own(signed_in: SignIn, circle: Formed) -> None:
    register(DAYO, NOW)
    field = signed_in(Role.FIELD)
    for typed in (BISI.phone, "bisi", circle.code, DAYO.phone, "mama titi"):
        assert "Nothing found" in find(field, typed).text, typed
    staff.look_after(field.hired.staff_id, circle.group_id, actor="test", now=NOW)
    assert find(field, BISI.phone).status_code == 303
    assert find(field, circle.code).status_code == 303
    assert "Nothing found" in find(field, DAYO.phone).text


def test_an_auditor_sees_masked_numbers(signed_in: SignIn, circle: Formed) -> None:
    page = find(signed_in(Role.AUDITOR), "bisi").text
    assert "0803***0002" in page
    assert "08031230002" not in page


def test_every_search_is_written_down_without_what_was_typed(owner: FlaskClient) -> None:
    find(owner, "bisi alade")
    row = Audit.select().where(Audit.verb == looking.SEARCH).get()
    assert (row.actor, row.detail) == (f"staff:{owner.hired.staff_id}", {"found": 1})


def test_whoever_tries_out_numbers_is_stopped(owner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "SEARCHES_AN_HOUR", 3)
    answers = [find(owner, f"0803123000{n}").status_code for n in range(5)]
    assert answers == [303 if n else 200 for n in range(3)] + [429, 429]
    assert finding.SEARCHES_AN_HOUR > 100


@pytest.mark.parametrize(
    "address",
    [
        "/admin/reports/statements?phone=0803123000{}",
        "/admin/money/payments?q=0803123000{}",
        "/admin/money/payouts?q=0803123000{}",
    ],
)
def test_a_person_who_is_looked_up_elsewhere_counts_too(
    owner: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(looking, "SEARCHES_AN_HOUR", 2)
    answers = [owner.get(address.format(n)).status_code for n in (1, 9, 2)]
    assert answers[2] == 429
    assert answers[0] in (200, 303)
    rows = list(Audit.select().where(Audit.verb == looking.SEARCH).order_by(Audit.id))
    assert [row.detail["found"] for row in rows] == [1, 0]
    assert owner.get("/admin/money/payments?q=4K7M2X").status_code == 200


def test_names_of_before_there_were_marks_are_made_up(owner: FlaskClient) -> None:
    NameWord.delete().execute()
    assert "Nothing found" in find(owner, "bisi").text
    assert housekeeping.mark_names(NOW) == {"done": 5, "failed": 0, "left": 0}
    assert "Bisi Alade" in find(owner, "bisi").text
    assert housekeeping.mark_names(NOW)["done"] == 0  # "name_words" finds nothing left


def test_the_database_holds_no_name_in_the_open(owner: FlaskClient) -> None:
    tokens = [bytes(row.token) for row in NameWord.select()]
    assert tokens
    assert not any(b"BIS" in token or b"ALA" in token for token in tokens)
    dump = database.execute_sql("SELECT string_agg(w::text, '') FROM name_word w").fetchone()[0]
    assert "Alade" not in dump


def test_many_of_one_name_are_cut_off_and_said_to_be_more(owner: FlaskClient) -> None:
    for n in range(30):
        register(Person(f"Zuwaira {'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef'[n]}o", f"+2348077700{n:03d}"), NOW)
    page = find(owner, "zuwaira").text
    assert page.count('data-label="Phone"') == 25
    assert "There are more" in page


def test_who_may_see_nobody_is_not_asked_in(browser: FlaskClient) -> None:
    assert find(browser, ADA.phone).location == "/admin/sign-in"


def test_signs_that_nobody_types_break_nothing(owner: FlaskClient) -> None:
    for typed in ("\x00", "a\x00b", "\u202e08031230002", "%_'\"\\", "x" * 5000):
        assert find(owner, typed).status_code in (200, 303), typed

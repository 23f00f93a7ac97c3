"""Nobody becomes the second of two by one person's act: not by a new link, an invitation, or because nobody is left."""

import re

import pytest
from flask.testing import FlaskClient

from bot import clock as moved
from models.queries.mail import written_to
from models.rules.staff import Role
from models.tables.staff import Proposal, Staff, StaffSession, StaffSetup
from tests.panel.conftest import SignIn
from tests.panel.test_staff import HERE, LINK, act, invite, role_of
from tests.support.panel import hire, send

ADA, BISI, CHI = "+2348099990001", "+2348099990002", "+2348099990003"
QUEUE = "/admin/approvals/"


@pytest.fixture
def ada(signed_in: SignIn) -> FlaskClient:
    """The owner who would like to be two."""
    return signed_in(Role.OWNER, email="ada@ajo.example", phone=ADA, name="Ada Eze")


@pytest.fixture
def bisi(ada: FlaskClient) -> int:
    """Her colleague of finance."""
    return hire(Role.FINANCE, moved.now(), email="bisi@ajo.example", phone=BISI, name="Bisi Ade").staff_id


@pytest.fixture
def chi(bisi: int, signed_in: SignIn) -> FlaskClient:
    """A third who may say yes."""
    return signed_in(Role.FINANCE, email="chi@ajo.example", phone=CHI, name="Chi Obi")


def new_link(owner: FlaskClient, staff_id: int) -> str:
    """What she is answered."""
    answer = send(owner, f"{HERE}{staff_id}", f"{HERE}{staff_id}/link")
    return answer.text if answer.status_code == 200 else owner.get(answer.location).text


def agree(who: FlaskClient) -> str:
    """Her yes to what waits for her; what she is told."""
    [made] = re.findall(rf'"({QUEUE}\d+)"', who.get(QUEUE).text)
    shown = who.get(made).text.partition('name="shown" value="')[2].partition('"')[0]
    return who.get(send(who, made, f"{made}/approve", note="I have called her", shown=shown).location).text


def waiting() -> list[tuple[str, str]]:
    rows = Proposal.select().where(Proposal.status == "waiting").order_by(Proposal.id)
    return [(row.subject, row.payload["wanted"]["role"]) for row in rows]


# --- a new link -----------------------------------------------------------------------------


def test_who_has_a_new_link_decides_nothing_until_a_second_person_agrees(
    ada: FlaskClient, bisi: int, chi: FlaskClient
) -> None:
    text = new_link(ada, bisi)

    assert LINK.search(text)
    assert "auditor until a second person has agreed" in text
    assert role_of("Bisi Ade") == "auditor"
    assert waiting() == [(f"staff:{bisi}", "finance")]
    assert "Done" in agree(chi)
    assert role_of("Bisi Ade") == "finance"


def test_a_second_link_waits_for_a_yes_of_its_own(ada: FlaskClient, bisi: int, chi: FlaskClient) -> None:
    """Otherwise a yes to a link that Bisi holds would be one to a link that Ada has made since."""
    new_link(ada, bisi)
    before = Proposal.get(Proposal.status == "waiting").id

    assert LINK.search(new_link(ada, bisi))

    assert Proposal.get_by_id(before).status == "withdrawn"
    assert waiting() == [(f"staff:{bisi}", "finance")]
    agree(chi)
    assert role_of("Bisi Ade") == "finance"
    new_link(ada, bisi)
    assert role_of("Bisi Ade") == "auditor"


def test_with_nobody_to_agree_there_is_no_link_and_the_way_out_is_said(ada: FlaskClient, bisi: int) -> None:
    links = StaffSetup.select().count()

    text = new_link(ada, bisi)

    assert "flask --app app staff" in text
    assert role_of("Bisi Ade") == "finance"
    assert StaffSetup.select().count() == links
    assert not Proposal.select().exists()
    assert Staff.get_by_id(bisi).status == "active"


def test_a_disabled_colleague_gets_no_link(ada: FlaskClient, bisi: int, chi: FlaskClient) -> None:
    act(ada, bisi, "disable")

    page = f"{HERE}{bisi}"
    assert "Invite her again" in ada.get(page).text
    answer = send(ada, HERE, f"{page}/link")

    assert "She is disabled." in ada.get(answer.location).text
    assert Staff.get_by_id(bisi).status == "disabled"


def test_a_field_officer_gets_hers_at_once(ada: FlaskClient) -> None:
    yinka = hire(Role.FIELD, moved.now(), phone="+2348099990004", name="Yinka Ojo")

    assert LINK.search(new_link(ada, yinka.staff_id))

    assert role_of("Yinka Ojo") == "field"
    assert not waiting()


def test_nobody_makes_herself_a_link(ada: FlaskClient, chi: FlaskClient) -> None:
    me = ada.hired.staff_id  # type: ignore[attr-defined]

    assert "Not yourself" in new_link(ada, me)

    assert role_of("Ada Eze") == "owner"


# --- an invitation --------------------------------------------------------------------------


def test_with_nobody_else_at_work_a_checker_is_let_in_on_the_machine(ada: FlaskClient) -> None:
    text = invite(ada, Role.FINANCE)

    assert "flask --app app staff" in text
    assert Staff.select().count() == 1
    assert "is invited" in invite(ada, Role.AUDITOR)


def test_to_send_the_only_other_one_home_lets_nobody_in_alone(ada: FlaskClient, bisi: int) -> None:
    act(ada, bisi, "disable")

    assert "flask --app app staff" in invite(ada, Role.FINANCE)

    assert not Staff.select().where(Staff.name == "Bola Ige").exists()


def test_who_was_disabled_long_ago_comes_back_by_two(ada: FlaskClient, bisi: int, chi: FlaskClient) -> None:
    act(ada, bisi, "disable")

    text = invite(ada, Role.FIELD, email="bisi@ajo.example", name="Bisi Ade")

    assert LINK.search(text)
    assert role_of("Bisi Ade") == "auditor"
    assert waiting() == [(f"staff:{bisi}", "finance")]


def test_the_form_says_who_has_to_agree(ada: FlaskClient, signed_in: SignIn) -> None:
    assert "nobody else is here" in ada.get(HERE).text

    hire(Role.FINANCE, moved.now(), phone=BISI)

    assert "agreed to by a second person" in ada.get(HERE).text


# --- the others hear of it ------------------------------------------------------------------


def test_the_others_who_say_yes_are_told(ada: FlaskClient, bisi: int, chi: FlaskClient) -> None:
    new_link(ada, bisi)
    act(ada, bisi, "disable")

    assert [(each.text_key, each.facts["who"]) for each in written_to(CHI)] == [("S72o", "Bisi"), ("S72d", "Bisi")]
    assert [each.text_key for each in written_to(BISI)] == ["S72"]
    assert not written_to(ADA)


def test_a_session_of_hers_ends_with_the_link(ada: FlaskClient, bisi: int, chi: FlaskClient) -> None:
    her = chi.hired.staff_id  # type: ignore[attr-defined]

    new_link(ada, her)

    live = (StaffSession.staff == her) & StaffSession.ended_at.is_null()
    assert not StaffSession.select().where(live).exists()

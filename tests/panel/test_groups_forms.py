"""The forms of a group: a draft waits for its head, changed rules void all promises, the order is set by buttons."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.settings import Settings
from models.actions import looking
from models.commands import DecideJoiner, DeclineInvitation, InvitePhone, JoinGroup, LeaveGroup
from models.queries.facts import DatabaseFacts
from models.queries.panel_group import page_of, seats
from models.rules.refused import Refused
from models.rules.staff import Role
from models.tables.groups import Invitation
from models.tables.ledger import Audit
from tests.panel.conftest import SignIn
from tests.support.cast import (
    ADA,
    BISI,
    CHIDI,
    DAYO,
    PIN,
    Person,
    ask,
    do,
    form_group,
    join_invited,
    open_group,
    registered,
    told,
)
from tests.support.panel import send
from tests.support.phone import Phone
from tests.support.time import A_MONDAY_MORNING as NOW

WISH = {
    "name": "Mama Titi Ajo", "head_phone": "0803 123 0001", "amount": "5,000", "frequency": "weekly", "seats": "5",
    "order": "ballot", "start_on": "2026-03-13",
}  # fmt: skip


def opened(browser: FlaskClient, **other: str) -> TestResponse:
    return send(browser, "/admin/groups/new", "/admin/groups/new", **WISH | other)


def drafted(browser: FlaskClient, **other: str) -> int:
    """A draft whose head is asked; its id."""
    registered(NOW, ADA)
    answer = opened(browser, **other)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def accepts(person: Person, group_id: int) -> None:
    """She dials, sees the invitation and promises."""
    invitation = DatabaseFacts(person.phone, NOW).home.invitation
    assert invitation is not None
    assert invitation.group.group_id == group_id
    do(person, JoinGroup(group_id, invitation.group.rules_version, invitation.invitation_id), NOW)


def status_of(group_id: int) -> str:
    group = page_of(group_id)
    assert group is not None
    return group.status


def test_a_group_of_the_office_waits_for_its_head(signed_in: SignIn) -> None:
    browser = signed_in(Role.FINANCE)
    group_id = drafted(browser)
    page = browser.get(f"/admin/groups/{group_id}").text
    assert "Mama Titi Ajo is prepared" in page
    assert "waits for its head" in page
    assert status_of(group_id) == "draft"
    assert told(ADA, "S02h")[0].facts["group"] == "Mama Titi Ajo"
    accepts(ADA, group_id)
    assert status_of(group_id) == "forming"
    (head,) = seats(group_id, NOW)
    assert (head.role, head.seat_status, head.rules_version) == ("head", "accepted", 1)
    assert len(told(ADA, "S25")) == 1


def test_an_invitation_of_the_office_says_so(signed_in: SignIn) -> None:
    drafted(signed_in(Role.FINANCE))
    invitation = DatabaseFacts(ADA.phone, NOW).home.invitation
    assert invitation is not None
    assert (invitation.by, invitation.group.head) == ("Ajo", "Ada Okafor")


def test_the_head_accepts_on_her_phone_with_her_pin(house: Flask, settings: Settings, signed_in: SignIn) -> None:
    group_id = drafted(signed_in(Role.FINANCE))
    phone = Phone(house.test_client(), settings.callback_keys[0], settings.ussd_code, ADA.phone)
    assert phone.dial().startswith("Ajo invites you to Mama Titi Ajo: N5,000")
    assert "You promise N5,000" in phone.say("1")
    phone.say(PIN)
    assert status_of(group_id) == "forming"


def test_nobody_but_its_head_knows_of_a_draft(signed_in: SignIn) -> None:
    group_id = drafted(signed_in(Role.FINANCE))
    registered(NOW, BISI)
    group = page_of(group_id)
    assert group is not None
    assert DatabaseFacts(BISI.phone, NOW).group_by_code(group.code) is None
    assert ask(BISI, JoinGroup(group_id, 1), NOW) == Refused("no_such_group")


def test_a_head_who_says_no_leaves_the_draft_to_somebody_else(signed_in: SignIn) -> None:
    browser = signed_in(Role.FINANCE)
    group_id = drafted(browser)
    invitation = DatabaseFacts(ADA.phone, NOW).home.invitation
    assert invitation is not None
    assert do(ADA, DeclineInvitation(invitation.invitation_id), NOW) == {"head": "Ajo"}
    page = f"/admin/groups/{group_id}"
    assert "has said no" in browser.get(page).text
    registered(NOW, BISI)
    send(browser, page, f"{page}/head", head_phone=BISI.phone)
    assert "was asked to lead" in browser.get(page).text
    accepts(BISI, group_id)
    assert status_of(group_id) == "forming"
    assert DatabaseFacts(ADA.phone, NOW).home.invitation is None


def test_a_draft_that_is_called_off_tells_who_was_asked(signed_in: SignIn) -> None:
    browser = signed_in(Role.FINANCE)
    group_id = drafted(browser)
    page = f"/admin/groups/{group_id}"
    assert send(browser, page, f"{page}/call-off").status_code == 303
    assert status_of(group_id) == "cancelled"
    assert DatabaseFacts(ADA.phone, NOW).home.invitation is None
    assert len(told(ADA, "S34")) == 1


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"name": "?"}, "Take 2 to 16 letters"),
        ({"amount": "99"}, "from N100 to N500,000"),
        ({"amount": "many"}, "from N100 to N500,000"),
        ({"seats": "2"}, "3 to 30 people"),
        ({"seats": "1000"}, "3 to 30 people"),
        ({"frequency": "hourly"}, "Choose how often"),
        ({"start_on": "2026-03-02"}, "a full day&#39;s notice"),
        ({"start_on": "soon"}, "a full day&#39;s notice"),
        ({"head_phone": DAYO.phone}, "Nobody with this number is a member"),
    ],
)
def test_what_the_rules_refuse_is_said_and_nothing_typed_is_lost(
    signed_in: SignIn, other: dict[str, str], said: str
) -> None:
    registered(NOW, ADA)
    browser = signed_in(Role.OWNER)
    answer = opened(browser, **other)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{(WISH | other)["seats"]}"' in answer.text
    assert "There is no group yet" in browser.get("/admin/groups").text


def test_a_form_that_is_sent_twice_opens_one_group(signed_in: SignIn) -> None:
    registered(NOW, ADA)
    browser = signed_in(Role.OWNER)
    page = browser.get("/admin/groups/new").text
    hidden = {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[-1] for name in ("csrf", "key")}
    first = browser.post("/admin/groups/new", data=WISH | hidden)
    again = browser.post("/admin/groups/new", data=WISH | hidden)
    assert first.location == again.location
    assert browser.get("/admin/groups").text.count("<b>Mama Titi Ajo</b>") == 1


def test_a_field_officer_looks_after_the_group_that_she_opens(signed_in: SignIn) -> None:
    browser = signed_in(Role.FIELD)
    assert browser.get(f"/admin/groups/{drafted(browser)}").status_code == 200


def test_whose_number_it_is_is_not_told_by_a_draft(signed_in: SignIn) -> None:
    browser = signed_in(Role.FIELD)
    group_id = drafted(browser)
    pages = [f"/admin/groups/{group_id}", "/admin/groups", f"/admin/groups/{group_id}/messages", "/admin/messages/"]
    for page in pages:
        assert "Okafor" not in browser.get(page).text, page
    assert "0803***0001 was asked to lead" in browser.get(pages[0]).text
    accepts(ADA, group_id)
    assert "Ada Okafor" in browser.get(pages[0]).text
    assert "Ada Okafor" in browser.get("/admin/groups").text


def test_each_number_that_is_asked_to_lead_counts_as_a_search(
    signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "SEARCHES_AN_HOUR", 3)
    browser = signed_in(Role.FIELD)
    group_id = drafted(browser)
    assert opened(browser, head_phone="0803 999 9999").status_code == 422
    page = f"/admin/groups/{group_id}"
    answers = [send(browser, page, f"{page}/head", head_phone=f"080312300{n}1").status_code for n in (2, 3)]
    assert answers == [303, 429]
    counted = [row.detail["found"] for row in Audit.select().where(Audit.verb == "panel.search").order_by(Audit.id)]
    assert counted == [1, 0, 0]


def test_another_name_binds_nobody(signed_in: SignIn) -> None:
    formed = open_group(NOW)
    browser = signed_in(Role.OWNER)
    answer = changed(browser, formed.group_id, name="Iya Bola")
    assert answer.status_code == 303
    group = page_of(formed.group_id)
    assert group is not None
    assert (group.name, group.rules_version, group.status, group.taken) == ("Iya Bola", 1, "forming", 1)


def changed(browser: FlaskClient, group_id: int, **other: str) -> TestResponse:
    """The form of a group, sent with other values."""
    page = f"/admin/groups/{group_id}/edit"
    group = page_of(group_id)
    assert group is not None
    now = group.terms
    as_it_is = {
        "name": group.name, "amount": str(now.contribution_kobo // 100), "frequency": now.frequency,
        "seats": str(now.seats), "order": now.order, "start_on": now.starts_on.isoformat(),
    }  # fmt: skip
    return send(browser, page, page, **as_it_is | other)


def test_changed_rules_void_all_promises_and_ask_the_head_first(signed_in: SignIn) -> None:
    formed = open_group(NOW, size=5)
    for person in (BISI, CHIDI):
        join_invited(formed, person, NOW)
    browser = signed_in(Role.OWNER)
    refused = changed(browser, formed.group_id, amount="6000")
    assert (refused.status_code, "promises of those who are in" in refused.text) == (422, True)
    assert changed(browser, formed.group_id, amount="6000", sure="yes").status_code == 303
    group = page_of(formed.group_id)
    assert group is not None
    assert (group.status, group.taken, group.rules_version, group.terms.contribution_kobo) == ("draft", 0, 2, 6_000_00)
    assert DatabaseFacts(BISI.phone, NOW).home.invitation is None
    accepts(ADA, formed.group_id)
    assert told(BISI, "S02")[-1].facts["amt"] == "N6,000"
    accepts(BISI, formed.group_id)
    rules = browser.get(f"/admin/groups/{formed.group_id}").text
    assert "Versions of the rules (2)" in rules
    assert [line.rules_version for line in seats(formed.group_id, NOW) if line.state == "in"] == [2, 2]


def test_whoever_was_an_officer_is_one_again(signed_in: SignIn) -> None:
    formed = form_group(NOW, size=4, order="arranged")
    registered(NOW, DAYO)
    do(formed.people[3], LeaveGroup(formed.seat_of(formed.people[3], NOW)), NOW)
    asked = do(DAYO, JoinGroup(formed.group_id, 1), NOW)
    do(ADA, DecideJoiner(asked["seat_id"], "let_in_officer"), NOW)
    changed(signed_in(Role.OWNER), formed.group_id, seats="6", sure="yes")
    for person in (ADA, BISI, DAYO):
        accepts(person, formed.group_id)
    roles = {line.name: line.role for line in seats(formed.group_id, NOW) if line.state == "in"}
    assert roles == {ADA.name: "head", BISI.name: "", DAYO.name: "officer"}


def test_an_invitation_that_nobody_closed_is_no_hindrance(signed_in: SignIn) -> None:
    formed = open_group(NOW, size=5)
    registered(NOW, BISI)
    do(ADA, InvitePhone(formed.group_id, BISI.phone), NOW)
    do(BISI, JoinGroup(formed.group_id, 1), NOW)
    Invitation.update(status="open", answered_at=None).execute()
    assert changed(signed_in(Role.OWNER), formed.group_id, amount="6000", sure="yes").status_code == 303
    accepts(ADA, formed.group_id)
    accepts(BISI, formed.group_id)


def test_rules_are_not_changed_while_somebody_asks(signed_in: SignIn) -> None:
    formed = open_group(NOW)
    registered(NOW, DAYO)
    do(DAYO, JoinGroup(formed.group_id, 1), NOW)
    answer = changed(signed_in(Role.OWNER), formed.group_id, amount="6000", sure="yes")
    assert (answer.status_code, "Somebody is asking to join" in answer.text) == (422, True)


def test_a_ready_group_is_not_changed(signed_in: SignIn) -> None:
    formed = form_group(NOW, size=3)
    answer = signed_in(Role.OWNER).get(f"/admin/groups/{formed.group_id}/edit")
    assert answer.status_code == 303


def test_the_order_is_moved_by_buttons_and_put_into_force(signed_in: SignIn) -> None:
    formed = form_group(NOW, size=3, order="arranged")
    browser = signed_in(Role.OWNER)
    page = f"/admin/groups/{formed.group_id}/order"
    ada, bisi, chidi = (line.seat_id for line in seats(formed.group_id, NOW))
    assert arranged(browser, page, [ada, bisi, chidi], move=f"up:{chidi}").location.endswith("/order")
    assert [line.seat_id for line in seats(formed.group_id, NOW)] == [ada, chidi, bisi]
    assert status_of(formed.group_id) == "forming"
    assert "It is not in force yet" in browser.get(page).text
    arranged(browser, page, [chidi, ada, bisi], do="force")
    assert status_of(formed.group_id) == "ready"
    assert [line.name for line in seats(formed.group_id, NOW)] == [CHIDI.name, ADA.name, BISI.name]
    assert len(told(CHIDI, "S03")) == 1


def arranged(browser: FlaskClient, page: str, order: list[int], **button: str) -> TestResponse:
    return send(browser, page, page, seat=[str(seat) for seat in order], **button)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [[], [1, 2], [1, 1, 2], [999, 1, 2]])
def test_an_order_that_is_not_that_of_the_group_changes_nothing(signed_in: SignIn, wrong: list[int]) -> None:
    formed = form_group(NOW, size=3, order="arranged")
    browser = signed_in(Role.OWNER)
    page = f"/admin/groups/{formed.group_id}/order"
    ids = [line.seat_id for line in seats(formed.group_id, NOW)]
    arranged(browser, page, [ids[n - 1] if n <= 3 else n for n in wrong], do="force")
    assert status_of(formed.group_id) == "forming"
    assert "Somebody has joined or left" in browser.get(page).text


def test_the_order_of_a_group_that_fills_up_is_a_draft(signed_in: SignIn) -> None:
    formed = open_group(NOW, size=4, order="arranged")
    join_invited(formed, BISI, NOW)
    browser = signed_in(Role.OWNER)
    page = f"/admin/groups/{formed.group_id}/order"
    ada, bisi = (line.seat_id for line in seats(formed.group_id, NOW))
    arranged(browser, page, [ada, bisi], move=f"down:{ada}")
    assert [line.name for line in seats(formed.group_id, NOW)] == [BISI.name, ADA.name]
    arranged(browser, page, [bisi, ada], do="force")
    assert status_of(formed.group_id) == "forming"
    assert "Put into force" not in browser.get(page).text


def test_where_the_order_is_not_arranged_there_is_nothing_to_arrange(signed_in: SignIn) -> None:
    formed = open_group(NOW, order="ballot")
    assert signed_in(Role.OWNER).get(f"/admin/groups/{formed.group_id}/order").status_code == 303

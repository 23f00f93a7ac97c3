"""The groups' pages: the list with its filters, one group with its rounds, its ring, its members, its lists."""

from datetime import timedelta

from bot import clock as moved
from models.actions import cycles, penalties, staff
from models.rules.staff import Role
from models.tables.cycles import Obligation
from tests.panel.conftest import SignIn
from tests.support.cast import ADA, BISI, form_group, open_group
from tests.support.circles import running_group
from tests.support.time import A_MONDAY_MORNING as NOW


def test_the_list_shows_a_group_with_its_state_and_the_newest_first(signed_in: SignIn) -> None:
    open_group(NOW, name="Alpha")
    running_group()
    page = signed_in(Role.OWNER).get("/admin/groups")
    assert page.status_code == 200
    assert page.text.index("Market") < page.text.index("Alpha")
    assert "forming" in page.text
    assert "0 of 5 paid" in page.text
    assert "1 of 5 people in" in page.text


def test_the_list_is_filtered_by_state_by_text_and_by_who_is_late(signed_in: SignIn) -> None:
    formed = open_group(NOW, name="Alpha")
    circle = running_group()
    circle.now = circle.cycle(1).due_at + timedelta(hours=2)
    cycles.pass_cutoffs(circle.now)
    moved.set_to(circle.now)
    browser = signed_in(Role.OWNER)
    assert "Market" not in browser.get("/admin/groups?state=forming").text
    assert "Alpha" not in browser.get("/admin/groups?state=running").text
    assert "Alpha" not in browser.get("/admin/groups?late=yes").text
    late = browser.get("/admin/groups?late=yes").text
    assert "5 late" in late
    assert "N25,000" in late
    assert "Alpha" in browser.get(f"/admin/groups?text={formed.code}").text
    assert "Market" in browser.get("/admin/groups?text=mARk").text
    assert "No group is like that" in browser.get("/admin/groups?text=%25").text


def test_the_list_goes_on_by_key(signed_in: SignIn) -> None:
    made = [open_group(NOW, name=f"Group {n}").group_id for n in range(27)]
    browser = signed_in(Role.OWNER)
    first = browser.get("/admin/groups").text
    assert f"after={made[2]}" in first
    rest = browser.get(f"/admin/groups?after={made[2]}").text
    assert "Group 1<" in rest
    assert "Group 2<" not in rest
    assert "More" not in rest


def test_a_field_officer_sees_her_own_groups_and_no_other(signed_in: SignIn) -> None:
    mine, other = open_group(NOW, name="Mine"), open_group(NOW, name="Other")
    browser = signed_in(Role.FIELD)
    staff.look_after(browser.hired.staff_id, mine.group_id, actor="test", now=NOW)  # type: ignore[attr-defined]
    page = browser.get("/admin/groups").text
    assert "Mine" in page
    assert "Other" not in page
    for tail in ("", "/ledger", "/messages", "/if-it-ended", "/edit", "/order"):
        assert browser.get(f"/admin/groups/{other.group_id}{tail}").status_code == 404
    assert browser.get(f"/admin/groups/{mine.group_id}").status_code == 200


def test_a_group_that_is_not_there(signed_in: SignIn) -> None:
    assert signed_in(Role.OWNER).get("/admin/groups/999").status_code == 404


def test_a_running_group_shows_who_has_paid_and_who_is_late(signed_in: SignIn) -> None:
    circle = running_group()
    circle.pay("Ada")
    circle.pay("Bisi")
    browser = signed_in(Role.OWNER)
    page = browser.get(f"/admin/groups/{circle.group_id}").text
    assert 'aria-label="2 of 5 have paid"' in page
    assert "3 owing" in page
    assert 'aria-current="step"' in page
    assert page.count('<li class="now"') == 1
    assert page.count('<li class="next"') == 1
    assert page.count('<li class="later"') == 3
    assert f'href="/admin/members/{circle.members["Ada"]}"' in page
    circle.now = circle.cycle(1).due_at + timedelta(hours=2)
    cycles.pass_cutoffs(circle.now)
    moved.set_to(circle.now)
    page = signed_in(Role.FINANCE).get(f"/admin/groups/{circle.group_id}").text
    assert "3 late" in page
    assert "Was due" not in page
    moved.set_to(circle.now + timedelta(days=1))
    assert "Was due" in signed_in(Role.OWNER, email="later@ajo.example").get(f"/admin/groups/{circle.group_id}").text


def test_an_old_late_fee_is_no_contribution_of_this_round(signed_in: SignIn) -> None:
    circle = running_group()
    circle.all_pay(but=("Efe",))
    circle.now = circle.cycle(1).due_at + timedelta(days=3)
    cycles.pass_cutoffs(circle.now)
    row = Obligation.get((Obligation.seat == circle.seats["Efe"]) & (Obligation.kind == "contribution"))
    assert penalties.add_penalty(row.id, circle.now, checked_at=circle.now)
    circle.pay("Efe")
    moved.set_to(circle.now)
    page = signed_in(Role.OWNER).get(f"/admin/groups/{circle.group_id}").text
    assert "5 of 5 paid" in page
    assert 'aria-label="5 of 5 have paid"' in page
    assert Obligation.get(Obligation.kind == "penalty").status == "pending"


def test_a_round_that_is_done_says_what_was_sent(signed_in: SignIn) -> None:
    circle = running_group()
    circle.all_pay()
    circle.pay_out()
    page = signed_in(Role.OWNER).get(f"/admin/groups/{circle.group_id}").text
    assert '<li class="done"' in page
    assert "N24,750 sent" in page
    assert "has collected" in page


def test_an_auditor_sees_numbers_masked_and_no_form(signed_in: SignIn) -> None:
    formed = open_group(NOW)
    page = signed_in(Role.AUDITOR).get(f"/admin/groups/{formed.group_id}").text
    assert "0803***0001" in page
    assert "08031230001" not in page
    assert "/edit" not in page
    browser = signed_in(Role.AUDITOR, email="second@ajo.example")
    assert browser.get("/admin/groups/new").status_code == 403
    assert browser.get(f"/admin/groups/{formed.group_id}/order").status_code == 403


def test_the_ledger_lists_the_entries_with_their_legs(signed_in: SignIn) -> None:
    circle = running_group()
    payment = circle.pay("Ada")
    page = signed_in(Role.OWNER).get(f"/admin/groups/{circle.group_id}/ledger").text
    assert "Payment received" in page
    assert payment.short_ref in page
    assert f"liab.pot:{circle.cycle(1).id}" in page
    assert "Contribution became due" in page
    assert "Efe Okafor" in page  # she has paid nothing: what she owes is hers by her seat


def test_the_messages_say_to_whom_and_about_what_but_not_the_words(signed_in: SignIn) -> None:
    formed = form_group(NOW, size=3)
    browser = signed_in(Role.AUDITOR)
    page = browser.get(f"/admin/groups/{formed.group_id}/messages").text
    assert BISI.name in page
    assert "Invited" in page
    assert ADA.phone not in page
    assert "08031230002" not in page


def test_what_an_end_today_would_mean_adds_up(signed_in: SignIn) -> None:
    circle = running_group()
    circle.all_pay()
    circle.pay_out()
    page = signed_in(Role.OWNER).get(f"/admin/groups/{circle.group_id}/if-it-ended").text
    assert "do not add up" not in page
    assert page.count("<b>N5,000</b>") == 4
    assert '<b class="bad">N20,000</b>' in page


def test_the_ballot_is_drawn_again_before_everybodys_eyes(signed_in: SignIn) -> None:
    formed = form_group(NOW, size=5, order="ballot")
    page = signed_in(Role.OWNER).get(f"/admin/groups/{formed.group_id}").text
    assert "Drawn again just now" in page

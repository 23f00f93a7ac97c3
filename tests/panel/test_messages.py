"""The outbox, previews on a phone, how the languages stand, and announcements to many."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot import clock as moved
from bot.panel import previews
from flows import catalogue
from jobs import blasts as blast_job
from models.actions import blasts, mail, opt_outs, staff, switches
from models.base import database
from models.queries import panel_blasts, panel_messages
from models.queries.mail import written_to
from models.queries.panel_messages import Filter
from models.rules import blasts as rules
from models.rules.blasts import Audience
from models.rules.refused import Refused
from models.rules.routes import Way
from models.rules.staff import Role
from models.sealing import keys
from tests.panel.conftest import SignIn
from tests.support.circles import MONDAY, Circle, full_group, running_group
from tests.support.panel import CSRF, KEY, hidden, send

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
NEW = "/admin/messages/blasts/new"
TEXT = "Sunday's meeting is at 4pm in the hall, not at 2pm."


@pytest.fixture
def circle(house: Flask) -> Circle:
    """Five people in their first round; Chidi has not paid."""
    found = running_group()
    found.all_pay(but=("Chidi",))
    moved.set_to(NOON)
    return found


def phone_of(member_id: int) -> str:
    row = database.execute_sql("SELECT phone_sealed FROM member WHERE id = %s", (member_id,)).fetchone()
    return keys().open(row[0], f"member.phone:{member_id}")


def look_after(browser: FlaskClient, group_id: int) -> None:
    staff.look_after(browser.hired.staff_id, group_id, actor="test", now=MONDAY)  # type: ignore[attr-defined]


def announced() -> list[tuple[str, int]]:
    """(text key, member id) of what was queued for announcements."""
    return database.execute_sql(
        "SELECT text_key, member_id FROM outbox WHERE dedupe_key LIKE 'blast:%%' ORDER BY id"
    ).fetchall()


# --- the outbox -------------------------------------------------------------------------------------------------------


def sent(way: str, cost: str | None, segments: int, status: str = "delivered") -> int:
    """Send the next message over this way."""
    (claimed,) = mail.claim_mail(moved.now(), limit=1)
    mail.mail_sent(claimed.outbox_id, f"id-{claimed.outbox_id}", cost, segments, moved.now(), way=Way(way))
    if status != "sent":
        mail.deliveries.record_delivery(f"id-{claimed.outbox_id}", status, True, None, moved.now())
    return claimed.outbox_id


def test_the_outbox_shows_what_went_out_and_filters_it(circle: Circle, signed_in: SignIn) -> None:
    by_sms = sent("africastalking-sms", "NGN 4.40", 1)
    by_chat = sent("twilio-whatsapp", "USD 0.0083", 1, "read")
    owner = signed_in(Role.OWNER)

    def shown(query: str) -> set[int]:
        page = owner.get(f"/admin/messages/?{query}").text
        return {int(found) for found in re.findall(r"/admin/messages/(\d+)", page)}

    assert shown("channel=sms") == {by_sms}
    assert shown("channel=whatsapp") == shown("provider=twilio") == {by_chat}
    assert shown("state=arrived") == {by_sms, by_chat}
    assert shown("state=arrived&provider=africastalking") == {by_sms}
    assert shown("kind=reply") == set()
    assert by_sms not in shown("state=waiting")
    assert len(shown("")) == len(panel_messages.lines(None, Filter()))
    for wrong in ("state=x", "channel=post", "provider=x", "kind=x", "before=x"):
        assert owner.get(f"/admin/messages/?{wrong}").status_code == 404


def test_the_outbox_goes_on_by_key(circle: Circle) -> None:
    every = panel_messages.lines(None, Filter())
    assert len(every) > 5
    assert panel_messages.lines(None, Filter(), before=every[2].outbox_id) == every[3:]
    assert panel_messages.lines(None, Filter(key=every[0].text_key), limit=1) == every[:1]


def test_what_was_sent_and_what_it_cost_is_summed_by_day_and_channel(circle: Circle, signed_in: SignIn) -> None:
    for cost in ("NGN 4.40", "NGN 4.40", None):
        sent("africastalking-sms", cost, 2)
    sent("twilio-whatsapp", "USD 0.0083", 0, "sent")

    days = {day.channel: day for day in panel_messages.days(None, NOON - timedelta(days=1))}

    sms = days["africastalking-sms"]
    assert (sms.decided, sms.sent, sms.arrived, sms.failed, sms.segments) == (3, 3, 3, 0, 6)
    assert [(currency, str(amount)) for currency, amount in sms.costs] == [("NGN", "8.80")]
    assert days["twilio-whatsapp"].arrived == 0
    assert previews.sms_price(NOON) == previews.Price(220, billed=True)
    page = signed_in(Role.OWNER).get("/admin/messages/costs").text
    for told in ("NGN 8.80", "USD 0.0083", "100 %", "N2.20"):
        assert told in page


def test_without_a_bill_the_price_is_that_of_the_settings(circle: Circle) -> None:
    assert previews.sms_price(NOON) == previews.Price(400, billed=False)


def test_a_message_is_shown_on_a_phone_as_its_reader_got_it(circle: Circle, signed_in: SignIn) -> None:
    line = next(line for line in panel_messages.lines(None, Filter()) if line.text_key == "S03")

    page = signed_in(Role.OWNER).get(f"/admin/messages/{line.outbox_id}").text

    assert f"You are in {circle.group.name}" in page
    assert 'class="phone sms"' in page
    assert signed_in(Role.AUDITOR, email="a@ajo.example").get("/admin/messages/999999").status_code == 404


def test_a_code_that_was_sent_is_not_shown(circle: Circle, signed_in: SignIn) -> None:
    found = mail.queue_message(
        "S63", dedupe_key="code", facts={"code": "482917"}, phone="+2348031234567", now=NOON, group_id=circle.group_id
    )

    page = signed_in(Role.OWNER).get(f"/admin/messages/{found}").text

    assert "482917" not in page
    assert "•" in page or "***" in page


def test_an_auditor_sees_masked_numbers_and_a_field_officer_her_own_groups(circle: Circle, signed_in: SignIn) -> None:
    other = running_group(3)
    auditor, field = signed_in(Role.AUDITOR), signed_in(Role.FIELD, email="f@ajo.example")
    look_after(field, other.group_id)
    mine = [line.outbox_id for line in panel_messages.lines([other.group_id], Filter())]
    theirs = [line.outbox_id for line in panel_messages.lines([circle.group_id], Filter())]

    assert phone_of(circle.members["Ada"])[-7:] not in auditor.get("/admin/messages/").text
    assert "***" in auditor.get("/admin/messages/").text
    page = field.get("/admin/messages/").text
    assert {int(found) for found in re.findall(r"/admin/messages/(\d+)", page)} == set(mine)
    assert field.get(f"/admin/messages/{mine[0]}").status_code == 200
    assert field.get(f"/admin/messages/{theirs[0]}").status_code == 404


# --- previews ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_text_fits_its_phone_with_the_longest_values(house: Flask, language: str) -> None:
    price = previews.Price(400, billed=False)
    for key in previews.text_keys():
        frames = previews.of_text(key, language, price)
        assert frames
        assert [frame for frame in frames if not frame.fits] == [], key


def test_a_text_is_shown_in_each_language_with_septets_segments_and_cost(signed_in: SignIn) -> None:
    page = signed_in(Role.AUDITOR).get("/admin/messages/preview?key=S05").text

    for language in ("English", "Pidgin", "Yoruba", "Hausa", "Igbo"):
        assert f"S05 · {language}" in page
    assert page.count('class="phone sms"') == 5
    assert page.count('class="phone whatsapp"') == 10  # the message, and the text that WhatsApp approves
    assert "Oluwadamilolaoluwase" in page
    assert re.search(r"\d+/160 septets", page)
    assert "1 segment" in page
    assert "N4" in page


def test_a_screen_is_shown_as_a_phone_and_a_chat_show_it(signed_in: SignIn) -> None:
    page = signed_in(Role.OWNER).get("/admin/messages/preview?key=B1&language=yo").text

    assert 'class="phone ussd"' in page
    assert 'class="phone whatsapp"' in page
    assert 'class="phone sms"' not in page


def test_whatever_is_typed_is_shown_and_nothing_is_sent(circle: Circle, signed_in: SignIn) -> None:
    before = len(panel_messages.lines(None, Filter(), limit=500))
    owner = signed_in(Role.OWNER)
    csrf = hidden(owner.get("/admin/messages/preview"), CSRF)

    page = owner.post(
        "/admin/messages/preview", data={"csrf": csrf, "text": "<b>Pay</b> {name} now. " + "x" * 150}
    ).text

    assert "&lt;b&gt;Pay&lt;/b&gt; {name} now." in page
    assert "2 segments" in page
    assert "page 2 of 2" in page
    assert "N8" in page
    assert len(panel_messages.lines(None, Filter(), limit=500)) == before


def test_a_text_or_language_that_there_is_not_is_404(signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)
    for wrong in ("key=S9999", "key=S05&language=xx"):
        assert owner.get(f"/admin/messages/preview?{wrong}").status_code == 404


def test_a_chat_shows_its_marks_and_nothing_else_becomes_html() -> None:
    assert previews.chat_marks("*Pay* <b>now</b> 2*3*4 ```*347*55#```") == (
        "<strong>Pay</strong> &lt;b&gt;now&lt;/b&gt; 2*3*4 <code>*347*55#</code>"
    )


def test_the_languages_say_which_are_drafts_and_the_templates_how_they_stand(signed_in: SignIn) -> None:
    page = signed_in(Role.AUDITOR).get("/admin/messages/languages").text

    assert page.count("draft") == len(set(catalogue.LANGUAGES) - catalogue.REVIEWED)
    assert "everything fits" in page
    assert "ajo_due_today_v1" in page
    assert "not made" in page


# --- what may be written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "short_text"), ("  a ", "short_text"), ("x" * 281, "long_text"), ("€" * 141, "long_text"),
        ("See https://evil.example", "has_address"), ("Go to www.x.y now", "has_address"),
        ("Join at ajo.ng", "has_address"), ("Log in at bit.ly/x1", "has_address"),
    ],
)  # fmt: skip
def test_what_may_not_be_announced(typed: str, why: str) -> None:
    assert rules.notice(typed) == Refused(why)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (" Sunday\n at  4pm\x00. ", "Sunday at 4pm ."), ("x" * 280, "x" * 280), ("€" * 140, "€" * 140),
        ("Ẹ kú iṣẹ́ o, {group}!", "Ẹ kú iṣẹ́ o, {group}!"), ("N5,000.50 each. Come.", "N5,000.50 each. Come."),
    ],
)  # fmt: skip
def test_what_may_be_announced_is_one_line(typed: str, line: str) -> None:
    assert rules.notice(typed) == line


# --- announcements ----------------------------------------------------------------------------------------------------


def test_an_announcement_is_looked_at_counted_and_then_sent(circle: Circle, signed_in: SignIn) -> None:
    opt_outs.stop_reminders(phone_of(circle.members["Efe"]), actor="test", now=NOON)
    owner = signed_in(Role.OWNER)
    data = {"text": TEXT, "group": str(circle.group_id), "who": "all", "language": ""}
    csrf = hidden(owner.get(NEW), CSRF)

    page = owner.post(NEW, data={"csrf": csrf, **data})

    assert page.status_code == 200
    assert f"{circle.group.name}: Sunday&#39;s meeting" in page.text
    for told in ("Send to 4 people", "1 who said STOP", "at most 4", "N16"):
        assert told in page.text
    assert announced() == []
    answer = owner.post("/admin/messages/blasts/send", data={"csrf": csrf, "key": hidden(page, KEY), **data})
    assert "4 people get it" in owner.get(answer.location).text
    assert blast_job.go_on(NOON)["done"] == 1
    wanted = [circle.members[name] for name in ("Ada", "Bisi", "Chidi", "Dayo")]
    assert announced() == [("S75", member_id) for member_id in wanted]
    letter = written_to(phone_of(wanted[0]))[-1]
    assert letter.facts == {"group": circle.group.name, "notice": TEXT}
    assert "4 of 4 in the outbox" in owner.get("/admin/messages/blasts").text
    assert blast_job.go_on(NOON)["done"] == 0


def test_a_form_that_is_sent_twice_announces_once(circle: Circle, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)
    csrf = hidden(owner.get(NEW), CSRF)
    data = {"csrf": csrf, "key": "a-key-of-this-form", "text": TEXT, "group": str(circle.group_id), "who": "all"}
    for _ in range(2):
        owner.post("/admin/messages/blasts/send", data=data)
    blast_job.go_on(NOON)
    assert len(announced()) == 5


def test_only_those_who_are_meant_get_it(circle: Circle) -> None:
    late = NOON + timedelta(days=10)
    everybody = panel_blasts.sizes(Audience(None), NOON)
    assert (everybody.people, everybody.by_language) == (5, {"en": 5})
    assert panel_blasts.sizes(Audience((circle.group_id,), "unpaid"), NOON).people == 1
    assert panel_blasts.sizes(Audience(None, "late"), NOON).people == 0
    assert panel_blasts.sizes(Audience(None, "late"), late).people == 1
    assert panel_blasts.sizes(Audience(None, language="yo"), NOON).people == 0
    assert panel_blasts.sizes(Audience((circle.group_id + 1,)), NOON).people == 0


def test_what_is_written_means_nothing_to_the_renderer(house: Flask) -> None:
    price = previews.Price(400, billed=False)
    frames = previews.of_news("S75", "en", {"group": "Market", "notice": "{dial} {0.__class__} *x* 1. Pay"}, price)
    assert frames[0].text == "Market: {dial} {0.__class__} *x* 1. Pay"


def test_a_code_to_dial_can_be_copied_out_of_a_chat(house: Flask) -> None:
    frames = previews.of_news("S76", "en", {"notice": "Dial *347*55# today"}, previews.Price(400, billed=False))
    assert frames[1].text == "Ajo Secure: Dial ```*347*55#``` today"


def test_who_says_stop_after_it_was_queued_gets_nothing(circle: Circle, signed_in: SignIn) -> None:
    who = signed_in(Role.OWNER)
    csrf = hidden(who.get(NEW), CSRF)
    who.post("/admin/messages/blasts/send", data={"csrf": csrf, "key": "0123456789", "text": TEXT, "who": "all"})
    blast_job.go_on(NOON)
    opt_outs.stop_reminders(phone_of(circle.members["Ada"]), actor="test", now=NOON)

    claimed = [found for found in mail.claim_mail(NOON, limit=100) if found.text_key == "S76"]

    assert len(claimed) == 4


def test_a_field_officer_writes_to_her_own_groups_only(circle: Circle, signed_in: SignIn) -> None:
    other = running_group(3)
    field = signed_in(Role.FIELD)
    look_after(field, other.group_id)
    csrf = hidden(field.get(NEW), CSRF)
    data = {"csrf": csrf, "key": "0123456789", "text": TEXT, "who": "all"}

    assert circle.group.name not in field.get(NEW).text
    assert field.post("/admin/messages/blasts/send", data={**data, "group": str(circle.group_id)}).status_code == 404
    field.post("/admin/messages/blasts/send", data=data)
    blast_job.go_on(NOON)
    assert [member_id for _, member_id in announced()] == list(other.members.values())


def test_an_auditor_reads_but_does_not_write(circle: Circle, signed_in: SignIn) -> None:
    auditor = signed_in(Role.AUDITOR)
    assert auditor.get("/admin/messages/blasts").status_code == 200
    assert auditor.get(NEW).status_code == 403
    assert auditor.post("/admin/messages/blasts/send", data={"text": TEXT}).status_code == 403


def test_a_text_that_may_not_be_sent_is_refused_with_its_reason(circle: Circle, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)
    csrf = hidden(owner.get(NEW), CSRF)

    page = owner.post(NEW, data={"csrf": csrf, "text": "Look at www.x.y", "who": "all"})

    assert page.status_code == 422
    assert "No addresses of sites" in page.text
    assert owner.post(NEW, data={"csrf": csrf, "text": TEXT, "who": "nobody"}).status_code == 404
    assert owner.post(NEW, data={"csrf": csrf, "text": TEXT, "group": "999999"}).status_code == 404


def test_the_switch_stops_it_before_and_in_the_middle(
    circle: Circle, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = signed_in(Role.OWNER)
    csrf = hidden(owner.get(NEW), CSRF)
    data = {"csrf": csrf, "text": TEXT, "who": "all"}
    owner.post("/admin/messages/blasts/send", data={**data, "key": "the-first-one"})
    monkeypatch.setattr(blasts, "PAGE", 2)
    monkeypatch.setattr(blasts, "PAGES", 1)
    assert blasts.go_on(1, NOON) == "goes on"
    switches.stop_blasts("a mistake", actor="test", now=NOON)

    assert blast_job.go_on(NOON)["done"] == 0
    assert blasts.go_on(1, NOON) == "stopped"
    assert len(announced()) == 2
    assert "a mistake" in owner.get("/admin/messages/blasts").text
    answer = owner.post("/admin/messages/blasts/send", data={**data, "key": "the-second-one"})
    assert "stopped" in owner.get(answer.location).text
    switches.resume_blasts(actor="test", now=NOON)
    while blasts.go_on(1, NOON) == "goes on":
        pass
    assert len(announced()) == 5


def test_nobody_is_written_to_at_night(circle: Circle, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)
    csrf = hidden(owner.get(NEW), CSRF)
    owner.post("/admin/messages/blasts/send", data={"csrf": csrf, "text": TEXT, "who": "all", "key": "0123456789"})
    for hour, found in ((6, []), (7, [1]), (18, [1]), (19, [])):  # Lagos is an hour ahead
        assert blasts.to_go_on(NOON.replace(hour=hour)) == found


def test_one_on_its_way_can_be_ended(circle: Circle, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)
    csrf = hidden(owner.get(NEW), CSRF)
    owner.post("/admin/messages/blasts/send", data={"csrf": csrf, "text": TEXT, "who": "all", "key": "0123456789"})

    answer = send(owner, "/admin/messages/blasts", "/admin/messages/blasts/1/stop")

    assert "Ended. 0 messages" in owner.get(answer.location).text
    assert blast_job.go_on(NOON)["done"] == 0
    assert "ended early" in owner.get("/admin/messages/blasts").text


def test_too_many_for_one_person_take_a_second(
    circle: Circle, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ALONE", 4)
    owner, finance = signed_in(Role.OWNER), signed_in(Role.FINANCE, email="b@ajo.example", phone="+2348099990002")
    csrf = hidden(owner.get(NEW), CSRF)
    data = {"csrf": csrf, "text": TEXT, "who": "all"}
    page = owner.post(NEW, data=data)
    assert "a colleague has to agree" in page.text
    alone = owner.post("/admin/messages/blasts/send", data={**data, "key": "0123456789"})
    assert "too many for one person" in owner.get(alone.location).text

    proposed = owner.post(
        "/admin/messages/blasts/propose", data={**data, "key": hidden(page, KEY), "note": "The hall is taken."}
    )
    assert "Proposed" in owner.get(proposed.location).text
    (proposal_id,) = database.execute_sql("SELECT id FROM proposal WHERE kind = 'blast'").fetchone()
    shown = finance.get(f"/admin/approvals/{proposal_id}")
    assert shown.status_code == 200
    assert "Sunday&#39;s meeting" in shown.text
    assert 'class="phone sms"' in shown.text
    blast_job.go_on(NOON)
    assert announced() == []
    assert agree(finance, proposal_id) == 303
    blast_job.go_on(NOON)
    assert len(announced()) == 5
    assert "Titi Ola and Titi Ola" in owner.get("/admin/messages/blasts").text.replace("\n", " ")


def agree(browser: FlaskClient, proposal_id: int) -> int:
    """Approve it as its page has the form."""
    page = browser.get(f"/admin/approvals/{proposal_id}")
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    found = re.search(r'action="(/admin/approvals/\d+/(?:check|approve)[^"]*)"', page.text)
    assert found, page.text
    return browser.post(found[1], data={**fields, "note": "Seen, it is true."}).status_code


def test_a_full_group_that_has_not_begun_is_written_to_as_well(house: Flask, signed_in: SignIn) -> None:
    forming = full_group()
    assert panel_blasts.sizes(Audience((forming.group_id,)), NOON).people == 5
    assert f"Market {forming.group_id}" in signed_in(Role.OWNER).get(NEW).text

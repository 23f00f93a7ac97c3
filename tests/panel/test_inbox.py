"""What members have sent: looked at by somebody who may, answered once, by SMS, in one SMS."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.account_commands import OpenReport
from models.actions import attachments, reports
from models.actions.attachments import Sent
from models.rules.staff import Role
from models.tables.accounts import Report
from models.tables.mail import Outbox
from models.tables.staff import StaffGroup
from models.tables.ways import Attachment
from tests.panel.conftest import SignIn
from tests.support.circles import Circle, running_group
from tests.support.panel import send

JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
def circle(house: Flask) -> Circle:
    return running_group()


def sent(circle: Circle, content_type: str = "image/jpeg", data: bytes = JPEG) -> int:
    """A file that has been fetched; Chidi sent it."""
    [found] = attachments.keep(
        channel="twilio-whatsapp",
        message_id=f"MM{Attachment.select().count()}",
        address="+2348030000000",
        phone="+2348030000000",
        sent=[Sent("https://api.twilio.com/media/1", content_type)],
        caption="I have paid",
        about="contribute.F1",
        now=circle.now,
    )
    assert attachments.claim(found, circle.now) is not None
    attachments.fetched(found, data, circle.now)
    Attachment.update(member=circle.members["Chidi"], group=circle.group_id).where(Attachment.id == found).execute()
    return found


def reported(circle: Circle) -> Report:
    reports.open_report(OpenReport("not_shown", "today", circle.seats["Chidi"]), circle.context("Chidi"))
    row: Report = Report.get()
    return row


def test_a_picture_is_shown_and_leaves_the_queue_once(circle: Circle, signed_in: SignIn) -> None:
    found = sent(circle)
    client = signed_in(Role.FINANCE)
    assert f"/admin/inbox/files/{found}" in client.get("/admin/").text
    page = client.get(f"/admin/inbox/files/{found}").text
    assert "<img" in page
    assert "I have paid" in page
    content = client.get(f"/admin/inbox/files/{found}/content")
    assert (content.data, content.content_type) == (JPEG, "image/jpeg")
    assert content.headers["Cache-Control"] == "no-store"

    answer = send(client, f"/admin/inbox/files/{found}", f"/admin/inbox/files/{found}/done")
    assert answer.status_code == 303
    row = Attachment.get_by_id(found)
    assert row.done_by_id == client.hired.staff_id  # type: ignore[attr-defined]
    assert "Nothing waits for you" in client.get("/admin/").text


def test_a_voice_note_is_played_and_what_is_strange_is_saved(circle: Circle, signed_in: SignIn) -> None:
    client = signed_in(Role.OWNER)
    voice, page = sent(circle, "audio/ogg"), sent(circle, "text/html", b"<script>alert(1)</script>")
    assert "<audio" in client.get(f"/admin/inbox/files/{voice}").text
    answer = client.get(f"/admin/inbox/files/{page}/content")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_auditor_sees_no_file_and_a_stranger_nothing(circle: Circle, signed_in: SignIn) -> None:
    found, row = sent(circle), reported(circle)
    auditor = signed_in(Role.AUDITOR)
    assert auditor.get(f"/admin/inbox/files/{found}").status_code == 200
    assert auditor.get(f"/admin/inbox/files/{found}/content").status_code == 403
    assert "Dealt with</button>" not in auditor.get(f"/admin/inbox/files/{found}").text
    officer = signed_in(Role.FIELD, phone="+2348099990008")
    for path in (f"files/{found}", f"files/{found}/content", f"reports/{row.id}"):
        assert officer.get(f"/admin/inbox/{path}").status_code == 404
    hired = officer.hired  # type: ignore[attr-defined]
    StaffGroup.create(staff=hired.staff_id, group=circle.group_id, since=circle.now)
    assert officer.get(f"/admin/inbox/reports/{row.id}").status_code == 200


def answered(client: FlaskClient, row: Report, text: str) -> str:
    page = f"/admin/inbox/reports/{row.id}"
    answer = send(client, page, f"{page}/answer", answer=text)
    assert answer.status_code == 303
    return client.get(answer.location.split("#")[0]).text


def test_a_report_is_answered_by_sms_once(circle: Circle, signed_in: SignIn) -> None:
    row = reported(circle)
    client = signed_in(Role.FINANCE)
    assert "I have paid, and it is not shown" in client.get(f"/admin/inbox/reports/{row.id}").text
    assert "keep it under" in answered(client, row, "x" * 111)
    assert "a few words" in answered(client, row, " ok ")
    assert Report.get().status == "open"

    assert "Your answer is on its way" in answered(client, row, "We see your  money now \u2713")

    assert (Report.get().status, Report.get().answered_by) == ("answered", f"staff:{client.hired.staff_id}")  # type: ignore[attr-defined]
    assert Outbox.select().where(Outbox.text_key == "S57").count() == 1
    assert "Answered" in client.get(f"/admin/inbox/reports/{row.id}").text

"""What members have sent us: a picture or a voice note to look at, a report to answer.

The queue of the first page leads here. A file is served to those who may see numbers in full: receipts have many.
"""

from typing import Any, Final

from flask import Response, abort, render_template, request

from bot import clock
from bot.gsm import segments, to_gsm
from bot.panel.gate import Panel
from bot.panel.telling import sentences, tell
from models.actions import attachments, reports
from models.actions.forms import Effect, once
from models.actions.signing_in import Somebody
from models.queries import panel_inbox, staff
from models.queries.panel_scope import groups_of
from models.rules.refused import Refused
from models.rules.staff import Right

LEAST_ANSWER: Final = 5
MOST_ANSWER: Final = 110  # what the text of the message leaves room for in one SMS
QUEUE: Final = "/admin/?show={what}#queue"

sentences(
    looked_at="Done. It has left the queue.",
    report_answered="Your answer is on its way to her.",
    short_answer="Write an answer of a few words.",
    long_answer="Too long for one SMS: keep it under 110 letters.",
)


def add(panel: Panel) -> None:
    """A file with its content, and a report with its answer."""
    _add_files(panel)
    _add_reports(panel)


def _add_files(panel: Panel) -> None:
    @panel.page("/inbox/files/<int:attachment_id>", Right.SEE)
    def inbox_file(who: Somebody, attachment_id: int) -> Any:
        found = panel_inbox.sent(attachment_id, groups_of(who)) or abort(404)
        return render_template("panel/inbox_file.html", found=found)

    @panel.page("/inbox/files/<int:attachment_id>/content", Right.SEE_WHOLE)
    def inbox_content(who: Somebody, attachment_id: int) -> Any:
        found = panel_inbox.sent(attachment_id, groups_of(who)) or abort(404)
        file = staff.file_of(attachment_id) or abort(404)
        inline = found.shown or found.played
        answer = Response(file.data, content_type=file.content_type if inline else "application/octet-stream")
        answer.headers["Content-Disposition"] = "inline" if inline else f'attachment; filename="file-{attachment_id}"'
        return answer

    @panel.page("/inbox/files/<int:attachment_id>/done", Right.SERVE, methods=("POST",))
    def inbox_done(who: Somebody, attachment_id: int) -> Any:
        if panel_inbox.sent(attachment_id, groups_of(who)) is None:
            abort(404)
        now = clock.now()

        def act() -> Effect | Refused:
            done = attachments.looked_at(attachment_id, who.staff_id, now)
            return Effect("looked_at") if done else Refused("gone")

        effect = once(request.form.get("key", ""), "attachment.done", who, now, act)
        return tell(effect, QUEUE.format(what="attachment"))


def _add_reports(panel: Panel) -> None:
    @panel.page("/inbox/reports/<int:report_id>", Right.SEE)
    def inbox_report(who: Somebody, report_id: int) -> Any:
        found = panel_inbox.reported(report_id, groups_of(who)) or abort(404)
        return render_template("panel/inbox_report.html", found=found, most=MOST_ANSWER)

    @panel.page("/inbox/reports/<int:report_id>/answer", Right.SERVE, methods=("POST",))
    def inbox_answer(who: Somebody, report_id: int) -> Any:
        if panel_inbox.reported(report_id, groups_of(who)) is None:
            abort(404)
        now, text = clock.now(), to_gsm(" ".join(request.form.get("answer", "").split()))

        def act() -> Effect | Refused:
            if len(text) < LEAST_ANSWER:
                return Refused("short_answer")
            if len(text) > MOST_ANSWER or segments(text) > 1:
                return Refused("long_answer")
            done = reports.answer_report(report_id, text, actor=who.actor, now=now)
            return Effect("report_answered") if done else Refused("gone")

        effect = once(request.form.get("key", ""), "report.answer", who, now, act)
        return tell(effect, QUEUE.format(what="report") if effect.done else f"/admin/inbox/reports/{report_id}")

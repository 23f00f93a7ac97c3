"""Reports: the sheet of a round to print, arrears by age, a member's statement, and files for a spreadsheet."""

from datetime import date, datetime
from typing import Any, Final

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from bot import clock
from bot.panel import export_tables, exports, group_asked, looking_up, typed
from bot.panel.exports import Format, Table
from bot.panel.gate import Panel, own_group
from bot.panel.limits import EXPORTS
from bot.panel.menu import Place
from models import phones
from models.actions import audit
from models.actions.signing_in import Somebody
from models.queries import panel_arrears, panel_sheets, panel_statements
from models.queries.panel_scope import groups_of
from models.rules import schedule
from models.rules.arrears import AGES, BY_KEY
from models.rules.staff import Right

PLACES = (Place("Reports", "/admin/reports/", Right.SEE),)
PAGE: Final = 50
SHEETS: Final = 20


def add(panel: Panel) -> None:
    """The pages to read, then the files."""
    panel.routes.add_app_template_filter(_short_day, "short_day")

    @panel.page("/reports/", Right.SEE)
    def reports(who: Somebody) -> Any:
        return render_template("panel/reports.html", groups=panel_sheets.choices(groups_of(who)), lost=False)

    @panel.page("/reports/rounds/", Right.SEE)
    def report_rounds(who: Somebody) -> Any:
        """The running round of each group, one sheet a page; or the one that was chosen in the form."""
        if (chosen := _group(who)) is not None:
            cycle = _number("cycle")
            return redirect(f"/admin/reports/rounds/{chosen}" + (f"?cycle={cycle}" if cycle else ""), 303)
        now = clock.now()
        found = panel_sheets.running(groups_of(who), _number("after") or 0, SHEETS)
        sheets = [sheet for group_id in found if (sheet := panel_sheets.sheet(group_id, None, now))]
        after = f"?after={found[-1]}" if len(found) == SHEETS else ""
        return render_template("panel/report_round.html", sheets=sheets, one=None, after=after, now=now)

    @panel.page("/reports/rounds/<int:group_id>", Right.SEE)
    def report_round(who: Somebody, group_id: int) -> Any:
        own_group(who, group_id)
        now = clock.now()
        sheet = panel_sheets.sheet(group_id, _number("cycle"), now)
        if sheet is None:
            abort(404)
        return render_template("panel/report_round.html", sheets=[sheet], one=sheet, after="", now=now)

    @panel.page("/reports/arrears", Right.SEE)
    def report_arrears(who: Somebody) -> Any:
        return _arrears(who, clock.now())

    @panel.page("/reports/statements", Right.SEE)
    def report_statement_of(who: Somebody) -> Any:
        """By a phone number, however it is written. One that nobody has looks like one that she may not see; without
        one, the form."""
        if "phone" not in request.args:
            choices = panel_sheets.choices(groups_of(who))
            return render_template("panel/reports.html", groups=choices, asked=True)
        number = phones.parse(request.args.get("phone", ""))
        member_id = looking_up.by_number(number, who) if number else None
        if member_id is None:
            choices = panel_sheets.choices(groups_of(who))
            return render_template("panel/reports.html", groups=choices, lost=True), 404
        return redirect(f"/admin/reports/statements/{member_id}", 303)

    @panel.page("/reports/statements/<int:member_id>", Right.SEE)
    def report_statement(who: Somebody, member_id: int) -> Any:
        found = panel_statements.statement(member_id, groups_of(who), clock.now()) or abort(404)
        return render_template("panel/report_statement.html", statement=found, what=export_tables.WHAT, now=clock.now())

    _add_files(panel)


def _add_files(panel: Panel) -> None:
    """Every file that leaves is written down: who took what, of which group."""

    @panel.page("/exports/members.<form>", Right.EXPORT, limit=EXPORTS)
    def export_members(who: Somebody, form: str) -> Response:
        now, groups = clock.now(), groups_of(who, _group(who))
        return _sent(who, "members", export_tables.members(who, groups, now), form)

    @panel.page("/exports/ledger.<form>", Right.EXPORT, limit=EXPORTS)
    def export_ledger(who: Somebody, form: str) -> Response:
        now, groups = clock.now(), groups_of(who, _group(who))
        table = export_tables.ledger(groups, _day("from"), _day("to"), now)
        return _sent(who, "ledger", table, form)

    @panel.page("/exports/arrears.<form>", Right.EXPORT, limit=EXPORTS)
    def export_arrears(who: Somebody, form: str) -> Response:
        now, groups = clock.now(), groups_of(who, _group(who))
        return _sent(who, "arrears", export_tables.arrears(who, groups, _age(), now), form)

    @panel.page("/exports/statements/<int:member_id>.<form>", Right.EXPORT, limit=EXPORTS)
    def export_statement(who: Somebody, member_id: int, form: str) -> Response:
        now = clock.now()
        found = panel_statements.statement(member_id, groups_of(who), now) or abort(404)
        return _sent(who, "statement", export_tables.statement(found, now), form, subject=f"member:{member_id}")


def _sent(who: Somebody, what: str, table: Table, form: str, subject: str = "") -> Response:
    """The file, once it stands in the audit trail that she has it."""
    if form not in set(Format):
        abort(404)
    group_id = _group(who)
    filters = {name: request.args[name] for name in ("from", "to", "age") if _told(name)}
    audit.note(
        f"export.{what}",
        subject or (f"group:{group_id}" if group_id else "groups:own" if groups_of(who) is not None else "groups:all"),
        actor=who.actor,
        now=clock.now(),
        detail={"form": form, **filters},
    )
    return exports.answer(table, Format(form))


def _arrears(who: Somebody, now: datetime) -> Any:
    """The sums by age; then the groups, or in one group or age those who are late."""
    chosen, age = _group(who), _age()
    groups = groups_of(who, chosen)
    listing = request.args.get("show", "") == "people" or chosen is not None or bool(age)
    lines = panel_arrears.people(groups, now, age, _after_line(), PAGE) if listing else []
    by_group = [] if listing else panel_arrears.by_group(groups, now, _after_group(), PAGE)
    query = {"group": chosen, "age": age, "show": "people" if listing else ""}
    more = ""
    if len(lines) == PAGE:
        more = f"{lines[-1].due_at.isoformat()}_{lines[-1].obligation_id}"
    elif len(by_group) == PAGE:
        more = f"{by_group[-1].sums.total_kobo}_{by_group[-1].group_id}"
    return render_template(
        "panel/report_arrears.html",
        ages=AGES,
        totals=panel_arrears.totals(groups, now),
        by_group=by_group,
        lines=lines,
        listing=listing,
        query={name: value for name, value in query.items() if value},
        more=more,
        what=export_tables.WHAT,
        now=now,
    )


def _short_day(at: datetime) -> str:
    """'27 Nov', where a column is narrow."""
    return schedule.show_day(schedule.local_date(at))


def _group(who: Somebody) -> int | None:
    """The group that is asked for, which for a field officer has to be hers."""
    group_id = group_asked.by_code(who, request.args) or _number("group")
    if group_id is not None:
        own_group(who, group_id)
    return group_id


def _number(name: str) -> int | None:
    """A number of the address; 404 for what is none, and for one that no row can have."""
    value = request.args.get(name, "")
    return _key(value) if value else None


def _day(name: str) -> date | None:
    value = request.args.get(name, "")
    return (typed.day(value) or abort(404)) if value else None


def _told(name: str) -> bool:
    return bool(request.args.get(name, ""))


def _age() -> str:
    """A step of the ages, or "" for all."""
    age = request.args.get("age", "")
    if age and age not in BY_KEY:
        abort(404)
    return age


def _after_line() -> tuple[datetime, int] | None:
    at, _, key = request.args.get("after", "").rpartition("_")
    if not at:
        return None
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        abort(404)
    return (found, _key(key)) if found.tzinfo else abort(404)


def _after_group() -> tuple[int, int] | None:
    kobo, _, key = request.args.get("after", "").rpartition("_")
    return (_key(kobo), _key(key)) if kobo else None


def _key(value: str) -> int:
    found = typed.number(value)
    return abort(404) if found is None else found

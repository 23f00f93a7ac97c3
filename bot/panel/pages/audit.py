"""The audit trail: who did what, looked through by person, act, subject, group and day; and whether its chains hold."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from flask import render_template, request

from bot import clock
from bot.panel import typed
from bot.panel.gate import Panel
from bot.panel.limits import Limit
from bot.panel.menu import Place
from models.actions.audit import HOUSE
from models.actions.signing_in import Somebody
from models.queries import panel_audit
from models.queries.panel_audit import PAGE, Wanted
from models.rules.schedule import LAGOS
from models.rules.staff import Right

PLACES = (Place("Audit", "/admin/audit/", Right.AUDIT),)

# A check reads a whole chain, or all of them.
CHECKS: Final = Limit("chain checks", 10, 60)
FIELDS: Final = ("actor", "verb", "subject", "chain", "since", "until")


def add(panel: Panel) -> None:
    """The trail, and the checks of its chains."""

    @panel.page("/audit/", Right.AUDIT)
    def audit(who: Somebody) -> Any:
        fields = {name: request.args.get(name, "").strip()[:80] for name in FIELDS}
        found = panel_audit.lines(_wanted(fields), typed.number(request.args.get("after", "")))
        given = {name: value for name, value in fields.items() if value}
        more = f"?{urlencode(given | {'after': str(found[PAGE - 1].audit_id)})}" if len(found) > PAGE else ""
        return render_template("panel/audit.html", lines=found[:PAGE], typed=fields, more=more)

    @panel.page("/audit/check", Right.AUDIT, limit=CHECKS)
    def audit_check(who: Somebody) -> Any:
        """One chain by its name; without one, all of them."""
        name = request.args.get("chain", "").strip()
        if not name:
            return render_template("panel/audit_check.html", chain=None, wrong=panel_audit.all_chains(clock.now()))
        return render_template("panel/audit_check.html", chain=panel_audit.chain_of(name or HOUSE), wrong=[])


def _wanted(fields: dict[str, str]) -> Wanted:
    """Days are days in Lagos; the last one is included."""
    chain = f"group:{fields['chain']}" if fields["chain"].isdecimal() else fields["chain"]
    actor = f"staff:{fields['actor']}" if fields["actor"].isdecimal() else fields["actor"]
    return Wanted(
        actor=actor,
        verb=fields["verb"],
        subject=fields["subject"],
        chain=chain,
        since=_midnight(fields["since"], 0),
        until=_midnight(fields["until"], 1),
    )


def _midnight(text: str, days: int) -> datetime | None:
    """The beginning of a day, or None when that is no date."""
    on = typed.day(text)
    return None if on is None else datetime.combine(on + timedelta(days=days), time(0), tzinfo=LAGOS).astimezone(UTC)

"""The audit trail: who did what, looked through by person, act, subject, group and day; and whether its chains hold."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from flask import render_template, request

from bot import clock
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
        typed = {name: request.args.get(name, "").strip()[:80] for name in FIELDS}
        after = request.args.get("after", "")
        found = panel_audit.lines(_wanted(typed), int(after) if after.isdecimal() else None)
        given = {name: value for name, value in typed.items() if value}
        more = f"?{urlencode(given | {'after': str(found[PAGE - 1].audit_id)})}" if len(found) > PAGE else ""
        return render_template("panel/audit.html", lines=found[:PAGE], typed=typed, more=more)

    @panel.page("/audit/check", Right.AUDIT, limit=CHECKS)
    def audit_check(who: Somebody) -> Any:
        """One chain by its name; without one, all of them."""
        name = request.args.get("chain", "").strip()
        if not name:
            return render_template("panel/audit_check.html", chain=None, wrong=panel_audit.all_chains(clock.now()))
        return render_template("panel/audit_check.html", chain=panel_audit.chain_of(name or HOUSE), wrong=[])


def _wanted(typed: dict[str, str]) -> Wanted:
    """Days are days in Lagos; the last one is included."""
    chain = f"group:{typed['chain']}" if typed["chain"].isdecimal() else typed["chain"]
    actor = f"staff:{typed['actor']}" if typed["actor"].isdecimal() else typed["actor"]
    return Wanted(
        actor=actor,
        verb=typed["verb"],
        subject=typed["subject"],
        chain=chain,
        since=_midnight(typed["since"], 0),
        until=_midnight(typed["until"], 1),
    )


def _midnight(text: str, days: int) -> datetime | None:
    """The beginning of a day, or None when that is no date."""
    try:
        on = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(on, time(0), tzinfo=LAGOS).astimezone(UTC)

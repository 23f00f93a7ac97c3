"""Operations: is the machine alive, what does it work on, how is it set, and the switches that stop it.

Whoever may operate pulls a switch alone and at once; letting it go again is a proposal, and two decide it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask import abort, render_template, request

from bot import clock, health
from bot.panel import queues, typed
from bot.panel.gate import Panel
from bot.panel.menu import Place
from bot.panel.settings_shown import shown
from bot.panel.telling import sentences, tell
from bot.panel.timed import Timed
from models.actions import switches
from models.actions.forms import Effect, once
from models.actions.signing_in import Somebody
from models.queries import panel_operations
from models.queries.panel_operations import PAGE, Run
from models.rules.proposals import note_refusal
from models.rules.refused import Refused
from models.rules.staff import Right

PLACES = (Place("Operations", "/admin/operations/", Right.OPERATE),)
HERE: Final = "/admin/operations/"


@dataclass(frozen=True)
class Switch:
    """A switch on the page: the name in the address, the row that keeps it, what stops, and who lets it go."""

    name: str
    row: str
    title: str
    effect: str
    lift: str


SWITCHES: Final = (
    Switch(
        "payouts",
        switches.PAYOUTS_STOPPED,
        "Payouts",
        "No transfer leaves while this is stopped. Money comes in and is booked as always; pots wait.",
        "/admin/approvals/new/lift_payouts_switch/switch:payouts",
    ),
    Switch(
        "blasts",
        switches.BLASTS_STOPPED,
        "Messages to many",
        "No reminder, nudge or announcement leaves while this is stopped. Receipts, answers and codes do.",
        "/admin/approvals/new/lift_blasts_switch/switch:blasts",
    ),
)
PULL: Final = {"payouts": switches.stop_payouts, "blasts": switches.stop_blasts}

# A job that is due this long without having begun is late; the poll rings every few seconds.
LATE: Final = timedelta(minutes=3)

sentences(
    payouts_switch_pulled="Payouts are stopped, from now on and for everybody. Two people let them go again.",
    blasts_switch_pulled="Messages to many are stopped, from now on. Two people let them go again.",
    switch_was_pulled="That was stopped already.",
)


@dataclass(frozen=True)
class JobLine:
    """A periodic job with its last run, None when it never ran. state: late, or what Run.state says."""

    job: Timed
    run: Run | None
    due_at: datetime
    state: str


def add(panel: Panel) -> None:
    """The overview, a job's runs, the settings, and the pulling of switches."""

    @panel.page("/operations/", Right.OPERATE)
    def operations(who: Somebody) -> Any:
        now = clock.now()
        return render_template(
            "panel/operations.html",
            lines=_jobs(panel, now),
            depth=queues.depth(),
            waiting=panel_operations.waiting(now),
            trouble=health.reasons_not_ready(),
            switches=[(switch, switches.stopped(switch.row)) for switch in SWITCHES],
        )

    @panel.page("/operations/jobs/<job>", Right.OPERATE)
    def operations_job(who: Somebody, job: str) -> Any:
        known = next((each for each in panel.timetable if each.name == job), None) or abort(404)
        runs = panel_operations.runs_of(job, typed.number(request.args.get("after", "")))
        return render_template(
            "panel/operations_job.html",
            job=known,
            runs=runs[:PAGE],
            now=clock.now(),
            more=f"?after={runs[PAGE - 1].run_id}" if len(runs) > PAGE else "",
        )

    @panel.page("/operations/settings", Right.OPERATE)
    def operations_settings(who: Somebody) -> Any:
        return render_template("panel/operations_settings.html", settings=shown(panel.settings))

    @panel.page("/operations/switches/<switch>/pull", Right.OPERATE, methods=("POST",))
    def operations_pull(who: Somebody, switch: str) -> Any:
        if switch not in PULL:
            abort(404)
        note, now = request.form.get("note", "").strip(), clock.now()
        effect = once(request.form.get("key", ""), "switch.pull", who, now, lambda: _pull(switch, note, who, now))
        return tell(effect, HERE)


def _pull(switch: str, note: str, who: Somebody, now: datetime) -> Effect | Refused:
    """In an emergency one is enough; why, is asked all the same. Refused: short_note, long_note."""
    if (refusal := note_refusal(note)) is not None:
        return refusal
    pulled = PULL[switch](note, actor=who.actor, now=now)
    return Effect(f"{switch}_switch_pulled" if pulled else "switch_was_pulled", done=pulled)


def _jobs(panel: Panel, now: datetime) -> list[JobLine]:
    """Those that need a look first."""
    last = panel_operations.last_runs([job.name for job in panel.timetable])
    lines = [_line(job, last.get(job.name), now) for job in panel.timetable]
    return sorted(lines, key=lambda line: line.state in ("done", "running"))


def _line(job: Timed, run: Run | None, now: datetime) -> JobLine:
    due_at = job.last_due(now)
    should_have = job.last_due(now - LATE)
    if run is None:
        return JobLine(job, None, due_at, "late")
    missed = (run.slot_at or run.started_at) < should_have
    return JobLine(job, run, due_at, "late" if missed else run.state(now))

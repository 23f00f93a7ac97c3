"""`python -m bench`: how fast a hop is with a hundred thousand members, and what it is fast or slow by.

It needs nothing but this repository, about three and a half minutes and three gigabytes. --quick takes one minute
with ten thousand members; --keep FOLDER keeps the database for the next time.
"""

import argparse
import contextlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app import create_app
from bench import inside, population, report, servers
from bench.inside import Inside
from bench.journeys import WITH_PIN, WITHOUT_PIN
from bench.report import Results
from bench.rounds import Plan, Rounds
from bench.servers import Place
from bench.shape import CYCLES, Shape
from bot import process
from bot.settings import Settings
from models.migrations import migrate

DEFAULT = Plan(groups=10_000)
QUICK = Plan(groups=1_000, clients=(16,), turns=1, rate_seconds=10, pin_rate_seconds=5)
PROFILED_SESSIONS = 300
TOP = 10


def main(arguments: list[str]) -> int:
    """Build, measure, tell. 1 when an answer was wrong."""
    given = _arguments(arguments)
    console = Console(width=None if sys.stdout.isatty() else 140, quiet=given.json == Path("-"))
    plan = _plan(given)
    with servers.somewhere(given.keep) as place:
        settings = Settings.from_env(place.environment)
        # Logs go where those of the servers go.
        with (place.folder / "bench.log").open("w") as log, contextlib.redirect_stderr(log):
            process.wire(settings)
            results = _measure(plan, place, settings, given, console)
    report.show(results, console)
    for sentence in report.verdict(results):
        console.print(sentence)
    if given.json:
        text = json.dumps(results.as_json(), indent=1, default=str)
        sys.stdout.write(text) if given.json == Path("-") else given.json.write_text(text)
    return 1 if results.errors else 0


def _measure(plan: Plan, place: Place, settings: Settings, given: argparse.Namespace, console: Console) -> Results:
    results = Results(machine=_machine(settings))
    shape = Shape(plan.groups)
    path = f"/webhooks/africastalking-ussd/{settings.callback_keys[0]}"
    results.population = _populate(place, shape, console)
    with servers.a_postgres(place, fast=False) as postgres, servers.a_redis(place) as redis:
        with inside.metered():
            look = Inside(create_app(settings), shape, path)
            for journey, sessions in ((WITHOUT_PIN, plan.sessions_inside), (WITH_PIN, plan.sessions_inside // 5)):
                results.costs += look.costs(journey, sessions)
            if given.explain:
                _explain(look, console)
            if given.profile:
                _profile(look, console)
        with servers.webs(place, given.against) as webs, _progress(console) as say:
            rounds = Rounds(plan, place, path, {**webs, "postgres": postgres, "redis": redis})
            for title, several in rounds.all():
                say(title)
                results.runs += rounds.measure(several)
    return results


def _populate(place: Place, shape: Shape, console: Console) -> dict[str, Any]:
    """Fill the database, or take over the one that was kept."""
    note = place.folder / "population.json"
    if note.exists() and (kept := json.loads(note.read_text()))["groups"] == shape.groups:
        return kept | {"kept": True}
    began = time.monotonic()
    with servers.a_postgres(place, fast=True), _progress(console) as say:
        say("migrations")
        migrate(place.environment["MIGRATE_DATABASE_URL"])
        population.fill(place.superuser_url, shape, datetime.now(UTC), say)
    os.sync()  # or the disk would be busy with it while we measure
    about = {"groups": shape.groups, "members": shape.members, "cycles": shape.groups * CYCLES}
    note.write_text(json.dumps(about))
    return about | {"seconds": round(time.monotonic() - began, 1)}


def _explain(look: Inside, console: Console) -> None:
    """The plans of every question of both journeys, and whether one of them reads a whole table."""
    for journey in (WITHOUT_PIN, WITH_PIN):
        for hop, statement in look.statements(journey):
            plan = inside.explain(statement)
            whole = inside.whole_tables(plan)
            verdict = f"[red]reads all of {', '.join(whole)}[/red]" if whole else "[green]by index only[/green]"
            console.rule(f"{journey.name}: {hop.name}: {verdict}")
            console.print(f"{' '.join(statement.split())[:300]}\n\n{plan}", markup=False, highlight=False)


def _profile(look: Inside, console: Console) -> None:
    stats = look.profile(WITHOUT_PIN, PROFILED_SESSIONS)
    hops = PROFILED_SESSIONS * len(WITHOUT_PIN.hops)
    for title, rows in (
        ("Our functions by all that they call", inside.own_functions(stats)),
        ("All functions by themselves", inside.own_time(stats)),
    ):
        table = report.a_table(f"{title} (under the profiler)", "hop", "calls/hop", "own ms/hop", "all ms/hop")
        for where, calls, own, cumulative in rows[: 2 * TOP]:
            table.add_row(where, f"{calls / hops:.1f}", f"{own * 1000 / hops:.3f}", f"{cumulative * 1000 / hops:.3f}")
        console.print(table)


@contextlib.contextmanager
def _progress(console: Console) -> Iterator[Any]:
    """A line that says what is being done, and since when."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("")
        yield lambda what: progress.update(task, description=what)


def _machine(settings: Settings) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "workers": settings.web_workers,
        "threads": settings.web_threads,
        "pin_rounds": settings.pin_rounds,
    }


def _plan(given: argparse.Namespace) -> Plan:
    plan = QUICK if given.quick else DEFAULT
    if given.groups:
        plan = replace(plan, groups=given.groups)
    if given.seconds:
        short = {name: given.seconds for name in asdict(plan) if name.endswith("seconds")}
        plan = replace(plan, **short, clients=(4,), turns=1, sessions_inside=10)
    return plan


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="ten thousand members, one minute")
    parser.add_argument("--groups", type=int, help="groups of ten members with ten cycles each")
    parser.add_argument("--seconds", type=float, help="of each round, with four callers: to see that the bench works")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the database there, or use what is there")
    parser.add_argument(
        "--against", type=Path, metavar="CHECKOUT", help="measure another checkout beside this one, on the same data"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything as JSON; - is stdout")
    parser.add_argument("--profile", action="store_true", help="where a hop spends its time, by function")
    parser.add_argument("--explain", action="store_true", help="the plans of a hop's queries at this size")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

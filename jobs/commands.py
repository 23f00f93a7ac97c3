"""What a person types behind `flask --app app`: seed, check, run-job and others; outside production, clock.

A command says in plain words on stdout what it did (logs go to stderr). No rule stands
here: it calls a job, a query or an action, and words the answer. `migrate` is the app's
own; the phone in the terminal belongs to the sandbox.
"""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

import click

from bot import clock
from bot.errors import ProviderError
from bot.http import Client
from bot.queue import ring_periodic
from bot.settings import current
from jobs import reconcile, schedule
from jobs.demo_commands import demo_data_command, staff_code_command
from jobs.flow_commands import flows_command
from jobs.payout_commands import transfer_lost_command
from jobs.providers import payouts_provider
from jobs.staff_commands import staff_command
from jobs.templates import templates_command
from models.actions import books, runs, switches
from models.country import home
from models.money import show
from models.queries.invariants import CHECKS, violations, warnings
from models.rules.schedule import show_date, show_time, zone

WAIT_SECONDS: Final = 60.0  # for the jobs that a move of the time made due
LOOK_SECONDS: Final = 0.1


@click.command("seed")
def seed_command() -> None:
    """Open the books with our own money at the provider. Once; again it does nothing."""
    if books.count("float"):
        click.echo("float: opened before")
        return
    try:
        kobo = payouts_provider().balance()
    except ProviderError as trouble:
        raise click.ClickException(f"Paystack did not say what our balance is ({trouble.why}); try again") from None
    if kobo <= 0:
        click.echo("float: Paystack holds no money of ours, so there is nothing to open with")
        return
    books.open_float(kobo, clock.now())
    click.echo(f"float: opened with {show(kobo)}, as Paystack says")


@click.command("check")
@click.option("--provider", is_flag=True, help="Compare with Paystack too (X1 to X4).")
def check_command(provider: bool) -> None:
    """Check the books: a line for each violation and exit 1, or one line that all is well."""
    now = clock.now()
    found = violations(now)
    if provider:
        found += reconcile.differences(now)
    for late in warnings(now):
        click.echo(f"warning: {late}", err=True)
    for broken in found:
        click.echo(str(broken))
    if found:
        raise SystemExit(1)
    click.echo(f"ok: {len(CHECKS) + (len(reconcile.CHECKS) if provider else 0)} checks")


@click.command("run-job")
@click.argument("name")
def run_job_command(name: str) -> None:
    """Run a periodic job now, whatever the timetable says; one line of JSON with what it counted."""
    if name not in schedule.BY_NAME:
        click.echo(f"There is no job {name}. There are:", err=True)
        for job in schedule.PERIODIC:
            click.echo(f"  {job.name:14} {job.what}", err=True)
        raise SystemExit(2)
    click.echo(json.dumps({"job": name, **schedule.run_by_hand(name)}))


@click.group("clock")
def clock_command() -> None:
    """Show or move the time of every process. Not in production."""


@clock_command.command("show")
def clock_show() -> None:
    """What time it is for us."""
    click.echo(in_words(clock.now()))


@clock_command.command("set")
@click.argument("instant", type=str)
@click.option("--no-wait", is_flag=True, help="Do not wait until the jobs have run that are due by then.")
def clock_set(instant: str, no_wait: bool) -> None:
    """Make it this time: 2026-11-27T18:30, in Lagos unless it says otherwise."""
    try:
        wanted = datetime.fromisoformat(instant)
    except ValueError:
        raise click.BadParameter("an instant looks like 2026-11-27T18:30", param_hint="INSTANT") from None
    _move(lambda: clock.set_to(wanted if wanted.tzinfo else wanted.replace(tzinfo=zone())), wait=not no_wait)


@clock_command.command("advance")
@click.argument("duration")
@click.option("--no-wait", is_flag=True, help="Do not wait until the jobs have run that are due by then.")
def clock_advance(duration: str, no_wait: bool) -> None:
    """Move the time forward by 7d, 36h, 90m or 1d12h."""
    try:
        clock.parse_duration(duration)
    except ValueError as trouble:
        raise click.BadParameter(str(trouble), param_hint="DURATION") from None
    _move(lambda: clock.advance(duration), wait=not no_wait)


COMMANDS: Final = (
    seed_command,
    check_command,
    flows_command,
    run_job_command,
    templates_command,
    staff_command,
    transfer_lost_command,
)
# Refused in production by not being there.
COMMANDS_OUTSIDE_PRODUCTION: Final = (clock_command, demo_data_command, staff_code_command)


def in_words(now: datetime) -> str:
    """'Fri 27 Nov 2026 6:30pm in Lagos (2026-11-27T17:30:00+00:00)'."""
    local = now.astimezone(zone())
    day = f"{show_date(local.date())} {local.year}"
    return f"{day} {show_time(now)} in {home().city} ({now.isoformat(timespec='seconds')})"


def _move(move: Callable[[], datetime], *, wait: bool) -> None:
    now = move()
    _tell_sandbox()
    click.echo(in_words(now))
    for name in schedule.due(now):
        ring_periodic(name)  # what the poll would do within two seconds
    if wait and (late := _wait_for_jobs(now)):
        raise click.ClickException(f"{', '.join(late)} did not run within {WAIT_SECONDS:.0f} s; is the worker running?")


def _tell_sandbox() -> None:
    """The providers' stand-ins print the same time as we, if they are there."""
    sandbox = Client("sandbox", f"http://127.0.0.1:{current().sandbox_port}", {})
    body = {"offset_seconds": switches.clock_offset()}
    try:
        told = sandbox.call("move the clock", "POST", "/control/clock", json_body=body).ok
    except ProviderError:
        told = False
    if not told:
        click.echo("The sandbox did not hear of it: its payments will have another date.", err=True)


def _wait_for_jobs(moved_to: datetime) -> list[str]:
    """Until every periodic job that the move made due has run. The names of those that did not."""
    deadline = time.monotonic() + WAIT_SECONDS
    while (left := [*schedule.due(moved_to), *runs.running(moved_to)]) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    return left

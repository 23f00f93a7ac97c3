"""`flask --app app demo-data` and `staff-code`: what `make demo` begins with, and how to get into its panel.

Neither is there in production.
"""

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Final

import click

from bot import clock
from bot.settings import Settings, current
from jobs.demo import history, staff, tries
from jobs.demo.stage import Stage
from jobs.providers import payouts_provider
from models.actions import books
from models.country import home
from models.queries.readiness import in_other_money

NIGERIA: Final = "NG"


@click.command("demo-data")
def demo_data_command() -> None:
    """People, circles and ten weeks of history for the demo, and staff for its panel. Only into empty books."""
    settings = _outside_production()
    folder = Path(settings.data_dir)
    signal.signal(signal.SIGTERM, _end)  # on whatever day it is stopped, the time comes back
    for trouble in in_other_money():
        raise click.ClickException(f"{trouble}: it needs a folder of its own, DATA_DIR=.data/{home().city.lower()}")
    if books.count("float"):
        click.echo("demo data: there are books already; nothing is added to them")
    elif settings.country != NIGERIA:
        books.open_float(payouts_provider().balance(), clock.now())
        click.echo("demo data: the history is told of Nigeria only; the books are open, and nobody is in them")
    else:
        history.play(Stage.now(), folder, lambda week: click.echo(f"demo data: week {week} of {history.WEEKS}"))
        tries.leave(folder)
        click.echo("demo data: 26 people in three circles, ten weeks, 14 cycles")
    for somebody in staff.hire(folder, clock.now()):
        click.echo(f"demo data: {somebody.email} ({somebody.role}) may open the panel")


@click.command("staff-code")
@click.argument("email")
def staff_code_command(email: str) -> None:
    """The six digits that the phone of one of the demo's staff shows now. EMAIL: or her role, "owner"."""
    everybody = staff.colleagues(Path(_outside_production().data_dir))
    found = [each for each in everybody if email in (each.email, each.role)]
    if not found:
        raise click.ClickException(f"{email} is not of the demo's staff")
    click.echo(found[0].code(clock.now()))


def _outside_production() -> Settings:
    """These commands are not there in production; and should they ever be, they refuse."""
    settings = current()
    if settings.production:
        raise click.ClickException("not in production")
    return settings


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(1)

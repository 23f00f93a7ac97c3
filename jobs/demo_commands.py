"""`flask --app app demo-data` and `staff-code`: what `make demo` begins with, and how to get into its panel.

Neither is there in production.
"""

import signal
import sys
from pathlib import Path
from types import FrameType

import click

from bot import clock
from bot.settings import Settings, current
from jobs.demo import history, staff, tries
from jobs.demo.stage import Stage
from models.actions import books


@click.command("demo-data")
def demo_data_command() -> None:
    """People, circles and three weeks of history for the demo, and two for its panel. Only into empty books."""
    settings = _outside_production()
    signal.signal(signal.SIGTERM, _end)  # on whatever day it is stopped, the time comes back
    if books.count("float"):
        click.echo("demo data: there are books already; nothing is added to them")
    else:
        history.play(Stage.now())
        tries.leave(Path(settings.data_dir))
        click.echo("demo data: three weeks of six circles")
    for somebody in staff.hire(Path(settings.data_dir), clock.now()):
        click.echo(f"demo data: {somebody.email} ({somebody.role}) may open the panel")


@click.command("staff-code")
@click.argument("email")
def staff_code_command(email: str) -> None:
    """The six digits that the phone of one of the demo's staff shows now."""
    found = [each for each in staff.colleagues(Path(_outside_production().data_dir)) if each.email == email]
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

"""WhatsApp's templates: the command by which they are made and approved, and the daily look whether they still are.

What a template says and where it is kept is not decided here: `bot.templates`, `bot.template_desk`.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from bot import template_desk
from bot.settings import current
from bot.template_desk import Standing
from bot.text import screens_of
from bot.twilio.client import Twilio

APPROVED = "approved"
COLOURS = {APPROVED: "green", "received": "yellow", "pending": "yellow"}


def look_again(_now: datetime) -> dict[str, int]:
    """Ask after every template that was submitted. Counts how they stand."""
    counts = Counter(each.status.replace(" ", "_") for each in template_desk.refresh(_twilio(), _languages()))
    return dict(counts)


@click.command("templates")
def templates_command() -> None:
    """Make the WhatsApp templates that are missing, submit them for approval, and show how each one stands."""
    found = list(template_desk.provide(_twilio(), _languages()))
    Console().print(_table(found))
    approved = sum(each.status == APPROVED for each in found)
    click.echo(f"{approved} of {len(found)} may be used; news whose template may not goes by SMS")


def _twilio() -> Twilio:
    return Twilio.from_settings(current())


def _languages() -> tuple[str, ...]:
    return screens_of(current()).offered


def _table(standings: Iterable[Standing]) -> Table:
    table = Table("name", "language", "status", "what to do next")
    for each in standings:
        colour = COLOURS.get(each.status, "red")
        next_step = f"{each.next_step} ({each.why})" if each.why and each.next_step else each.next_step
        table.add_row(each.name, each.language, f"[{colour}]{each.status}[/]", next_step)
    return table

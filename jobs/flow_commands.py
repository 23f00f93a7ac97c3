"""`flask --app app flows check` and `flows draw`: for whoever writes or translates a conversation.

What is wrong, and what a diagram looks like, is worked out by `flows`; here it becomes a table and files.
"""

from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from flows import check, check_texts, draw
from flows.check import Problem
from flows.registry import FLOWS

# Only there where the tests are, too.
TRANSCRIPTS: Final = Path(__file__).parents[1] / "tests" / "transcripts" / "intents"


@click.group("flows")
def flows_command() -> None:
    """The conversations: whether they hold together, and what they look like."""


@flows_command.command("check")
@click.option("--language", help="Only what concerns the texts of this language.")
def check_flows(language: str | None) -> None:
    """All that is wrong with the conversations and their texts, and what to do about it; exit 1 if anything is."""
    found = [*check.problems(), *check_texts.problems()]
    found += check.unplayed(TRANSCRIPTS) if TRANSCRIPTS.exists() else []
    if language:
        found = [problem for problem in found if problem.where.startswith((f"{language}/", f"{language} "))]
    if found:
        Console().print(_table(found))
        click.echo(f"{len(found)} problems. The tables are in flows/, the texts in flows/locale/.")
        raise SystemExit(1)
    states = sum(len(flow.states) for flow in FLOWS.values())
    click.echo(f"ok: {len(FLOWS)} conversations, {states} states, no problem")


@flows_command.command("draw")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 when a page is stale.")
def draw_flows(only_check: bool) -> None:
    """One Mermaid diagram for each conversation, in docs/flows."""
    changed = draw.stale() if only_check else draw.write()
    if only_check and changed:
        click.echo(f"stale: {', '.join(changed)}. Run: flask --app app flows draw", err=True)
        raise SystemExit(1)
    click.echo(f"{'written' if changed else 'nothing to do'}{': ' if changed else ''}{', '.join(changed)}")


def _table(found: list[Problem]) -> Table:
    table = Table("where", "what", "what to do", title=None)
    for problem in found:
        table.add_row(problem.where, problem.what, problem.remedy)
    return table

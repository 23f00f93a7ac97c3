"""`python -m bot.sandbox.story`: open a house of its own, play the story in it, show the tables. Exit 1 if it fails."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from bot.sandbox.house import House, house
from bot.sandbox.story import tables
from bot.sandbox.story.channels import CHANNELS, USSD
from bot.sandbox.story.handset import Unexpected
from bot.sandbox.story.script import play
from bot.sandbox.story.stage import reading_books
from flows.catalogue import ENGLISH, LANGUAGES

WIDTH = 120  # of the tables where there is no terminal to ask


def main(arguments: list[str]) -> int:
    """Play it once. Returns the exit code."""
    asked = _asked(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    console.print("Opening a house of its own: PostgreSQL, Redis, sandbox, web, worker, clock ...")
    with tempfile.TemporaryDirectory(prefix="ajo-story-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may have to run as somebody else
        with house(Path(folder)) as built, reading_books(built):
            return _play(built, console, asked.channel, asked.language)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox.story", description=__doc__)
    parser.add_argument("--channel", choices=CHANNELS, default=USSD, help="over which they talk to Ajo")
    parser.add_argument("--language", choices=LANGUAGES, default=ENGLISH, help="which all of them choose")
    return parser.parse_args(arguments)


def _play(built: House, console: Console, channel: str, language: str) -> int:
    began = time.monotonic()

    def narrate(done: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:5.1f} s[/dim]  [green]ok[/green]  {done}", highlight=False)

    try:
        outcome = play(built, narrate, channel=channel, language=language)
    except Unexpected as unexpected:
        console.print(f"\n[bold red]The story stops:[/bold red] {unexpected}", highlight=False)
        return 1
    for table in tables.all_of(outcome):
        console.print("", table)
    console.print(
        f"\n{outcome.steps} steps in {time.monotonic() - began:.0f} s. The books were right after each of them, "
        "and every kobo is explained."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The command that switches a phone on, and everything that can be typed on it, told by `--help`."""

import sys
from pathlib import Path

import click
import requests
from peewee import PeeweeException
from rich.console import Console

from bot.sandbox import ports
from bot.sandbox.client import SandboxClient
from bot.sandbox.phone.notes import Notes
from bot.sandbox.phone.terminal import Phone
from bot.settings import current
from models.phones import parse
from models.queries.performed import performed_by


@click.command("phone")
@click.argument("number")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Write what was said into this file.")
@click.option("--name", help="Her name on WhatsApp.")
@click.option("--hidden", is_flag=True, help="She hides her number on WhatsApp.")
def phone_command(number: str, save: Path | None, name: str | None, *, hidden: bool) -> None:
    """A phone in the terminal, with this number. What arrives on it is shown as it comes.

    \b
    *347*55#        dials; *347*55*1# is a shortcut
    1               answers the menu that is open (any line that is nothing else)
    > s 1           answers it with these very words, "s 1"
    .               hangs up
    \b
    w hello         writes "hello" on WhatsApp
    tap 2           taps the second button or row of the newest message that has any
    tap Pay now     taps by its words
    send audio      sends a voice note; or image, video, document, or a file: send teller.jpg
    card Bisi +2348031234502   sends a contact card
    \b
    s 1             answers the last SMS with "1"
    \b
    *737*000*1#     the bank's code that came by SMS: pays
    pay ACCOUNT     sends the bank what was asked for; pay ACCOUNT 3000 sends N3,000
    \b
    approve         says yes to what mobile money asks on this phone (in Ghana); decline says no
    *110#           gets the voucher that some operators ask for
    \b
    q               switches the phone off

    --save writes a transcript as in tests/transcripts. PINs and account numbers are replaced by others that fit.
    What became of each thing that was done is read in the demo's database. What nobody can know from outside is which
    scene it was: write the name of one (tests/flows/cast.py) behind "facts:", then let
    python -m tests.flows.record FILE write the answers anew, and read the difference.
    """
    found = parse(number)
    if found is None:
        raise click.BadParameter(f"{number} is not a mobile number", param_hint="NUMBER")
    settings = current()
    client = SandboxClient(f"http://{ports.LOOPBACK}:{settings.sandbox_port}")
    try:
        notes = Notes(client.now())
        if name or hidden:
            client.whatsapp(found).person(profile_name=name, privacy="hidden" if hidden else None)
        Phone(found, settings.ussd_code, client, Console(), notes).run(sys.stdin)
    except requests.ConnectionError:
        raise click.ClickException(f"nobody answers on port {settings.sandbox_port}; is `make demo` running?") from None
    finally:
        client.close()
    if save is not None:
        _write_down(notes, found, save)


def _write_down(notes: Notes, number: str, path: Path) -> None:
    try:
        deeds = performed_by(number, notes.since)
    except PeeweeException:
        deeds = ()
        click.echo("The database of the demo does not answer: what became of things is not in it.")
    path.write_text(notes.transcript(deeds), encoding="utf-8")
    click.echo(f"Saved as {path}. Write the scene behind facts: and run python -m tests.flows.record {path}")

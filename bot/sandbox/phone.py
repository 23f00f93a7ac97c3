"""A phone in the terminal: `flask --app app phone +2348031234567`. It dials through the sandbox, so the product is
called through its real webhook, and it shows the SMS that arrive.

A line that begins with * is dialled, any other line answers the menu, `.` hangs up and `q` switches the phone off.
The bank is on it too: dial the code that came by SMS, or send money with `pay ACCOUNT`; `pay ACCOUNT 3000` sends so
many naira instead of what was asked for.
"""

import sys
import threading
from collections.abc import Callable
from typing import TextIO

import click
import requests
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.sandbox import ports
from bot.sandbox.client import SandboxClient, SandboxError, Session, Sms
from bot.settings import current
from flows.gsm import COST, LIMIT, septets
from models import money
from models.phones import parse

WIDTH = 44
LOOK_SECONDS = 0.5
HANG_UP, SWITCH_OFF, PAY = ".", "q", "pay"
BANK_SAYS = {
    "success": "done, the money is sent.",
    "rejected": "sent back: it was not the amount that was asked for.",
    "failed": "it did not go through.",
}


@click.command("phone")
@click.argument("number")
def phone_command(number: str) -> None:
    """A phone in the terminal, with this number."""
    found = parse(number)
    if found is None:
        raise click.BadParameter(f"{number} is not a mobile number", param_hint="NUMBER")
    settings = current()
    client = SandboxClient(f"http://{ports.LOOPBACK}:{settings.sandbox_port}")
    try:
        Phone(found, settings.ussd_code, client, Console()).run(sys.stdin)
    except requests.ConnectionError:
        raise click.ClickException(f"nobody answers on port {settings.sandbox_port}; is `make demo` running?") from None
    finally:
        client.close()


class Phone:
    """One handset: what it shows, and what has arrived on it."""

    def __init__(self, number: str, code: str, client: SandboxClient, console: Console) -> None:
        self.number = number
        self._code = code
        self._client = client
        self._console = console
        self._session: Session | None = None
        self._last_sms = max((sms.id for sms in client.inbox(number)), default=0)
        self._lock = threading.Lock()

    def run(self, lines: TextIO) -> None:
        """Until `q`, or the end of the lines."""
        self._console.print(f"[bold]{self.number}[/bold]  dial [bold]{self._code}[/bold], . hangs up, q switches off")
        self._console.print("[dim]Your bank is on it too: dial its code, or type pay ACCOUNT[/dim]")
        off = threading.Event()
        watching = threading.Thread(target=self._watch, args=(off,), daemon=True)
        watching.start()
        try:
            while (line := self._line(lines)) is not None and line != SWITCH_OFF:
                self._do(line)
        finally:
            off.set()
            watching.join()
        self._client.settle()
        self._show_new()

    def _line(self, lines: TextIO) -> str | None:
        """The next line without its end; an empty one is an answer too. None when there are no more."""
        if lines.isatty():
            self._console.print("> " if self._in_session else "dial> ", end="")
        line = lines.readline()
        return line.strip() if line else None

    def _do(self, line: str) -> None:
        try:
            if line == HANG_UP:
                self._hang_up()
            elif line.startswith("*") and not self._in_session and self._is_a_banks(line):
                self._bank(line, [])
            elif line.startswith("*") and not self._in_session:
                self._show(self._client.dial(self.number, line))
            elif self._session is not None and self._in_session:
                self._show(self._session.reply(line))
            elif line.split()[:1] == [PAY] and len(line.split()) > 1:
                self._bank(line.split()[1], line.split()[2:])
            elif line:
                self._console.print(f"Nothing is open. Dial {self._code}")
        except SandboxError as refusal:
            self._console.print(f"[red]{refusal}[/red]")

    def _is_a_banks(self, code: str) -> bool:
        return any(charge["ussd_code"] == code for charge in self._client.charges())

    def _bank(self, where: str, rest: list[str]) -> None:
        """Her bank sends what is asked for by this code or to this account, or the amount that she says."""
        kobo = money.parse(rest[0]) if rest else None
        if rest and kobo is None:
            self._console.print(f"{rest[0]} is not an amount")
            return
        if where.startswith("*"):
            (outcome,) = self._client.pay(ussd_code=where, amount=kobo)
        else:
            (outcome,) = self._client.pay(account_number=where, amount=kobo)
        self._console.print(f"[bold]Your bank:[/bold] {BANK_SAYS[outcome]}")

    @property
    def _in_session(self) -> bool:
        return self._session is not None and not self._session.ended

    def _hang_up(self) -> None:
        if self._session is not None and self._in_session:
            self._session.hangup()
            self._console.print("[dim]hung up[/dim]")

    def _show(self, session: Session) -> None:
        self._session = session
        if session.error:
            panel = Panel(Text(session.screen), title="no connection", subtitle=session.error, border_style="red")
        else:
            title = "the end" if session.ended else self._code
            panel = Panel(Text(session.screen), title=title, subtitle=size(session.screen), border_style="cyan")
        panel.width = WIDTH
        with self._lock:
            self._console.print(panel)

    def _watch(self, off: threading.Event) -> None:
        while not off.wait(LOOK_SECONDS):
            _ignoring_trouble(self._show_new)

    def _show_new(self) -> None:
        with self._lock:
            for sms in self._client.inbox(self.number, after=self._last_sms):
                self._last_sms = sms.id
                self._console.print(sms_panel(sms))


def sms_panel(sms: Sms) -> Panel:
    """An SMS as it looks on the phone."""
    parts = "" if sms.segments == 1 else f", {sms.segments} parts"
    return Panel(
        Text(sms.text), title=f"SMS from {sms.sender}", subtitle=size(sms.text) + parts, border_style="green",
        width=WIDTH,
    )  # fmt: skip


def size(text: str) -> str:
    """How much of a screen it fills, in septets."""
    return f"{septets(text)}/{LIMIT}" if all(char in COST for char in text) else "not GSM-7"


def _ignoring_trouble(look: Callable[[], None]) -> None:
    """The sandbox may be restarting; the next look will find what came meanwhile."""
    try:
        look()
    except (requests.RequestException, SandboxError):
        return

"""One handset: what is typed on it, and what arrives. What can be typed is told by the command's help."""

import mimetypes
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import requests
from rich.console import Console

from bot.sandbox.client import SandboxClient, SandboxError, Session
from bot.sandbox.phone.notes import SMS, USSD, WHATSAPP, Notes
from bot.sandbox.phone.panels import menu_panel, sms_panel, whatsapp_panel
from bot.sandbox.said import BANK_SAYS, DECLINE, WALLET_SAYS
from models import money
from models.country import home

LOOK_SECONDS = 0.5
ANSWER_SECONDS = 5.0
HANG_UP, SWITCH_OFF, ANSWER = ".", "q", "> "
KINDS = {"image": "image", "audio": "audio", "video": "video"}  # by the first part of a content type


class Phone:
    """What it shows, and what has arrived on it."""

    def __init__(self, number: str, code: str, client: SandboxClient, console: Console, notes: Notes) -> None:
        self.number = number
        self._code = code
        self._client = client
        self._whatsapp = client.whatsapp(number)
        self._console = console
        self._notes = notes
        self._session: Session | None = None
        self._last_sms = max((sms.id for sms in client.inbox(number)), default=0)
        self._last_message = max((message.id for message in self._whatsapp.inbox()), default=0)
        self._lock = threading.Lock()
        self._words: dict[str, Callable[[str], None]] = {
            "w": self._write,
            "tap": self._tap,
            "send": self._send,
            "card": self._card,
            "s": self._answer_sms,
        }

    def run(self, lines: TextIO) -> None:
        """Until `q`, or the end of the lines."""
        self._console.print(f"[bold]{self.number}[/bold]  dial [bold]{self._code}[/bold], . hangs up, q switches off")
        self._console.print("[dim]w hello writes on WhatsApp, tap 1 taps, s 1 answers the last SMS[/dim]")
        if home().operators:
            self._console.print("[dim]Your mobile money is on it too: type approve or decline[/dim]")
        else:
            self._console.print("[dim]Your bank is on it too: dial its code, or type pay ACCOUNT[/dim]")
        off = threading.Event()
        watching = threading.Thread(target=self._watch, args=(off,), daemon=True)
        watching.start()
        try:
            while (line := self._line(lines)) is not None and line != SWITCH_OFF:
                self._do(line)
                if not lines.isatty():
                    self._wait_for_answers(line)
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
            self._understand(line)
        except SandboxError as refusal:
            self._console.print(f"[red]{refusal}[/red]")

    def _understand(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if line == HANG_UP:
            self._hang_up()
        elif line.startswith("*") and not self._in_session:
            self._dial(line)
        elif word in self._words and rest.strip():
            self._words[word](rest.strip())
        elif self._session is not None and self._in_session:
            text = line.removeprefix(ANSWER)
            self._heard(USSD, text)
            self._show(self._session.reply(text))
        elif line in WALLET_SAYS:
            self._wallet(line)
        elif word == "pay" and rest:
            self._bank(*rest.split()[:2])
        elif line:
            self._console.print(f"Nothing is open. Dial {self._code}")

    # --- the menu and the bank ------------------------------------------------------------------------------------

    def _dial(self, code: str) -> None:
        if any(charge["ussd_code"] == code for charge in self._client.charges()):
            self._bank(code)
            return
        if any(code == each.voucher_dial for each in home().operators):
            voucher = self._client.voucher(self.number)
            self._console.print(f"[bold]Your operator:[/bold] {voucher or 'nobody asks for a voucher now.'}")
            return
        self._notes.dialled(self._client.now(), code, self._code)
        self._show(self._client.dial(self.number, code))

    def _bank(self, where: str, amount: str | None = None) -> None:
        """Her bank sends what is asked for by this code or to this account, or the amount that she says."""
        kobo = money.parse(amount) if amount else None
        if amount and kobo is None:
            self._console.print(f"{amount} is not an amount")
            return
        if where.startswith("*"):
            (outcome,) = self._client.pay(ussd_code=where, amount=kobo)
        else:
            (outcome,) = self._client.pay(account_number=where, amount=kobo)
        self._console.print(f"[bold]Your bank:[/bold] {BANK_SAYS[outcome]}")

    def _wallet(self, answer: str) -> None:
        """She answers what her mobile money asks her."""
        self._client.pay(phone=self.number, fail=answer == DECLINE)
        self._console.print(f"[bold]Your mobile money:[/bold] {WALLET_SAYS[answer]}")

    @property
    def _in_session(self) -> bool:
        return self._session is not None and not self._session.ended

    def _hang_up(self) -> None:
        if self._session is not None and self._in_session:
            self._session.hangup()
            self._console.print("[dim]hung up[/dim]")

    def _show(self, session: Session) -> None:
        self._session = session
        self._notes.screen(self._client.now(), session)
        with self._lock:
            self._console.print(menu_panel(session, self._code))

    # --- WhatsApp and SMS -----------------------------------------------------------------------------------------

    def _write(self, text: str) -> None:
        self._heard(WHATSAPP, text)
        self._whatsapp.say(text)

    def _tap(self, what: str) -> None:
        now = self._client.now()
        title = self._whatsapp.tap(f"#{what}" if what.isdecimal() else what)
        self._notes.heard(now, WHATSAPP, f"tap {title}")

    def _send(self, what: str) -> None:
        path = Path(what)
        if not path.is_file():
            self._whatsapp.send_media(what)
            return
        content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        kind = KINDS.get(content_type.split("/")[0], "document")
        self._whatsapp.send_media(kind, data=path.read_bytes(), content_type=content_type, name=path.name)

    def _card(self, who: str) -> None:
        name, _, number = who.rpartition(" ")
        self._whatsapp.send_contact(name or number, number)

    def _answer_sms(self, text: str) -> None:
        self._heard(SMS, text)
        self._client.sms_reply(self.number, text)

    def _heard(self, channel: str, text: str) -> None:
        self._notes.heard(self._client.now(), channel, text)

    # --- what arrives ---------------------------------------------------------------------------------------------

    def _watch(self, off: threading.Event) -> None:
        while not off.wait(LOOK_SECONDS):
            _ignoring_trouble(self._show_new)

    def _wait_for_answers(self, line: str) -> None:
        """Lines out of a pipe come faster than answers: what was written in a chat is answered before the next one."""
        seen = self._last_sms + self._last_message
        until = time.monotonic() + ANSWER_SECONDS
        while line.partition(" ")[0] in self._words and time.monotonic() < until:
            self._show_new()
            if self._last_sms + self._last_message > seen:
                break
            time.sleep(LOOK_SECONDS / 10)
        self._client.settle()
        self._show_new()

    def _show_new(self) -> None:
        with self._lock:
            for sms in self._client.inbox(self.number, after=self._last_sms):
                self._last_sms = sms.id
                self._notes.sms(self._client.now(), sms)
                self._console.print(sms_panel(sms))
            for message in self._whatsapp.inbox(after=self._last_message):
                self._last_message = message.id
                self._notes.message(self._client.now(), message)
                self._console.print(whatsapp_panel(message))


def _ignoring_trouble(look: Callable[[], None]) -> None:
    """The sandbox may be restarting; the next look will find what came meanwhile."""
    try:
        look()
    except (requests.RequestException, SandboxError):
        return

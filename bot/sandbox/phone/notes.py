"""What was said on a phone, kept while it is on, and written down as a transcript (see tests/transcripts).

PINs and account numbers never get into it: each is replaced by another one that fits, always by the same.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from bot.sandbox.client import Sms, WhatsappMessage
from models.queries.performed import Deed

USSD, WHATSAPP, SMS = "ussd", "whatsapp", "sms"
HEARD, SAID, NOTED = ">", "<", "#"
BASE = "*347*55"  # the code of the transcripts, whatever is dialled here
PINS = ("7304", "5830", "2951", "6174", "4096", "8362")
ACCOUNT = "0123456789"

_PIN = re.compile(r"[0-9]{4,6}")
_PAGE = re.compile(r"(/s/)[0-9a-f]{32}")  # whoever has the address of a page may type on it
_ACCOUNT = re.compile(r"[0-9]{10}")


@dataclass(frozen=True)
class Note:
    """One thing that was heard or said: `mark` is its line's mark."""

    at: datetime
    channel: str
    mark: str
    text: str = field(repr=False)
    secret: bool = False


class Shown(Protocol):
    """What the network shows after a hop: a session of the client, or what the stand-in has kept of one."""

    @property
    def screen(self) -> str: ...
    @property
    def ended(self) -> bool: ...
    @property
    def error(self) -> str | None: ...


class Notes:
    """`now`: the sandbox's time, which is the product's."""

    def __init__(self, now: datetime) -> None:
        self.since = now
        self._notes: list[Note] = []
        self._asked: dict[str, str] = {}  # what was said last, by channel
        self._open = False  # a session was dropped before its end
        self._texts = False  # she has written an SMS: what comes by SMS may be an answer

    def dialled(self, now: datetime, code: str, ours: str) -> None:
        shortcut = code.removeprefix(ours.removesuffix("#")).removesuffix("#")
        text = f"dial {BASE}{shortcut}#" if shortcut else "dial again" if self._open else "dial"
        self._asked[USSD] = ""
        self._add(now, USSD, HEARD, text)

    def heard(self, now: datetime, channel: str, text: str) -> None:
        """What she typed, tapped or wrote."""
        self._texts |= channel == SMS
        self._add(now, channel, HEARD, text, secret="PIN" in self._asked.get(channel, ""))

    def screen(self, now: datetime, session: Shown) -> None:
        self._asked[USSD] = session.screen
        self._open = not session.ended or session.error is not None
        if session.error:
            self._add(now, USSD, NOTED, session.error)
            return
        self._add(now, USSD, SAID, session.screen + ("\n(end)" if session.ended else ""))

    def sms(self, now: datetime, sms: Sms) -> None:
        """Who has not written gets news and no answers: they are part of no conversation, and only noted."""
        self._asked[SMS] = sms.text
        self._add(now, SMS, SAID if self._texts else NOTED, sms.text)

    def message(self, now: datetime, message: WhatsappMessage) -> None:
        self._asked[WHATSAPP] = message.body
        lines = [message.body, *(f"(picture: {file.name or file.content_type})" for file in message.media)]
        if message.button:
            lines.append(f"[{message.button}]")
        for choice in message.choices:
            lines.append(f"[{choice.id}] {choice.title}" + (f" | {choice.description}" if choice.description else ""))
        self._add(now, WHATSAPP, SAID, "\n".join(lines))

    def transcript(self, deeds: Iterable[Deed]) -> str:
        """The whole of it. What became of each command stands after the line that asked for it."""
        lines = ["# Written down by a phone.", "facts: ?"]
        left = list(deeds)
        channel = USSD
        notes = self._masked()
        for place, note in enumerate(notes):
            if note.channel != channel and note.mark != NOTED:
                channel = note.channel
                lines.append(f"on {channel}")
            lines += [f"{note.mark} {line}".rstrip() for line in note.text.split("\n")]
            if note.mark == HEARD:
                until = next((later.at for later in notes[place + 1 :] if later.mark == HEARD), None)
                while left and (until is None or left[0].at < until):
                    lines += _outcome(left.pop(0))
        return "\n".join(lines) + "\n"

    def _add(self, now: datetime, channel: str, mark: str, text: str, *, secret: bool = False) -> None:
        self._notes.append(Note(now, channel, mark, text, secret))

    def _masked(self) -> list[Note]:
        pins = dict(_stand_ins(note.text for note in self._notes if note.secret and _PIN.fullmatch(note.text)))
        return [replace(note, text=_mask(note, pins)) for note in self._notes]


def _stand_ins(typed: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each PIN that was typed, with another one: the same gets the same, so that a transcript still makes sense."""
    for number, pin in enumerate(dict.fromkeys(typed)):
        yield pin, PINS[number % len(PINS)]


def _mask(note: Note, pins: Mapping[str, str]) -> str:
    if note.secret and note.text in pins:
        return pins[note.text]
    return _PAGE.sub(r"\1***", _ACCOUNT.sub(ACCOUNT, note.text))


def _outcome(deed: Deed) -> list[str]:
    result = f"Refused {deed.refused}" if deed.refused else f"Done {json.dumps(deed.done, ensure_ascii=False)}"
    return [f"! {deed.command}", f"= {_ACCOUNT.sub(ACCOUNT, result)}"]

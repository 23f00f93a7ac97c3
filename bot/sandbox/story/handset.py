"""A phone in somebody's hand, who reads what it says: options are chosen by their words, never by blind digits.

Whatever is not as expected raises `Unexpected`, with the screen that was there instead.
"""

import re
import time
from dataclasses import dataclass
from typing import Self

from bot.sandbox.client import SandboxClient, Session, Sms
from bot.sandbox.story.cast import Person
from bot.sandbox.story.reading import Reading
from flows.catalogue import ENGLISH, MESSAGES

PATIENCE_SECONDS = 30.0
LONG_PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.05
MORE = "98"
HIDDEN = "****"


class Unexpected(Exception):
    """The story does not go on as it should; the text says who saw what instead of what."""


@dataclass(frozen=True)
class Seen:
    """One hop: what was typed (a PIN is hidden) and the screen that came."""

    heard: str
    screen: str


def first_of(pattern: str, text: str) -> str | None:
    """The first thing like that in a text."""
    found = re.search(pattern, text)
    return found[0] if found else None


class Handset:
    """One person's phone, on which she dials and gets SMS. language: what her menu speaks.

    disturbed: somebody interferes with the house, so SMS may take long, and a question may come twice because her
    place in the menu was lost. Then she answers it again.
    """

    def __init__(
        self,
        client: SandboxClient,
        name: str,
        number: str,
        code: str,
        *,
        language: str = ENGLISH,
        disturbed: bool = False,
    ) -> None:
        self.name = name
        self.number = number
        self.seen: list[Seen] = []
        self.language = language
        self._code = code
        self._disturbed = disturbed
        self._patience_seconds = LONG_PATIENCE_SECONDS if disturbed else PATIENCE_SECONDS
        self._client = client
        self._session: Session | None = None
        self._read: set[int] = set()

    @classmethod
    def of(
        cls, client: SandboxClient, person: Person, code: str, *, language: str = ENGLISH, disturbed: bool = False
    ) -> Self:
        return cls(client, person.first_name, person.phone, code, language=language, disturbed=disturbed)

    # --- the menu -------------------------------------------------------------------------------------------------

    @property
    def screen(self) -> str:
        return self._session.screen if self._session else ""

    def dial(self, shortcut: str = "") -> "Handset":
        """Dial our code, or *347*55*1# with the shortcut "1"."""
        code = f"{self._code.removesuffix('#')}*{shortcut}#" if shortcut else self._code
        self._show(code, self._client.dial(self.number, code))
        return self

    def choose(self, words: str) -> "Handset":
        """Answer with the number of the line that has these words, on this page or after `98. More`."""
        number = self._number_of(words)
        while number is None and f"{MORE}. " in self.screen:
            self._reply(MORE, MORE)
            number = self._number_of(words)
        if number is None:
            raise self._unexpected(f"no line {words!r} to choose")
        self._reply(number, f"{number} ({words})")
        return self

    def type(self, text: str) -> "Handset":
        self._reply(text, text)
        return self

    def type_pin(self, pin: str) -> "Handset":
        self._reply(pin, HIDDEN)
        return self

    def shows(self, *words: str) -> "Handset":
        """The screen has all of these words."""
        for each in words:
            if not self.has(each):
                raise self._unexpected(f"not {each!r}")
        return self

    def lacks(self, *words: str) -> "Handset":
        """The screen has none of these words."""
        for each in words:
            if self.has(each):
                raise self._unexpected(f"{each!r}, which is not for this phone")
        return self

    def has(self, words: str) -> bool:
        return self._reading().says(self.screen, words)

    def offers(self, words: str) -> bool:
        """Whether there is a line with these words to choose, on this page."""
        return self._number_of(words) is not None

    def finds(self, pattern: str) -> str | None:
        """The first thing like that on the screen."""
        return first_of(pattern, self.screen)

    def ended(self, *words: str) -> "Handset":
        """The session is over, with these words."""
        self.shows(*words)
        if self._session is None or not self._session.ended:
            raise self._unexpected("the session goes on")
        return self

    def hang_up(self) -> None:
        if self._session is not None and not self._session.ended:
            self._session.hangup()

    # --- SMS ------------------------------------------------------------------------------------------------------

    def gets_sms(self, *words: str) -> str:
        """Wait for an unread SMS with all of these words; it is read then. Its text."""
        deadline = time.monotonic() + self._patience_seconds
        while True:
            for sms in self.inbox():
                if sms.id not in self._read and all(self._is_said(sms.text, each) for each in words):
                    self._read.add(sms.id)
                    return sms.text
            if time.monotonic() > deadline:
                unread = [sms.text for sms in self.inbox() if sms.id not in self._read]
                raise Unexpected(
                    f"{self.name} got no SMS with {words} within {self._patience_seconds:.0f} s; unread are {unread}"
                )
            time.sleep(LOOK_SECONDS)

    def read_all(self) -> None:
        """What has come so far is read."""
        self._read.update(sms.id for sms in self.inbox())

    def inbox(self) -> list[Sms]:
        return self._client.inbox(self.number)

    # --- inside ---------------------------------------------------------------------------------------------------

    def _reply(self, text: str, shown_as: str) -> None:
        if self._session is None or self._session.ended:
            raise self._unexpected(f"the session is over before {shown_as!r} could be typed")
        question = self.screen
        self._show(shown_as, self._session.reply(text))
        if self._disturbed and self.screen == question and not self._session.ended:
            self._show(shown_as, self._session.reply(text))

    def _show(self, heard: str, session: Session) -> None:
        self._session = session
        self.seen.append(Seen(heard, session.screen))
        if session.error is not None:
            raise self._unexpected(f"no connection ({session.error})")

    def _reading(self) -> Reading:
        return Reading(self.language)

    def _is_said(self, sms: str, words: str) -> bool:
        return any(Reading(self.language, domain).says(sms, words) for domain in (MESSAGES, "sms"))

    def _number_of(self, words: str) -> str | None:
        return self._reading().number(self.screen, words)

    def _unexpected(self, what: str) -> Unexpected:
        typed = self.seen[-1].heard if self.seen else "nothing"
        return Unexpected(f"{self.name} typed {typed} and sees {what}:\n{self.screen}")

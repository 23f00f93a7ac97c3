"""The same person with WhatsApp, or with nothing but SMS: the acts are the same, only her hands do other things.

What is asked for as a secret is typed on the page that the chat leads to, or on the menu that she dials: a chat never
gets it. Once she is on one of them she stays there until it ends.
"""

import re
import time
from collections.abc import Callable

from bot.sandbox.client import SandboxClient, Sms, WhatsappMessage
from bot.sandbox.story.handset import HIDDEN, LOOK_SECONDS, Handset, Seen
from bot.sandbox.story.page import Page, open_page
from bot.sandbox.story.reading import Reading
from flows.catalogue import ENGLISH, MESSAGES

WHATSAPP, TEMPLATES, SMS = "whatsapp", "templates", "sms"
HOME_WORD = "menu"
# What a chat hears for the shortcuts of the menu.
WORDS = {"1": "pay", "2": "next", "4": "time", "8": "help"}

_CHOICES = re.compile(r"(?m)^(?!0|98)\d+\. ")
_LINK = re.compile(r"https?://\S+/s/[0-9a-f]{32}")


class ChatHandset(Handset):
    """Somebody who writes. `dials_secrets`: she goes to the menu for a PIN, else to the page."""

    domain: str

    def __init__(
        self,
        client: SandboxClient,
        name: str,
        number: str,
        code: str,
        *,
        language: str = ENGLISH,
        disturbed: bool = False,
        dials_secrets: bool = False,
    ) -> None:
        super().__init__(client, name, number, code, language=language, disturbed=disturbed)
        self.dials_secrets = dials_secrets
        self._chat = ""  # the last answer, as a menu would show it
        self._page: Page | None = None
        self._secret = False

    @property
    def screen(self) -> str:
        if self._in_menu:
            return super().screen
        return self._page.screen if self._page else self._chat

    def dial(self, shortcut: str = "") -> "ChatHandset":
        """Begin anew: by the word for the menu or the shortcut."""
        self.hang_up()
        self._session = None
        self._ask(WORDS[shortcut] if shortcut else HOME_WORD)
        return self

    def choose(self, words: str) -> "ChatHandset":
        """Where it led to the menu, the menu may ask the same again: it never goes on behind a secret."""
        was_in_menu = self._in_menu
        super().choose(words)
        if self._in_menu and not was_in_menu and _CHOICES.search(self.screen):
            super().choose(words)
        return self

    def ended(self, *words: str) -> "ChatHandset":
        """A chat does not end; the menu behind it may."""
        if self._session is not None:
            super().ended(*words)
        else:
            self.shows(*words)
        return self

    def write(self, text: str) -> "ChatHandset":
        """Say something, whatever is asked."""
        self._ask(text)
        return self

    def sends(self, act: Callable[[], object], shown_as: str = "a file") -> "ChatHandset":
        """Send something that is no text, and wait for the answer."""
        self._exchange(act, shown_as)
        return self

    @property
    def _in_menu(self) -> bool:
        return self._session is not None

    def _reading(self) -> Reading:
        return Reading(self.language, MESSAGES if self._in_menu or self._page else self.domain)

    def _reply(self, text: str, shown_as: str) -> None:
        if self._in_menu:
            super()._reply(text, shown_as)
        elif self._page is not None:
            self._on_page(text, shown_as)
        else:
            self._answer(text, shown_as)

    def _answer(self, text: str, shown_as: str) -> None:
        self._exchange(lambda: self._write(text), shown_as)

    def _ask(self, text: str) -> None:
        self._exchange(lambda: self._write(text), text)

    def _exchange(self, act: Callable[[], object], shown_as: str) -> None:
        """Do something in the chat and wait for what is said to it."""
        self._page = None
        since = self._newest()
        act()
        self._heard(shown_as, since)

    def _heard(self, shown_as: str, since: int) -> None:
        self._chat = self._wait_for_answer(since)
        self.seen.append(Seen(shown_as, self._chat))
        link = _LINK.search(self._chat)
        if self.dials_secrets and f"{self._code.removesuffix('#')}#" in self._chat and self._is_elsewhere():
            self._dial_for_it()
        elif link is not None:
            self._page = open_page(link[0])

    def _is_elsewhere(self) -> bool:
        """Whether she is told that this is not typed in a chat."""
        keys = ("PRIVATE_pin", "PRIVATE_confirm", "PRIVATE_bank")
        return any(Reading(self.language, self.domain).is_text(self._chat, key) for key in keys)

    def _dial_for_it(self) -> None:
        """The menu offers to go on where the chat has stopped."""
        self._show(self._code, self._client.dial(self.number, self._code))
        self.choose("Continue")

    def _on_page(self, text: str, shown_as: str) -> None:
        page, since = self._page, self._newest()
        if page is None:
            raise self._unexpected("no page to type on")
        self._page = page.type(text) if page.asks and text not in page.choices else page.tap(text)
        self.seen.append(Seen(shown_as, self._page.screen))
        if self._page.closed:
            if self._page.status != 200:
                raise self._unexpected(f"the page is gone ({self._page.status})")
            self._page = None
            self._heard(HIDDEN, since)

    def _wait_for_answer(self, since: int) -> str:
        deadline = time.monotonic() + self._patience_seconds
        while True:
            answers = self._answers(since)
            if answers:
                return answers[-1]
            if time.monotonic() > deadline:
                raise self._unexpected(f"no answer within {self._patience_seconds:.0f} s")
            time.sleep(LOOK_SECONDS)

    # --- what each channel does in its own way ----------------------------------------------------------------------

    def _write(self, text: str) -> None:
        raise NotImplementedError

    def _newest(self) -> int:
        """The id of the last message that has come."""
        raise NotImplementedError

    def _answers(self, since: int) -> list[str]:
        """What was said since then in answer to her, as a menu would show it; news is left aside."""
        raise NotImplementedError


class WhatsappHandset(ChatHandset):
    """She writes and taps on WhatsApp."""

    domain = WHATSAPP

    def _write(self, text: str) -> None:
        self._client.whatsapp(self.number).say(text)

    def _answer(self, text: str, shown_as: str) -> None:
        """A choice that is shown is tapped."""
        whatsapp = self._client.whatsapp(self.number)
        offered = {choice.id for choice in self._last.choices} if self._last else set()
        if text in offered:
            self._exchange(lambda: whatsapp.tap(text), shown_as)
        else:
            super()._answer(text, shown_as)

    _last: WhatsappMessage | None = None

    def _newest(self) -> int:
        return max((message.id for message in self._client.whatsapp(self.number).inbox()), default=0)

    def _answers(self, since: int) -> list[str]:
        found = [
            message
            for message in self._client.whatsapp(self.number).inbox(after=since)
            if not message.template and not self._is_news(message.body)
        ]
        if found:
            self._last = found[-1]
        return [as_menu(message) for message in found]

    def _is_news(self, body: str) -> bool:
        return Reading(self.language, WHATSAPP).is_news(body)

    def inbox(self) -> list[Sms]:
        """SMS, and the news that came on WhatsApp as if it were one."""
        news = [
            Sms(-found.id, found.sid, WHATSAPP, found.body, 1, found.at, found.status, WHATSAPP, found.price)
            for found in self._client.whatsapp(self.number).inbox()
            if found.template or self._is_news(found.body)
        ]
        return [*super().inbox(), *news]

    def _is_said(self, sms: str, words: str) -> bool:
        own = (WHATSAPP, TEMPLATES)
        return super()._is_said(sms, words) or any(Reading(self.language, name).says(sms, words) for name in own)


class SmsHandset(ChatHandset):
    """She has nothing but SMS, and dials for what an SMS may not have: a PIN, an account number, a first word."""

    domain = SMS

    def dial(self, shortcut: str = "") -> "SmsHandset":
        """By SMS; a number that is not known yet is told to dial."""
        super().dial(shortcut)
        if any(Reading(language, self.domain).is_text(self._chat, "R10") for language in (ENGLISH, self.language)):
            self._show(self._code, self._client.dial(self.number, self._code))
        return self

    def _write(self, text: str) -> None:
        self._client.sms_reply(self.number, text)

    def _newest(self) -> int:
        return max((sms.id for sms in super().inbox()), default=0)

    def _answers(self, since: int) -> list[str]:
        reading = Reading(self.language, SMS)
        return [sms.text for sms in super().inbox() if sms.id > since and not reading.is_news(sms.text)]


def as_menu(message: WhatsappMessage) -> str:
    """A message with what can be tapped on it as numbered lines."""
    choices = (
        f"{choice.id}. {choice.title}" + (f" | {choice.description}" if choice.description else "")
        for choice in message.choices
    )
    return "\n".join([message.body, *choices])

"""Transcripts played through the real webhooks, with a real house behind them: the words are the same.

A transcript says what became of each command; here the product itself finds out, so only those are played whose scene
can be made (`scenes`) and whose outcomes come by themselves. Days, codes and references are other ones here.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bot import clock
from bot.settings import Settings
from tests.doors.conftest import Dialer
from tests.doors.scenes import SCENES
from tests.flows.cast import NOW
from tests.flows.play import END, FOLDER, Line, as_lines, read
from tests.support.cast import Formed
from tests.support.chat import Chat
from tests.support.phone import Phone

CHATS = {"whatsapp": "twilio-whatsapp", "sms": "twilio-sms"}
DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
OTHER_HERE = (
    (re.compile(DAY), "DAY"),
    (re.compile(r"\b\d{1,2}(:\d\d)?[ap]m\b"), "TIME"),
    (re.compile(r"\b\d{6}\b"), "CODE"),
    (re.compile(r"\b(Ref|Report) [A-Z0-9]{4,8}\b"), r"\1 REF"),
)
# A page of her own is made for one chat at a time, so the transcripts have none. A chat does not say that it ends.
ONLY_HERE = re.compile(r"^Or open this private page|/s/[0-9a-f]{32}")
CODE = "482919"  # of the group, in the transcripts


class Stage:
    """Who holds the phone and the chats of a transcript, and what they have shown."""

    def __init__(self, web: FlaskClient, ours: Settings, dialer: Dialer) -> None:
        self._web, self._ours, self._dialer = web, ours, dialer
        self.phone: Phone | None = None
        self.chat: Chat | None = None

    def play(self, line: Line) -> list[str]:
        """What is shown after this line, as a transcript has it."""
        match line.mark:
            case "facts:":
                make, person = SCENES[line.text]
                self.group = make()
                self.person, self.phone = person, self._dialer(person)
            case "on":
                self.chat = None
                if line.text in CHATS:
                    self.chat = Chat(self._web, self._ours, self.person.phone, CHATS[line.text])
            case ">" if self.chat is not None:
                return self._chatted(self.chat, self._here(line.text))
            case ">" if self.phone is not None:
                return self._dialled(self.phone, self._here(line.text))
        return []

    def _here(self, text: str) -> str:
        """With the code that the group has here."""
        return text.replace(CODE, self.group.code) if isinstance(self.group, Formed) else text

    def _chatted(self, chat: Chat, text: str) -> list[str]:
        before = len(chat.all)
        if text.startswith("again "):
            clock.advance("11m")
        if text.startswith("tap ="):
            chat.say("", ButtonPayload=text.removeprefix("tap "), MessageType="button")
        elif text.startswith("tap "):
            chat.tap(text.removeprefix("tap "))
        else:
            chat.say(text.removeprefix("again "))
        return as_lines(chat.last) if len(chat.all) > before else []

    def _dialled(self, phone: Phone, text: str) -> list[str]:
        if text.startswith("dial *347*55"):
            shown = phone.dial(text.removeprefix("dial *347*55").strip("*#"))
        else:
            shown = phone.dial() if text in ("dial", "dial again") else phone.say(text)
        return [*shown.split("\n"), *([END] if phone.over else [])]


def alike(lines: list[str]) -> list[str]:
    """With the same words in the place of what is another one each time."""
    found = [line.rstrip() for line in lines if not ONLY_HERE.search(line) and line != END]
    for pattern, word in OTHER_HERE:
        found = [pattern.sub(word, line) for line in found]
    return found[:-1] if found[-1:] == [""] else found


def turns(path: Path) -> Iterator[tuple[Line, list[str]]]:
    """Each line that was heard, and what was said to it."""
    lines = read(path)
    # Only the first facts are made; those that follow come of what was done.
    heard = [index for index, line in enumerate(lines) if line.mark in (">", "on") or index == 0]
    for start, end in zip(heard, [*heard[1:], len(lines)], strict=True):
        yield lines[start], [line.text for line in lines[start + 1 : end] if line.mark == "<"]


PLAYED = (
    "account/dropped_while_changing",
    "contribute/by_link",
    "contribute/transfer_details_late",
    "freeze/freezes",
    "group/leaves",
    "help/help",
    "intents/account",
    "intents/freeze",
    "intents/help",
    "intents/join_or_open",
    "intents/language",
    "intents/menu",
    "intents/open",
    "intents/pay",
    "intents/pay_part",
    "intents/payments",
    "intents/report",
    "intents/statement",
    "intents/turn",
    "join_group/already_in",
    "join_group/asks_the_head",
    "join_group/by_code",
    "menu/no_group",
    "menu/nothing_to_resume",
    "menu/numbers_stay",
    "menu/owes",
    "menu/resume",
    "menu/shortcut",
    "menu/three_wrong",
    "my_data/closes",
    "my_data/copy",
    "my_data/corrects_name",
    "my_data/corrects_name_at_once",
    "open_group/back",
    "open_group/opens",
    "preferences/language",
    "preferences/money_in_chat",
    "preferences/reminders",
    "prompts/settled_meanwhile",
    "report/dropped",
    "report/no_payout",
    "welcome/asks_for_more",
    "welcome/does_not_agree",
    "welcome/does_not_agree_after_reading",
    "welcome/dropped_after_the_pin",
    "welcome/registers",
    "welcome/starts_a_group",
    "welcome/three_wrong_answers",
    "welcome/wrong_answers",
)


@pytest.mark.parametrize("name", PLAYED)
def test_it_is_the_same_through_the_doors(name: str, web: FlaskClient, ours: Settings, phone: Dialer):
    clock.set_to(NOW)
    stage = Stage(web, ours, phone)

    for line, said in turns(FOLDER / f"{name}.txt"):
        assert alike(stage.play(line)) == alike(said), f"after {line.mark} {line.text}"

"""Plays a transcript: a conversation as plain lines that anybody can read.

    # what it is about
    country: GH                    where this is played, if not in Nigeria
    facts: Bisi owes N5,000        which scene of `cast` holds from here on
    > dial                         she dials; `dial *347*55*1#` is a shortcut; `dial again` comes back after a drop
    < Hi Bisi, N5,000 due ...      what the screen says, line by line
    > 1                            what she types (`> ` and nothing is an empty answer)
    ! CheckPin(pin=***)            what the conversation asks for
    = Done {"status": "success"}   and what became of it; or `= Refused wrong_pin_2`
    < (end)                        the session is over

A chat begins with `on whatsapp` or `on sms`, and what she does there is written like this:

    > hi                           she writes
    > tap Pay now                  she taps what is called so; `tap =pay:11` is the button of an older message
    > again hi                     she writes after a long silence
    > page 7304                    she types on the private page that the message leads to
    < [Open menu]                  the list that opens behind this label
    < [1] Pay now | N5,000         what can be tapped, with its number and the line below it
    < (picture: receipt)           what goes with the message

Another `on` line in the middle is another channel: what she was about to do is offered to her there. With the same
channel it is another day, on which all that is forgotten.
The talk goes through JSON between two lines, as it does between two requests.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path

from flows.engine import Engine, Heard, Outcome, Said, Step, Talk
from flows.forms import FORMS, USSD, Form, Message
from flows.registry import FLOWS
from flows.screens import Screens
from models import country
from models.commands import Command, Done, Secret
from models.rules.refused import Refused
from tests.flows.cast import SCENES, Known

FOLDER = Path(__file__).parents[1] / "transcripts"
SCREENS = Screens(ussd_code="*347*55#", help_phone="08001234567", site="ajo.ng", whatsapp="+2348009876543")
ENGINE = Engine(SCREENS)
END = "(end)"
INTENTS = "intents"  # the folder of what leads into a conversation at once


@dataclass
class Line:
    mark: str
    text: str


@dataclass
class Player:
    """Answers each line that was heard or done with the lines that should follow it."""

    facts: Known | None = None
    step: Step | None = None
    form: Form = USSD
    before: Talk | None = None  # on the channel that she has left
    visited: set[tuple[str, str]] = field(default_factory=set)
    outcomes: set[tuple[str, str, str]] = field(default_factory=set)  # where, which command, refused why

    def play(self, line: Line) -> list[Line]:
        match line.mark:
            case "facts:":
                self.facts = SCENES[line.text]
                return []
            case "country:":
                country.use(line.text)
                return []
            case "on":
                form = FORMS[line.text]
                self.before = self.step.talk if self.step and form is not self.form else None
                self.form, self.step = form, None
                return []
            case ">":
                self._take(self._heard(line.text))
            case "=":
                self._take(ENGINE.step(self._talk(), self._outcome(line.text), self._facts(), self.form))
        return self._said()

    def _heard(self, text: str) -> Step:
        if self.form is not USSD:
            return self._read(text)
        assert text.startswith("dial") or not self._ended(), f"{text!r} comes after the end"
        if text == "dial":
            return ENGINE.start(self._facts(), self.before)
        if text == "dial again":
            return ENGINE.start(self._facts(), self._talk())
        if text.startswith("dial "):
            tokens = text.removeprefix("dial *347*55").strip("*#").split("*")
            return ENGINE.replay(tokens, self._facts(), shortcut=True)
        return ENGINE.step(self._talk(), Heard(text), self._facts())

    def _read(self, text: str) -> Step:
        """A message in a chat."""
        talk = self._talk() if self.step else None
        if text.startswith("page "):
            return ENGINE.step(self._talk(), Heard(text.removeprefix("page ")), self._facts(), self.form)
        if text.startswith("again "):
            return ENGINE.listen(None, Said(text.removeprefix("again ")), self._facts(), talk, self.form)
        said = self._tapped(text.removeprefix("tap ")) if text.startswith("tap ") else Said(text)
        return ENGINE.listen(talk, said, self._facts(), self.before, self.form)

    def _tapped(self, title: str) -> Said:
        if title.startswith("="):
            return Said("", title)
        found = [choice for choice in self._message().choices if choice.title == title]
        assert found, f"there is no {title!r} to tap"
        return Said(title, found[0].id)

    def _message(self) -> Message:
        assert self.step is not None
        assert self.step.reply is not None, "nothing was said that could be tapped"
        return SCREENS.message(self.step.reply, self.form)

    def _ended(self) -> bool:
        return bool(self.step and self.step.reply and self.step.reply.end)

    def _outcome(self, text: str) -> Outcome:
        command = self.step.command if self.step else None
        assert command is not None, f"nothing was asked for, so nothing can be {text}"
        kind, _, rest = text.partition(" ")
        self.outcomes.add(
            (self.form.name, type(command).__name__, re.sub(r"_\d+$", "", rest) if kind == "Refused" else "")
        )
        result = Done(json.loads(rest) if rest else {}) if kind == "Done" else Refused(rest)
        return Outcome(type(command).__name__, result)

    def _take(self, step: Step) -> None:
        assert (step.reply is None) != (step.command is None)
        self.visited.add((step.talk.flow, step.talk.state))
        self.step = step

    def _said(self) -> list[Line]:
        assert self.step is not None
        if self.step.command:
            return [Line("!", shown(self.step.command))]
        assert self.step.reply is not None
        said = as_lines(self._message()) if self.form is not USSD else SCREENS.ussd(self.step.reply).split("\n")
        ending = [Line("<", END)] if self.step.reply.end else []
        return [*(Line("<", line) for line in said), *ending]

    def _talk(self) -> Talk:
        assert self.step is not None, "nobody has dialled yet"
        talk = Talk.from_json(self.step.talk.to_json())
        assert talk == self.step.talk
        return talk

    def _facts(self) -> Known:
        assert self.facts is not None, "a transcript begins with its facts"
        return self.facts


def as_lines(message: Message) -> list[str]:
    """A message of a chat as a transcript has it."""
    return [
        *message.body.split("\n"),
        *([f"(picture: {message.picture.kind})"] if message.picture else []),
        *([f"[{message.button}]"] if message.button else []),
        *(
            f"[{choice.id}] {choice.title}" + (f" | {choice.description}" if choice.description else "")
            for choice in message.choices
        ),
    ]


def shown(command: Command) -> str:
    """The command as a transcript has it; a secret never shows."""
    values = {each.name: getattr(command, each.name) for each in fields(command)}
    inner = ", ".join(f"{name}={value if isinstance(value, Secret) else repr(value)}" for name, value in values.items())
    return f"{type(command).__name__}({inner})"


def read(path: Path) -> list[Line]:
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        mark, _, rest = text.partition(" ")
        lines.append(Line(mark, rest))
    return lines


def transcripts() -> Iterator[Path]:
    return (path for name in [*sorted(FLOWS), INTENTS] for path in sorted((FOLDER / name).glob("*.txt")))


def replayed(path: Path) -> tuple[list[str], Player]:
    """The transcript as it would be written down now, line by line, comments and blank lines left out."""
    player = Player()
    written = []
    with _at_home():
        for line in read(path):
            if line.mark in ("<", "!"):
                continue
            written.append(f"{line.mark} {line.text}".rstrip())
            written += [f"{said.mark} {said.text}".rstrip() for said in player.play(line)]
    return written, player


def rewritten(path: Path) -> str:
    """The file with its answers as they are now, its comments and blank lines where they were."""
    player = Player()
    out: list[str] = []
    with _at_home():
        for text in path.read_text(encoding="utf-8").splitlines():
            if text.startswith(("<", "!")):
                continue
            out.append(text.rstrip())
            if text.strip() and not text.startswith("#"):
                mark, _, rest = text.partition(" ")
                out += [f"{said.mark} {said.text}".rstrip() for said in player.play(Line(mark, rest))]
    return "\n".join(out) + "\n"


@contextmanager
def _at_home() -> Iterator[None]:
    """A transcript may be played in another country; the next one is not."""
    here = country.home().code
    try:
        yield
    finally:
        country.use(here)

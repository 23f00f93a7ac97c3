"""Plays a transcript: a conversation as plain lines that anybody can read.

    # what it is about
    facts: Bisi owes N5,000        which scene of `cast` holds from here on
    > dial                         she dials; `dial *347*55*1#` is a shortcut; `dial again` comes back after a drop
    < Hi Bisi, N5,000 due ...      what the screen says, line by line
    > 1                            what she types (`> ` and nothing is an empty answer)
    ! CheckPin(pin=***)            what the conversation asks for
    = Done {"status": "success"}   and what became of it; or `= Refused wrong_pin_2`
    < (end)                        the session is over

The talk goes through JSON between two lines, as it does between two requests.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from flows.engine import Engine, Heard, Outcome, Step, Talk
from flows.registry import FLOWS
from flows.screens import Screens
from models.commands import Command, Done, Secret
from models.rules.refused import Refused
from tests.flows.cast import SCENES, Known

FOLDER = Path(__file__).parents[1] / "transcripts"
SCREENS = Screens(ussd_code="*347*55#", help_phone="08001234567", site="ajo.ng")
ENGINE = Engine(SCREENS)
END = "(end)"


@dataclass
class Line:
    mark: str
    text: str


@dataclass
class Player:
    """Answers each line that was heard or done with the lines that should follow it."""

    facts: Known | None = None
    step: Step | None = None
    visited: set[tuple[str, str]] = field(default_factory=set)

    def play(self, line: Line) -> list[Line]:
        match line.mark:
            case "facts:":
                self.facts = SCENES[line.text]
                return []
            case ">":
                self._take(self._heard(line.text))
            case "=":
                self._take(ENGINE.step(self._talk(), self._outcome(line.text), self._facts()))
        return self._said()

    def _heard(self, text: str) -> Step:
        assert text.startswith("dial") or not self._ended(), f"{text!r} comes after the end"
        if text == "dial":
            return ENGINE.start(self._facts())
        if text == "dial again":
            return ENGINE.start(self._facts(), self._talk())
        if text.startswith("dial "):
            tokens = text.removeprefix("dial *347*55").strip("*#").split("*")
            return ENGINE.replay(tokens, self._facts(), shortcut=True)
        return ENGINE.step(self._talk(), Heard(text), self._facts())

    def _ended(self) -> bool:
        return bool(self.step and self.step.reply and self.step.reply.end)

    def _outcome(self, text: str) -> Outcome:
        command = self.step.command if self.step else None
        assert command is not None, f"nothing was asked for, so nothing can be {text}"
        kind, _, rest = text.partition(" ")
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
        text = SCREENS.ussd(self.step.reply)
        ending = [Line("<", END)] if self.step.reply.end else []
        return [*(Line("<", line) for line in text.split("\n")), *ending]

    def _talk(self) -> Talk:
        assert self.step is not None, "nobody has dialled yet"
        talk = Talk.from_json(self.step.talk.to_json())
        assert talk == self.step.talk
        return talk

    def _facts(self) -> Known:
        assert self.facts is not None, "a transcript begins with its facts"
        return self.facts


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
    return (path for name in sorted(FLOWS) for path in sorted((FOLDER / name).glob("*.txt")))


def replayed(path: Path) -> tuple[list[str], Player]:
    """The transcript as it would be written down now, line by line, comments and blank lines left out."""
    player = Player()
    written = []
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
    for text in path.read_text(encoding="utf-8").splitlines():
        if text.startswith(("<", "!")):
            continue
        out.append(text.rstrip())
        if text.strip() and not text.startswith("#"):
            mark, _, rest = text.partition(" ")
            out += [f"{said.mark} {said.text}".rstrip() for said in player.play(Line(mark, rest))]
    return "\n".join(out) + "\n"

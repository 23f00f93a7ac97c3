"""How a conversation is written down: states, and a table of what leads from one to the other.

The table is the documentation and the program. It becomes one `transitions.Machine` per
flow, built at import; that library does not check destinations, so `Flow` does. A turn
never builds a machine. What is the same in all conversations (0, 00, 98, blank, wrong
answers, going back) stands in `engine` and in no table.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from transitions import Machine

from flows.catalogue import LANGUAGES
from flows.forms import USSD, Form
from flows.talk import MAX_HISTORY, Place, Talk, Value, Words
from models.commands import Command
from models.facts import Facts

# These survive going home; everything else is forgotten with the conversation that it belonged to.
KEPT_FOR_THE_SESSION = ("seat_id", "language", "put_off", "queue", "interrupted", "wanted")


class Turn:
    """One turn in the making. Guards read it, `then` functions write its memory; it does not outlive the step."""

    def __init__(self, talk: Talk, facts: Facts, can: Form = USSD, offered: Sequence[str] = LANGUAGES) -> None:
        self.facts = facts
        self.can = can  # what the channel can show, and whether a secret may be typed there
        self.offered = offered  # the languages that may be chosen
        self.flow = talk.flow
        self.state = talk.state  # what `transitions` moves
        self.memory: dict[str, Any] = dict(talk.memory)
        self.history: list[Place] = list(talk.history)
        self.page = talk.page
        self.errors = talk.errors
        self.commands = talk.commands
        self.pin_ok = talk.pin_ok
        self.value: Any = None  # what was heard, as the screen understood it
        self.data: dict[str, Any] = {}  # of the command that was done
        self.notice: Words | None = None

    def talk(self, *, over: bool = False) -> Talk:
        return Talk(
            flow=self.flow,
            state=self.state,
            memory=self.memory,
            history=tuple(self.history[-MAX_HISTORY:]),
            page=self.page,
            errors=self.errors,
            commands=self.commands,
            pin_ok=self.pin_ok,
            over=over,
        )

    def forget(self) -> None:
        """Leave the conversation behind."""
        self.memory = {key: self.memory[key] for key in KEPT_FOR_THE_SESSION if key in self.memory}


Guard = Callable[[Turn], bool]
Then = Callable[[Turn], None]
Shows = Callable[[Turn], Mapping[str, Value] | None]


def nothing(_: Turn) -> Mapping[str, Value]:
    """The facts of a screen whose text has no placeholders."""
    return {}


@dataclass(frozen=True)
class Screen:
    """A state that says something and, unless it is an end, waits for an answer.

    key: its text; the name of the state when left out.
    shows: the values of the text, or None when what it is about is no longer there.
    hears: what an answer means, or None for a wrong one; without it, the numbered lines are the answers.
    rows: the lines of a list; with picks she chooses one by its number (heard as its index).
    again: the screen that this one asks once more after a wrong answer; it answers as that one does.
    secret: what is typed here may not be remembered, logged or replayed.
    of_others: it is somebody else's (her number) and not hers: not kept either, but a chat may take it.
    behind_pin: may be shown only after the PIN; without it she is led to this state instead.
    returns: where a dropped talk goes on (this screen when left out).
    waits_first: a shortcut that was dialled goes on after this question.
    """

    name: str
    key: str = ""
    shows: Shows = nothing
    hears: Callable[[str], Any] | None = None
    rows: Callable[[Turn], Sequence[Words]] | None = None
    picks: bool = False
    again: str = ""
    secret: bool = False
    of_others: bool = False
    end: bool = False
    behind_pin: str = ""
    returns: str = ""
    waits_first: bool = False

    @property
    def text(self) -> str:
        return self.key or self.name

    @property
    def not_in_chats(self) -> bool:
        """Whether a channel that takes no secrets has to send her elsewhere."""
        return self.secret and not self.of_others


@dataclass(frozen=True)
class Fork:
    """A state that asks nobody: the first row of "go" whose guards hold is taken."""

    name: str


@dataclass(frozen=True)
class Act:
    """A state that asks for a command. Its outcome is heard as "done" or as the reason of the refusal.

    proves_pin: done means that she knows her PIN. settles: done cannot be undone by going back.
    """

    name: str
    command: type[Command]
    build: Callable[[Turn], Command]
    proves_pin: bool = False
    settles: bool = True


@dataclass(frozen=True)
class Jump:
    """A state that leads to a place which only the talk knows (going on after a drop)."""

    name: str
    to: Callable[[Turn], Place | None]


State = Screen | Fork | Act | Jump


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    trigger: str
    sources: tuple[str, ...]
    dest: str
    when: tuple[Guard, ...] = ()
    then: Then | None = None


def row(
    trigger: str,
    source: str | Sequence[str],
    dest: str,
    *,
    when: Guard | Sequence[Guard] = (),
    then: Then | None = None,
) -> Row:
    """On `trigger` in `source` go to `dest` (a state here, or flow.state elsewhere), when all guards hold.

    Rows are tried from above. `then` writes down what was learned before the next state is entered.
    """
    sources = (source,) if isinstance(source, str) else tuple(source)
    guards = (when,) if callable(when) else tuple(when)
    return Row(trigger, sources, dest, guards, then)


class FlowError(Exception):
    """A table that does not hold together; found at import."""


class Flow:
    """A conversation. `doing` says in words what she was about to do, for the one who comes back after a drop."""

    def __init__(
        self,
        name: str,
        states: Sequence[State],
        table: Sequence[Row],
        doing: Callable[[Turn], Words | None] | None = None,
    ) -> None:
        self.name = name
        self.states: dict[str, State] = {state.name: state for state in states}
        self.states |= {
            state.name: self._repeated(state) for state in states if isinstance(state, Screen) and state.again
        }
        self.doing = doing
        self.table = tuple(self._spread(line) for line in table)
        self.rows: dict[tuple[str, str], list[Row]] = {}
        for line in self.table:
            for source in line.sources:
                self.rows.setdefault((source, line.trigger), []).append(line)
        self._check(states)
        self.machine = self._machine()

    @property
    def exits(self) -> frozenset[str]:
        """Where this conversation hands over to another one, as flow.state."""
        return frozenset(line.dest for line in self.table if "." in line.dest)

    def allows(self, state: str, trigger: str, turn: Turn) -> bool:
        """Whether this answer would lead anywhere now. A numbered line that leads nowhere is not shown."""
        rows = self.rows.get((state, trigger), [])
        # A guard may cost a query: none is asked when a row without guards answers anyway.
        return any(not line.when for line in rows) or any(all(guard(turn) for guard in line.when) for line in rows)

    def fire(self, trigger: str, turn: Turn) -> bool:
        """Take the first row that holds; False when there is none."""
        if (turn.state, trigger) not in self.rows:
            return False
        return bool(self.machine.events[trigger].trigger(turn, turn))

    def screen(self, state: str) -> Screen | None:
        found = self.states.get(state)
        return found if isinstance(found, Screen) else None

    def base(self, state: str) -> str:
        """The screen that a repeated question repeats."""
        screen = self.screen(state)
        return screen.again if screen and screen.again else state

    def _repeated(self, screen: Screen) -> Screen:
        """A repeated question is answered, and kept secret, like the first one."""
        first = self.screen(screen.again)
        if first is None:
            raise FlowError(f"{self.name}: {screen.name} repeats {screen.again}, which asks nothing")
        return replace(
            screen,
            hears=first.hears,
            secret=first.secret,
            of_others=first.of_others,
            behind_pin=first.behind_pin,
            returns=first.returns,
        )

    def _spread(self, line: Row) -> Row:
        """A screen that asks again answers as the one it repeats."""
        repeats = [
            state.name
            for state in self.states.values()
            if isinstance(state, Screen) and state.again in line.sources and state.name not in line.sources
        ]
        return Row(line.trigger, (*line.sources, *repeats), line.dest, line.when, line.then)

    def _check(self, states: Sequence[State]) -> None:
        known = set(self.states)
        problems = [
            f"{name} stands there twice" for name, times in Counter(s.name for s in states).items() if times > 1
        ]
        for line in self.table:
            problems += [f"no state {source}" for source in line.sources if source not in known]
            if "." not in line.dest and line.dest not in known:
                problems.append(f"no state {line.dest}")
        for state in self.states.values():
            if isinstance(state, Screen):
                named = (state.again, state.behind_pin, state.returns)
                problems += [f"{state.name} names {other}" for other in named if other and other not in known]
        if problems:
            raise FlowError(f"{self.name}: {'; '.join(problems)}")

    def _machine(self) -> Machine:
        names = [*self.states, *sorted(self.exits)]
        return Machine(
            model=None,
            states=names,
            initial=names[0],
            transitions=[
                {
                    "trigger": line.trigger,
                    "source": list(line.sources),
                    "dest": line.dest,
                    "conditions": list(line.when),
                    "before": [line.then] if line.then else [],
                }
                for line in self.table
            ],
            auto_transitions=False,
        )

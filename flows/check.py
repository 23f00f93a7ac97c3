"""What `Flow` cannot see by itself: that the conversations hold together as a whole.

Behind `flask --app app flows check` and a test: in words, what is unreachable, where a talk could get
stuck, which answer is a secret without being marked as one, what moves money without having said how
much. What is wrong with the texts is found in `check_texts`.
"""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from flows import catalogue
from flows.flow import Act, Flow, Fork, Screen
from flows.intents import INTENTS, SHORTCUTS
from flows.menu import MAIN, SECOND_PAGE
from flows.registry import FLOWS
from flows.talk import START
from flows.templates import BACK, MORE, TO_HOME, number_of, numbers, placeholders
from models.commands import (
    ApprovePayout,
    CheckPin,
    Command,
    ConfirmBankAccount,
    JoinGroup,
    OpenGroup,
    PayShort,
    Secret,
    StartPayment,
)

Node = tuple[str, str]

# These two are answered by rows of their own where a screen has them.
KEYS_OF_THE_PHONE = (BACK, MORE)

# What commits somebody's money. Right before it the screen says how much, or where to.
MONEY = (StartPayment, ApprovePayout, PayShort, OpenGroup, JoinGroup, ConfirmBankAccount)
SAYS_HOW_MUCH = frozenset({"amt", "total", "pot", "acname"})


@dataclass(frozen=True)
class Problem:
    """Where it is, what is wrong there, and what to do about it."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.where} {self.what}"


def problems(flows: Mapping[str, Flow] = FLOWS) -> list[Problem]:
    """All that is wrong with the tables; empty when the conversations hold together."""
    found = [*_unreachable(flows)]
    for flow in flows.values():
        for state in flow.states.values():
            found += [Problem(f"{flow.name}.{state.name}", *told) for told in _of_state(flow, state)]
    return found


def unplayed(transcripts: Path) -> list[Problem]:
    """Intents that no transcript plays on every kind of channel on which they can be said."""
    return [
        Problem(f"intent {name}", f"is not played {how}", f"write it into {transcripts.name}/{name}.txt")
        for name in INTENTS
        for how in _lacking(name, transcripts / f"{name}.txt")
    ]


def _lacking(name: str, path: Path) -> Iterator[str]:
    played = path.read_text(encoding="utf-8") if path.exists() else ""
    if name in SHORTCUTS.values() and "> dial *" not in played:
        yield "on ussd"
    yield from (f"on {form}" for form in ("whatsapp", "sms") if f"on {form}\n" not in played)


# --- states -----------------------------------------------------------------------------------------------------------


def _of_state(flow: Flow, state: object) -> Iterator[tuple[str, str]]:
    match state:
        case Fork(name):
            if not _always(flow, name, "go"):
                yield "may lead nowhere", "give it a last row without a guard"
        case Act():
            yield from _of_act(flow, state)
        case Screen():
            yield from _of_screen(flow, state)


def _of_act(flow: Flow, act: Act) -> Iterator[tuple[str, str]]:
    if not _always(flow, act.name, "done"):
        yield "has no row for every way of being done", 'give "done" a last row without a guard'
    for why in refusals(act.command):
        if not (_always(flow, act.name, why) or _always(flow, act.name, "refused")):
            yield f"does not answer {why}", f'add a row for "{why}" or for "refused"'
    if any(field.type is Secret for field in fields(act.command)):
        for source in {source for line in flow.table if line.dest == act.name for source in line.sources}:
            screen = flow.screen(source)
            if screen and screen.hears and not screen.secret:
                yield f"gets a secret from {source}, which is not marked as one", f"mark {source} with secret=True"
    if act.command in MONEY:
        for screen in _asks_before(flow, act.name):
            if not SAYS_HOW_MUCH & set(placeholders(_text(screen))):
                yield f"comes right after {screen.name}, which does not say how much", "confirm it on a screen before"


def _asks_before(flow: Flow, state: str) -> list[Screen]:
    """The screens whose answer leads to this state with nothing shown in between."""
    found: dict[str, Screen] = {}
    ahead, seen = [state], set[str]()
    while ahead:
        here = ahead.pop()
        seen.add(here)
        for source in {flow.base(source) for line in flow.table if line.dest == here for source in line.sources}:
            screen, before = flow.screen(source), flow.states[source]
            if screen:
                found[source] = screen
            elif source not in seen and (isinstance(before, Fork) or _only_checks(before)):
                ahead.append(source)
    return list(found.values())


def _only_checks(state: object) -> bool:
    return isinstance(state, Act) and state.command is CheckPin


def _of_screen(flow: Flow, screen: Screen) -> Iterator[tuple[str, str]]:
    if screen.text not in catalogue.CATALOGUES[catalogue.ENGLISH]:
        yield f"has no text {screen.text}", f"write {screen.text} into locale/en/LC_MESSAGES/messages.po"
        return
    triggers = {trigger for state, trigger in flow.rows if state == screen.name}
    if screen.end and triggers:
        yield "is an end that goes on", "take end=True off, or its rows away"
    if not (screen.end or triggers or screen.hears or _shows_a_way_out(screen)):
        yield "is a dead end", "add a line 0. Back to its text"
    if screen.hears and not _always(flow, screen.name, "heard"):
        yield "does not answer everything that it hears", 'give "heard" a last row without a guard'
    if screen.picks and not (screen.rows and _always(flow, screen.name, "pick")):
        yield "lets nobody pick", 'add rows= and a row for "pick" without a guard'
    if screen.behind_pin and not screen.returns:
        yield "is behind the PIN and could be resumed", "say with returns= where a dropped talk goes on"
    # The numbers of the menu are dialled from memory, so they mean the same where they are not shown.
    dialled = {number for state in (*MAIN, SECOND_PAGE) for number in numbers(state)} if flow is FLOWS["menu"] else ()
    shown = {*numbers(screen.text), *dialled, *KEYS_OF_THE_PHONE}
    for trigger in sorted(triggers):
        if trigger.isdigit() and trigger not in shown:
            yield f"answers {trigger} but does not show it", f"add a line {trigger}. to its text, or take the row away"


def _shows_a_way_out(screen: Screen) -> bool:
    return any(number_of(line) in (BACK, TO_HOME) for line in _text(screen).split("\n"))


def _text(screen: Screen) -> str:
    return catalogue.CATALOGUES[catalogue.ENGLISH].get(screen.text, "")


# --- ways -------------------------------------------------------------------------------------------------------------


def _unreachable(flows: Mapping[str, Flow]) -> list[Problem]:
    seen: set[Node] = set()
    ahead: list[Node] = [START, *((target.flow, target.state) for target in INTENTS.values() if target.flow in flows)]
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            ahead += _next(flows, *node)
    every = {(flow.name, state) for flow in flows.values() for state in flow.states}
    return [
        Problem(f"{flow}.{state}", "is never reached", "lead a row there, or take it away")
        for flow, state in sorted(every - seen)
    ]


def _next(flows: Mapping[str, Flow], flow: str, state: str) -> Iterable[Node]:
    screen = flows[flow].screen(state) if flow in flows else None
    if screen:
        yield from ((flow, other) for other in (screen.again, screen.behind_pin, screen.returns) if other)
    for line in flows[flow].table if flow in flows else ():
        if state in line.sources:
            name, _, dest = line.dest.rpartition(".")
            yield (name or flow, dest)


def _always(flow: Flow, state: str, trigger: str) -> bool:
    """Whether some row answers whatever the guards say."""
    return any(not line.when for line in flow.rows.get((state, trigger), ()))


def refusals(command: type[Command]) -> tuple[str, ...]:
    """The reasons that a command's own description names; `wrong_pin_N` stands for any number."""
    told = re.sub(r"\s+", " ", inspect.getdoc(command) or "").partition("Refused:")[2]
    listed = re.sub(r"\([^)]*\)", "", told).partition(".")[0]
    names = [re.match(r"\s*(\w+)", part) for part in listed.split(",")]
    return tuple(name[1].removesuffix("_N") for name in names if name)

"""What `Flow` cannot see by itself: that the conversations hold together as a whole.

Used by a test, and by whoever writes a conversation: `problems()` says in words what is
unreachable, where a talk could get stuck, which text is missing, which answer is a secret
without being marked as one.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields

from flows import catalogue
from flows.flow import Act, Flow, Fork, Screen
from flows.menu import MAIN, SECOND_PAGE
from flows.registry import FLOWS
from flows.talk import START
from flows.templates import numbers, placeholders
from models.commands import Command, Secret

Node = tuple[str, str]

# These two are answered by rows of their own where a screen has them.
KEYS_OF_THE_PHONE = ("0", "98")


def problems(flows: Mapping[str, Flow] = FLOWS) -> list[str]:
    """All that is wrong, in words; empty when the conversations hold together."""
    found = [*_unreachable(flows), *_untranslatable()]
    for flow in flows.values():
        for state in flow.states.values():
            found += [f"{flow.name}.{state.name} {what}" for what in _of_state(flow, state)]
    return found


def _of_state(flow: Flow, state: object) -> Iterator[str]:
    match state:
        case Fork(name):
            if not _always(flow, name, "go"):
                yield "may lead nowhere"
        case Act():
            yield from _of_act(flow, state)
        case Screen():
            yield from _of_screen(flow, state)


def _of_act(flow: Flow, act: Act) -> Iterator[str]:
    if not _always(flow, act.name, "done"):
        yield "has no row for every way of being done"
    for why in refusals(act.command):
        if not (_always(flow, act.name, why) or _always(flow, act.name, "refused")):
            yield f"does not answer {why}"
    if any(field.type is Secret for field in fields(act.command)):
        asking = [line for line in flow.table if line.dest == act.name and line.trigger == "heard"]
        for source in {source for line in asking for source in line.sources}:
            screen = flow.screen(source)
            if screen and not screen.secret:
                yield f"gets a secret from {source}, which is not marked as one"


def _of_screen(flow: Flow, screen: Screen) -> Iterator[str]:
    if screen.text not in catalogue.CATALOGUES[catalogue.ENGLISH]:
        yield f"has no text {screen.text}"
        return
    triggers = {trigger for state, trigger in flow.rows if state == screen.name}
    if screen.end and triggers:
        yield "is an end that goes on"
    if screen.hears and not _always(flow, screen.name, "heard"):
        yield "does not answer everything that it hears"
    if screen.picks and not (screen.rows and _always(flow, screen.name, "pick")):
        yield "lets nobody pick"
    if screen.behind_pin and not screen.returns:
        yield "is behind the PIN and could be resumed"
    # The numbers of the menu are dialled from memory, so they mean the same where they are not shown.
    dialled = {number for state in (*MAIN, SECOND_PAGE) for number in numbers(state)} if flow is FLOWS["menu"] else ()
    shown = {*numbers(screen.text), *dialled, *KEYS_OF_THE_PHONE}
    for trigger in sorted(triggers):
        if trigger.isdigit() and trigger not in shown:
            yield f"answers {trigger} but does not show it"


def _unreachable(flows: Mapping[str, Flow]) -> list[str]:
    seen: set[Node] = set()
    ahead: list[Node] = [START]
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            ahead += _next(flows, *node)
    every = {(flow.name, state) for flow in flows.values() for state in flow.states}
    return [f"{flow}.{state} is never reached" for flow, state in sorted(every - seen)]


def _next(flows: Mapping[str, Flow], flow: str, state: str) -> Iterator[Node]:
    screen = flows[flow].screen(state)
    if screen:
        yield from ((flow, other) for other in (screen.again, screen.behind_pin, screen.returns) if other)
    for line in flows[flow].table:
        if state in line.sources:
            name, _, dest = line.dest.rpartition(".")
            yield (name or flow, dest)


def _untranslatable() -> Iterator[str]:
    """A translation may leave a text out, but not a value, and it may not invent one."""
    english = catalogue.CATALOGUES[catalogue.ENGLISH]
    for language, texts in catalogue.CATALOGUES.items():
        for key, text in texts.items():
            if key not in english:
                yield f"{language} has a text {key} that English lacks"
            elif set(placeholders(text)) != set(placeholders(english[key])):
                yield f"{language} has other values in {key}"


def _always(flow: Flow, state: str, trigger: str) -> bool:
    """Whether some row answers whatever the guards say."""
    return any(not line.when for line in flow.rows.get((state, trigger), ()))


def refusals(command: type[Command]) -> tuple[str, ...]:
    """The reasons that a command's own description names; `wrong_pin_N` stands for any number."""
    told = re.sub(r"\s+", " ", inspect.getdoc(command) or "").partition("Refused:")[2]
    listed = re.sub(r"\([^)]*\)", "", told).partition(".")[0]
    names = [re.match(r"\s*(\w+)", part) for part in listed.split(",")]
    return tuple(name[1].removesuffix("_N") for name in names if name)

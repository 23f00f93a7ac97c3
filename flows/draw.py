"""Diagrams of the conversations: one Mermaid state diagram for each flow, made from its table.

`transitions` draws, too (GraphMachine with graph_engine="mermaid"). It knows names of states and of functions
and no more: not the first line that a screen says, nor what is a screen, a command or a fork, nor that `menu.home`
is a state of another flow. Those are what somebody who reads a conversation looks for, so this is our own.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from flows import catalogue
from flows.flow import Act, Flow, Fork, Guard, Jump, Row, Screen, State
from flows.intents import INTENTS
from flows.registry import FLOWS
from flows.talk import START

FOLDER = Path(__file__).parents[1] / "docs" / "flows"
INDEX = "README.md"

LONGEST_LABEL = 48

# What a trigger is to somebody who reads.
TRIGGERS = {"go": "", "heard": "an answer", "wrong": "not an answer", "pick": "a line", "refused": "refused"}

_CLASSES = (
    "classDef command fill:#fff3bf,stroke:#b08900",
    "classDef secret fill:#ffe3e3,stroke:#c92a2a",
    "classDef other fill:#e7f5ff,stroke:#1971c2,stroke-dasharray: 4",
)
_LEGEND = "Yellow: a command. Red: the answer is a secret. Dashed: another conversation. A diamond asks nobody."


def pages() -> dict[str, str]:
    """All files of the folder, by name."""
    return {INDEX: _index(), **{f"{name}.md": _page(flow) for name, flow in FLOWS.items()}}


def stale(folder: Path = FOLDER) -> list[str]:
    """The names of the files that are not as they would be written now."""
    now = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in {*now, *there} if now.get(name) != there.get(name))


def write(folder: Path = FOLDER) -> list[str]:
    """Writes what is stale, and takes away what no longer is a flow. The names of the files that it changed."""
    changed, now = stale(folder), pages()
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in now:
            (folder / name).write_text(now[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


# --- pages ------------------------------------------------------------------------------------------------------------


def _index() -> str:
    lines = [
        "# Conversations",
        "",
        "Made by `flask --app app flows draw`; a test fails when a page is stale.",
        "",
        *(f"- [{name}]({name}.md): {_about(name)}" for name in FLOWS),
        "",
        "## Intents",
        "",
        "What can be dialled, written or tapped, and where it leads.",
        "",
        "| intent | leads to | words |",
        "|---|---|---|",
        *(f"| {name} | [{at.flow}]({at.flow}.md) {at.state} | {_words(name)} |" for name, at in INTENTS.items()),
    ]
    return "\n".join(lines) + "\n"


def _page(flow: Flow) -> str:
    others = sorted({exit_.partition(".")[0] for exit_ in flow.exits})
    parts = [
        f"# {flow.name}",
        "",
        _about(flow.name),
        "",
        "```mermaid",
        "stateDiagram-v2",
        *(f"  {line}" for line in _diagram(flow)),
        "```",
        "",
        _LEGEND,
    ]
    if others:
        parts += ["", "Goes on in " + ", ".join(f"[{name}]({name}.md)" for name in others) + "."]
    if entries := sorted(_from_elsewhere(flow)):
        parts += ["", "Comes from " + ", ".join(f"[{name}]({name}.md)" for name in entries) + "."]
    return "\n".join(parts) + "\n"


def _about(name: str) -> str:
    """The first sentence of the module in which it is written."""
    told = (sys.modules[f"flows.{name}"].__doc__ or "").strip().split("\n\n")[0]
    return " ".join(told.split())


def _words(name: str) -> str:
    key = f"WORDS_{name}"
    return catalogue.text(key) if key in catalogue.CATALOGUES[catalogue.ENGLISH] else ""


def _from_elsewhere(flow: Flow) -> set[str]:
    return {other.name for other in FLOWS.values() for exit_ in other.exits if exit_.startswith(f"{flow.name}.")}


# --- diagrams ---------------------------------------------------------------------------------------------------------


def _diagram(flow: Flow) -> Iterator[str]:
    yield "direction TB"
    yield from _CLASSES
    for state in flow.states.values():
        yield from _state(state)
    for exit_ in sorted(flow.exits):
        yield f'state "{exit_}" as {_id(exit_)}'
        yield f"class {_id(exit_)} other"
    yield from (f"[*] --> {_id(name)}" for name in entries(flow))
    for (source, dest), told in arrows(flow).items():
        yield f"{_id(source)} --> {_id(dest)}" + (f" : {told}" if told else "")


def _state(state: State) -> Iterator[str]:
    match state:
        case Fork(name):
            yield f"state {_id(name)} <<choice>>"
        case Jump(name):
            yield f'state "{name}" as {_id(name)}'
        case Act(name, command):
            yield f'state "{command.__name__}" as {_id(name)}'
            yield f"class {_id(name)} command"
        case Screen():
            yield f'state "{_label(state)}" as {_id(state.name)}'
            if state.secret:
                yield f"class {_id(state.name)} secret"
            if state.end:
                yield f"{_id(state.name)} --> [*]"


def entries(flow: Flow) -> list[str]:
    """Where other conversations, and intents, come in."""
    named = {f"{flow.name}.{state}" for state in flow.states}
    exits = {exit_ for other in FLOWS.values() for exit_ in other.exits}
    wanted = {f"{target.flow}.{target.state}" for target in INTENTS.values()} | {".".join(START)}
    return sorted(name.partition(".")[2] for name in named & (exits | wanted))


def arrows(flow: Flow) -> dict[tuple[str, str], str]:
    """From here to there, and all that leads along it."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in flow.table:
        for source in line.sources:
            if flow.base(source) == source:
                found.setdefault((source, line.dest), []).append(_why(line))
    for state in flow.states.values():
        if isinstance(state, Screen) and state.again:
            found.setdefault((state.name, state.again), []).append("asks again")
        if isinstance(state, Screen) and state.behind_pin:
            found.setdefault((state.name, state.behind_pin), []).append("without the PIN")
    return {way: " / ".join(dict.fromkeys(filter(None, reasons))) for way, reasons in found.items()}


def _why(line: Row) -> str:
    trigger = TRIGGERS.get(line.trigger, line.trigger.replace("_", " "))
    guards = f"[{' and '.join(map(_guard, line.when))}]" if line.when else ""
    return " ".join(filter(None, (trigger, guards)))


def _guard(guard: Guard) -> str:
    """Its name, or that of the function that made it."""
    name = guard.__name__ if guard.__name__ not in ("guard", "<lambda>") else guard.__qualname__.split(".")[0]
    return name.strip("_").replace("_", " ")


def first_line(screen: Screen) -> str:
    """How it begins in English, with the names of its facts where they stand; "" when it has no text of its own."""
    first = catalogue.CATALOGUES[catalogue.ENGLISH].get(screen.text, "").split("\n")[0]
    return re.sub(r"\{(\w+)\}", r"(\1)", first)


def _label(screen: Screen) -> str:
    said = first_line(screen).replace('"', "'").replace("#", "#35;")
    short = said if len(said) <= LONGEST_LABEL else f"{said[:LONGEST_LABEL].rsplit(' ', 1)[0]} ..."
    return f"{screen.name}: {short}" if short else screen.name


def _id(name: str) -> str:
    """A name that no word of the diagram's language can be."""
    return "s_" + re.sub(r"\W", "_", name)

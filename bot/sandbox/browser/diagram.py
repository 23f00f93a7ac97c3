"""The picture of a conversation with the place lit where somebody is: rows of states from its entries downwards.

What is drawn comes from `flows.draw`, as the pages under docs/flows do; here is only where it stands.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from flows import draw
from flows.flow import Act, Flow, Fork, Jump, Screen
from flows.registry import FLOWS

ACROSS: Final = 2
WIDE, HIGH = 130, 44
GAP_X, GAP_Y = 22, 40
EDGE: Final = 24  # room at the sides, for arrows that lead back up
LONGEST: Final = 22


@dataclass(frozen=True)
class Node:
    """A state in its place. kind: screen, secret, command, fork, jump or other (of another conversation)."""

    name: str
    kind: str
    title: str
    line: str
    x: int
    y: int
    here: bool
    entry: bool
    end: bool

    @property
    def middle(self) -> int:
        return self.x + WIDE // 2


@dataclass(frozen=True)
class Arrow:
    """From one to another. of: from (out of the place that is lit), into, or "" for all others."""

    source: str
    dest: str
    told: str
    path: str
    of: str


@dataclass(frozen=True)
class Diagram:
    """All of it, with its size."""

    flow: str
    state: str
    wide: int
    high: int
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]

    @property
    def box(self) -> int:
        """How wide a state is."""
        return WIDE

    @property
    def out(self) -> tuple[Arrow, ...]:
        """What leads on from here: the picture in words."""
        return tuple(each for each in self.arrows if each.of == "from")


def diagram(flow_name: str, state: str) -> Diagram | None:
    """The picture, or None when there is no such conversation (an older version wrote the talk)."""
    flow = FLOWS.get(flow_name)
    if flow is None:
        return None
    lit = flow.base(state)
    ways = _ways(flow)
    rows = _rows(flow, ways)
    nodes = {name: _node(flow, name, at, lit) for name, at in _places(rows).items()}
    arrows = [_arrow(nodes[source], nodes[dest], told, lit) for (source, dest), told in ways.items()]
    return Diagram(
        flow_name,
        lit,
        2 * EDGE + ACROSS * WIDE + (ACROSS - 1) * GAP_X,
        len(rows) * (HIGH + GAP_Y),
        tuple(nodes.values()),
        tuple(sorted(arrows, key=lambda each: bool(each.of))),  # what is lit is drawn over the rest
    )


def _ways(flow: Flow) -> dict[tuple[str, str], str]:
    """A question that is asked again stands there once."""
    found: dict[tuple[str, str], list[str]] = {}
    for (source, dest), told in draw.arrows(flow).items():
        way = (flow.base(source), dest if "." in dest else flow.base(dest))
        found.setdefault(way, []).append(told)
    return {way: " / ".join(filter(None, told)) for way, told in found.items()}


def _rows(flow: Flow, ways: dict[tuple[str, str], str]) -> list[list[str]]:
    """The states by how many steps they are from an entry, so many of them across; exits at the bottom."""
    names = list(dict.fromkeys(flow.base(each) for each in flow.states))
    depth = dict.fromkeys((flow.base(each) for each in draw.entries(flow)), 0) or {names[0]: 0}
    waiting = deque(depth)
    while waiting:
        name = waiting.popleft()
        for source, dest in ways:
            if source == name and "." not in dest and dest not in depth:
                depth[dest] = depth[name] + 1
                waiting.append(dest)
    last = max(depth.values()) + 1
    levels: dict[int, list[str]] = {}
    for name in names:
        levels.setdefault(depth.get(name, last), []).append(name)
    levels[last + 1] = sorted(flow.exits)
    return [level[n : n + ACROSS] for _, level in sorted(levels.items()) for n in range(0, len(level), ACROSS)]


def _places(rows: list[list[str]]) -> dict[str, tuple[int, int]]:
    """Where each stands; the gap in the middle stays free for arrows."""
    return {
        name: (EDGE + across * (WIDE + GAP_X), GAP_Y // 2 + down * (HIGH + GAP_Y))
        for down, row in enumerate(rows)
        for across, name in enumerate(row)
    }


def _node(flow: Flow, name: str, at: tuple[int, int], lit: str) -> Node:
    kind, title, line = _look(flow, name)
    found = flow.states.get(name)
    return Node(
        name, kind, title, _short(line), *at, here=name == lit, entry=name in draw.entries(flow),
        end=isinstance(found, Screen) and found.end,
    )  # fmt: skip


def _look(flow: Flow, name: str) -> tuple[str, str, str]:
    """(kind, title, what it says)."""
    match flow.states.get(name):
        case Fork():
            return "fork", name, "asks nobody"
        case Jump():
            return "jump", name, "goes back to where she was"
        case Act(_, command):
            return "command", command.__name__, name
        case Screen() as screen:
            return ("secret" if screen.secret else "screen"), name, draw.first_line(screen)
    return "other", name, "another conversation"


def _arrow(source: Node, dest: Node, told: str, lit: str) -> Arrow:
    of = "from" if source.name == lit else "into" if dest.name == lit else ""
    return Arrow(source.name, dest.name, told, _path(source, dest), of)


def _path(source: Node, dest: Node) -> str:
    """To the next row straight down, further down through the gap in the middle, back up around the side."""
    if dest.y == source.y and dest.x != source.x:
        begin, end = (source.x + WIDE, dest.x) if source.x < dest.x else (source.x, dest.x + WIDE)
        return f"M{begin},{source.y + HIGH // 2} L{end},{source.y + HIGH // 2}"
    if dest.y > source.y:
        top, bottom, bend = source.y + HIGH, dest.y, GAP_Y // 2
        lane = EDGE + WIDE + GAP_X // 2
        if dest.y - source.y == HIGH + GAP_Y:
            return f"M{source.middle},{top} C{source.middle},{bottom} {dest.middle},{top} {dest.middle},{bottom}"
        return (
            f"M{source.middle},{top} C{source.middle},{top + bend} {lane},{top} {lane},{top + bend}"
            f" L{lane},{bottom - bend} C{lane},{bottom} {dest.middle},{bottom - bend} {dest.middle},{bottom}"
        )
    right = source.x > EDGE
    begin = source.x + WIDE if right else source.x
    end = dest.x + WIDE if right else dest.x
    out = begin + EDGE - 4 if right else begin - EDGE + 4
    high, low = dest.y + HIGH // 2 - 8, source.y + HIGH // 2 + 8
    return f"M{begin},{low} C{out},{low} {out},{high} {end},{high}"


def _short(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"

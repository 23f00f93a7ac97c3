"""Groups: the list, a group's own page, and what grows beside it: ledger and messages.

The forms are in `groups_forms`, a group's end in `groups_end`, the words in `groups_words`.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask import abort, render_template, request
from werkzeug.datastructures import MultiDict

from bot import clock
from bot.panel import typed
from bot.panel.gate import Panel, own_group
from bot.panel.menu import Place
from bot.panel.pages import groups_end, groups_forms, groups_limit, groups_pause
from bot.panel.pages.groups_words import known
from models.actions.signing_in import Somebody
from models.queries import panel_group, panel_group_lists, panel_groups, pauses
from models.queries.panel_group import GroupPage, SeatLine
from models.queries.panel_groups import STATES, Wanted
from models.queries.panel_scope import groups_of
from models.rules import schedule
from models.rules.staff import Right, own_groups_only

PLACES = (Place("Groups", "/admin/groups", Right.SEE),)
CIRCLE: Final = 100.0  # the ring's length: a seat's arc is its share of this
GAP: Final = 1.2


@dataclass(frozen=True)
class Arc:
    """A seat's part of the ring."""

    state: str
    start: float
    length: float


@dataclass(frozen=True)
class Ring:
    """Who has paid, one arc a seat in the order of turns. counts: how many are in each state."""

    arcs: tuple[Arc, ...]
    counts: dict[str, int]
    total: int


def add(panel: Panel) -> None:
    """The pages that are read, then the forms."""
    groups_forms.add(panel)
    groups_pause.add(panel)
    groups_limit.add(panel)
    groups_end.add(panel)

    @panel.page("/groups", Right.SEE)
    def group_list(who: Somebody) -> Any:
        wanted = _wanted(request.args)
        found = panel_groups.groups(who, wanted, clock.now())
        own = None if own_groups_only(who.role) else bool(who.groups)
        today = schedule.local_date(clock.now())
        return render_template("panel/groups.html", wanted=wanted, found=found, own=own, today=today, **known())

    @panel.page("/groups/<int:group_id>", Right.SEE)
    def group_page(who: Somebody, group_id: int) -> Any:
        group = shown(who, group_id)
        seats = panel_group.seats(group_id, clock.now())
        return render_template(
            "panel/group.html",
            group=group,
            rounds=panel_group.rounds(group_id),
            seats=seats,
            ring=None if group.status == "dissolving" else ring_of(seats),
            rules=panel_group.rules(group_id),
            asked=panel_group_lists.invitations(group_id, groups_of(who)),
            ballot=panel_group.ballot(group_id),
            today=schedule.local_date(clock.now()),
            pauses=pauses.pauses_of(group_id),
            following=pauses.next_due(group_id, clock.now()),
            **known(),
        )

    @panel.page("/groups/<int:group_id>/ledger", Right.SEE)
    def group_ledger(who: Somebody, group_id: int) -> Any:
        group = shown(who, group_id)
        lines, after = panel_group_lists.ledger(group_id, _number(request.args, "after"))
        return render_template("panel/group_ledger.html", group=group, rows=lines, after=after, **known())

    @panel.page("/groups/<int:group_id>/messages", Right.SEE)
    def group_messages(who: Somebody, group_id: int) -> Any:
        group = shown(who, group_id)
        lines, after = panel_group_lists.letters(group_id, _number(request.args, "after"), groups=groups_of(who))
        return render_template("panel/group_messages.html", group=group, rows=lines, after=after, **known())


def shown(who: Somebody, group_id: int) -> GroupPage:
    """The group, if it is hers to see; otherwise it does not exist."""
    own_group(who, group_id)
    group = panel_group.page_of(group_id, groups_of(who))
    if group is None:
        abort(404)
    return group


def ring_of(seats: tuple[SeatLine, ...]) -> Ring | None:
    """By the contributions of the round that runs; late fees and old debts stand in the table. None without one."""
    paying = [line.round_state for line in seats if line.round_state]
    if not paying:
        return None
    share = CIRCLE / len(paying)
    gap = GAP if len(paying) > 1 else 0
    arcs = tuple(Arc(state, round(-(n * share + gap / 2), 2), round(share - gap, 2)) for n, state in enumerate(paying))
    return Ring(arcs, {state: paying.count(state) for state in ("paid", "owing", "late")}, len(paying))


def _wanted(args: MultiDict[str, str]) -> Wanted:
    state = args.get("state", "")
    return Wanted(
        state=state if state in STATES else "",
        own=args.get("own") == "yes",
        late=args.get("late") == "yes",
        text=args.get("text", "")[:40],
        after=_number(args, "after"),
    )


def _number(args: MultiDict[str, str], name: str) -> int | None:
    return typed.number(args.get(name, ""))

"""A group's pause: which dates would move, the proposal that it rests or goes on early, and what two are shown of it.

Nothing is decided here: one proposes, another one agrees to the same dates.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from bot import clock
from bot.panel import proposed, telling
from bot.panel.gate import Panel, own_group
from bot.panel.masked import plain
from bot.panel.pages.groups_words import known
from bot.panel.proposed import Matter, Shown
from bot.panel.telling import tell
from bot.panel.words import said as _
from models.actions import forms, proposal_rights, proposals
from models.actions.forms import Effect
from models.actions.pausing_by_two import PAUSE, RESUME, subject_of
from models.actions.proposals import Wish
from models.actions.proposing import About
from models.actions.signing_in import Somebody
from models.queries import panel_group, panel_queue, pauses
from models.queries.panel_group import GroupPage, SeatLine
from models.rules import pausing
from models.rules.proposals import MOST_NOTE
from models.rules.refused import Refused
from models.rules.staff import Right

WHY_NOT: Final = {
    "bad_intervals": _("A pause is for {least} to {most} intervals.", least=pausing.LEAST, most=pausing.MOST),
    "nothing_ahead": _("Nothing lies ahead that could be put off: what is due stays due."),
    "not_running": _("This group does not run (any more)."),
    "conflict": _("You save in this group yourself. Somebody else has to propose it."),
    "gone": _("That is settled already, or is not there any more."),
}
# How long so many intervals are, in words: one, several.
LENGTHS: Final = {
    "daily": (_("{n} day"), _("{n} days")),
    "weekly": (_("{n} week"), _("{n} weeks")),
    "two_weekly": (_("2 weeks"), _("{n} times 2 weeks")),
    "monthly": (_("{n} month"), _("{n} months")),
}

telling.sentences(
    group_paused=_("{group} is paused from now on, and its members are told."),
    group_resumed=_("{group} goes on from now on, and its members are told."),
    **{key: WHY_NOT[key] for key in ("bad_intervals", "nothing_ahead", "not_running")},
)


@dataclass(frozen=True)
class Dates:
    """A row of the preview."""

    number: int
    collects: str
    before: date
    after: date


@dataclass(frozen=True)
class Shift:
    """What two are shown: the dates of the proposal by round, and what is due already and stays so."""

    group: str
    frequency: str
    rows: tuple[Dates, ...]
    until_on: date
    next_on: date | None
    last_before: date
    last_on: date
    owing: tuple[SeatLine, ...]


def shift_of(group_id: int, facts: proposed.Facts) -> Shift | None:
    """The dates in the facts of a proposal, with who collects on them. None when there is no such group."""
    group = panel_group.page_of(group_id)
    if group is None:
        return None
    who = {line.number: ", ".join(name for _member, name in line.collects) for line in panel_group.rounds(group_id)}
    late = tuple(line for line in panel_group.seats(group_id, clock.now()) if line.late_since is not None)
    return Shift(
        group=group.name,
        frequency=group.terms.frequency,
        rows=tuple(
            Dates(number, who.get(number, ""), date.fromisoformat(before), date.fromisoformat(after))
            for number, before, after in facts["dates"]
        ),
        until_on=date.fromisoformat(facts["until_on"]),
        next_on=None if facts["next_on"] is None else date.fromisoformat(facts["next_on"]),
        last_before=date.fromisoformat(facts["last_before"]),
        last_on=date.fromisoformat(facts["last_on"]),
        owing=late,
    )


def length(frequency: str, intervals: int) -> str:
    """'2 weeks'."""
    return LENGTHS[frequency][intervals > 1].format(n=intervals)


def _where(matter: Matter) -> str:
    return f"/admin/groups/{matter.row_id}"


def _shown(title: str, done: str) -> Shown:
    return Shown(
        title,
        done,
        "panel/proposed/group_pause.html",
        lambda matter: (shift_of(matter.row_id, matter.facts), length),
        _where,
    )


SHOWN: Final = {
    PAUSE: _shown("Pause a group", "Approve and pause it"),
    RESUME: _shown("Let a paused group go on early", "Approve and let it go on"),
}


def add(panel: Panel) -> None:
    """The page of a pause, and its two forms."""
    for kind, shown in SHOWN.items():
        proposed.show(kind, shown)

    @panel.page("/groups/<int:group_id>/pause", Right.PROPOSE)
    def group_pause(who: Somebody, group_id: int) -> Any:
        """?intervals= shows what so many would move. While it rests: what going on early would."""
        group, now = _group(who, group_id), clock.now()
        kind = RESUME if group.status == "paused" else PAUSE
        intervals = _intervals() or pausing.LEAST
        about = proposal_rights.preview(kind, subject_of(group_id), _wanted(kind, intervals), who, now)
        return render_template(
            "panel/group_pause.html",
            group=group,
            kind=kind,
            intervals=intervals,
            choices=range(pausing.LEAST, pausing.MOST + 1),
            shift=shift_of(group_id, about.facts) if isinstance(about, About) else None,
            why_not=WHY_NOT.get(about.why, telling.OTHERWISE) if isinstance(about, Refused) else "",
            waits=panel_queue.waiting_for(kind, subject_of(group_id), now),
            pause=next((line for line in pauses.pauses_of(group_id) if line.ended_at is None), None),
            length=length,
            most=MOST_NOTE,
            **known(),
        )

    @panel.page("/groups/<int:group_id>/pause/propose", Right.PROPOSE, methods=("POST",))
    def group_pause_propose(who: Somebody, group_id: int) -> Response:
        """intervals: of a pause; without them the group is to go on early."""
        _group(who, group_id)
        kind = RESUME if request.form.get("kind") == RESUME else PAUSE
        intervals, now = _intervals(), clock.now()
        note = plain(request.form.get("note", ""), MOST_NOTE + 1)
        wish = Wish(kind, subject_of(group_id), _wanted(kind, intervals), note)
        key = request.form.get("key", "")
        effect = forms.once(key, kind, who, now, lambda: proposals.propose(wish, who, now))
        return tell(effect, _next(effect, group_id, intervals))


def _next(effect: Effect, group_id: int, intervals: int) -> str:
    """To the proposal, or back to what she had chosen."""
    if effect.done:
        return f"/admin/approvals/{(effect.facts or {})['proposal_id']}"
    return f"/admin/groups/{group_id}/pause?intervals={intervals}"


def _wanted(kind: str, intervals: int) -> dict[str, int]:
    return {"intervals": intervals} if kind == PAUSE else {}


def _intervals() -> int:
    """0 for what is no number."""
    text = request.values.get("intervals", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _group(who: Somebody, group_id: int) -> GroupPage:
    own_group(who, group_id)
    group = panel_group.page_of(group_id)
    if group is None or group.status not in ("active", "paused"):
        abort(404)
    return group

"""The clock's panel: what time it is for all of us, and buttons that move it to where something happens.

How it is moved stands in `moving`; when something happens is asked through the product's window.
"""

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request

from bot.sandbox.browser import moving, window
from bot.sandbox.control.reading import BadRequest, body, optional
from bot.sandbox.world import World, world
from models.rules.schedule import WEEKDAYS, show_day

# A moment's kind -> (the button, what happens then).
MOMENTS: Final = {
    "reminder": ("The due date's reminder", "Whoever has not paid hears of it, at 9am."),
    "due": ("The due date's cut-off", "Whoever has not paid by now is late."),
    "payout": ("The payout", "At 10am: what waits is looked at, and a short pot asks its officers."),
    "late_fee": ("The late fee", "The days of grace are over, and it is added at 1am."),
}
STEPS: Final = (("+1 hour", "1h"), ("+1 day", "1d"), ("+7 days", "7d"))


def add(routes: Blueprint) -> None:
    """The panel and its one errand. They are called `time`: `clock` is what the stream calls the offset."""
    routes.add_url_rule("/time", "time", panel)
    routes.add_url_rule("/time/move", "time_move", move, methods=["POST"])


def tells(here: World) -> Any:
    """A mark that changes when the panel does."""
    last = moving.last(here.store)
    return [last.what, last.state, last.began, here.clock.offset_seconds()]


def panel() -> str:
    """The inside of the panel."""
    here = world()
    try:
        house = window.ask(here, "house", phone=request.args.get("phone", ""))
        moments, trouble = [_moment(here, each) for each in house["moments"]], ""
    except window.Away as away:
        moments, trouble = [], str(away)
    last = moving.last(here.store)
    return render_template(
        "sandbox/clock_panel.html",
        now=in_words(here, here.clock.now()),
        city=here.country.city,
        steps=STEPS,
        moments=[each for each in moments if each],
        trouble=trouble,
        last=last,
        broken=last.state == "running" and not last.running,
    )


def move() -> Response:
    """{"by": "1h"}, or {"to": a time with its zone}."""
    found = body()
    duration, instant = optional(found, "by", str), optional(found, "to", str)
    if (duration is None) == (instant is None):
        raise BadRequest("by or to, one of them")
    if duration is not None:
        moving.by(world(), duration)
    else:
        moving.to(world(), instant or "")
    return jsonify(ok=True)


def in_words(here: World, at: datetime) -> str:
    """'Mon 23 Nov 2026, 14:05' on the wall of the country."""
    local = at.astimezone(here.country.zone)
    return f"{WEEKDAYS[local.weekday()]} {show_day(local.date())} {local.year}, {local:%H:%M}"


def _moment(here: World, told: dict[str, Any]) -> dict[str, Any] | None:
    if told["kind"] not in MOMENTS:
        return None
    title, what = MOMENTS[told["kind"]]
    at = in_words(here, datetime.fromisoformat(told["at"]))
    return {"title": title, "what": what, "at": at, "to": told["at"], "group": told["group"], "cycle": told["cycle"]}

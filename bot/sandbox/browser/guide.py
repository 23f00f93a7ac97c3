"""A first circle in five steps: what to do, on whose phones, and what has been done since the guide was begun.

The demo leaves a file that says on which phones a step can be taken at once; without it the steps are told only.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request

from bot.sandbox.browser import devices, window
from bot.sandbox.world import World, world

FILE: Final = "demo-tries.json"  # written by `flask demo-data`
STARTED, JOINED = "OpenGroup", "JoinGroup"
PAID = "SELECT COUNT(*) FROM charge WHERE paid_at >= ?"
COLLECTED = "SELECT COUNT(*) FROM transfer WHERE status = 'success' AND transferred_at >= ?"


@dataclass(frozen=True)
class Step:
    """One of the five. `phones` are opened for it; none: it is not about a phone."""

    name: str
    title: str
    how: str
    phones: tuple[str, ...] = ()


def add(routes: Blueprint) -> None:
    """What has been done, for the script of the page."""
    routes.add_url_rule("/guide", "guide", _done)


def steps(here: World) -> tuple[Step, ...]:
    """In the order in which a circle lives."""
    code, first = here.tuning.current().ussd_code, here.country.a_phone
    second = first[:-1] + str((int(first[-1]) + 1) % 10)
    tries = _tries(here)
    pin = f"The PIN of the demo's people is {tries['pin']}." if "pin" in tries else "Each needs her PIN."
    start = f"Press Send under {code}, sign up with a name and a PIN of your own, start a group. Its code comes by SMS."
    join = "On a second phone: dial, sign up, join with the code. The first one lets her in."
    pay = (
        "Dial, choose to pay, then your bank. Touch the bank's code on the SMS and press Send: it is paid, and the"
        f" receipt arrives. {pin}"
    )
    moved = "Under Clock, go to the next due date. What the jobs have sent appears by itself."
    collect = f"Two officers dial and say yes, each with her PIN. The pot goes to the bank of whose turn it is. {pin}"
    return (
        Step("start", "Start a circle", start, (first,)),
        Step("join", "Let somebody in", join, (first, second)),
        Step("pay", "Pay", pay, tuple(tries.get("pay", ()))),
        Step("time", "Move the time", moved),
        Step("collect", "Pay the pot out", collect, tuple(tries.get("collect", ()))),
    )


def done(here: World, numbers: Iterable[str], since: str, offset_seconds: float) -> dict[str, bool]:
    """Which steps have been taken since that time of the books; the moved time is compared with what it was."""
    commands = _commands(here, numbers, since)
    return {
        "start": STARTED in commands,
        "join": JOINED in commands,
        "pay": here.store.number(PAID, since) > 0,
        "time": here.clock.offset_seconds() > offset_seconds,
        "collect": here.store.number(COLLECTED, since) > 0,
    }


def _done() -> Response:
    numbers = devices.numbers_in(request.args.getlist("phone"))
    offset = request.args.get("offset", 0.0, type=float)
    return jsonify(done=done(world(), numbers, request.args.get("since", ""), offset))


def _commands(here: World, numbers: Iterable[str], since: str) -> set[str]:
    """What was performed for these phones. While the product is away, nothing that we know of."""
    try:
        found = [window.ask(here, "deeds", phone=each, since=since)["deeds"] for each in numbers]
    except window.Away:
        return set()
    return {deed["command"] for deeds in found for deed in deeds if not deed.get("refused")}


def _tries(here: World) -> dict[str, Any]:
    path = here.settings.data_dir / FILE
    return dict(json.loads(path.read_text())) if path.exists() else {}

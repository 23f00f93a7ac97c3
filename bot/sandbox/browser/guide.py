"""A first circle in five steps: what to do, on whose phones, and what has been done since the guide was begun.

What makes a step done is the event itself, in the product's books, on whatever phone and channel it was.
The demo leaves a file that says on which phones a step can be taken at once; without it the steps are told only.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, jsonify

from bot.sandbox.browser import window
from bot.sandbox.world import World, world

FILE: Final = "demo-tries.json"  # written by `flask demo-data`
KEPT_AS: Final = "guide begun"
NAMES: Final = ("start", "join", "pay", "time", "collect")


# By how money usually comes in there: what is done after choosing to pay.
PAYS: Final = {
    "ussd": "then your bank. Touch the bank's code on the SMS and press Send",
    "mobile_money": "then your wallet. Press Approve where the wallet asks, under the screen",
    "link": "and take the link. Under Bank, press Pay",
}


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
    routes.add_url_rule("/guide/begin", "guide_begin", _begin, methods=["POST"])


def steps(here: World) -> tuple[Step, ...]:
    """In the order in which a circle lives."""
    code, first = here.tuning.current().ussd_code, here.country.a_phone
    second = first[:-1] + str((int(first[-1]) + 1) % 10)
    tries = _tries(here)
    pin = f"The PIN of the demo's people is {tries['pin']}." if "pin" in tries else "Each needs her PIN."
    start = f"Press Send under {code}, sign up with a name and a PIN of your own, start a group, note its code."
    join = "On a second phone: dial, sign up, join with the code. Then dial on the first one and let her in."
    pay = f"Dial, choose to pay, {PAYS[here.country.pay_ways[0]]}: it is paid, and the receipt arrives. {pin}"
    moved = "Under Clock, go to the next due date. What the jobs have sent appears by itself."
    collect = f"Two officers dial and say yes, each with her PIN. The pot goes to the bank of whose turn it is. {pin}"
    return (
        Step("start", "Start a circle", start, (first,)),
        Step("join", "Let somebody in", join, (first, second)),
        Step("pay", "Pay", pay, tuple(tries.get("pay", ()))),
        Step("time", "Move the time", moved),
        Step("collect", "Pay the pot out", collect, tuple(tries.get("collect", ()))),
    )


def done(here: World) -> dict[str, bool]:
    """Which steps have been taken since the guide was begun: what the books say, and that the time has moved.

    While the product is away nobody knows, and nothing is ticked.
    """
    from_then = begun(here)
    try:
        found = window.ask(here, "steps", since=from_then["since"])["steps"]
    except window.Away:
        found = {}
    moved = here.clock.offset_seconds() > from_then["offset_seconds"]
    return {name: moved if name == "time" else bool(found.get(name)) for name in NAMES}


def begin(here: World) -> dict[str, Any]:
    """From now on is what counts; what was done before, by the demo's data or somebody else, does not."""
    now = {"since": here.clock.stamp(), "offset_seconds": here.clock.offset_seconds()}
    with here.store.write() as db:
        db.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (KEPT_AS, json.dumps(now)))
    return now


def begun(here: World) -> dict[str, Any]:
    """When it was begun in this house: for all who look at it, and for no house that was there before this one."""
    row = here.store.row("SELECT value FROM setting WHERE name = ?", KEPT_AS)
    return dict(json.loads(row["value"])) if row else begin(here)


def _done() -> Response:
    return jsonify(done=done(world()))


def _begin() -> Response:
    begin(world())
    return _done()


def _tries(here: World) -> dict[str, Any]:
    path = here.settings.data_dir / FILE
    return dict(json.loads(path.read_text())) if path.exists() else {}

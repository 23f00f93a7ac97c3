"""Control of the sandbox itself: knobs, tuning, clock, what is on its way, and starting over."""

import time

from flask import Blueprint, Response, jsonify

from bot.sandbox.control.reading import BadRequest, body, needed, optional
from bot.sandbox.tuning import as_json
from bot.sandbox.world import world

workings = Blueprint("workings", __name__, url_prefix="/control")


@workings.get("/health")
def health() -> Response:
    return jsonify(ok=True)


@workings.get("/knobs")
def knobs() -> Response:
    return jsonify(knobs=[knob.as_json() for knob in world().knobs.all()])


@workings.put("/knobs")
def turn_knob() -> Response:
    found = body()
    knob = world().knobs.turn(
        needed(found, "on", str),
        needed(found, "do", str),
        found.get("value"),
        optional(found, "only", str),
        optional(found, "times", int),
    )
    return jsonify(knob.as_json())


@workings.delete("/knobs")
@workings.delete("/knobs/<int:knob_id>")
def take_knobs_away(knob_id: int | None = None) -> Response:
    world().knobs.take_away(knob_id)
    return knobs()


@workings.get("/tuning")
def tuning() -> Response:
    return jsonify(as_json(world().tuning.current()))


@workings.put("/tuning")
def change_tuning() -> Response:
    return jsonify(as_json(world().tuning.change(body())))


@workings.get("/clock")
def clock() -> Response:
    here = world().clock
    return jsonify(offset_seconds=here.offset_seconds(), now=here.now().isoformat())


@workings.post("/clock")
def move_clock() -> Response:
    offset = body().get("offset_seconds")
    if type(offset) not in (int, float):
        raise BadRequest("offset_seconds is not a number")
    world().clock.move(float(str(offset)))
    return clock()


@workings.get("/webhooks")
def webhooks() -> Response:
    return jsonify(webhooks=world().deliveries.all())


@workings.post("/webhooks/<int:delivery_id>/again")
def send_again(delivery_id: int) -> Response:
    if not world().deliveries.again(delivery_id):
        raise BadRequest("there is no such webhook")
    return jsonify(ok=True)


@workings.post("/hurry")
def hurry() -> Response:
    """What waits for its time happens now: settlements, reports, retries, webhooks that are held back."""
    world().errands.hurry()
    world().deliveries.hurry()
    return jsonify(ok=True)


@workings.get("/pending")
def pending() -> Response:
    """How much is still to happen by itself; nothing of it when all is 0. Retries count as waiting, not as due."""
    store, now = world().store, time.time()
    return jsonify(
        errands=store.number("SELECT COUNT(*) FROM errand"),
        sending=store.number(
            "SELECT COUNT(*) FROM delivery WHERE state = 'sending' OR state = 'pending' AND attempts = 0"
        ),
        waiting=store.number("SELECT COUNT(*) FROM delivery WHERE state = 'pending' AND due_at > ?", now),
        held=store.number("SELECT COUNT(*) FROM delivery WHERE state = 'held'"),
    )


@workings.post("/reset")
def reset() -> Response:
    world().store.forget_everything()
    return jsonify(ok=True)

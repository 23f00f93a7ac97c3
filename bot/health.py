"""Is this process alive (/healthz), and may it be given work (/readyz)? Reasons in words, never details of ours.

A worker and a clock say that they live by a key that soon expires; `beat` is theirs to call.
What is wrong inside the books is not asked here: that is the invariants' business.
"""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from redis import RedisError

from bot.logs import log
from bot.process import redis_of
from bot.settings import current
from models.migrations import pending
from models.queries.readiness import in_other_money, unguarded

BEATS = ("worker", "clock")
BEAT_SECONDS = 60  # a process says so about every ten


def beat(name: str) -> None:
    """For a process of ours: I am here. Nothing happens when Redis is not."""
    try:
        redis_of().set(_beat_key(name), "1", ex=BEAT_SECONDS)
    except RedisError as trouble:
        log.warning("health", what="beat", process=name, result=type(trouble).__name__)


def blueprint() -> Blueprint:
    """The two routes, for load balancers and for people."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @routes.get("/readyz")
    def readyz() -> tuple[Response, int]:
        reasons = reasons_not_ready()
        return jsonify(status="not ready" if reasons else "ok", reasons=reasons), 503 if reasons else 200

    return routes


def reasons_not_ready() -> list[str]:
    """Everything that keeps the service from doing all of its work just now."""
    return [*_asked("database", _unfit), *_asked("redis", _missing_beats)]


def _asked(what: str, reasons: Callable[[], list[str]]) -> list[str]:
    """The reasons, or that there was nobody to ask."""
    try:
        return reasons()
    except Exception as trouble:  # noqa: BLE001 (a door: whatever it is, it is a reason)
        log.warning("health", what=what, result=type(trouble).__name__)
        return [f"{what} does not answer"]


def _unfit() -> list[str]:
    lacking = pending(current().database_url)
    return [f"migration {name} is pending" for name in lacking] or [*unguarded(), *in_other_money()]


def _missing_beats() -> list[str]:
    found = redis_of().mget([_beat_key(name) for name in BEATS])
    return [f"{name} has not been heard of" for name, beaten in zip(BEATS, found, strict=True) if beaten is None]


def _beat_key(name: str) -> str:
    return f"ajo:beat:{name}"

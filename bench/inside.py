"""What one hop costs, looked at from inside: the application in this process, one caller at a time, everything counted.

Statements are counted where psycopg2 sends them, round trips to Redis where its client writes to the socket, so
nothing that a library does on the side is left out.
"""

import cProfile
import io
import pstats
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from flask import Flask
from psycopg2.extensions import cursor as Cursor
from redis.connection import AbstractConnection

from bench.journeys import WITH_PIN, Hop, Journey, bodies
from bench.shape import Shape
from models.base import Database, database

HERE = Path(__file__).parent.parent
OURS = ("app.py", "bot", "flows", "jobs", "models")
WARM_SESSIONS = 20
QUESTIONS = ("SELECT ", "EXECUTE ")
PROBE = "SELECT 1"


@dataclass
class Cost:
    """Of one hop. Times in milliseconds; `processor_ms` is this thread's own."""

    statements: list[str] = field(default_factory=list)
    trips: int = 0
    sql_ms: float = 0.0
    redis_ms: float = 0.0
    wall_ms: float = 0.0
    processor_ms: float = 0.0


@dataclass(frozen=True)
class HopCost:
    """The mean of many."""

    journey: str
    hop: str
    statements: float
    trips: float
    wall_ms: float
    sql_ms: float
    redis_ms: float
    python_ms: float  # the rest: this process itself
    processor_ms: float


class Inside:
    """An application and its callers. Everything is counted from now on."""

    def __init__(self, app: Flask, shape: Shape, path: str) -> None:
        self._app = app
        self._path = path
        self._callers = iter(shape.callers(seed=2))
        self._holders = iter(shape.pin_holders())
        self._random = random.Random(str(time.perf_counter()))

    def costs(self, journey: Journey, sessions: int) -> list[HopCost]:
        """What each hop of the journey costs, after a few sessions that open connections and fill caches."""
        for _ in range(WARM_SESSIONS if journey is not WITH_PIN else 1):
            self._session(journey)
        found: dict[Hop, list[Cost]] = defaultdict(list)
        for _ in range(sessions):
            for hop, cost in self._session(journey):
                found[hop].append(cost)
        return [_mean(journey, hop, costs) for hop, costs in found.items()]

    def profile(self, journey: Journey, sessions: int) -> pstats.Stats:
        """cProfile over so many sessions, by processor time: waiting for others is counted elsewhere."""
        self._session(journey)
        profile = cProfile.Profile(time.thread_time)
        profile.enable()
        for _ in range(sessions):
            self._session(journey)
        profile.disable()
        return pstats.Stats(profile, stream=io.StringIO())

    def statements(self, journey: Journey) -> list[tuple[Hop, str]]:
        """Every question of a journey by hop, with its values; its plan has to be asked for on the same connection."""
        self._session(journey)
        return [
            (hop, statement)
            for hop, cost in self._session(journey)
            for statement in cost.statements
            if statement.lstrip().startswith(QUESTIONS) and statement != PROBE
        ]

    def _session(self, journey: Journey) -> list[tuple[Hop, Cost]]:
        member = next(self._holders if journey is WITH_PIN else self._callers)
        forms = bodies(journey, member, f"ATUid_{self._random.getrandbits(128):032x}")
        return [(hop, self._hop(hop, form)) for hop, form in zip(journey.hops, forms, strict=True)]

    def _hop(self, hop: Hop, form: bytes) -> Cost:
        with _counting() as cost:
            status, body = _post(self._app, self._path, form)
        if status != 200 or not body.startswith("CON ") or hop.expect not in body:
            raise AssertionError(f"{hop.name}: {status} {body!r}")
        return cost


def explain(statement: str) -> str:
    """How PostgreSQL finds the answer, and how long it takes."""
    rows = database.execute_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}").fetchall()
    return "\n".join(row[0] for row in rows)


def whole_tables(plan: str) -> list[str]:
    """Tables that a plan reads from end to end."""
    return sorted(set(re.findall(r"Seq Scan on (\w+)", plan)))


def own_functions(stats: pstats.Stats) -> list[tuple[str, int, float, float]]:
    """(where, calls, own seconds, seconds with all that it calls) of our own functions, most expensive first."""
    rows = []
    for (file, line, function), (_, calls, own, cumulative, _) in stats.stats.items():  # type: ignore[attr-defined]
        path = Path(file)
        if path.is_relative_to(HERE) and path.relative_to(HERE).parts[0] in OURS:
            rows.append((f"{path.relative_to(HERE)}:{line} {function}", calls, own, cumulative))
    return sorted(rows, key=lambda row: row[3], reverse=True)


def own_time(stats: pstats.Stats) -> list[tuple[str, int, float, float]]:
    """The same for all functions, by the time spent in themselves."""
    rows = []
    for (file, line, function), (_, calls, own, cumulative, _) in stats.stats.items():  # type: ignore[attr-defined]
        where = "/".join(Path(file).parts[-2:]) if file.endswith(".py") else file
        rows.append((f"{where}:{line} {function}", calls, own, cumulative))
    return sorted(rows, key=lambda row: row[2], reverse=True)


# --- counting -------------------------------------------------------------------------------------------------------

_counted: list[Cost] = []


@contextmanager
def metered() -> Iterator[None]:
    """In this block, new connections to PostgreSQL and all to Redis report to whoever is counting."""
    connect, send, read = Database._connect, AbstractConnection.send_packed_command, AbstractConnection.read_response

    def metered_connect(self: Any) -> Any:
        connection = connect(self)
        connection.cursor_factory = _MeteredCursor
        return connection

    Database._connect = metered_connect
    AbstractConnection.send_packed_command = _timed(send, 1)
    AbstractConnection.read_response = _timed(read, 0)
    try:
        yield
    finally:
        Database._connect = connect
        AbstractConnection.send_packed_command = send
        AbstractConnection.read_response = read


class _MeteredCursor(Cursor):
    def execute(self, query: Any, values: Any = None) -> None:
        began = time.perf_counter()
        try:
            super().execute(query, values)
        finally:
            for cost in _counted:
                cost.sql_ms += (time.perf_counter() - began) * 1000
                cost.statements.append((self.query or b"").decode())


def _timed(call: Callable[..., Any], trips: int) -> Callable[..., Any]:
    def timed(*args: Any, **options: Any) -> Any:
        began = time.perf_counter()
        try:
            return call(*args, **options)
        finally:
            for cost in _counted:
                cost.redis_ms += (time.perf_counter() - began) * 1000
                cost.trips += trips

    return timed


@contextmanager
def _counting() -> Iterator[Cost]:
    cost = Cost()
    _counted.append(cost)
    wall, processor = time.perf_counter(), time.thread_time()
    try:
        yield cost
    finally:
        cost.wall_ms = (time.perf_counter() - wall) * 1000
        cost.processor_ms = (time.thread_time() - processor) * 1000
        _counted.remove(cost)


def _mean(journey: Journey, hop: Hop, costs: list[Cost]) -> HopCost:
    wall, sql, trips = (fmean(getattr(cost, name) for cost in costs) for name in ("wall_ms", "sql_ms", "redis_ms"))
    return HopCost(
        journey=journey.name,
        hop=hop.name,
        statements=fmean(len(cost.statements) for cost in costs),
        trips=fmean(cost.trips for cost in costs),
        wall_ms=wall,
        sql_ms=sql,
        redis_ms=trips,
        python_ms=wall - sql - trips,
        processor_ms=fmean(cost.processor_ms for cost in costs),
    )


def _post(app: Flask, path: str, form: bytes) -> tuple[int, str]:
    """As gunicorn calls it: a client of a test library would cost more than the hop."""
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(form)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(form),
        "wsgi.errors": io.StringIO(),
    }
    answer = app.wsgi_app(environ, lambda status, headers: said.append(status))
    try:
        body = b"".join(answer).decode()
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return int(said[0].split()[0]), body

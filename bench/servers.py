"""What the bench runs against: PostgreSQL and Redis as `make demo` has them, the web server as production has it.

The floor stands beside the product on the same gunicorn with the same settings; only the application differs.
"""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import redis

from bench.floor import FLOOR_PATH
from bot.sandbox import ports, postgres

READY_SECONDS = 60
PRODUCT = "app:create_app()"
FLOOR = "bench.floor:create_app()"
HERE = Path(__file__).parent.parent
# Of the caller's environment: what a process needs at all, and what may be tried out with the bench.
INHERITED = ("PATH", "HOME", "LANG", "WEB_WORKERS", "WEB_THREADS", "PIN_ROUNDS", "LOG_LEVEL")

# Long random keys would do as well; these are only not those that are published for development.
SECRETS = {
    "FIELD_KEYS": "1:YmVuY2gtb25seS1maWVsZC1rZXktMDAwMDAwMDAwMDE=",
    "PIN_PEPPER": "bench-only-pin-pepper-51c07e9a44",
    "CALLBACK_KEY": "bench-only-callback-key-9f20d1b7",
}


@dataclass(frozen=True)
class Place:
    """Where everything is: a folder, and ports that were free."""

    folder: Path
    postgres_port: int
    redis_port: int
    web_port: int
    floor_port: int
    before_port: int

    @property
    def superuser_url(self) -> str:
        return postgres.url(self.postgres_port, role="postgres")

    @property
    def environment(self) -> dict[str, str]:
        """What the product finds. Not production only in that its providers do not exist."""
        return {
            **{name: value for name, value in os.environ.items() if name in INHERITED},
            **SECRETS,
            "APP_ENV": "test",
            "PORT": str(self.web_port),
            "DATABASE_URL": postgres.url(self.postgres_port),
            "MIGRATE_DATABASE_URL": postgres.url(self.postgres_port, role="ajo_owner"),
            "REDIS_URL": f"redis://{ports.LOOPBACK}:{self.redis_port}/0",
        }


@contextmanager
def somewhere(keep: Path | None) -> Iterator[Place]:
    """A folder that goes away, or the one that is kept for the next time."""
    folder = Path(tempfile.mkdtemp(prefix="ajo-bench-")) if keep is None else keep.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL may have to run as somebody else
    try:
        yield Place(folder, *ports.some_free(5))
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def a_postgres(place: Place, *, fast: bool) -> Iterator[int]:
    """PostgreSQL on the data in the folder; its process id. fast: without fsync, to fill it."""
    with _running("postgres", _service("postgres", place.postgres_port, place, fast), place, signal.SIGINT) as pid:
        _wait(lambda: _postgres_ready(place), "postgres", place)
        yield pid


@contextmanager
def a_redis(place: Place) -> Iterator[int]:
    """An empty Redis with its append-only file."""
    shutil.rmtree(place.folder / "redis", ignore_errors=True)
    with _running("redis", _service("redis", place.redis_port, place, False), place, signal.SIGTERM) as pid:
        _wait(lambda: _redis_ready(place), "redis", place)
        yield pid


@contextmanager
def webs(place: Place, before: Path | None) -> Iterator[dict[str, int]]:
    """The product, the floor and, if there is one, another checkout of the product: their process ids by name.

    Each has a port of its own; the other checkout works on the same data, in the schema of this one.
    """
    wanted = [("web", PRODUCT, place.web_port, HERE), ("floor", FLOOR, place.floor_port, HERE)]
    if before is not None:
        wanted.append(("before", PRODUCT, place.before_port, before.resolve()))
    with ExitStack() as stack:
        found = {}
        for name, app, port, folder in wanted:
            command = [sys.executable, "-m", "gunicorn", "--config", "bot/gunicorn.py", app]
            running = _running(name, command, place, signal.SIGTERM, {"PORT": str(port)}, folder)
            found[name] = stack.enter_context(running)
        if before is not None:
            _wait(lambda: _answers(place.before_port, "GET", "/healthz"), "before", place)
        _wait(lambda: _answers(place.web_port, "GET", "/healthz"), "web", place)
        _wait(lambda: _answers(place.floor_port, "POST", FLOOR_PATH, "text="), "floor", place)
        yield found


def _service(name: str, port: int, place: Place, fast: bool) -> list[str]:
    command = [sys.executable, "-m", "bot.sandbox.services", name, f"--data={place.folder}", f"--port={port}"]
    return [*command, "--fast"] if fast else command


@contextmanager
def _running(
    name: str,
    command: list[str],
    place: Place,
    stop: signal.Signals,
    more: dict[str, str] | None = None,
    folder: Path = HERE,
) -> Iterator[int]:
    with (place.folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=place.environment | (more or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the bench; it ends them
        )
    try:
        yield process.pid
    finally:
        process.send_signal(stop)
        process.wait(timeout=READY_SECONDS)


def _wait(ready: Callable[[], bool], name: str, place: Place) -> None:
    until = time.monotonic() + READY_SECONDS
    while not ready():
        if time.monotonic() > until:
            said = (place.folder / f"{name}.log").read_text(errors="replace")
            raise TimeoutError(f"{name} did not come up:\n{said[-4000:]}")
        time.sleep(0.05)


def _postgres_ready(place: Place) -> bool:
    try:
        psycopg2.connect(place.superuser_url, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def _redis_ready(place: Place) -> bool:
    try:
        with redis.Redis(port=place.redis_port, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _answers(port: int, method: str, path: str, body: str = "") -> bool:
    web = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        web.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        return web.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()

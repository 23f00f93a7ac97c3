"""The time is moved by `flask clock`, as somebody in a terminal would do it, so the jobs run for real.

It takes its time: one move after the other, in a thread, with what it came to in the store, where
the live stream sees it. What has to happen afterwards (somebody pays late) is handed along.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bot.clock import parse_duration
from bot.sandbox.control.reading import BadRequest
from bot.sandbox.store import Store
from bot.sandbox.world import World

log = logging.getLogger(__name__)

HOME = Path(__file__).parents[3]
LONGEST_SECONDS = 120  # `flask clock` waits a minute for the jobs
KEPT_AS = "moving"

_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Move:
    """The last move. state: running, done or failed; said: in the words of the command."""

    what: str = ""
    state: str = ""
    said: str = ""
    began: float = 0.0

    @property
    def running(self) -> bool:
        """Whether it is on its way; one whose process has died is not."""
        return self.state == "running" and time.time() - self.began < LONGEST_SECONDS


def last(store: Store) -> Move:
    """The last move, or one that says nothing."""
    row = store.row("SELECT value FROM setting WHERE name = ?", KEPT_AS)
    return Move(**json.loads(row["value"])) if row else Move()


def by(here: World, duration: str, then: Callable[[], None] | None = None) -> None:
    """Forward by 1h or 1d. Raises BadRequest."""
    try:
        parse_duration(duration)
    except ValueError as trouble:
        raise BadRequest(str(trouble)) from None
    _start(here, f"+{duration}", ("advance", duration), then)


def to(here: World, instant: str, then: Callable[[], None] | None = None) -> None:
    """Forward to a time with its zone. Raises BadRequest."""
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        raise BadRequest("that is no time") from None
    if at.tzinfo is None:
        raise BadRequest("a time needs its zone")
    if at <= here.clock.now():
        raise BadRequest("that time has passed already")
    _start(here, at.isoformat(timespec="minutes"), ("set", at.isoformat()), then)


def _start(here: World, what: str, arguments: Sequence[str], then: Callable[[], None] | None) -> None:
    if not _one_at_a_time.acquire(blocking=False):
        raise BadRequest("the time is being moved already")
    _keep(here.store, Move(what, "running", "", time.time()))
    threading.Thread(target=_run, args=(here, what, arguments, then), name="clock", daemon=True).start()


def _run(here: World, what: str, arguments: Sequence[str], then: Callable[[], None] | None) -> None:
    state, said = "failed", "it broke off"
    try:
        state, said = _flask("clock", *arguments)
        if then is not None and state == "done":
            then()
    except Exception:
        log.exception("the time was not moved")  # nobody else hears what this thread raises
    finally:
        _keep(here.store, Move(what, state, said, time.time()))
        _one_at_a_time.release()


def _flask(*arguments: str) -> tuple[str, str]:
    """How a command of ours ended, and what it said."""
    command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
    try:
        ran = subprocess.run(
            command, cwd=HOME, env=os.environ, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "failed", "it took too long"
    if ran.returncode == 0:
        return "done", ran.stdout.strip()
    told = [line for line in ran.stderr.splitlines() if line.startswith("Error: ")]
    return "failed", told[-1].removeprefix("Error: ") if told else "the command did not work; is `make demo` running?"


def _keep(store: Store, move: Move) -> None:
    with store.write() as db:
        db.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (KEPT_AS, json.dumps(asdict(move))))

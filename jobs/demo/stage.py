"""Where the demo's history is played: the time, the queue, and what people do at their phones and banks."""

import itertools
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from rq.utils import import_attribute

from bot import clock
from bot.http import Client
from bot.process import redis_of
from bot.queue import JOBS
from bot.settings import current
from jobs.base import ring_after
from jobs.demo.people import Person
from jobs.rung import queue_of
from jobs.schedule import run_by_hand
from models.actions import perform
from models.actions.context import Context
from models.actions.switches import clock_offset
from models.commands import Command, Done
from models.queries.due import due
from models.queries.facts import DatabaseFacts
from models.queries.people import member_id_of
from models.rules.schedule import LAGOS

PATIENCE_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 0.005
ROUNDS: Final = 20


class Unplayable(Exception):
    """The history did not go as it is written."""


@dataclass
class Stage:
    """`end` is the present, to which the time comes back when the history has been told."""

    end: datetime
    sandbox: Client
    _began: float = field(default_factory=time.monotonic)
    _keys: "itertools.count[int]" = field(default_factory=itertools.count)

    @classmethod
    def now(cls) -> "Stage":
        """With the sandbox of these settings."""
        return cls(clock.now(), Client("sandbox", f"http://127.0.0.1:{current().sandbox_port}", {}))

    @property
    def ussd_code(self) -> str:
        return current().ussd_code

    # --- time ---

    @property
    def time(self) -> datetime:
        """What time it is in the history."""
        return clock.now()

    def go_to(self, days_ago: int, at: str) -> None:
        """Go to a moment before the present: so many days ago, at "18:10" in Lagos."""
        hour, _, minute = at.partition(":")
        day = self.end.astimezone(LAGOS) - timedelta(days=days_ago)
        self._move(day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0))

    def wait(self, minutes: int) -> None:
        """A little later on the same day."""
        self._move(self.time + timedelta(minutes=minutes))

    def go_home(self) -> None:
        """Back to the present, which has gone on meanwhile."""
        self._move(self.end + timedelta(seconds=time.monotonic() - self._began))

    def _move(self, instant: datetime) -> None:
        clock.set_to(instant)
        self.tell("/clock", offset_seconds=clock_offset())

    # --- the house ---

    def run(self, *jobs: str) -> None:
        """Periodic jobs, and then whatever they rang for."""
        for name in jobs:
            run_by_hand(name)
        self.work_off()

    def work_off(self) -> None:
        """Everything that is due, done by the jobs that a worker has for it, and what the providers say to that.

        It is found as the poll finds it; what was rung for meanwhile is no news to anybody, see `forget_bells`.
        """
        for _ in range(ROUNDS):  # a webhook brings something for another round
            self._wait_for_sandbox()  # before we look: what it tells us while we do would be seen by nobody
            rings = due(self.time)
            if not rings:
                return
            for ring in rings:
                import_attribute(JOBS[ring.name])(ring.row_id)
        raise Unplayable(f"there is still something to do: {rings}")

    def forget_bells(self) -> None:
        """So that the workers do not begin with all that was rung for in the history."""
        queue_of(redis_of()).empty()  # type: ignore[no-untyped-call]

    def _wait_for_sandbox(self) -> None:
        """Until it has told us everything."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (left := self.ask("/pending"))["errands"] or left["sending"]:
            if time.monotonic() > until:
                raise Unplayable(f"the sandbox is not done: {left}")
            time.sleep(LOOK_SECONDS)

    # --- people ---

    def do(self, person: Person, command: Command) -> dict[str, Any]:
        """She asks for something at her phone, and gets it."""
        n = next(self._keys)
        context = Context(
            phone=person.phone, member_id=member_id_of(person.phone), channel="ussd", key=f"demo:{n}:1:0",
            session=f"demo:{n}", hop=1, talk="{}", now=clock.now(),
        )  # fmt: skip
        with ring_after():
            outcome = perform(command, context)
        if not isinstance(outcome, Done):
            raise Unplayable(f"{person.name}: {type(command).__name__} was refused: {outcome.why}")
        return outcome.data

    def facts(self, person: Person) -> DatabaseFacts:
        """What her first screen knows."""
        return DatabaseFacts(person.phone, clock.now())

    def seat_of(self, person: Person, group_id: int) -> int:
        """Her seat in a group."""
        return next(seat.seat_id for seat in self.facts(person).home.seats if seat.group_id == group_id)

    # --- the sandbox ---

    def ask(self, path: str) -> dict[str, Any]:
        """Read something from its control."""
        return self._said(self.sandbox.call(f"demo {path}", "GET", f"/control{path}").json())

    def tell(self, path: str, method: str = "POST", **body: Any) -> dict[str, Any]:
        """Have it do something."""
        return self._said(self.sandbox.call(f"demo {path}", method, f"/control{path}", json_body=body).json())

    def _said(self, found: Any) -> dict[str, Any]:
        if not isinstance(found, dict) or found.get("error"):
            raise Unplayable(f"the sandbox says {found}")
        return found

"""The rounds of a run: floor and product in turns, so that both see the same machine; then the open loop.

Between rounds Redis is emptied, so that a caller who comes again is not asked whether she wants to go on.
"""

import contextlib
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import psutil
import redis

from bench.floor import FLOOR_PATH
from bench.journeys import WITH_PIN, WITHOUT_PIN, Journey
from bench.load import Order
from bench.report import Run, Timing, merged
from bench.servers import HERE, Place

FLOOR_NAME = "floor"
BEFORE_NAME = "before"
GIVE_UP_SECONDS = 120.0


@dataclass(frozen=True)
class Plan:
    """How much is measured. Seconds are those of one round; there are so many rounds of each kind in turn."""

    groups: int
    clients: tuple[int, ...] = (8, 16, 32)
    turns: int = 2
    floor_seconds: float = 2.0
    seconds: float = 4.0
    pin_seconds: float = 5.0
    warm_seconds: float = 0.5
    rate: float = 100.0
    rate_seconds: float = 30.0
    pin_rate: float = 12.0
    pin_rate_seconds: float = 15.0
    sessions_inside: int = 100


@dataclass(frozen=True)
class Round:
    """One order to the generator, and what is told of it."""

    name: str
    load: str
    order: Order


class Rounds:
    """Carries out a plan against servers that run."""

    def __init__(self, plan: Plan, place: Place, path: str, processes: Mapping[str, int]) -> None:
        self._plan = plan
        self._place = place
        self._path = path
        self._processes = processes
        self._seed = 100

    def all(self) -> Iterator[tuple[str, list[Round]]]:
        """What is measured, in order: a title, and rounds whose results belong together by name."""
        plan = self._plan
        for clients in plan.clients:
            load = f"{clients} callers"
            turn = [
                self._round(FLOOR_NAME, load, WITHOUT_PIN, plan.floor_seconds, clients=clients),
                self._round(WITHOUT_PIN.name, load, WITHOUT_PIN, plan.seconds, clients=clients),
            ]
            if BEFORE_NAME in self._processes:
                turn.append(self._round(BEFORE_NAME, load, WITHOUT_PIN, plan.seconds, clients=clients))
            pins = self._round(WITH_PIN.name, load, WITH_PIN, plan.pin_seconds, clients=clients)
            yield load, [*turn * plan.turns, pins]
        for journey, rate, seconds in (
            (WITHOUT_PIN, plan.rate, plan.rate_seconds),
            (WITH_PIN, plan.pin_rate, plan.pin_rate_seconds),
        ):
            load = f"{rate:.0f} hops a second"
            yield f"{load} {journey.name}", [self._round(journey.name, load, journey, seconds, rate=rate)]

    def measure(self, rounds: list[Round]) -> list[Run]:
        """Carry out the rounds in turn; one result for each name."""
        found: dict[str, list[dict[str, Any]]] = {}
        for each in rounds:
            found.setdefault(each.name, []).append(self._carry_out(each))
        return [self._run(name, rounds[0].load, parts) for name, parts in found.items()]

    def _round(self, name: str, load: str, journey: Journey, seconds: float, **more: Any) -> Round:
        floor = name == FLOOR_NAME
        others = {FLOOR_NAME: self._place.floor_port, BEFORE_NAME: self._place.before_port}
        order = Order(
            port=others.get(name, self._place.web_port),
            path=FLOOR_PATH if floor else self._path,
            journey=journey.name,
            groups=self._plan.groups,
            seed=0,
            seconds=seconds,
            warm_seconds=self._plan.warm_seconds,
            check=not floor,
            **more,
        )
        return Round(name, load, order)

    def _carry_out(self, each: Round) -> dict[str, Any]:
        self._seed += 1
        with redis.Redis(port=self._place.redis_port) as client:
            client.flushall()
        before, busy, began = self._processor_seconds(), _busy(), time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=json.dumps(asdict(each.order) | {"seed": self._seed}),
            capture_output=True,
            text=True,
            check=False,
            cwd=HERE,
            timeout=GIVE_UP_SECONDS + each.order.seconds,
        )
        if done.returncode:
            raise RuntimeError(f"the load generator broke:\n{done.stderr}")
        after = self._processor_seconds()
        measured: dict[str, Any] = json.loads(done.stdout)
        used = {name: after[name] - before[name] for name in after} | {"generator": measured["processor_seconds"]}
        others = (_busy() - busy - sum(used.values())) / (time.monotonic() - began)
        return measured | {"used": used, "others": max(others, 0.0)}

    def _processor_seconds(self) -> dict[str, float]:
        return {name: _used(pid) for name, pid in self._processes.items()}

    def _run(self, name: str, load: str, parts: list[dict[str, Any]]) -> Run:
        samples = merged(part["hops"] for part in parts)
        asked = sum(part["asked"] for part in parts)
        errors: Counter[str] = Counter()
        for part in parts:
            errors.update(part["errors"])
        server = name if name in (FLOOR_NAME, BEFORE_NAME) else "web"
        shown = (server, "postgres", "redis", "generator")
        return Run(
            name=name,
            load=load,
            hops={hop: Timing.of(values) for hop, values in samples.items()},
            total=Timing.of(value for values in samples.values() for value in values),
            hops_per_second=sum(part["in_time"] for part in parts) / sum(part["seconds"] for part in parts),
            errors=dict(errors),
            shed=sum(part["shed"] for part in parts),
            others_cores=max(part["others"] for part in parts),
            processor_ms={
                "web" if who == server else who: 1000 * sum(part["used"][who] for part in parts) / max(asked, 1)
                for who in shown
            },
        )


def _busy() -> float:
    """Processor seconds that this machine has worked, whoever for."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _used(pid: int) -> float:
    """Processor seconds of a process and of those that it has started and that still run."""
    process = psutil.Process(pid)
    used = 0.0
    for each in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker of autovacuum comes and goes
            used += sum(each.cpu_times()[:2])
    return used

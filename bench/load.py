"""The load generator, a process of its own: an order comes in on stdin as JSON, what was measured goes out on stdout.

Closed loop: so many callers, each dials again as soon as it has been answered; how much the server can take.
Open loop: sessions begin at random moments that do not wait for anybody, and each reply has its intended moment;
time is counted from there, so that a server that stalls is charged for everybody who would have been waiting
(no coordinated omission).
"""

import heapq
import json
import random
import selectors
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle

from bench.journeys import JOURNEYS, WITH_PIN, bodies
from bench.shape import Shape
from bench.wire import Answer, HungUp, Wire

THINK_SECONDS = 1.0  # between an answer's intended moment and the next reply, in the open loop
PATIENCE_SECONDS = 20.0  # after the end, for answers that are still to come
HOST = "127.0.0.1"
BUSY = "END Sorry, Ajo is busy"


@dataclass(frozen=True)
class Order:
    """What to do. clients: of a closed loop. rate: hops a second of an open loop, when it is not 0."""

    port: int
    path: str
    journey: str
    groups: int
    seed: int
    seconds: float
    warm_seconds: float = 1.0
    clients: int = 8
    rate: float = 0.0
    check: bool = True  # the floor says something else


@dataclass
class Measured:
    """Milliseconds by hop, without those of the warm-up.

    in_time: hops that were answered before the end; asked: all, those of the warm-up too. shed: PINs that were
    not looked at because too many were waiting, which is the right answer to a flood.
    """

    hops: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    shed: int = 0
    in_time: int = 0
    asked: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0


@dataclass
class Session:
    """One caller on her way through a journey: the hop that is next or under way, and its intended moment."""

    forms: Iterator[bytes]
    at: int = 0
    due: float = 0.0
    again: bool = False  # this hop was sent a second time, on another connection


class Generator(ABC):
    """What both loops have: callers, connections, and the judgement of answers."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.hops = JOURNEYS[order.journey].hops
        self.measured = Measured()
        self.warm = time.perf_counter() + order.warm_seconds
        self.until = self.warm + order.seconds
        self._callers = iter(_callers(order))
        self._random = random.Random(f"{order.seed} {self.warm}")
        self._selector = selectors.SelectSelector()
        self._idle: list[Wire] = []
        self._busy: dict[Wire, tuple[Session, bytes]] = {}

    def run(self) -> Measured:
        """Measure until the time is over or nobody is left to call."""
        while (now := time.perf_counter()) < self.until:
            due = self.send_due(now)
            if due is None and not self._busy:
                break
            self._hear(min(due or self.until, self.until) - time.perf_counter())
        self.measured.seconds = time.perf_counter() - self.warm
        patience = time.perf_counter() + PATIENCE_SECONDS
        while self._busy and time.perf_counter() < patience:
            self._hear(0.1)
        if self._busy:
            self.measured.errors["no answer"] += len(self._busy)
        self.measured.processor_seconds = time.process_time()
        return self.measured

    @abstractmethod
    def send_due(self, now: float) -> float | None:
        """Send what is due; when the next one is, if that is known."""

    @abstractmethod
    def go_on(self, session: Session | None, now: float) -> None:
        """A hop was answered; None: its session is over."""

    def new_session(self) -> Session | None:
        """The next caller, who calls once; None when all have."""
        member = next(self._callers, None)
        if member is None:
            return None
        session_id = f"ATUid_{self._random.getrandbits(128):032x}"
        return Session(bodies(JOURNEYS[self.order.journey], member, session_id))

    def send(self, session: Session, due: float) -> None:
        """The session's next hop. Its time counts from `due`."""
        session.due, session.again = due, False
        self.measured.asked += 1
        self._send(session, next(session.forms))

    def _send(self, session: Session, form: bytes) -> None:
        wire = self._idle.pop() if self._idle else self._connect()
        self._busy[wire] = (session, form)
        try:
            wire.send(form)
        except HungUp as trouble:
            self._lost(wire, trouble)

    def _connect(self) -> Wire:
        wire = Wire(HOST, self.order.port, self.order.path)
        self._selector.register(wire, selectors.EVENT_READ)
        return wire

    def _hear(self, wait: float) -> None:
        for key, _ in self._selector.select(max(wait, 0.0)):
            wire: Wire = key.fileobj  # type: ignore[assignment]
            try:
                answer = wire.receive()
            except HungUp as trouble:
                self._lost(wire, trouble)
                continue
            if answer is not None and wire in self._busy:
                self._got(wire, answer)

    def _got(self, wire: Wire, answer: Answer) -> None:
        now = time.perf_counter()
        session, _ = self._busy.pop(wire)
        self._forget(wire) if wire.last else self._idle.append(wire)
        hop = self.hops[session.at]
        if session.due >= self.warm:
            self.measured.hops[hop.name].append((now - session.due) * 1000)
            self.measured.in_time += now < self.until
        session.at += 1
        trouble = _trouble(answer, hop.expect if self.order.check else "")
        if trouble and hop.sheds and answer.body.startswith(BUSY):
            self.measured.shed += 1
        elif trouble:
            self.measured.errors[f"{hop.name}: {trouble}"] += 1
        self.go_on(None if trouble or session.at == len(self.hops) else session, now)

    def _lost(self, wire: Wire, trouble: HungUp) -> None:
        """A server may close an idle connection at any moment: what was sent on it just then is sent once more."""
        self._forget(wire)
        if wire not in self._busy:
            self._idle.remove(wire)
            return
        session, form = self._busy.pop(wire)
        if trouble.unused and not session.again:
            session.again = True
            self._send(session, form)
        else:
            self.measured.errors["connection lost"] += 1
            self.go_on(None, time.perf_counter())

    def _forget(self, wire: Wire) -> None:
        self._selector.unregister(wire)
        wire.close()


class ClosedLoop(Generator):
    """So many callers at any time, without a pause."""

    def send_due(self, now: float) -> float | None:
        while len(self._busy) < self.order.clients and (session := self.new_session()):
            self.send(session, time.perf_counter())
        return None

    def go_on(self, session: Session | None, now: float) -> None:
        if session is not None and now < self.until:
            self.send(session, now)


class OpenLoop(Generator):
    """Sessions that begin at random, as many as give the rate."""

    def __init__(self, order: Order) -> None:
        super().__init__(order)
        self._every = len(self.hops) / order.rate
        self._next_dial = time.perf_counter()
        self._replies: list[tuple[float, int, Session]] = []  # a heap; the number breaks ties

    def send_due(self, now: float) -> float | None:
        while self._next_dial <= now:
            if session := self.new_session():
                self.send(session, self._next_dial)
            self._next_dial += self._random.expovariate(1 / self._every)
        while self._replies and self._replies[0][0] <= now:
            due, _, session = heapq.heappop(self._replies)
            self.send(session, due)
        return min(self._next_dial, self._replies[0][0] if self._replies else self.until)

    def go_on(self, session: Session | None, now: float) -> None:
        """She replies a moment after she would have been answered at once, or now if that has passed."""
        if session is not None:
            heapq.heappush(self._replies, (session.due + THINK_SECONDS, id(session), session))


def _callers(order: Order) -> Iterable[int]:
    shape = Shape(order.groups)
    if order.journey != WITH_PIN.name:
        callers = shape.callers(order.seed)
        # The floor knows nobody and answers so fast that a small population would run out of callers.
        return callers if order.check else cycle(callers)
    holders = shape.pin_holders()
    random.Random(order.seed).shuffle(holders)
    return holders


def _trouble(answer: Answer, expect: str) -> str:
    """What is wrong with an answer, if anything."""
    if answer.status == 200 and answer.body.startswith("CON ") and expect in answer.body:
        return ""
    return f"{answer.status} {answer.body[:60]!r}"


def main() -> None:
    """Read the order, carry it out, tell."""
    order = Order(**json.load(sys.stdin))
    loop = OpenLoop(order) if order.rate else ClosedLoop(order)
    json.dump(vars(loop.run()), sys.stdout)


if __name__ == "__main__":
    main()

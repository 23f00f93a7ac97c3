"""Runs the processes of the demo: started one after the other, started again when they die, all stopped together.

honcho relays and prefixes what they say. What honcho does not do is here: an order, waiting until one is ready, a
restart instead of the end of everything, and a stop that leaves nobody behind, not even grandchildren.
"""

import os
import queue
import shlex
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

import psutil
from honcho.manager import Manager
from honcho.process import Process

from bot.lifeline import die_with_parent

READY_SECONDS = 60.0
STOP_SECONDS = 10.0
LOOK_SECONDS = 0.05
FIRST_PAUSE_SECONDS = 1.0  # before a restart; doubled each time
LONGEST_PAUSE_SECONDS = 15.0
USUAL = b'"level": "info"'  # as bot.logs writes it
STEADY_SECONDS = 30.0  # who ran for this long is restarted as if for the first time


@dataclass(frozen=True)
class Part:
    """One process. `once`: it has to end well before the next one starts. `ready`: the next one waits for it.

    `patience`: for so many seconds. `heard`: while it runs, what others say counts only when something is wrong.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] | None = None
    once: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    last_to_stop: bool = False
    patience: float = READY_SECONDS
    heard: bool = False


@dataclass
class _Running:
    """A part and what we know of it. Between the fork and the first event it is `begun` and has no pid yet."""

    part: Part
    relay: "_Relay"
    begun: BaseProcess | None = None
    pid: int | None = None
    returncode: int | None = None
    stop_sent: bool = False
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    restart_at: float | None = None

    @property
    def alive(self) -> bool:
        return self.begun is not None and self.returncode is None


class _Relay(Process):  # type: ignore[misc]
    """honcho's process, whose relay does not outlive us."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        die_with_parent(signal.SIGKILL)
        super().run(events, ignore_signals)


class Failed(Exception):
    """A part did not come up."""


class _Interrupted(Exception):
    """Somebody pressed Ctrl-C, or asked us to end in another way."""


class Supervisor(Manager):  # type: ignore[misc]
    """honcho's manager with another main loop."""

    def __init__(self, parts: Iterable[Part], env: Mapping[str, str]) -> None:
        super().__init__()
        self._process_ctor = _Relay
        self._context = get_context("fork")
        self._stopping = False
        self._sessions: set[int] = set()
        self._parts: dict[str, _Running] = {}
        for part in parts:
            relay = self.add_process(part.name, f"exec {shlex.join(part.command)}", env=dict(env))
            self._parts[part.name] = _Running(part, relay)

    def run(self, when_ready: Callable[[], None]) -> int:
        """Start everything, call `when_ready`, and go on until a signal comes. Returns the exit code."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._interrupt)
        try:
            for running in self._parts.values():
                self._start_part(running)
                self._wait_until_ready(running)
            when_ready()
            while True:
                self._relay_events()
                self._restart_the_dead()
        except _Interrupted:
            return 0
        except Failed as failed:
            self._system_print(f"{failed}\n")
            return 1
        finally:
            self._stop_all()

    def _interrupt(self, _signal: int, _frame: Any) -> None:
        if not self._stopping:
            self._stopping = True
            raise _Interrupted

    def _start_part(self, running: _Running) -> None:
        running.pid = running.returncode = running.restart_at = None
        running.started_at = time.monotonic()
        running.begun = self._context.Process(target=running.relay.run, args=(self.events, True))
        running.begun.start()

    def _wait_until_ready(self, running: _Running) -> None:
        part = running.part
        until = time.monotonic() + part.patience
        if part.ready is None and not part.once:
            return
        while not (part.ready and part.ready()):
            self._relay_events()
            if part.once and running.returncode == 0:
                return
            if not running.alive:
                raise Failed(f"{part.name} ended with code {running.returncode}; what it said stands above")
            if time.monotonic() > until:
                raise Failed(f"{part.name} was not ready after {part.patience:.0f} seconds")

    def _relay_events(self) -> None:
        """Print and note what happened, for a moment."""
        try:
            event = self.events.get(timeout=LOOK_SECONDS)
            while True:
                self._note(event)
                event = self.events.get_nowait()
        except queue.Empty:
            pass

    def _note(self, event: Any) -> None:
        running = self._parts[event.name]
        if event.type == "line":
            if not self._drowned(running, event.data):
                self._printer.write(event)
        elif event.type == "start":
            running.pid = event.data["pid"]
            self._sessions.add(event.data["pid"])
            self._system_print(f"{event.name} started\n")
        elif event.type == "stop":
            running.returncode = event.data["returncode"]
            if not running.part.once and not self._stopping:
                self._plan_restart(running)

    def _drowned(self, speaker: _Running, line: bytes) -> bool:
        """Whether somebody else is heard now, and this is one of the usual lines."""
        others = any(each.part.heard and each.alive for each in self._parts.values() if each is not speaker)
        return others and USUAL in line

    def _plan_restart(self, running: _Running) -> None:
        now = time.monotonic()
        if now - running.started_at > STEADY_SECONDS:
            running.pause = FIRST_PAUSE_SECONDS
        running.restart_at = now + running.pause
        self._system_print(
            f"{running.part.name} ended with code {running.returncode}; again in {running.pause:.0f} s\n"
        )
        running.pause = min(running.pause * 2, LONGEST_PAUSE_SECONDS)

    def _restart_the_dead(self) -> None:
        for running in self._parts.values():
            if running.restart_at is not None and time.monotonic() >= running.restart_at:
                self._start_part(running)

    def _stop_all(self) -> None:
        """The programs first, then the servers that they need, then whoever is left of any of their sessions."""
        self._stopping = True
        self._system_print("stopping\n")
        for last in (False, True):
            self._stop_group([each for each in self._parts.values() if each.part.last_to_stop is last])
        self._kill_leftovers()

    def _stop_group(self, group: list[_Running]) -> None:
        until = time.monotonic() + STOP_SECONDS
        while any(each.alive for each in group) and time.monotonic() < until:
            for running in group:
                if running.alive and running.pid is not None and not running.stop_sent:
                    running.stop_sent = True
                    with suppress(ProcessLookupError, PermissionError):
                        os.killpg(running.pid, running.part.stop_signal)
            self._relay_events()

    def _kill_leftovers(self) -> None:
        for pid in psutil.pids():
            with suppress(ProcessLookupError, PermissionError):
                if os.getsid(pid) in self._sessions:
                    os.kill(pid, signal.SIGKILL)
        self._relay_events()
        for running in self._parts.values():
            if running.begun is not None:
                running.begun.kill()
                running.begun.join()

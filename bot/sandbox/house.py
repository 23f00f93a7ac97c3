"""The whole house in the background: every process of the demo, on free ports, with its own data.

For the story and for the tests that kill things. What the processes say goes into one
file each. `kill` is SIGKILL for the process and everything that it started, as when a
machine loses power; `start` starts it again. Leaving the house stops everybody.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from bot.sandbox import ports
from bot.sandbox.client import SandboxClient
from bot.sandbox.demo import environment, parts
from bot.sandbox.supervisor import READY_SECONDS, STOP_SECONDS, Part
from bot.settings import Settings

LOOK_SECONDS = 0.05


class House:
    """Processes by name: postgres, redis, sandbox, web, worker, clock."""

    def __init__(self, settings: Settings, env: Mapping[str, str], folder: Path) -> None:
        self.settings = settings
        self.env = dict(env)
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.sandbox = SandboxClient(f"http://{ports.LOOPBACK}:{settings.sandbox_port}")
        self._parts = {part.name: part for part in parts(settings)}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def open(self) -> None:
        """Start everything in its order and wait until it is ready."""
        for name in self._parts:
            self.start(name)

    def start(self, name: str) -> None:
        """Start one process, and wait until it is ready (or has ended, if it runs once)."""
        part = self._parts[name]
        with (self.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                part.command, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._wait(part)

    def kill(self, name: str) -> None:
        """SIGKILL for the process and its children."""
        victim = self._running[name]
        family = [victim.pid, *(child.pid for child in psutil.Process(victim.pid).children(recursive=True))]
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        victim.wait()

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of our commands, as a person would: flask --app app ..."""
        command = [self._parts["migrate"].command[0], "-m", "flask", "--app", "app", *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=120, check=False)

    def said(self, name: str) -> str:
        """What a process has printed so far."""
        return (self.logs / f"{name}.log").read_text(errors="replace")

    def close(self) -> None:
        """Stop everybody: the programs first, then the servers that they need."""
        self.sandbox.close()
        for last in (False, True):
            group = [name for name in self._running if self._parts[name].last_to_stop is last]
            for name in group:
                with suppress(ProcessLookupError):
                    os.killpg(self._running[name].pid, self._parts[name].stop_signal)
            for name in group:
                self._wait_or_kill(self._running[name])

    def _wait(self, part: Part) -> None:
        until = time.monotonic() + READY_SECONDS
        process = self._running[part.name]
        while True:
            ended = process.poll()
            if part.once and ended == 0:
                return
            if ended is not None:
                raise RuntimeError(f"{part.name} ended with code {ended}:\n{self.said(part.name)[-2000:]}")
            if not part.once and (part.ready is None or part.ready()):
                return
            if time.monotonic() > until:
                raise RuntimeError(f"{part.name} was not ready after {READY_SECONDS:.0f} s")
            time.sleep(LOOK_SECONDS)

    def _wait_or_kill(self, process: "subprocess.Popen[bytes]") -> None:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def house(folder: Path, **overrides: str) -> Iterator[House]:
    """A house of its own in a folder, open. Keyword arguments are settings, by their names in the environment."""
    port, sandbox_port, postgres_port, redis_port = ports.some_free(4)
    chosen = {
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
        "POSTGRES_PORT": str(postgres_port),
        "REDIS_PORT": str(redis_port),
        "DATA_DIR": str(folder / "data"),
        **overrides,
    }
    settings = Settings.from_env(chosen)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    built = House(settings, {**environment(settings), **chosen}, folder)
    try:
        built.open()
        yield built
    finally:
        built.close()

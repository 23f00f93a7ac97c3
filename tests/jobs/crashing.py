"""Death at every step: a job runs in a child process that is gone at its Nth point, and nobody tidies up after it.

A point is the moment before and after each call to a provider, and before and after each COMMIT: between two of
them nothing changes that anybody else could see.
"""

import importlib
import itertools
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2

from bot.http import Client
from bot.queue import JOBS
from bot.sandbox import postgres
from jobs import providers, wording
from models.base import database
from models.queries.due import due
from tests.jobs.scene import Scene
from tests.support.databases import Database

KILLED = 137
MOST_ROUNDS = 40


class Points:
    """Counts the points of a process and ends it at one, as SIGKILL would: nothing is flushed or rolled back."""

    def __init__(self, fatal: int) -> None:
        self._fatal = fatal
        self._passed = 0

    def install(self) -> None:
        Client._exchange = self._around(Client._exchange)  # type: ignore[method-assign]
        database.commit = self._around(database.commit)

    def _around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def around(*args: Any, **kwargs: Any) -> Any:
            self._pass()
            result = call(*args, **kwargs)
            self._pass()
            return result

        return around

    def _pass(self) -> None:
        self._passed += 1
        if self._passed == self._fatal:
            os._exit(KILLED)


def killed_at(point: int, act: Callable[[], object]) -> bool:
    """Do it in a child that dies at this point. False when it came to its end before."""
    let_go()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            Points(point).install()
            act()
            code = 0
        except BaseException:  # noqa: BLE001 (whatever it is, the child must not go on as a second test run)
            traceback.print_exc()
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED), f"the child ended with {code}"
    return code == KILLED


def let_go() -> None:
    """No connection may be shared by two processes."""
    database.close_all()
    for cached in (providers.provider_named, wording.channel_named):
        cached.cache_clear()


def points() -> Iterator[int]:
    return itertools.count(1)


class Snapshot:
    """Everything as it is now (our database, the time, empty providers), to begin there again and again."""

    def __init__(self, scene: Scene, of: Database) -> None:
        self._scene, self._at = scene, scene.now
        self._of = of
        self._copy = f"{of.name}_snapshot"
        database.close_all()
        self._make(self._copy, of.name)

    def restore(self) -> None:
        let_go()
        self._make(self._of.name, self._copy)
        self._scene.forget()
        self._scene.set_time(self._at)
        self._scene.fund()

    def drop(self) -> None:
        self._run(f"DROP DATABASE IF EXISTS {self._copy} WITH (FORCE)")

    def _make(self, name: str, template: str) -> None:
        self._run(
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{template}'",
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            f"CREATE DATABASE {name} OWNER ajo_owner TEMPLATE {template} STRATEGY file_copy",
        )

    def _run(self, *statements: str) -> None:
        with closing(psycopg2.connect(postgres.url(self._of.port, "postgres", "postgres"))) as admin:
            admin.autocommit = True
            with admin.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)


def poll_round(scene: Scene) -> int:
    """What the poll rings for now, done at once. How many jobs."""
    found = due(scene.now)
    for ring in found:
        module, _, name = JOBS[ring.name].rpartition(".")
        getattr(importlib.import_module(module), name)(ring.row_id)
    return len(found)


def heal(scene: Scene, good: Callable[[], bool], world: Callable[[], None]) -> None:
    """Nothing is broken any more: the poll goes round, time passes, and it has to become good."""
    for _ in range(MOST_ROUNDS):
        poll_round(scene)
        world()
        scene.assert_books()
        if good():
            return
        scene.advance("4m")
    raise AssertionError(f"it never became good: {scene.state()}")

"""The database of this process: connection, transactions, compare-and-set.

`connect(url)` is called once at start. Actions run inside `transaction()`; a
transaction that PostgreSQL gave up for a reason that passes (a deadlock, a lost
connection) is run again as a whole: every key in it is named after the business
fact, so twice is once (ledger.md 3.5).
"""

import functools
import random
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from peewee import InterfaceError, Model, OperationalError, PeeweeException
from playhouse.db_url import parse
from playhouse.pool import PooledPostgresqlDatabase

TRIES = 5
POOL_SIZE = 32
# Nobody waits for ever for a PostgreSQL that fell silent: psycopg2 waits in C, where no alarm of a worker reaches it.
# A lost line is noticed within 15 s; a lock that another transaction holds too long, and a transaction whose program
# went away, are given up by PostgreSQL itself. None of ours waits for anybody: an export is read page by page.
# Migrations and backups connect by themselves and may take their time. The URL may say otherwise (?connect_timeout=9).
PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
}
# Serialization failure, deadlock, lock not available, and the class of lost connections.
PASSING = ("40001", "40P01", "55P03", "57P01", "08")

P = ParamSpec("P")
R = TypeVar("R")


class Database(PooledPostgresqlDatabase):  # type: ignore[misc]
    """A pool that outlives a restart of PostgreSQL: a read that meets a dead connection is asked again on a new one."""

    def execute_sql(self, sql: str, params: Any = None, **options: Any) -> Any:
        """Run a statement. Only outside a transaction is it repeated; a transaction is repeated as a whole."""
        try:
            return super().execute_sql(sql, params, **options)
        except (OperationalError, InterfaceError) as trouble:
            if self.in_transaction() or not _connection_lost(trouble):
                raise
            self.start_afresh()
            return super().execute_sql(sql, params, **options)

    def start_afresh(self) -> None:
        """A connection was lost: the idle ones most likely went with it."""
        self.close()
        self.close_idle()

    def _is_closed(self, connection: Any) -> bool:
        """Believe an idle connection until it fails. The pool's own way is to ask PostgreSQL at each check-out, which
        costs a hop one round trip of three, and all threads wait for it in turn.
        """
        return bool(connection.closed)


database = Database(None)


class Row(Model):
    """The base of all tables. Rows stay inside `models`."""

    class Meta:
        database = database
        legacy_table_names = False


def connect(url: str) -> None:
    """Point this process at its database; the first query opens the connection."""
    options = parse(url)
    database.init(
        options.pop("database"),
        max_connections=POOL_SIZE,
        stale_timeout=300,
        timeout=10,
        application_name="ajo",
        **(PATIENCE | options),
    )


def transaction(act: Callable[P, R]) -> Callable[P, R]:
    """Run the function in one transaction, again as a whole when the reason of a failure passes.

    Inside an open transaction it simply takes part in it.
    """

    @functools.wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if database.in_transaction():
            return act(*args, **kwargs)
        for again in range(TRIES):
            try:
                with database.atomic():
                    return act(*args, **kwargs)
            except (OperationalError, InterfaceError) as trouble:
                if again + 1 == TRIES or not _passes(trouble):
                    raise
                if _connection_lost(trouble):
                    database.start_afresh()
                time.sleep(random.uniform(0, 0.05 * 2**again))  # noqa: S311 (jitter, not a secret)
        raise AssertionError("unreachable")

    return run


def move(table: type[Row], row_id: int, sources: str | tuple[str, ...], dest: str, **changes: Any) -> bool:
    """Compare-and-set of a status: true when this call moved it, false when somebody else had.

    Never read, then save: the condition and the change are one statement.
    """
    wanted = (sources,) if isinstance(sources, str) else sources
    fields = table._meta.fields
    query = table.update(status=dest, **changes).where((fields["id"] == row_id) & fields["status"].in_(wanted))
    return bool(query.execute() == 1)


def next_id(table: type[Row]) -> int:
    """Reserve the id of a row before it is written, because its sealed columns are bound to it."""
    name = table._meta.table_name
    return int(database.execute_sql("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", (name,)).fetchone()[0])


def _code(trouble: PeeweeException) -> str:
    cause = trouble.__cause__ or trouble.__context__
    return str(getattr(cause, "pgcode", None) or "")


def _connection_lost(trouble: PeeweeException) -> bool:
    return isinstance(trouble, InterfaceError) or _code(trouble) in ("", "57P01") or _code(trouble).startswith("08")


def _passes(trouble: PeeweeException) -> bool:
    return _connection_lost(trouble) or _code(trouble).startswith(PASSING)

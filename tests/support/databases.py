"""A database for each test: as it was when the migrations had run.

The books refuse DELETE and TRUNCATE to everybody but a superuser who asks for it, so this is one. To empty the tables
that a test has written to takes a tenth of the time of a new copy; a copy is made where there is nothing to empty or
where a test has changed more than rows.
"""

from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg2

from bot.sandbox import postgres
from models import migrations

TEMPLATE = "ajo_template"
TEMPLATE_LOCK = 4711


@dataclass(frozen=True)
class Database:
    """One database of the test server, and the ways in."""

    port: int
    name: str

    @property
    def url(self) -> str:
        """As the program: a member of ajo_app."""
        return postgres.url(self.port, self.name, "ajo")

    @property
    def owner_url(self) -> str:
        """As the owner of the schema, who migrates."""
        return postgres.url(self.port, self.name, "ajo_owner")

    @property
    def superuser_url(self) -> str:
        """As the one to whom nothing is refused: for tests that break what the program cannot."""
        return postgres.url(self.port, self.name, "postgres")

    def renew(self) -> None:
        """As if nothing had ever happened in it; whoever is still connected is thrown out."""
        if not _emptied(self):
            self.recreate()

    def recreate(self) -> None:
        """Make it anew from the template; whoever is still connected is thrown out."""
        with closing(_admin(self.port)) as admin, admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {self.name} OWNER ajo_owner TEMPLATE {TEMPLATE} STRATEGY file_copy")
        _HOUSEKEEPERS[self] = _Housekeeper.of(self)


def ensure_template(port: int) -> None:
    """Migrate the template, once in a run: the first one does it, the others wait."""
    with closing(_admin(port)) as admin, admin.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,))
        if cursor.fetchone() is None:
            unfinished = Database(port, f"{TEMPLATE}_new")
            cursor.execute(f"DROP DATABASE IF EXISTS {unfinished.name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {unfinished.name} OWNER ajo_owner TEMPLATE template0")
            migrations.migrate(unfinished.owner_url)
            cursor.execute(f"ALTER DATABASE {unfinished.name} RENAME TO {TEMPLATE}")


# What nothing but a migration may change.
SCHEMA = """
    SELECT md5(string_agg(concat_ws(' ', c.oid, c.relname, c.relkind, c.relacl, c.relrowsecurity), ',' ORDER BY c.oid)),
        (SELECT md5(string_agg(concat_ws(' ', oid, tgname, tgenabled), ',' ORDER BY oid)) FROM pg_trigger),
        (SELECT md5(string_agg(concat_ws(' ', oid, md5(prosrc), proacl), ',' ORDER BY oid)) FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace),
        (SELECT md5(string_agg(concat_ws(' ', oid, conname, convalidated), ',' ORDER BY oid)) FROM pg_constraint)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
"""
THROW_OUT = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
WRITTEN_TO = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0 ORDER BY relname
"""
START_OVER = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


@dataclass
class _Housekeeper:
    """A superuser's connection to a database of this process's, and how it looked when it was new."""

    connection: Any
    seeded: frozenset[str]  # the tables that the migrations have put rows into
    untouched: tuple[Any, ...]

    @classmethod
    def of(cls, database: Database) -> "_Housekeeper":
        """Of one that has just been made."""
        connection = _admin(database.port, database.name)
        with connection.cursor() as cursor:
            # No trigger fires for this session: neither the guards of the books nor the keys between the tables.
            cursor.execute("SET session_replication_role = replica")
            seeded = frozenset(_written_to(cursor))
            return cls(connection, seeded, _untouched(cursor, seeded))

    def empty(self) -> bool:
        """Empty what was written to; False: that is not enough."""
        with self.connection.cursor() as cursor:
            cursor.execute(THROW_OUT)
            if written := sorted(_written_to(cursor) - self.seeded):
                cursor.execute(f"TRUNCATE {', '.join(written)} CASCADE")
            cursor.execute(START_OVER)
            return self.untouched == _untouched(cursor, self.seeded)


def _written_to(cursor: Any) -> set[str]:
    cursor.execute(WRITTEN_TO)
    return {name for (name,) in cursor.fetchall()}


def _untouched(cursor: Any, seeded: frozenset[str]) -> tuple[Any, ...]:
    rows = ", ".join(
        f"(SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {name} t)" for name in sorted(seeded)
    )
    cursor.execute(f"SELECT {rows}")
    found = cursor.fetchall()
    cursor.execute(SCHEMA)
    return (*found, *cursor.fetchall())


_HOUSEKEEPERS: dict[Database, _Housekeeper] = {}


def _emptied(database: Database) -> bool:
    try:
        if (keeper := _HOUSEKEEPERS.get(database)) is not None and keeper.empty():
            return True
    except psycopg2.Error:
        _HOUSEKEEPERS.pop(database).connection.close()  # it was made anew behind our back
    return False


def _admin(port: int, name: str = "postgres") -> Any:
    connection = psycopg2.connect(postgres.url(port, name, "postgres"))
    connection.autocommit = True
    return connection

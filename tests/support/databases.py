"""A database for each test, copied from one that was migrated once.

The books refuse DELETE and TRUNCATE, so nothing is cleaned: the whole database is thrown away. A copy takes about
20 ms on a server that need not survive a crash.
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

    def recreate(self) -> None:
        """Make it anew from the template; whoever is still connected is thrown out."""
        with closing(_admin(self.port)) as admin, admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {self.name} OWNER ajo_owner TEMPLATE {TEMPLATE} STRATEGY file_copy")


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


def _admin(port: int) -> Any:
    connection = psycopg2.connect(postgres.url(port, "postgres", "postgres"))
    connection.autocommit = True
    return connection

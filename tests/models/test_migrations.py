"""The schema: it can be made, made again, and is what the tables and the rules say it is."""

from contextlib import closing

import psycopg2
import pytest
from peewee import IntegrityError

from models import base
from models.migrations import migrate, pending
from models.rules import accounts, lifecycle
from models.tables import accounts as account_tables
from models.tables import blasts, chats, cycles, finding, groups, ledger, mail, money, pauses, people, staff, ways
from tests.support.databases import Database

TABLES = sorted(
    {
        each
        for module in (
            account_tables,
            blasts,
            chats,
            cycles,
            finding,
            groups,
            ledger,
            mail,
            money,
            pauses,
            people,
            staff,
            ways,
        )
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, base.Row) and each is not base.Row
    },
    key=lambda table: table.__name__,
)


@pytest.fixture
def empty(db):
    """A database of its own, with nothing in it."""
    name = f"{db.name}_empty"
    with closing(psycopg2.connect(Database(db.port, "postgres").superuser_url)) as admin:
        admin.autocommit = True
        admin.cursor().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.cursor().execute(f"CREATE DATABASE {name} OWNER ajo_owner TEMPLATE template0")
        yield Database(db.port, name)
        admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_it_migrates_from_nothing_and_then_has_nothing_left_to_do(empty):
    wanted = pending(empty.owner_url)
    assert wanted == sorted(wanted)
    assert len(wanted) >= 6
    assert migrate(empty.owner_url) == wanted
    assert migrate(empty.owner_url) == []
    assert pending(empty.url) == []  # the program itself may ask, too


def test_it_has_every_column_of_every_table_and_no_other(db):
    for table in TABLES:
        found = {column.name: column.null for column in base.database.get_columns(table._meta.table_name)}
        assert found == {field.column_name: field.null for field in table._meta.sorted_fields}, table
        list(table.select().limit(1))  # and each can be asked for


def test_its_legal_steps_are_those_of_the_rules(db):
    found = set(base.database.execute_sql("SELECT entity, source, dest FROM legal_transition").fetchall())
    steps = {(entity, *pair) for entity, pairs in lifecycle.TRANSITIONS.items() for pair in pairs}
    assert found == steps | {(entity, "", start) for entity, starts in lifecycle.STARTS.items() for start in starts}


def test_it_guards_every_table_whose_states_are_in_the_rules(db):
    guarded = base.database.execute_sql(
        "SELECT encode(tgargs, 'escape') FROM pg_trigger WHERE tgname = 'guard_status'"
    ).fetchall()
    assert {entity.removesuffix("\\000") for (entity,) in guarded} == set(lifecycle.TRANSITIONS)


def test_it_knows_the_nature_of_an_account_by_its_name(db):
    insert = "INSERT INTO account (id, book, sign, currency) VALUES (%s, %s, %s, %s)"
    for family in accounts.FAMILIES:
        book, sign = accounts.book(family), accounts.sign(family)
        base.database.execute_sql(insert, (f"{family}:7", book, sign, "NGN"))
        base.database.execute_sql(insert, (f"{family}:GHS", book, sign, "GHS"))
        wrong = [
            (f"{family}:8", "DUE" if book == "CASH" else "CASH", sign, "NGN"),
            (f"{family}:8", book, -sign if sign else 1, "NGN"),
            (f"{family}:8", book, 0 if sign else -1, "NGN"),
            (f"{family}:8", book, sign, "GHS"),
            (f"{family}:GHS", book, sign, "NGN"),
            (f"x{family}:8", book, sign, "NGN"),
        ]
        for row in wrong:
            with pytest.raises(IntegrityError):
                base.database.execute_sql(insert, row)

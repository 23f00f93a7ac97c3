"""Transactions: what passes is tried again as a whole, what does not is not; reads survive a lost connection."""

import socket
import threading
from contextlib import closing

import psycopg2
import pytest
from peewee import IntegrityError, InterfaceError, OperationalError

from models import base
from models.base import database, transaction

PATIENT = {"lock_timeout": "5s", "idle_in_transaction_session_timeout": "1min"}


@pytest.fixture(autouse=True)
def table(db):
    """A small table of the program's own session would not be seen by the other connections: the owner makes it."""
    with closing(psycopg2.connect(db.owner_url)) as owner:
        owner.cursor().execute("CREATE TABLE tally (id int PRIMARY KEY, n int NOT NULL CHECK (n < 1000))")
        owner.cursor().execute("INSERT INTO tally VALUES (1, 0), (2, 0)")
        owner.cursor().execute("GRANT ALL ON tally TO ajo_app")
        owner.commit()


def add(row: int) -> None:
    database.execute_sql("UPDATE tally SET n = n + 1 WHERE id = %s", (row,))


def tally() -> list[int]:
    return [n for (n,) in database.execute_sql("SELECT n FROM tally ORDER BY id").fetchall()]


def cut_connections(db) -> None:
    """What a restart of PostgreSQL does to everybody who is connected."""
    with closing(psycopg2.connect(db.superuser_url)) as admin:
        admin.autocommit = True
        admin.cursor().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'ajo'", (db.name,)
        )


def test_it_tries_again_when_two_lock_each_other_out():
    meet = threading.Barrier(2, timeout=10)
    runs: list[tuple[int, int]] = []

    @transaction
    def both(first: int, second: int) -> None:
        runs.append((first, second))
        add(first)
        if runs.count((first, second)) == 1:
            meet.wait()
        add(second)

    def work(first: int, second: int) -> None:
        try:
            both(first, second)
        finally:
            database.close()

    threads = [threading.Thread(target=work, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally() == [2, 2]
    assert len(runs) == 3


@pytest.mark.parametrize("code", ["40001", "40P01", "55P03", "57P01", "08006"])
def test_it_tries_again_for_reasons_that_pass(code):
    runs = []

    @transaction
    def act() -> None:
        runs.append(1)
        add(1)
        if len(runs) < 3:
            database.execute_sql(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$")

    act()
    assert (len(runs), tally()) == (3, [1, 0])


def test_it_gives_up_after_some_tries():
    runs = []

    @transaction
    def act() -> None:
        runs.append(1)
        database.execute_sql("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")

    with pytest.raises(OperationalError):
        act()
    assert len(runs) == base.TRIES


def test_it_does_not_try_again_what_will_not_pass():
    runs = []

    @transaction
    def act() -> None:
        runs.append(1)
        add(1)
        database.execute_sql("UPDATE tally SET n = 1000 WHERE id = 2")

    with pytest.raises(IntegrityError):
        act()
    assert (len(runs), tally()) == (1, [0, 0])


@pytest.mark.parametrize("moment", ["before", "in the middle", "at the commit"])
def test_it_runs_again_as_a_whole_when_the_connection_is_lost(db, moment):
    runs = []
    tally()
    if moment == "before":
        cut_connections(db)

    @transaction
    def act() -> None:
        runs.append(1)
        add(1)
        if moment == "in the middle" and len(runs) == 1:
            cut_connections(db)
        add(2)
        if moment == "at the commit" and len(runs) == 1:
            cut_connections(db)

    act()
    assert tally() == [1, 1]


def test_it_reads_on_when_the_connection_was_lost(db):
    assert tally() == [0, 0]
    cut_connections(db)
    assert tally() == [0, 0]


def test_it_reads_on_when_all_idle_connections_were_lost(db):
    together = threading.Barrier(4, timeout=10)

    def use_one() -> None:
        tally()
        together.wait()
        database.close()

    threads = [threading.Thread(target=use_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cut_connections(db)
    assert tally() == [0, 0]


def test_it_does_not_repeat_a_single_statement_inside_a_transaction(db):
    def act() -> None:
        with database.atomic():
            add(1)
            cut_connections(db)
            add(2)

    with pytest.raises((OperationalError, InterfaceError)):
        act()
    assert tally() == [0, 0]


def test_it_takes_part_in_an_open_transaction():
    @transaction
    def inner() -> None:
        add(1)

    @transaction
    def outer() -> None:
        inner()
        raise KeyError("changed my mind")

    with pytest.raises(KeyError):
        outer()
    assert tally() == [0, 0]


def test_a_server_that_takes_the_call_and_says_nothing_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base.connect(f"postgresql://ajo@127.0.0.1:{silent.getsockname()[1]}/ajo?connect_timeout=2")
        with pytest.raises(OperationalError, match="timeout"):
            database.connect()


def test_nobody_waits_for_ever_for_a_lock_or_for_a_program_that_went_away(db):
    shown = {name: database.execute_sql(f"SHOW {name}").fetchone()[0] for name in PATIENT}
    assert shown == PATIENT
    told = database.connection().get_dsn_parameters()
    assert {name: told[name] for name in ("connect_timeout", "keepalives_idle", "tcp_user_timeout")} == {
        "connect_timeout": "5",
        "keepalives_idle": "10",
        "tcp_user_timeout": "15000",
    }


def test_a_lock_that_is_held_too_long_is_waited_for_again(db, monkeypatch):
    monkeypatch.setitem(base.PATIENCE, "options", "-c lock_timeout=50ms")
    base.database.close_all()
    base.connect(db.url)
    runs: list[int] = []
    with closing(psycopg2.connect(db.owner_url)) as another:
        another.cursor().execute("UPDATE tally SET n = 7 WHERE id = 1")

        @transaction
        def wait_for_it() -> None:
            runs.append(1)
            if len(runs) == 2:
                another.rollback()
            add(1)

        wait_for_it()
    assert (len(runs), tally()) == (2, [1, 0])

"""The books against whoever is connected: what the database itself refuses, to the program and to its owner."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors

LEG = "INSERT INTO journal_leg (entry_id, n, account_id, amount) VALUES (%s, %s, %s, %s)"
HEADER = """INSERT INTO journal_entry (id, kind, idem, actor, effective_at, created_at)
            VALUES (%s, 'test', %s, 'test', now(), now())"""
ACCOUNTS = (
    ("cash.paystack_clearing", "CASH", 1, "NGN"),
    ("cash.paystack_clearing:GHS", "CASH", 1, "GHS"),
    ("due.contrib:1", "DUE", 0, "NGN"),
    ("due.seat:1", "DUE", 1, "NGN"),
    ("equity.float", "CASH", 0, "NGN"),
    ("liab.pot:1", "CASH", -1, "NGN"),
    ("liab.wallet:1", "CASH", -1, "NGN"),
)
BOOKS = ("account", "journal_entry", "journal_leg", "audit", "allocation", "approval")
APPEND_ONLY, SEALED, OVERDRAWN, UNBALANCED, ILLEGAL = "AJ001", "AJ002", "AJ003", "AJ004", "AJ005"


@contextmanager
def connected(url: str) -> Iterator[Any]:
    with closing(psycopg2.connect(url)) as connection:
        yield connection


def write(
    connection, entry_id: int, *legs: tuple[str, int], idem: str = "", header: bool = True, first: int = 1
) -> None:
    """An entry as the program writes it: legs first, header last."""
    cursor = connection.cursor()
    for n, (account, amount) in enumerate(legs, first):
        cursor.execute(LEG, (entry_id, n, account, amount))
    if header:
        cursor.execute(HEADER, (entry_id, idem or f"test:{entry_id}"))


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(psycopg2.Error) as caught:
        yield
    assert caught.value.pgcode == code, caught.value


@pytest.fixture(params=["owner", "program"])
def books(db, request) -> Iterator[Any]:
    """A connection as the owner of the schema, and one as the program, on books that hold one entry of N100."""
    with connected(db.url) as program:
        for row in ACCOUNTS:
            program.cursor().execute("INSERT INTO account (id, book, sign, currency) VALUES (%s, %s, %s, %s)", row)
        write(program, 1, ("cash.paystack_clearing", 100_00), ("liab.pot:1", -100_00))
        program.commit()
    with connected(db.owner_url if request.param == "owner" else db.url) as connection:
        yield connection


def test_it_takes_a_good_entry_and_keeps_balance_digest_and_audit(books):
    write(books, 2, ("cash.paystack_clearing", -30_00), ("liab.pot:1", 30_00))
    books.commit()
    cursor = books.cursor()
    cursor.execute("SELECT account_id, amount FROM account_balance ORDER BY 1")
    assert cursor.fetchall() == [("cash.paystack_clearing", 70_00), ("liab.pot:1", -70_00)]
    cursor.execute("SELECT legs, length(digest), digest = ajo_digest_of_legs(id) FROM journal_entry WHERE id = 2")
    assert cursor.fetchone() == (2, 32, True)
    cursor.execute("SELECT chain, seq, verb, subject FROM audit WHERE entry_id = 2")
    assert cursor.fetchone() == ("house", 2, "entry.test", "test:2")


@pytest.mark.parametrize(
    "legs",
    [
        [("cash.paystack_clearing", 2), ("liab.pot:1", -1)],
        [("cash.paystack_clearing", 1)],
        [],
        # balanced over both books, but in neither
        [("cash.paystack_clearing", 1), ("due.contrib:1", -1)],
        # balanced over two currencies, but in neither
        [("cash.paystack_clearing:GHS", 1), ("liab.pot:1", -1)],
    ],
)
def test_it_refuses_an_entry_that_does_not_balance(books, legs):
    with refused(UNBALANCED):
        write(books, 2, *legs)


@pytest.mark.parametrize("leg", [("cash.paystack_clearing", 0), ("liab.nobody:1", 5)])
def test_it_refuses_a_leg_of_nothing_or_of_an_account_that_is_not_there(books, leg):
    with pytest.raises(psycopg2.IntegrityError):
        write(books, 2, leg, ("liab.pot:1", -5))


def test_it_refuses_the_same_account_twice_in_an_entry(books):
    with pytest.raises(errors.UniqueViolation):
        write(books, 2, ("cash.paystack_clearing", 1), ("cash.paystack_clearing", 1), ("liab.pot:1", -2))


def test_it_refuses_the_same_fact_twice(books):
    with pytest.raises(errors.UniqueViolation):
        write(books, 2, ("cash.paystack_clearing", 1), ("liab.pot:1", -1), idem="test:1")


def test_it_refuses_a_leg_that_has_no_entry_when_the_transaction_ends(books):
    write(books, 2, ("cash.paystack_clearing", 1), ("liab.pot:1", -1), header=False)
    with pytest.raises(errors.ForeignKeyViolation):
        books.commit()


def test_it_refuses_a_leg_that_comes_after_the_seal(books):
    with refused(SEALED):
        write(books, 1, ("equity.float", 5), ("liab.wallet:1", -5), header=False, first=3)


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_it_refuses_a_balanced_pair_that_another_transaction_smuggles_in(db, books, isolation):
    """The smuggler's legs are written while the header is not to be seen yet, and committed when it is."""
    with connected(db.owner_url) as smuggler:
        smuggler.set_session(isolation_level=isolation)
        smuggler.cursor().execute("SELECT count(*) FROM journal_entry")
        write(books, 2, ("cash.paystack_clearing", 1), ("liab.pot:1", -1))
        write(smuggler, 2, ("equity.float", 5), ("liab.wallet:1", -5), header=False, first=3)
        books.commit()
        with pytest.raises(psycopg2.Error) as caught:
            smuggler.commit()
        assert caught.value.pgcode in (SEALED, "23503", "40001")
        smuggler.rollback()
    cursor = books.cursor()
    cursor.execute("SELECT count(*) FROM journal_leg WHERE entry_id = 2")
    assert cursor.fetchone() == (2,)


def test_it_refuses_the_smuggler_who_is_first_to_commit(db, books):
    with connected(db.owner_url) as smuggler:
        write(books, 2, ("cash.paystack_clearing", 1), ("liab.pot:1", -1))
        write(smuggler, 2, ("equity.float", 5), ("liab.wallet:1", -5), header=False, first=3)
        with pytest.raises(errors.ForeignKeyViolation):
            smuggler.commit()
    books.commit()


def test_it_refuses_the_smuggler_who_asks_for_his_check_early(db, books):
    with connected(db.owner_url) as smuggler:
        write(books, 2, ("cash.paystack_clearing", 1), ("liab.pot:1", -1))
        write(smuggler, 2, ("equity.float", 5), ("liab.wallet:1", -5), header=False, first=3)
        with refused(SEALED):
            smuggler.cursor().execute("SET CONSTRAINTS leg_still_sealed IMMEDIATE")


def test_it_is_not_fooled_by_tables_of_ones_own(books):
    """Temporary tables come first in a search path that is not fixed."""
    cursor = books.cursor()
    cursor.execute("CREATE TEMP TABLE account (id text, book text, sign int, currency text)")
    cursor.execute("CREATE TEMP TABLE account_balance (account_id text PRIMARY KEY, amount bigint)")
    cursor.execute("SET search_path = pg_temp, public")
    with refused(OVERDRAWN):
        write(books, 2, ("liab.pot:1", 200_00))
    books.rollback()
    cursor.execute("CREATE TEMP TABLE account (id text, book text, sign int, currency text)")
    cursor.execute("INSERT INTO account VALUES ('equity.float', 'CASH', 0, 'NGN')")
    cursor.execute("SET search_path = pg_temp, public")
    with refused(UNBALANCED):
        write(books, 2, ("equity.float", 7), ("liab.wallet:1", -5))


@pytest.mark.parametrize(
    "legs",
    [
        [("cash.paystack_clearing", -100_01), ("equity.float", 100_01)],
        [("equity.float", -100_01), ("liab.pot:1", 100_01)],
        [("due.contrib:1", 1), ("due.seat:1", -1)],
        [("equity.float", -1), ("liab.wallet:1", 1)],
    ],
)
def test_it_refuses_to_overdraw_an_account(books, legs):
    with refused(OVERDRAWN):
        write(books, 2, *legs)


def test_it_refuses_the_second_of_two_who_draw_on_the_same_money_at_once(db, books):
    """Each alone would be fine; the second one waits for the first and is then told the truth."""
    outcome = []

    def second() -> None:
        with connected(db.url) as other:
            try:
                write(other, 3, ("equity.float", -60_00), ("liab.pot:1", 60_00))
                other.commit()
                outcome.append("committed")
            except psycopg2.Error as error:
                outcome.append(error.pgcode)

    write(books, 2, ("equity.float", -60_00), ("liab.pot:1", 60_00))
    thread = threading.Thread(target=second)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive()
    books.commit()
    thread.join(5)
    assert outcome == [OVERDRAWN]


@pytest.mark.parametrize("table", BOOKS)
def test_it_refuses_to_empty_a_book(books, table, request):
    with pytest.raises(psycopg2.Error) as caught:
        books.cursor().execute(f"TRUNCATE {table} CASCADE")
    program = "program" in request.node.callspec.id
    assert caught.value.pgcode == ("42501" if program else APPEND_ONLY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_leg SET amount = amount * 2",
        "UPDATE journal_entry SET reason = 'x'",
        "UPDATE audit SET actor = 'x'",
        "UPDATE account SET sign = 0",
        "DELETE FROM journal_leg",
        "DELETE FROM journal_entry",
        "DELETE FROM audit",
        "DELETE FROM account",
    ],
)
def test_it_refuses_to_change_what_is_written(books, statement, request):
    with pytest.raises(psycopg2.Error) as caught:
        books.cursor().execute(statement)
    program = "program" in request.node.callspec.id
    assert caught.value.pgcode == ("42501" if program else APPEND_ONLY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE account_balance SET amount = 0",
        "INSERT INTO account_balance VALUES ('equity.float', 5)",
        "DELETE FROM account_balance",
        "UPDATE audit_head SET seq = 0",
        "DELETE FROM audit_head",
        "DELETE FROM legal_transition",
        "INSERT INTO legal_transition VALUES ('payout', 'paid', 'held')",
        "ALTER TABLE journal_leg DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON journal_leg",
        "SET session_replication_role = replica",
        "CREATE TABLE public.mine (i int)",
        "DELETE FROM member",
    ],
)
def test_it_leaves_the_program_no_other_way_in(db, statement):
    with connected(db.url) as program, pytest.raises(errors.InsufficientPrivilege):
        program.cursor().execute(statement)


def test_it_chains_the_audit_trail_and_ignores_what_a_writer_claims(books):
    cursor = books.cursor()
    for _ in range(2):
        cursor.execute(
            "INSERT INTO audit (chain, seq, at, actor, verb, subject, prev_hash, hash)"
            " VALUES ('house', 99, now(), 'member:1', 'test', 'x', 'forged', 'forged')"
        )
    books.commit()
    cursor.execute("SELECT seq, prev_hash, hash FROM audit WHERE chain = 'house' ORDER BY seq")
    rows = [(seq, bytes(before), bytes(after)) for seq, before, after in cursor.fetchall()]
    assert [seq for seq, _, _ in rows] == [1, 2, 3]
    assert [before for _, before, _ in rows[1:]] == [after for _, _, after in rows[:-1]]


def test_it_refuses_a_second_audit_row_for_an_entry(books):
    with pytest.raises(errors.UniqueViolation):
        books.cursor().execute(
            "INSERT INTO audit (chain, seq, at, actor, verb, subject, entry_id, prev_hash, hash)"
            " VALUES ('house', 0, now(), 'member:1', 'test', 'x', 1, '', '')"
        )


def test_it_refuses_states_that_do_not_exist_or_do_not_follow(books):
    cursor = books.cursor()
    new_member = """INSERT INTO member (phone_sealed, phone_index, name_sealed, email_id, created_at)
                    VALUES ('', 'a', '', 'a', now()) RETURNING id"""
    new_account = """INSERT INTO bank_account (member_id, bank_code, bank_name, number_sealed, number_index, last4,
                     status, created_at) VALUES (%s, '058', 'GTBank', '', '', '1234', %s, now()) RETURNING id"""
    cursor.execute(new_member)
    member_id = cursor.fetchone()[0]
    for status in ("nonsense", "confirmed", ""):
        cursor.execute("SAVEPOINT here")
        with refused(ILLEGAL):
            cursor.execute(new_account, (member_id, status))
        cursor.execute("ROLLBACK TO here")
    cursor.execute(new_account, (member_id, "checking"))
    account_id = cursor.fetchone()[0]
    for status in ("confirmed", "retired", "nonsense", ""):
        cursor.execute("SAVEPOINT here")
        with refused(ILLEGAL):
            cursor.execute("UPDATE bank_account SET status = %s WHERE id = %s", (status, account_id))
        cursor.execute("ROLLBACK TO here")
    cursor.execute("UPDATE bank_account SET status = 'found' WHERE id = %s", (account_id,))

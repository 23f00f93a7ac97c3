"""The bench measures something true: its population is one that the product could have made, and it still runs."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest

from bench import population, shape
from bench.shape import Shape
from bot.settings import Settings
from models import policy
from models.actions.pins import same_pin
from models.base import database
from models.queries import invariants
from models.queries.home import read_home
from models.rules import fees, posting
from models.rules.posting import Part
from tests.support.databases import Database

HERE = Path(__file__).parent.parent
SHAPE = Shape(groups=42)  # each day of the week, and two with a full pot

FOREIGN_KEYS = """
SELECT c.conrelid::regclass, a.attname, c.confrelid::regclass, b.attname
  FROM pg_constraint c
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
  JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
 WHERE c.contype = 'f' AND cardinality(c.conkey) = 1
"""


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.fixture
def populated(db: Database, settings: Settings, now: datetime) -> Database:
    policy.configure(pin_pepper=settings.pin_pepper, pin_rounds=settings.pin_rounds)
    population.fill(db.superuser_url, SHAPE, now, lambda _: None)
    return db


def test_the_population_breaks_no_invariant_and_its_people_are_there(populated: Database, now: datetime) -> None:
    assert invariants.violations(now) == []
    assert invariants.warnings(now) == []
    _every_foreign_key_holds(populated)
    _people_can_be_found_and_their_pins_are_theirs(now)
    _a_charge_is_booked_as_the_rules_book_it()


def _every_foreign_key_holds(populated: Database) -> None:
    """It was written without them."""
    with psycopg2.connect(populated.superuser_url) as connection, connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS)
        found = cursor.fetchall()
        for table, column, other, key in found:
            cursor.execute(
                f"SELECT count(*) FROM {table} t LEFT JOIN {other} o ON o.{key} = t.{column}"
                f" WHERE t.{column} IS NOT NULL AND o.{key} IS NULL"
            )
            assert cursor.fetchone() == (0,), f"{table}.{column} refers to {other} that do not exist"
    connection.close()
    assert len(found) > 20


def _people_can_be_found_and_their_pins_are_theirs(now: datetime) -> None:
    member = SHAPE.pin_holders()[0]
    found = read_home(shape.phone(member), now).me
    assert (found.member_id, found.name) == (member, shape.name(member))
    pin_hash = database.execute_sql("SELECT pin_hash FROM member WHERE id = %s", (member,)).fetchone()[0]
    assert same_pin(shape.PIN, f"{member}.{pin_hash}")


def _a_charge_is_booked_as_the_rules_book_it() -> None:
    """The bench spells the legs of an entry in SQL; `posting` is the one that knows."""
    payment = database.execute_sql(
        "SELECT p.reference, p.member_id, p.seat_id, p.cycle_id, c.group_id, p.amount_kobo, p.fee_kobo, p.received_kobo"
        "  FROM payment p JOIN cycle c ON c.id = p.cycle_id ORDER BY p.id DESC LIMIT 1"
    ).fetchone()
    reference, member, seat, cycle, group, amount, fee, received = payment
    wanted = posting.charge(
        reference,
        member,
        received_kobo=received,
        provider_fee_kobo=fees.paystack_collection_fee(received),
        parts=[Part("contribution", seat, cycle, group, amount)],
        recovery_kobo=fee,
        wallet_kobo=0,
    )
    booked = database.execute_sql(
        "SELECT l.account_id, l.amount FROM journal_entry e JOIN journal_leg l ON l.entry_id = e.id"
        " WHERE e.idem = %s AND e.kind = %s ORDER BY l.n",
        (wanted.idem, wanted.kind),
    ).fetchall()
    assert booked == [(leg.account, leg.amount) for leg in wanted.legs]


def test_the_bench_runs_from_nothing_and_gets_right_answers_only() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--groups=20", "--seconds=0.3", "--json=-"],
        cwd=HERE,
        env={**os.environ, "PIN_ROUNDS": "4"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    results = json.loads(done.stdout)
    assert results["errors"] == 0
    hops = {(run["name"], hop) for run in results["runs"] for hop, timing in run["hops"].items() if timing["count"]}
    assert {("floor", "dial"), ("without a PIN", "who has paid"), ("with a PIN", "PIN")} <= hops
    assert {cost["hop"] for cost in results["costs"]} == {"dial", "my group", "who has paid", "my turn", "PIN"}

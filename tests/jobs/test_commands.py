"""What a person types: seed, check, run-job and clock. That they work on a whole house is shown by the story."""

import json
from datetime import UTC, datetime

import pytest
import redis
from flask import Flask
from flask.testing import FlaskCliRunner

from app import create_app
from bot import clock
from bot.settings import Settings
from jobs import commands
from models import country
from models.actions import books, switches
from models.queries.invariants import Violation
from tests.support.databases import Database


@pytest.fixture
def app(settings: Settings, db: Database, redis_client: redis.Redis) -> Flask:
    yield create_app(settings)
    clock.plain()


@pytest.fixture
def type_in(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


class Provider:
    """The one question that seed asks."""

    def __init__(self, kobo: int) -> None:
        self.kobo = kobo

    def balance(self) -> int:
        return self.kobo


def test_seed_opens_the_float_with_the_balance_at_the_provider_once(type_in, monkeypatch):
    monkeypatch.setattr(commands, "payouts_provider", lambda: Provider(5_000_000))

    first, second = type_in.invoke(args=["seed"]), type_in.invoke(args=["seed"])

    assert (first.exit_code, first.stdout) == (0, "float: opened with N50,000, as Paystack says\n")
    assert (second.exit_code, second.stdout) == (0, "float: opened before\n")
    assert books.balance("cash.paystack_balance") == 5_000_000
    assert books.count("float") == 1


def test_seed_opens_nothing_with_an_empty_balance(type_in, monkeypatch):
    monkeypatch.setattr(commands, "payouts_provider", lambda: Provider(0))

    assert type_in.invoke(args=["seed"]).exit_code == 0
    assert books.count("float") == 0


def test_check_says_in_one_line_that_all_is_well(type_in):
    done = type_in.invoke(args=["check"])

    assert done.exit_code == 0
    assert done.stdout == f"ok: {len(commands.CHECKS)} checks\n"


def test_check_has_a_line_for_each_violation(type_in, monkeypatch):
    broken = [
        Violation("I4", "accounts on the wrong side of zero", ("liab.pot:1",)),
        Violation("I3", "books", ("CASH",)),
    ]
    monkeypatch.setattr(commands, "violations", lambda now: broken)

    done = type_in.invoke(args=["check"])

    assert done.exit_code == 1
    assert done.stdout.splitlines() == ["I4 accounts on the wrong side of zero: liab.pot:1", "I3 books: CASH"]


def test_a_job_can_be_run_by_hand_and_answers_with_its_counts(type_in):
    done = type_in.invoke(args=["run-job", "cycles"])

    assert done.exit_code == 0
    assert json.loads(done.stdout)["job"] == "cycles"
    assert len(done.stdout.splitlines()) == 1


def test_an_unknown_job_is_answered_with_those_that_there_are(type_in):
    done = type_in.invoke(args=["run-job", "coffee"])

    assert (done.exit_code, done.stdout) == (2, "")
    assert "late_fees" in done.stderr


def test_the_time_is_set_in_lagos_and_moved_by_a_duration(type_in):
    type_in.invoke(args=["clock", "set", "2030-11-29T18:30", "--no-wait"])
    assert clock.now().replace(second=0, microsecond=0) == datetime(2030, 11, 29, 17, 30, tzinfo=UTC)

    shown = type_in.invoke(args=["clock", "advance", "7d", "--no-wait"])

    assert shown.stdout.startswith("Fri 6 Dec 2030 6:30pm in Lagos (2030-12-06T17:30:")
    assert type_in.invoke(args=["clock", "show"]).stdout.startswith("Fri 6 Dec 2030 6:30pm in Lagos")


def test_the_time_is_not_moved_by_what_is_no_time(type_in):
    assert type_in.invoke(args=["clock", "set", "tomorrow"]).exit_code == 2
    assert type_in.invoke(args=["clock", "advance", "a week"]).exit_code == 2
    assert switches.clock_offset() == 0.0


def test_waiting_for_jobs_that_nobody_runs_has_an_end(type_in, monkeypatch):
    monkeypatch.setattr(commands, "WAIT_SECONDS", 0.2)

    done = type_in.invoke(args=["clock", "advance", "1d"])

    assert done.exit_code == 1
    assert "is the worker running?" in done.stderr


def test_the_demo_does_not_begin_on_books_in_another_money(type_in, clock):
    books.open_float(1_000_00, clock())
    country.use("GH")
    try:
        done = type_in.invoke(args=["demo-data"])
    finally:
        country.use("NG")

    said = "the books are kept in NGN, and COUNTRY=GH has GHS: it needs a folder of its own, DATA_DIR=.data/accra"
    assert (done.exit_code, done.stderr) == (1, f"Error: {said}\n")


def test_what_moves_the_time_does_not_exist_in_production():
    names = {command.name for command in commands.COMMANDS}

    outside = {command.name for command in commands.COMMANDS_OUTSIDE_PRODUCTION}

    assert outside == {"clock", "demo-data", "staff-code"}
    assert not outside & names

"""Alive, and fit to be given work; with the reason when it is not."""

from collections.abc import Iterator

import psycopg2
import pytest
import redis
from flask.testing import FlaskClient

from app import create_app
from bot import clock, health, process
from bot.settings import Settings
from models.base import database
from tests.support.databases import Database


@pytest.fixture
def web(settings: Settings, db: Database, redis_client: redis.Redis) -> Iterator[FlaskClient]:
    yield create_app(settings).test_client()
    clock.plain()


@pytest.fixture
def beating(web: FlaskClient) -> None:
    for name in health.BEATS:
        health.beat(name)


def reasons(web: FlaskClient) -> tuple[int, list[str]]:
    response = web.get("/readyz")
    return response.status_code, response.get_json()["reasons"]


def owner(db: Database, statement: str) -> None:
    connection = psycopg2.connect(db.superuser_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def test_a_process_that_answers_is_alive(web: FlaskClient) -> None:
    response = web.get("/healthz")
    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("beating")
def test_it_is_ready_when_all_is_there(web: FlaskClient) -> None:
    assert reasons(web) == (200, [])


@pytest.mark.parametrize("silent", health.BEATS)
@pytest.mark.usefixtures("beating")
def test_a_silent_process_is_missed(web: FlaskClient, redis_client: redis.Redis, silent: str) -> None:
    redis_client.delete(f"ajo:beat:{silent}")
    assert reasons(web) == (503, [f"{silent} has not been heard of"])


def test_a_beat_is_soon_forgotten(web: FlaskClient, redis_client: redis.Redis) -> None:
    health.beat("worker")
    assert 0 < redis_client.ttl("ajo:beat:worker") <= health.BEAT_SECONDS


@pytest.mark.usefixtures("beating")
def test_a_pending_migration_is_named(web: FlaskClient, db: Database) -> None:
    owner(db, "DELETE FROM schema_migration WHERE name LIKE '0006%'")
    assert reasons(web) == (503, ["migration 0006_roles is pending"])


@pytest.mark.usefixtures("beating")
def test_a_role_that_may_change_the_books_is_refused(web: FlaskClient, db: Database) -> None:
    owner(db, "GRANT UPDATE ON journal_leg TO ajo_app")
    assert reasons(web) == (503, ["this program may UPDATE journal_leg"])


@pytest.mark.usefixtures("beating")
def test_without_a_database_it_says_so_and_nothing_else(
    web: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "pending", _nobody)
    assert reasons(web) == (503, ["database does not answer"])
    assert web.get("/healthz").status_code == 200


def test_without_redis_it_says_so(web: FlaskClient) -> None:
    process.use_redis(process.connect_redis("redis://127.0.0.1:1/0"))
    health.beat("worker")
    assert reasons(web) == (503, ["redis does not answer"])


def _nobody(_url: str) -> list[str]:
    database.close_all()
    raise psycopg2.OperationalError("connection refused")

"""The web process as providers see it: a real database, a real Redis, and requests."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import redis
from flask.testing import FlaskClient

from app import create_app
from bot import clock as moved
from bot.settings import Settings
from tests.support.cast import Person
from tests.support.databases import Database
from tests.support.phone import Phone
from tests.support.time import A_MONDAY_MORNING

Dialer = Callable[[Person], Phone]


@pytest.fixture
def ours(settings: Settings) -> Settings:
    """The settings of the web process: there is no worker, so no hop waits for one."""
    return replace(settings, answer_wait_ms=0)


@pytest.fixture
def web(ours: Settings, db: Database, redis_client: redis.Redis) -> Iterator[FlaskClient]:
    """A client of the whole application, on a Monday at nine in Lagos."""
    client = create_app(ours).test_client()
    moved.set_to(A_MONDAY_MORNING)
    yield client
    moved.plain()


@pytest.fixture
def phone(web: FlaskClient, ours: Settings) -> Dialer:
    """The phone of this person."""
    return lambda person: Phone(web, ours.callback_keys[0], ours.ussd_code, person.phone)

"""The panel as browsers see it: the whole application, a fresh database, one browser for each of the staff."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from bot import clock as moved
from bot.settings import Settings
from models.rules.staff import Role
from tests.support.databases import Database
from tests.support.panel import Hired, hire, sign_in
from tests.support.time import A_MONDAY_MORNING

Hire = Callable[..., Hired]
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def house(settings: Settings, db: Database, redis_client: redis.Redis) -> Iterator[Flask]:
    """The application, on a Monday at nine in Lagos."""
    ours = create_app(replace(settings, answer_wait_ms=0))
    moved.set_to(A_MONDAY_MORNING)
    yield ours
    moved.plain()


@pytest.fixture
def browser(house: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return house.test_client()


@pytest.fixture
def signed_in(house: Flask) -> SignIn:
    """A browser of somebody of this role, hired for it: signed_in(Role.FINANCE, email=..., phone=...)."""

    def enter(role: Role, **who: str) -> FlaskClient:
        client = house.test_client()
        client.hired = hire(role, moved.now(), **who)  # type: ignore[attr-defined]
        sign_in(client, client.hired, moved.now())  # type: ignore[attr-defined]
        return client

    return enter

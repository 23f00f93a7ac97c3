"""What every test may ask for: settings, a fresh database, an empty Redis, a time that stands still.

The servers are real. The controlling process starts one of each for the whole run; each worker of xdist has its own
database and its own Redis database number in them.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import hypothesis
import pytest
import redis
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright

from bot import settings as settings_module
from bot.settings import Settings
from models import base, policy, sealing
from tests.support import chromium, databases, servers
from tests.support.compiled import Compiled
from tests.support.databases import Database
from tests.support.servers import Servers
from tests.support.time import StoppedClock

# A busy machine makes no test wrong. Under CI the examples are the same each time: Hypothesis sees to that itself.
hypothesis.settings.register_profile(
    "house", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")

Flask.jinja_options = {"bytecode_cache": Compiled()}

STACK = pytest.StashKey[ExitStack]()
SERVERS = pytest.StashKey[Servers]()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        config.stash[SERVERS] = Servers(**config.workerinput["servers"])
    elif not config.option.collectonly:
        config.stash[STACK] = ExitStack()
        config.stash[SERVERS] = config.stash[STACK].enter_context(servers.running())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """xdist starts a worker: tell it where the servers are."""
    node.workerinput["servers"] = vars(node.config.stash[SERVERS])


def pytest_unconfigure(config: pytest.Config) -> None:
    if STACK in config.stash:
        config.stash[STACK].close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested on this machine."""
    skipped = terminalreporter.stats.get("skipped", [])
    if missed := [report.nodeid for report in skipped if chromium.NO_BROWSER in str(report.longrepr)]:
        terminalreporter.section("NOT TESTED: the panel in a browser", red=True, bold=True)
        terminalreporter.line(f"There is {chromium.NO_BROWSER}. `apt install chromium`. Not run:")
        for nodeid in missed:
            terminalreporter.line(f"  {nodeid}")


@pytest.fixture(scope="session")
def test_servers(request: pytest.FixtureRequest) -> Servers:
    """PostgreSQL and Redis, ready."""
    found = request.config.stash[SERVERS]
    found.wait()
    return found


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """One Chromium for all tests of this worker; each test has contexts of its own, and closes them."""
    program = chromium.needed()
    expect.set_options(timeout=chromium.PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """1 for the first worker of this run, 2 for the next one ..."""
    name = getattr(request.config, "workerinput", {"workerid": "gw0"})["workerid"]
    return int(name.removeprefix("gw")) + 1


@pytest.fixture(scope="session")
def database(test_servers: Servers, worker_number: int) -> Database:
    """This worker's database; what is in it is whatever the last test left. Ask for `db` instead."""
    databases.ensure_template(test_servers.postgres_port)
    return Database(test_servers.postgres_port, f"ajo_{worker_number}")


@pytest.fixture(scope="session")
def environ(request: pytest.FixtureRequest, worker_number: int) -> dict[str, str]:
    """The environment of a process that works with this worker's database and Redis."""
    running = request.config.stash[SERVERS]
    mine = Database(running.postgres_port, f"ajo_{worker_number}")
    return {
        "APP_ENV": "test",
        "DATABASE_URL": mine.url,
        "MIGRATE_DATABASE_URL": mine.owner_url,
        "REDIS_URL": f"redis://127.0.0.1:{running.redis_port}/{worker_number}",
        "PIN_ROUNDS": "4",
        "PASSWORD_ROUNDS": "4",
    }


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    """The settings of a test; also this process's."""
    ours = Settings.from_env(environ)
    settings_module.use(ours)
    return ours


@pytest.fixture
def db(database: Database, settings: Settings) -> Iterator[Database]:
    """A fresh, migrated, empty database that the models are connected to."""
    database.renew()
    sealing.use(settings.field_keys)
    policy.configure(
        pin_rounds=settings.pin_rounds, password_rounds=settings.password_rounds, pin_pepper=settings.pin_pepper
    )
    base.connect(settings.database_url)
    yield database
    base.database.close_all()


@pytest.fixture
def redis_client(test_servers: Servers, settings: Settings) -> Iterator[redis.Redis]:
    """An empty Redis."""
    client = redis.Redis.from_url(settings.redis_url)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def clock() -> StoppedClock:
    """A Monday morning that lasts until the test moves it."""
    return StoppedClock()

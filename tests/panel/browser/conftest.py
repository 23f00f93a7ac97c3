"""A browser before the running application: Chromium, a port, the demo's data."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask
from playwright.sync_api import Browser

from app import create_app
from bot import clock, process
from bot import settings as settings_module
from bot.sandbox import ports
from bot.settings import Settings
from jobs import carrying, media, providers, wording
from models import base
from tests.panel.browser import seeded
from tests.panel.browser.people import Office
from tests.panel.browser.server import serving
from tests.support import chromium
from tests.support.databases import Database
from tests.support.servers import Servers


@pytest.fixture(scope="session")
def browser_program() -> str:
    return chromium.needed()


@pytest.fixture(scope="session")
def house_environ(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of everything here: our port is where the sandbox calls us."""
    port, sandbox_port = ports.some_free(2)
    return {
        **environ,
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATA_DIR": str(tmp_path_factory.mktemp("demo")),
    }


@pytest.fixture(scope="session")
def house_settings(house_environ: dict[str, str]) -> Settings:
    return Settings.from_env({name: value for name, value in house_environ.items() if name != "PATH"})


@pytest.fixture(scope="session")
def application(browser_program: str, house_settings: Settings, test_servers: Servers) -> Iterator[Flask]:
    """It answers at `house_settings.public_url` until the worker ends, with whatever database the test has."""
    settings_module.use(house_settings)
    app = create_app(house_settings)
    with serving(app, house_settings.port):
        yield app
    clock.plain()


@pytest.fixture(scope="session")
def demo_made(
    application: Flask,
    house_settings: Settings,
    house_environ: dict[str, str],
    database: Database,
    test_servers: Servers,
) -> Iterator[None]:
    """The demo's data to copy from, and a sandbox that knows of them."""
    kept, usual = Path(test_servers.folder) / "demo", signal.getsignal(signal.SIGTERM)
    _forget_what_was_cached()
    settings_module.use(house_settings)
    seeded.make(application, house_settings, database, kept, house_environ)
    signal.signal(signal.SIGTERM, usual)
    for name in seeded.KEPT:
        if not (Path(house_settings.data_dir) / name).exists():
            shutil.copy(kept / name, Path(house_settings.data_dir) / name)
    with seeded.Stand(house_settings, Path(house_settings.data_dir), house_environ):
        yield


@pytest.fixture
def settings(house_settings: Settings) -> Settings:
    """This process's settings are those of the application."""
    settings_module.use(house_settings)
    return house_settings


@pytest.fixture
def demo(demo_made: None, settings: Settings, database: Database, redis_client: redis.Redis) -> Iterator[Settings]:
    """A fresh copy of the demo, on a Friday morning."""
    base.database.close_all()
    seeded.copy(database)
    process.wire(settings)
    _forget_what_was_cached()
    clock.set_to(seeded.NOW)
    yield settings
    base.database.close_all()
    clock.plain()


@pytest.fixture
def office(demo: Settings, chromium_browser: Browser) -> Iterator[Office]:
    """The staff at their browsers."""
    found = Office(chromium_browser, demo.public_url, Path(demo.data_dir))
    yield found
    found.close()


def _forget_what_was_cached() -> None:
    """What this process has made for the settings of other tests."""
    for cached in (providers.provider_named, carrying.rests, wording.channel_named, wording.screens, media._store):
        cached.cache_clear()

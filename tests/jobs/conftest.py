"""What the tests of the jobs stand on: our books, a real Redis, and the providers' stand-ins in their own process.

A job is called here as a worker calls it: by its function, with an id. What only whole processes can show (the
scheduler, a worker that is killed) is in test_processes.
"""

from collections.abc import Iterator

import pytest
import redis

from bot import clock, process
from bot import settings as settings_module
from bot.settings import Settings
from jobs import carrying, providers, wording
from tests.bot.sandbox.conftest import product, sandbox, shared_product, shared_sandbox
from tests.bot.sandbox.support import Sandbox
from tests.jobs.scene import Scene
from tests.support.databases import Database
from tests.support.time import A_MONDAY_MORNING

__all__ = ["product", "sandbox", "shared_product", "shared_sandbox"]


@pytest.fixture
def our_environ(environ: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """The environment of a process of ours that talks to the sandbox."""
    theirs = ("SANDBOX_PORT", "USSD_CODE", "CALLBACK_KEY", "AFRICASTALKING_SENDER", "PAYSTACK_SECRET_KEY")
    return environ | {name: sandbox.environ[name] for name in theirs}


@pytest.fixture
def scene(our_environ: dict[str, str], db: Database, redis_client: redis.Redis, sandbox: Sandbox) -> Iterator[Scene]:
    """A Monday at nine in Lagos, nobody registered, and everything works."""
    settings = Settings.from_env(our_environ)
    settings_module.use(settings)
    process.wire(settings)
    for cached in (providers.provider_named, carrying.rests, wording.channel_named, wording.screens):
        cached.cache_clear()
    sandbox.client.tune(auto_transfer="none")
    found = Scene(sandbox, redis_client)
    found.set_time(A_MONDAY_MORNING)
    yield found
    clock.plain()

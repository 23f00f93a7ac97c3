"""A real sandbox process and a listener in the product's place, for every test of the sandbox.

One of each per worker; between tests the sandbox forgets everything. What needs a process of its
own (to kill it) asks for `another_sandbox`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from twilio.rest import Client

from bot.sandbox.ports import some_free
from tests.bot.sandbox.support import CALLBACK_KEY, CODE, HELLO, SECRET, Sandbox
from tests.bot.sandbox.twilio_side import EMPTY_TWIML, client_of
from tests.support.replay import Replay, serving


@contextmanager
def running(folder: Path, product: Replay, **more: str) -> Iterator[Sandbox]:
    port = some_free(1)[0]
    environ = {
        "APP_ENV": "test",
        "PATH": os.environ["PATH"],
        "SANDBOX_PORT": str(port),
        "PUBLIC_URL": product.url,
        "DATA_DIR": str(folder),
        "USSD_CODE": CODE,
        "CALLBACK_KEY": CALLBACK_KEY,
        "AFRICASTALKING_SENDER": "AJOCIRCLE",
        "PAYSTACK_SECRET_KEY": SECRET,
    }
    sandbox = Sandbox(f"http://127.0.0.1:{port}", product, environ | more)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()


@pytest.fixture(scope="session")
def shared_product() -> Iterator[Replay]:
    with serving() as replay:
        yield replay


@pytest.fixture(scope="session")
def shared_sandbox(shared_product: Replay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox"), shared_product) as sandbox:
        yield sandbox


@pytest.fixture
def product(shared_product: Replay) -> Replay:
    """The product's side: answers CON to everything until told otherwise."""
    shared_product.asked.clear()
    shared_product.will(HELLO)
    return shared_product


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, product: Replay) -> Iterator[Sandbox]:
    shared_sandbox.client.tune(transfer_seconds=0, report_seconds=0, refund_seconds=0, retry_scale=0.0001)
    yield shared_sandbox
    shared_sandbox.client.settle()
    shared_sandbox.client.reset()


@pytest.fixture
def twilio(sandbox: Sandbox) -> Client:
    """Twilio's own SDK, calling the sandbox; the product answers as Twilio is answered."""
    sandbox.product.will(EMPTY_TWIML)
    return client_of(sandbox)


@pytest.fixture
def another_sandbox(product: Replay, tmp_path: Path) -> Iterator[Sandbox]:
    with running(tmp_path, product) as sandbox:
        yield sandbox

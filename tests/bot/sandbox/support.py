"""What the tests of the sandbox share: the process, calls as the product makes them, and comparing shapes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import requests

from bot.sandbox.client import SandboxClient
from tests.support.replay import Asked, Replay, Scripted

FIXTURES = Path(__file__).parents[2] / "fixtures"
T = TypeVar("T")
SECRET = "sk_test_0000000000000000000000000000000000000000"
CALLBACK_KEY = "a-callback-key-that-is-for-tests-only-4711"
CODE = "*384*4040#"
ADA = "+2348031234567"
EMAIL = "m-7f3a9c@members.ajo.ng"
HELLO = Scripted(body=b"CON Hello\n1. Pay", content_type="text/plain")
BYE = Scripted(body=b"END Bye", content_type="text/plain")

# What a synthetic customer does not have, and what only some payments have.
NULLABLE = {"first_name", "last_name", "phone", "bank", "source", "transferred_at", "provider", "id"}


class Sandbox:
    """One sandbox process, the product it calls, and both ways in."""

    def __init__(self, url: str, product: Replay, environ: dict[str, str]) -> None:
        self.url = url
        self.product = product
        self.environ = environ
        self.client = SandboxClient(url)
        self._process: subprocess.Popen[bytes] | None = None
        self._http = requests.Session()

    def start(self) -> None:
        # A session of its own, so that a kill takes gunicorn's worker along; it ends with the tests, however they end.
        command = [sys.executable, "-m", "bot.lifeline", sys.executable, "-m", "bot.sandbox"]
        self._process = subprocess.Popen(command, env=self.environ, cwd=FIXTURES.parents[1], start_new_session=True)
        self.client.wait_until_up()

    def kill(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=10)
        self.client.close()
        self._http.close()

    def get(self, path: str, key: str = SECRET, **params: Any) -> requests.Response:
        return self._paystack("GET", path, key, params=params)

    def post(self, path: str, body: Any = None, key: str = SECRET, timeout: float = 10) -> requests.Response:
        return self._paystack("POST", path, key, json=body, timeout=timeout)

    def _paystack(self, method: str, path: str, key: str, timeout: float = 10, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {key}"}
        return self._http.request(method, f"{self.url}/paystack{path}", headers=headers, timeout=timeout, **more)

    # --- short ways to a state ---

    def charge(self, reference: str, amount: int = 500_000, **channel: Any) -> dict[str, Any]:
        body = {"email": EMAIL, "amount": amount, "reference": reference} | (channel or {"ussd": {"type": "737"}})
        answer = self.post("/charge", body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    def verify(self, reference: str) -> dict[str, Any]:
        return dict(self.get(f"/transaction/verify/{reference}").json()["data"])

    def recipient(self, account_number: str = "0123456785", bank_code: str = "058") -> str:
        body = {"type": "nuban", "name": "Ada Obi", "account_number": account_number, "bank_code": bank_code}
        return str(self.post("/transferrecipient", body).json()["data"]["recipient_code"])

    def transfer(self, reference: str, amount: int = 1_000_000, recipient: str | None = None) -> requests.Response:
        body = {"source": "balance", "amount": amount, "reference": reference, "reason": "Ajo payout cycle 3"}
        return self.post("/transfer", body | {"recipient": recipient or self.recipient()})

    def transfer_status(self, reference: str) -> str:
        return str(self.get(f"/transfer/verify/{reference}").json()["data"]["status"])

    def called(self, path: str, count: int = 1) -> list[Asked]:
        """What the product was asked at a path, once it was asked `count` times."""
        return eventually(lambda: _at(self.product, path), lambda found: len(found) >= count)

    def events(self, count: int = 1) -> list[dict[str, Any]]:
        """The bodies of Paystack's webhooks, in the order of their arrival."""
        return [asked.json for asked in self.called("/webhooks/paystack", count)]


def _at(product: Replay, path: str) -> list[Asked]:
    return [asked for asked in product.asked if asked.path.startswith(path)]


def eventually(look: Callable[[], T], good: Callable[[T], bool], seconds: float = 60) -> T:
    """Look until it is good; fail when it never is."""
    deadline = time.monotonic() + seconds
    while not good(found := look()):
        assert time.monotonic() < deadline, f"it never became good: {found!r}"
        time.sleep(0.01)
    return found


def sample(name: str) -> Any:
    return json.loads((FIXTURES / name).read_bytes())


def assert_same_shape(found: Any, expected: Any, at: str = "") -> None:
    """The same keys, with values of the same types."""
    if at.endswith(".metadata"):  # ours: it comes back as it was sent, and as "" when nothing was
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        assert found.keys() == expected.keys(), at
        for name in expected:
            assert_same_shape(found[name], expected[name], f"{at}.{name}")
    elif isinstance(expected, list) and isinstance(found, list):
        for each in found:
            if expected:
                assert_same_shape(each, expected[0], f"{at}[]")
    elif at.rsplit(".", 1)[-1] not in NULLABLE or (found is not None and expected is not None):
        assert type(found) is type(expected), f"{at}: {found!r} is not like {expected!r}"

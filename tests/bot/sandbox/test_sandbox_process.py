"""The process: it remembers over a kill, goes on where it was, moves its clock, and stays out of production."""

import os
import subprocess
import sys

import pytest
import requests

from bot.sandbox.client import SandboxError
from tests.bot.sandbox.support import ADA, CODE, HELLO, Sandbox, eventually
from tests.support.replay import Scripted

PAYOUT = "ajo-p-01k9xyz7q2m4n6p8r0"


def test_everything_is_there_after_a_kill(another_sandbox: Sandbox) -> None:
    sandbox = another_sandbox
    sandbox.client.tune(auto_transfer="none", opening_balance_kobo=7_000_000)
    sandbox.client.move_clock(86_400)
    sandbox.client.knob("paystack.balance", "error_before_effect", times=5)
    sandbox.charge("ajo-c-kept-00000001")
    sandbox.client.pay("ajo-c-kept-00000001")
    sandbox.transfer(PAYOUT)
    session = sandbox.client.dial(ADA, CODE)
    balance = sandbox.client.balance()

    sandbox.kill()
    sandbox.start()

    assert sandbox.verify("ajo-c-kept-00000001")["status"] == "success"
    assert sandbox.transfer_status(PAYOUT) == "pending"
    assert sandbox.client.balance() == balance
    assert sandbox.client.get("/clock")["offset_seconds"] == 86_400
    assert sandbox.client.knobs()[0]["times"] == 5
    assert session.reply("1").screen == "Hello\n1. Pay"


def test_what_was_promised_before_a_kill_happens_after_it(another_sandbox: Sandbox) -> None:
    sandbox = another_sandbox
    sandbox.product.will(Scripted(status=503))
    sandbox.charge("ajo-c-promise-00001")
    sandbox.client.pay("ajo-c-promise-00001")
    eventually(sandbox.client.webhooks, lambda found: found[0]["attempts"] == 1)
    sandbox.client.tune(transfer_seconds=3600)
    sandbox.transfer(PAYOUT)

    sandbox.kill()
    sandbox.product.will(HELLO)
    sandbox.start()
    sandbox.client.hurry()

    sandbox.client.settle()
    states = eventually(sandbox.client.webhooks, lambda found: {each["state"] for each in found} == {"delivered"})
    assert [each["event"] for each in states] == ["charge.success", "transfer.success"]


def test_it_does_not_load_in_production(tmp_path: object) -> None:
    for module in ("bot.sandbox", "bot.sandbox.client", "bot.sandbox.app"):
        done = subprocess.run(
            [sys.executable, "-c", f"import {module}"],
            env={"APP_ENV": "production", "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 1
        assert "SandboxRefused" in done.stderr


def test_the_providers_print_the_moved_time(sandbox: Sandbox) -> None:
    sandbox.client.move_clock(365 * 86_400)
    now = sandbox.client.get("/clock")["now"]

    sandbox.charge("ajo-c-future-000001")
    sandbox.client.pay("ajo-c-future-000001")

    assert sandbox.verify("ajo-c-future-000001")["paid_at"][:13] == now[:13]


def test_it_forgets_everything_but_never_tells_an_id_twice(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-forget-000001")
    before = sandbox.verify("ajo-c-forget-000001")["id"]

    sandbox.client.reset()

    assert sandbox.client.charges() == []
    sandbox.charge("ajo-c-forget-000001")
    assert sandbox.verify("ajo-c-forget-000001")["id"] > before


@pytest.mark.parametrize(
    "changes",
    [{"colour": "red"}, {"auto_transfer": "maybe"}, {"transfer_seconds": -1}, {"ussd_code": "347"},
     {"opening_balance_kobo": 1.5}, {"keep_fee_on_reversal": "yes"}],
)  # fmt: skip
def test_tuning_that_makes_no_sense_is_refused(sandbox: Sandbox, changes: dict[str, object]) -> None:
    before = sandbox.client.tune()

    with pytest.raises(SandboxError):
        sandbox.client.tune(**changes)

    assert sandbox.client.tune() == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/paystack/pay", {}),
        ("/paystack/pay", {"reference": "nobody"}),
        ("/paystack/pay", {"reference": 5}),
        ("/paystack/transfers/nobody", {"status": "success"}),
        ("/paystack/accounts", {"bank_code": "058"}),
        ("/clock", {"offset_seconds": "tomorrow"}),
        ("/phones/+2348031234567/reply", {"text": "1"}),
        ("/phones/+2348031234567/dial", {}),
        ("/webhooks/999999999/again", {}),
    ],
)
def test_a_mistake_is_told_in_a_sentence(sandbox: Sandbox, path: str, body: dict[str, object]) -> None:
    with pytest.raises(SandboxError) as told:
        sandbox.client.post(path, **body)

    assert str(told.value)


def test_many_members_pay_at_once(sandbox: Sandbox) -> None:
    """Writers take turns: no request fails because the store is busy."""
    references = [f"ajo-c-crowd-{number:07d}" for number in range(30)]
    children = [
        subprocess.Popen([sys.executable, "-c", CROWD, sandbox.url, *references[start::3]]) for start in range(3)
    ]

    assert [child.wait(timeout=60) for child in children] == [0, 0, 0]
    assert len(sandbox.client.charges("success")) == 30
    assert len(sandbox.events(30)) == 30


CROWD = """
import sys
import requests
from bot.sandbox.client import SandboxClient
url, references = sys.argv[1], sys.argv[2:]
client = SandboxClient(url)
for reference in references:
    body = {"email": "m-1@members.ajo.ng", "amount": 500000, "reference": reference, "ussd": {"type": "737"}}
    headers = {"Authorization": "Bearer sk_test_0000000000000000000000000000000000000000"}
    requests.post(url + "/paystack/charge", json=body, headers=headers, timeout=30).raise_for_status()
    client.pay(reference)
"""


def test_a_request_that_is_too_long_is_refused(sandbox: Sandbox) -> None:
    answer = requests.post(f"{sandbox.url}/control/clock", data=b"x" * 2_000_000, timeout=10)

    assert answer.status_code == 413

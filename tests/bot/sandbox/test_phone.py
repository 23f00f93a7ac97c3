"""The phone in the terminal, as somebody uses it who types into a pipe."""

import os
import subprocess
import sys

import requests

from tests.bot.sandbox.support import ADA, CODE, FIXTURES, HELLO, Sandbox
from tests.support.replay import Scripted

KEY = "atsk_development-only-key-of-the-sandbox"
LAST = Scripted(body="END Thank you, Ọ̀ṣun".encode(), content_type="text/plain")


def switched_on(sandbox: Sandbox, number: str, **environ: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "phone", number],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=sandbox.environ | {"PATH": os.environ["PATH"]} | environ,
        cwd=FIXTURES.parents[1],
        text=True,
    )


def phone(sandbox: Sandbox, number: str, *lines: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """What the phone has said once these lines were typed."""
    running = switched_on(sandbox, number, **environ)
    said, complained = running.communicate("\n".join(lines) + "\n", timeout=60)
    return subprocess.CompletedProcess(running.args, running.returncode, said, complained)


def send(sandbox: Sandbox, text: str) -> None:
    requests.post(
        f"{sandbox.url}/africastalking/version1/messaging",
        data={"username": "sandbox", "to": ADA, "message": text, "bulkSMSMode": "1"},
        headers={"apiKey": KEY, "Accept": "application/json"},
        timeout=10,
    )


def test_it_dials_answers_and_shows_how_long_a_screen_is(sandbox: Sandbox):
    sandbox.product.will(HELLO, LAST)

    done = phone(sandbox, "0803 123 4567", CODE, "1", "q")

    assert done.returncode == 0, done.stderr
    assert "Hello" in done.stdout
    assert "12/160" in done.stdout
    assert "not GSM-7" in done.stdout
    texts = [each["text"] for each in sandbox.client.history(ADA)["sessions"][0]["hops"]]
    assert texts == ["", "1"]


def test_it_hangs_up_and_tells_when_nothing_is_open(sandbox: Sandbox):
    done = phone(sandbox, ADA, CODE, ".", "1")

    assert "hung up" in done.stdout
    assert f"Nothing is open. Dial {CODE}" in done.stdout
    assert sandbox.client.history(ADA)["sessions"][0]["status"] == "Incomplete"


def test_it_says_what_the_network_refuses(sandbox: Sandbox):
    done = phone(sandbox, ADA, "*999#", "q")

    assert "is not our code" in done.stdout


def test_her_bank_is_on_it_too(sandbox: Sandbox):
    code = sandbox.charge("ajo-c-phone-00000001")["ussd_code"]
    account = sandbox.charge("ajo-c-phone-00000002", bank_transfer={"account_expires_at": None})["account_number"]

    done = phone(sandbox, ADA, code, f"pay {account} 3000", f"pay {account} lots", f"pay {account}", "pay 12", "q")

    said = [line.removeprefix("Your bank: ") for line in done.stdout.splitlines() if line.startswith("Your bank: ")]
    assert said == [
        "done, the money is sent.",
        "sent back: it was not the amount that was asked for.",
        "done, the money is sent.",
    ]
    assert "lots is not an amount" in done.stdout
    assert [sandbox.verify(f"ajo-c-phone-0000000{n}")["status"] for n in (1, 2)] == ["success", "success"]


def test_it_shows_sms_that_arrive_but_not_the_old_ones(sandbox: Sandbox):
    send(sandbox, "an old one")

    running = switched_on(sandbox, ADA)
    assert running.stdout is not None
    assert "dial" in running.stdout.readline()  # from now on it listens
    send(sandbox, "a new one")
    said, _ = running.communicate("q\n", timeout=60)

    assert "an old one" not in said
    assert "a new one" in said


def test_a_number_that_is_none_is_refused(sandbox: Sandbox):
    done = phone(sandbox, "12")

    assert done.returncode == 2
    assert "12 is not a mobile number" in done.stderr


def test_it_says_when_there_is_no_sandbox(sandbox: Sandbox):
    done = phone(sandbox, ADA, CODE, SANDBOX_PORT="1")

    assert done.returncode == 1
    assert "is `make demo` running?" in done.stderr

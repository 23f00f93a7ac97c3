"""Money once around, on the phones that the demo names: one pays, the time moves, two officers say yes, a pot is paid.

As a newcomer is told to on the page of the phones. Alone, against a demo that is running, with its settings in the
environment: `python -m tests.fresh.first_pot`.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path

import requests

from bot.sandbox import ports
from bot.sandbox.browser.guide import FILE
from bot.sandbox.client import SandboxClient, SandboxError
from bot.sandbox.story.acts import BANK_CODE
from bot.sandbox.story.handset import Handset, Unexpected, first_of
from bot.settings import load

CODE = "*347*55#"
PATIENCE_SECONDS = 120
LOOK_SECONDS = 0.1
DUE = re.compile(r'data-body="([^"]*)"[^>]*>The due date&#39;s cut-off<')
MOVING, MOVED = ">moving<", ">done<"


def play(url: str, folder: Path) -> str:
    """url: of the stand-ins. folder: where the demo keeps its data. What was paid; raises AssertionError."""
    client = SandboxClient(url)
    try:
        return _play(client, url, json.loads((folder / FILE).read_text()))
    except (Unexpected, SandboxError) as trouble:
        raise AssertionError(str(trouble)) from trouble
    finally:
        client.close()


def _play(client: SandboxClient, url: str, tries: dict[str, list[str]]) -> str:
    before = {each["reference"] for each in client.transfers()}
    _answer(requests.post(f"{url}/sandbox/guide/begin", json={}, timeout=10))
    for number in tries["pay"]:
        _pay(client, Handset(client, number, number, CODE))
    _until("the payment counts", lambda: _done(url)["pay"])
    _go_to_due_date(url, tries["pay"][0])
    for number in tries["collect"]:
        phone = Handset(client, number, number, CODE).dial().choose("Approve").shows("Enter PIN")
        phone.type_pin(str(tries["pin"])).ended("You approved")
    _until("the pot is paid", lambda: _done(url)["collect"])
    paid = [each for each in client.transfers("success") if each["reference"] not in before]
    assert paid, "no transfer has arrived"
    assert all(_done(url)[step] for step in ("pay", "time", "collect")), "the guide has not ticked it"
    return f"{len(paid)} pot to a bank"


def _pay(client: SandboxClient, phone: Handset) -> None:
    """By the code of her bank, which comes by SMS."""
    phone.read_all()
    phone.dial().choose("Pay now").choose("Dial my bank code").shows("Total").choose("Yes")
    code = first_of(BANK_CODE, phone.gets_sms("Ajo: dial *"))
    assert client.pay(ussd_code=code) == ["success"]


def _go_to_due_date(url: str, number: str) -> None:
    """As the button of the clock does."""
    found = DUE.search(_clock(url, number))
    assert found, "the clock has no button for the due date"
    _answer(requests.post(f"{url}/sandbox/time/move", json=json.loads(unescape(found[1])), timeout=10))
    _until("the time has moved", lambda: MOVING not in _clock(url, number))
    assert MOVED in _clock(url, number), "the time was not moved"


def _clock(url: str, number: str) -> str:
    return _answer(requests.get(f"{url}/sandbox/time", params={"phone": number}, timeout=10))


def _done(url: str) -> dict[str, bool]:
    found: dict[str, bool] = json.loads(_answer(requests.get(f"{url}/sandbox/guide", timeout=10)))["done"]
    return found


def _answer(answer: requests.Response) -> str:
    assert answer.ok, answer.text
    return answer.text


def _until(what: str, good: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not good():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s: {what}"
        time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    here = load()
    began = time.monotonic()
    told = play(f"http://{ports.LOOPBACK}:{here.sandbox_port}", here.data_dir)
    sys.stdout.write(f"{told}, after {time.monotonic() - began:.1f} s\n")

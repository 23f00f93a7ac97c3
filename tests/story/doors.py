"""Everything that can come wrong to a door over real HTTP, with money and without, while the whole house runs.

That each door refuses what it should is tested one by one in `tests/doors`; here it is the end that counts: nobody
sees a traceback, nothing is lost, and the books are right.
"""

import hashlib
import hmac
import json
import time
from contextlib import closing
from typing import Any

import psycopg2
import requests

from bot.sandbox import postgres
from bot.sandbox.client import SandboxClient
from bot.sandbox.house import House
from bot.sandbox.story import acts
from bot.sandbox.story.cast import ADA, BISI, CHIDI, DAYO, EFE, FEMI, Person
from bot.sandbox.story.handset import Handset
from tests.story import expected
from tests.story.books import Books, books_of

PATIENCE_SECONDS = 30
FEE = expected.asked(expected.C) - expected.C
UNDER, OVER = 2_000_00, 10_000_00
STRANGER = "somebody-elses-reference-1"
STRANGE_KOBO = 3_000_00


def knock_at_every_door(house: House) -> None:
    """The fourth week has begun, and nobody has paid yet."""
    before = books_of(house)
    refused_politely(house)
    garbage_gets_a_screen(house)
    wrong_money(house)
    everything_once_more(house)
    all_is_dealt_with(house)
    nothing_is_lost(house, before, books_of(house))
    nobody_saw_a_traceback(house)


def refused_politely(house: House) -> None:
    """No key, no signature, too much: refused in two words, and nothing is kept."""
    url, key = f"{house.settings.public_url}/webhooks", house.settings.callback_keys[0]
    form = {"sessionId": "1", "serviceCode": "*347*55#", "phoneNumber": DAYO, "text": "", "networkCode": "62130"}
    event = json.dumps({"event": "charge.success", "data": {"reference": STRANGER}}).encode()
    signed = {"x-paystack-signature": _signature(house, event)}
    answers = [
        (404, requests.post(f"{url}/africastalking-ussd/not-the-key", data=form, timeout=10)),
        (404, requests.post(f"{url}/africastalking-ussd-events/not-the-key", data=form, timeout=10)),
        (404, requests.post(f"{url}/africastalking-delivery/not-the-key", data={"id": "1"}, timeout=10)),
        (404, requests.post(f"{url}/no-such-door/{key}", data=form, timeout=10)),
        (401, requests.post(f"{url}/paystack", data=event, timeout=10)),
        (401, requests.post(f"{url}/paystack", data=event + b" ", headers=signed, timeout=10)),
        (413, requests.post(f"{url}/africastalking-ussd/{key}", data=form | {"text": "1" * 200_000}, timeout=10)),
        (413, requests.post(f"{url}/paystack", data=b"x" * 200_000, headers=signed, timeout=10)),
    ]
    for status, answer in answers:
        assert answer.status_code == status, (answer.url, answer.status_code)
        assert len(answer.text) < 40


def garbage_gets_a_screen(house: House) -> None:
    """Whatever somebody types, and whoever it is, there is an answer that a phone can show."""
    for text in ("\N{GRINNING FACE}" * 20, "*", "**#", "-1", "9" * 300, "'; DROP TABLE member; --", "\x00\x07", "Ọ̀ṣun"):
        dayo = Handset(house.sandbox, "Dayo", DAYO, house.settings.ussd_code)
        dayo.dial().type(text)
        assert dayo.screen
        femi = Handset.of(house.sandbox, FEMI, house.settings.ussd_code)
        femi.dial().type(text)
        assert femi.screen


def wrong_money(house: House) -> None:
    """Less, more, another currency, twice, another amount to an account, and money that nobody asked for."""
    bank = house.sandbox
    ada = _phone(house, ADA)
    bank.pay(ussd_code=acts.ask_for_code(ada, ADA, expected.C, FEE), amount=UNDER)
    ada.gets_sms("Received N2,000", "N3,000 still to pay")
    bisi = _phone(house, BISI)
    bank.pay(ussd_code=acts.ask_for_code(bisi, BISI, expected.C, FEE), amount=OVER)
    bisi.gets_sms("Received N5,000", "Paid 4 of 5")
    bisi.gets_sms("N4,822 came", "It is yours")
    chidi = _phone(house, CHIDI)
    bank.pay(ussd_code=acts.ask_for_code(chidi, CHIDI, expected.C, FEE), currency="USD")
    chidi.gets_sms("One of us has to look where it belongs")
    efe = _phone(house, EFE)
    bank.pay(ussd_code=acts.ask_for_code(efe, EFE, expected.C, FEE), times=2)
    efe.gets_sms("Received N5,000", "Paid 4 of 5")
    femi = _phone(house, FEMI)
    account = acts.ask_for_account(femi, FEMI, expected.C, FEE)
    assert bank.pay(account_number=account, amount=UNDER) == ["rejected"]
    assert bank.pay(account_number=account) == ["success"]
    femi.gets_sms("Received N5,000", "Paid 4 of 5")
    _pay_what_nobody_asked_for(house, bank)


def everything_once_more(house: House) -> None:
    """Every webhook that was ever sent comes again, and so does one that is older than any of them."""
    sent = [each["id"] for each in house.sandbox.webhooks()]
    for webhook in sent:
        house.sandbox.send_again(webhook)
    assert len(sent) > 100
    for body in (
        b"[]",
        b'{"event": 7}',
        b'{"event":"charge.success","data":{}}',
        b"\xff\xfe",
        b'{"event":"unheard.of"}',
    ):
        answer = requests.post(
            f"{house.settings.public_url}/webhooks/paystack",
            data=body,
            headers={"x-paystack-signature": _signature(house, body)},
            timeout=10,
        )
        assert answer.status_code == 200


def all_is_dealt_with(house: House) -> None:
    """Wait until nothing is on its way any more, then let both sides compare their books."""
    house.sandbox.settle(PATIENCE_SECONDS)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _count(house, "SELECT count(*) FROM inbox WHERE done_at IS NULL AND parked_at IS NULL"):
        assert time.monotonic() < deadline, "the inbox is not worked off"
        time.sleep(0.1)
    assert house.flask("run-job", "reconcile").returncode == 0
    checked = house.flask("check", "--provider")
    assert (checked.returncode, checked.stdout[:3]) == (0, "ok:"), checked.stdout


def nothing_is_lost(house: House, before: Books, after: Books) -> None:
    """What came is in the pot, in a wallet or in suspense; and what the provider has, the books have."""
    assert after.balances["liab.pot:4"] == -(UNDER + 3 * expected.C)
    assert after.balances["liab.wallet:Bisi"] == -(OVER - expected.asked(expected.C))
    assert after.balances["due.seat:Ada"] == expected.C - UNDER
    assert after.balances["due.seat:Chidi"] == expected.C
    assert house.sandbox.balance() == after.balances["cash.paystack_balance"]
    asked = expected.asked(expected.C)
    assert sorted(after.rows["suspense"].elements()) == [
        ("in", STRANGE_KOBO, "NGN", "unknown_reference"),
        ("in", asked - expected.paystack_fee(asked), "USD", "wrong_currency"),
        ("in", asked, "NGN", "unknown_reference"),
    ]
    new = after.entries - before.entries
    assert before.entries - after.entries == type(new)()
    assert sum(new.values()) == 7  # four payments placed, three in suspense, and nothing twice


def nobody_saw_a_traceback(house: House) -> None:
    for name in ("web", "worker", "clock"):
        assert "Traceback" not in house.said(name)


def _pay_what_nobody_asked_for(house: House, bank: SandboxClient) -> None:
    settings = house.settings
    answer = requests.post(
        f"{settings.paystack_url}/charge",
        json={"email": "x@y.ng", "amount": STRANGE_KOBO, "reference": STRANGER, "ussd": {"type": "737"}},
        headers={"Authorization": f"Bearer {settings.paystack_secret_key}"},
        timeout=10,
    )
    assert answer.status_code == 200
    bank.pay(STRANGER)


def _phone(house: House, person: Person) -> Handset:
    """A phone that has read all that it got so far."""
    phone = Handset.of(house.sandbox, person, house.settings.ussd_code)
    phone.read_all()
    return phone


def _signature(house: House, body: bytes) -> str:
    return hmac.new(house.settings.paystack_secret_key.encode(), body, hashlib.sha512).hexdigest()


def _count(house: House, sql: str) -> Any:
    with closing(psycopg2.connect(postgres.url(house.settings.postgres_port))) as db, db.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]

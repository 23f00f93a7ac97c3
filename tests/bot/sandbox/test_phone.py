"""The phone in the terminal, as somebody uses it who types into a pipe."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from twilio.rest import Client

from bot.sandbox.client import WhatsappMessage
from bot.sandbox.phone.notes import SMS, WHATSAPP, Notes
from models.queries.performed import Deed
from tests.bot.sandbox.support import ADA, CODE, FIXTURES, HELLO, Sandbox
from tests.bot.sandbox.test_sandbox_twilio_content import LIST_PICKER, QUICK_REPLY, create
from tests.bot.sandbox.test_sandbox_twilio_content import send as send_content
from tests.bot.sandbox.twilio_side import SMS_FROM, form_of
from tests.support.replay import Scripted

NOWHERE = "postgresql://ajo@127.0.0.1:1/ajo"
KEY = "atsk_development-only-key-of-the-sandbox"
LAST = Scripted(body="END Thank you, Ọ̀ṣun".encode(), content_type="text/plain")


def switched_on(sandbox: Sandbox, number: str, *options: str, **environ: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "phone", number, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=sandbox.environ | {"PATH": os.environ["PATH"]} | environ,
        cwd=FIXTURES.parents[1],
        text=True,
    )


def phone(
    sandbox: Sandbox, number: str, *lines: str, options: tuple[str, ...] = (), **environ: str
) -> "subprocess.CompletedProcess[str]":
    """What the phone has said once these lines were typed."""
    running = switched_on(sandbox, number, *options, **environ)
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


def test_it_writes_taps_and_sends_on_whatsapp(sandbox: Sandbox, twilio: Client, tmp_path: Path):
    picture = tmp_path / "teller.png"
    picture.write_bytes(b"a teller")
    sandbox.client.whatsapp(ADA).say("open the window")
    send_content(twilio, create(twilio, QUICK_REPLY), sandbox)

    typed = (
        "w hello",
        "tap 2",
        "tap Pay now",
        "tap Nothing",
        "send audio",
        f"send {picture}",
        "card Bisi +2348099999999",
    )
    running = switched_on(sandbox, ADA, "--name", "Ada Obi")
    said, complained = running.communicate("\n".join(typed) + "\nq\n", timeout=60)

    assert running.returncode == 0, complained
    assert "there is nothing called 'Nothing' to tap" in said
    heard = [form_of(asked) for asked in sandbox.called("/webhooks/twilio-whatsapp", 7)][1:]
    assert sorted(each["Body"] for each in heard) == ["", "", "", "Pay now", "Remind me later", "hello"]
    assert {each["ProfileName"] for each in heard} == {"Ada Obi"}
    assert sorted(each["MessageType"] for each in heard if each["NumMedia"] == "1") == ["audio", "contacts", "image"]


def test_it_shows_whatsapp_messages_with_what_can_be_tapped(sandbox: Sandbox, twilio: Client):
    sandbox.client.whatsapp(ADA).say("open the window")
    running = switched_on(sandbox, ADA)
    assert running.stdout is not None
    assert "dial" in running.stdout.readline()
    send_content(twilio, create(twilio, QUICK_REPLY), sandbox, v1="Bisi")
    send_content(twilio, create(twilio, LIST_PICKER), sandbox)
    said, _ = running.communicate("q\n", timeout=60)

    assert "Hello Bisi" in said
    assert "[1] Pay now" in said
    assert "Choose v" in said
    assert "2  Office" in said
    assert "monthly NGN 20,000" in said
    assert "USD 0.005" in said


def test_it_answers_the_last_sms(sandbox: Sandbox, twilio: Client):
    twilio.messages.create(to=ADA, from_=SMS_FROM, body="Reply 1 to pay")

    phone(sandbox, ADA, "s 1", "q")

    assert form_of(sandbox.called("/webhooks/twilio-sms")[0])["Body"] == "1"


def test_an_answer_may_look_like_a_message(sandbox: Sandbox):
    phone(sandbox, ADA, CODE, "> s 1", "q")

    assert [each["text"] for each in sandbox.client.history(ADA)["sessions"][0]["hops"]] == ["", "s 1"]


def test_somebody_can_hide_her_number(sandbox: Sandbox):
    phone(sandbox, ADA, "w hello", "q", options=("--hidden",))

    assert "WaId" not in form_of(sandbox.called("/webhooks/twilio-whatsapp")[0])


def test_it_writes_down_what_was_said_without_a_pin(sandbox: Sandbox, tmp_path: Path):
    asks = Scripted(body=b"CON Enter your PIN\n\n0. Back", content_type="text/plain")
    sandbox.product.will(HELLO, asks, asks, LAST)
    path = tmp_path / "said.txt"

    done = phone(sandbox, ADA, CODE, "1", "8264", "8264", "q", options=("--save", str(path)), DATABASE_URL=NOWHERE)

    assert "does not answer" in done.stdout
    assert path.read_text() == (
        "# Written down by a phone.\nfacts: ?\n> dial\n< Hello\n< 1. Pay\n"
        "> 1\n< Enter your PIN\n<\n< 0. Back\n> 7304\n< Enter your PIN\n<\n< 0. Back\n"
        "> 7304\n< Thank you, Ọ̀ṣun\n< (end)\n"
    )


def test_the_address_of_a_private_page_is_not_written_down():
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    page = f"Open https://ajo.ng/s/{'0a' * 16}"
    notes = Notes(now)
    notes.message(now, WhatsappMessage(1, "SM1", page, (), "", False, (), "", "sent", ""))

    assert "< Open https://ajo.ng/s/***" in notes.transcript([]).splitlines()


def test_outcomes_stand_behind_what_was_said(sandbox: Sandbox):
    began = datetime(2026, 11, 23, 10, tzinfo=UTC)
    notes = Notes(began)
    notes.heard(began, WHATSAPP, "pay")
    notes.heard(began + timedelta(seconds=10), SMS, "1")
    deeds = [
        Deed(began + timedelta(seconds=1), "StartPayment", {}, "nothing_due"),
        Deed(began + timedelta(seconds=11), "LookUpAccount", {"account_number": "2098765402"}, None),
    ]

    assert notes.transcript(deeds).splitlines()[2:] == [
        "on whatsapp",
        "> pay",
        "! StartPayment",
        "= Refused nothing_due",
        "on sms",
        "> 1",
        "! LookUpAccount",
        '= Done {"account_number": "0123456789"}',
    ]


def test_a_number_that_is_none_is_refused(sandbox: Sandbox):
    done = phone(sandbox, "12")

    assert done.returncode == 2
    assert "12 is not a mobile number" in done.stderr


def test_it_says_when_there_is_no_sandbox(sandbox: Sandbox):
    done = phone(sandbox, ADA, CODE, SANDBOX_PORT="1")

    assert done.returncode == 1
    assert "is `make demo` running?" in done.stderr

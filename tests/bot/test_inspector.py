"""The inspector's window: only outside production, only with the key, nothing secret in it, and what it shows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from bot import clock, inspector, queue
from bot.inspector_key import HEADER, mark_of
from bot.settings import PRODUCTION, Settings
from jobs.schedule import BY_NAME
from models.queries import inspection
from models.sealing import keys
from models.tables.money import Payment
from models.tables.people import Member
from tests.support.circles import MONDAY, C, running_group
from tests.support.databases import Database
from tests.support.leaks import found

ADA = "+2348031234567"
PIN = "7304"


@pytest.fixture
def house(settings: Settings, db: Database, redis_client: redis.Redis) -> Iterator[Flask]:
    yield create_app(replace(settings, answer_wait_ms=0))
    clock.plain()


@pytest.fixture
def window(house: Flask, settings: Settings) -> FlaskClient:
    """Somebody with the key."""
    client = house.test_client()
    client.environ_base[f"HTTP_{HEADER.upper().replace('-', '_')}"] = mark_of(settings)
    return client


def dial(house: Flask, settings: Settings, *replies: str, phone: str = ADA) -> str:
    """A whole session, hop by hop; the last screen."""
    key, shown = settings.callback_keys[0], ""
    for n in range(len(replies) + 1):
        form = {
            "sessionId": "ATUid_1", "serviceCode": settings.ussd_code, "phoneNumber": phone, "networkCode": "62130",
            "text": "*".join(replies[:n]),
        }  # fmt: skip
        shown = house.test_client().post(f"/webhooks/africastalking-ussd/{key}", data=form).text
    return shown


def seen(window: FlaskClient, what: str, **asked: str) -> dict[str, Any]:
    answer = window.get(f"/inspect/{what}", query_string=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_without_the_key_there_is_nothing(house: Flask) -> None:
    for path in ("phone", "deeds", "entries", "house"):
        answer = house.test_client().get(f"/inspect/{path}", query_string={"phone": ADA}, headers={HEADER: "no"})
        assert answer.status_code == 404


def test_it_is_not_made_in_production(settings: Settings) -> None:
    with pytest.raises(RuntimeError):
        inspector.blueprint(replace(settings, app_env=PRODUCTION))


def test_production_has_neither_window_nor_sandbox(settings: Settings, db: Database, redis_client: redis.Redis) -> None:
    ours = create_app(replace(settings, app_env=PRODUCTION))
    assert not [rule for rule in ours.url_map.iter_rules() if rule.rule.startswith(("/inspect", "/sandbox"))]
    client = ours.test_client()
    assert client.get("/sandbox").status_code == 404
    answer = client.get("/inspect/people", headers={HEADER: mark_of(settings)})
    assert answer.status_code == 404


def test_it_only_reads(house: Flask) -> None:
    rules = [rule for rule in house.url_map.iter_rules() if rule.endpoint.startswith("inspector.")]
    ways = {rule.rule: rule.methods for rule in rules}
    assert set(ways) == {
        "/inspect/phone",
        "/inspect/deeds",
        "/inspect/entries",
        "/inspect/house",
        "/inspect/people",
        "/inspect/steps",
    }
    assert all((methods or set()) <= {"GET", "HEAD", "OPTIONS"} for methods in ways.values())


def test_the_sandbox_is_one_address_away(house: Flask, settings: Settings) -> None:
    answer = house.test_client().get("/sandbox")
    assert answer.status_code == 302
    assert answer.location == f"http://127.0.0.1:{settings.sandbox_port}/sandbox"


def test_where_somebody_is(house: Flask, window: FlaskClient, settings: Settings) -> None:
    dial(house, settings, "1")
    talk = seen(window, "phone", phone=ADA)["talks"][0]
    assert (talk["channel"], talk["over"]) == ("africastalking-ussd", False)
    assert (talk["flow"], talk["proved"]) == ("welcome", False)


def test_nobody_knows_this_number(window: FlaskClient) -> None:
    found = seen(window, "phone", phone=ADA)
    assert (found["talks"], found["commands"], found["member_id"]) == ([], [], None)
    assert window.get("/inspect/phone", query_string={"phone": "12"}).status_code == 400


def test_no_secret_is_shown(house: Flask, window: FlaskClient, settings: Settings) -> None:
    dial(house, settings, "1", "Ada Obi", PIN, PIN)
    for what in ("phone", "deeds"):
        text = window.get(f"/inspect/{what}", query_string={"phone": ADA}).text
        assert found(PIN, text) == []
        assert "2b$" not in text


def test_what_a_payment_did(window: FlaskClient) -> None:
    group = running_group()
    group.pay("Ada", C)
    payment = Payment.get()
    found = seen(window, "entries", reference=payment.reference)["entries"]
    (entry,) = [each for each in found if each["kind"] == "charge"]
    assert entry["title"] == "Payment received"
    assert {leg["title"] for leg in entry["legs"]} >= {"On its way at Paystack", "Pots"}
    assert sum(leg["kobo"] for leg in entry["legs"]) == 0
    row = Member.get_by_id(group.members["Ada"])
    phone = keys().open(row.phone_sealed, f"member.phone:{row.id}")
    (paid,) = seen(window, "phone", phone=phone)["payments"]
    assert (paid["reference"], paid["status"]) == (payment.reference, "success")
    assert seen(window, "entries", reference="none-of-ours-1")["entries"] == []


def test_what_waits(window: FlaskClient) -> None:
    queue.send_payout(7)
    assert seen(window, "house")["queued"] == ["send_payout-7"]


def test_the_moments_to_come(db: Database) -> None:
    group = running_group()
    found = inspection.moments("", group.now)
    assert {each.kind for each in found} == {"reminder", "due", "payout", "late_fee"}
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert all(each.at > group.now for each in found)
    assert inspection.moments("", group.now + timedelta(days=400)) == ()


def test_the_hours_are_those_of_the_timetable() -> None:
    for name, hour in (
        ("reminders", inspection.REMINDERS_AT),
        ("payouts", inspection.PAYOUTS_AT),
        ("late_fees", inspection.LATE_FEES_AT),
    ):
        assert BY_NAME[name].cron == f"{hour.minute} {hour.hour} * * *"


def test_whose_phones_there_are(window: FlaskClient) -> None:
    group = running_group()
    found = seen(window, "people")["people"]
    assert {each["name"].split(" ")[0] for each in found} >= set(group.members)
    assert all(each["phone"].startswith("+234") and each["groups"] for each in found)


def test_which_steps_have_happened(window: FlaskClient) -> None:
    def steps(since: datetime) -> set[str]:
        return {name for name, done in seen(window, "steps", since=since.isoformat())["steps"].items() if done}

    assert steps(MONDAY - timedelta(days=1)) == set()
    group = running_group()
    assert steps(MONDAY - timedelta(days=1)) == {"start", "join"}
    began = group.now
    group.all_pay()
    assert steps(MONDAY - timedelta(days=1)) == {"start", "join", "pay"}
    assert "collect" not in steps(began)
    group.pay_out()
    assert steps(MONDAY - timedelta(days=1)) == {"start", "join", "pay", "collect"}
    assert steps(datetime.now(UTC) + timedelta(days=9999)) == set()
    assert window.get("/inspect/steps").status_code == 400

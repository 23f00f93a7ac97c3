"""Paystack's webhook: signed or refused, written down once, answered at once, never believed."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient
from rq import Queue
from rq.serializers import JSONSerializer
from werkzeug.test import TestResponse

from bot import process
from bot.queue import QUEUE
from bot.settings import Settings
from bot.webhooks import MAX_EVENT
from models.base import database
from models.sealing import keys

FIXTURES = Path(__file__).parents[1] / "fixtures" / "paystack"
EVENTS = sorted(path.name for path in FIXTURES.glob("webhook_*.json"))
CHARGE = (FIXTURES / "webhook_charge_success_ussd.json").read_bytes()


def sign(settings: Settings, body: bytes) -> str:
    return hmac.new(settings.paystack_secret_key.encode(), body, hashlib.sha512).hexdigest()


def post(web: FlaskClient, body: bytes, signature: str | None) -> TestResponse:
    headers = {} if signature is None else {"x-paystack-signature": signature}
    return web.post("/webhooks/paystack", data=body, headers=headers, content_type="application/json")


def inbox() -> list[Any]:
    query = "SELECT provider, event_key, event, reference, repeats FROM inbox ORDER BY id"
    return list(database.execute_sql(query).fetchall())


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_written_down_once_and_rung_for(
    web: FlaskClient, ours: Settings, redis_client: redis.Redis, name: str
) -> None:
    body = (FIXTURES / name).read_bytes()
    for repeats in (0, 1):
        response = post(web, body, sign(ours, body))
        assert (response.status_code, response.text) == (200, "ok")
        [(provider, _, event, _, counted)] = inbox()
        assert (provider, event, counted) == ("paystack", json.loads(body)["event"], repeats)
    [job] = Queue(QUEUE, connection=redis_client, serializer=JSONSerializer).jobs
    [(inbox_id, sealed)] = database.execute_sql("SELECT id, body_sealed FROM inbox").fetchall()
    assert (job.id, job.args) == (f"process_event-{inbox_id}", [inbox_id])
    assert keys().open(sealed, f"inbox.body:{inbox_id}").encode("latin-1") == body


@pytest.mark.parametrize("signature", [None, "", "0" * 128, "nonsense", "\N{LATIN SMALL LETTER E WITH ACUTE}"])
def test_what_is_not_signed_leaves_nothing(web: FlaskClient, signature: str | None) -> None:
    assert post(web, CHARGE, signature).status_code == 401
    assert inbox() == []


def test_a_signature_is_good_for_its_bytes_only(web: FlaskClient, ours: Settings) -> None:
    good = sign(ours, CHARGE)
    assert post(web, CHARGE + b" ", good).status_code == 401
    assert post(web, json.dumps(json.loads(CHARGE)).encode(), good).status_code == 401
    assert post(web, CHARGE, good.upper()).status_code == 200


def test_another_key_of_theirs_is_not_ours(web: FlaskClient) -> None:
    other = hmac.new(b"sk_test_somebody-else", CHARGE, hashlib.sha512).hexdigest()
    assert post(web, CHARGE, other).status_code == 401


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"\xff\x00", b'{"event":"x","data":[]}', b"[" * 5000])
def test_what_is_signed_and_says_nothing_is_kept_for_a_person(web: FlaskClient, ours: Settings, body: bytes) -> None:
    assert post(web, body, sign(ours, body)).status_code == 200
    [(_, key, event, _, _)] = inbox()
    assert (event, key) == ("unreadable", f"unreadable:{hashlib.sha256(body).hexdigest()}")


def test_names_that_a_database_cannot_hold_are_kept_all_the_same(web: FlaskClient, ours: Settings) -> None:
    body = json.dumps({"event": "charge.success\x00", "data": {"reference": "a\x00b\ud800", "id": 1}}).encode()
    assert post(web, body, sign(ours, body)).status_code == 200
    assert len(inbox()) == 1


@pytest.mark.parametrize(("size", "status"), [(MAX_EVENT, 200), (MAX_EVENT + 1, 413), (300_000, 413)])
def test_a_body_has_a_limit(web: FlaskClient, ours: Settings, size: int, status: int) -> None:
    head, tail = b'{"event":"x","data":{"id":1,"pad":"', b'"}}'
    body = head + b"a" * (size - len(head) - len(tail)) + tail
    assert post(web, body, sign(ours, body)).status_code == status
    assert len(inbox()) == (1 if status == 200 else 0)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_understood(web: FlaskClient, method: str) -> None:
    assert web.open("/webhooks/paystack", method=method).status_code in (404, 405)


def test_without_a_queue_it_is_written_down_all_the_same(web: FlaskClient, ours: Settings) -> None:
    process.use_redis(process.connect_redis("redis://127.0.0.1:1/0"))
    assert post(web, CHARGE, sign(ours, CHARGE)).status_code == 200
    assert len(inbox()) == 1


def test_without_a_database_they_are_asked_to_come_again(
    web: FlaskClient, ours: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    database.close_all()
    database.init("nowhere", host="127.0.0.1", port=1, user="ajo")
    response = post(web, CHARGE, sign(ours, CHARGE))
    assert (response.status_code, response.text) == (503, "try again")
    assert "OperationalError" in capsys.readouterr().err

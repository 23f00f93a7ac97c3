"""Who may say that he is Twilio: every vector, and the same answer as their own SDK for whatever is signed."""

import hashlib
import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator
from werkzeug.datastructures import MultiDict

from bot.twilio.signature import SETTINGS, SIGNATURE, algorithm_of, is_signed, signature_of
from tests.support.replay import FIXTURES

VECTORS = json.loads((FIXTURES / "twilio/signature_vectors.json").read_text())
TOKEN = "test_auth_token_0123456789abcdef"
OTHER = "another_auth_token_0123456789abc"
URL = "https://ajo.example.org/webhooks/twilio-whatsapp"


def pairs_of(name: str) -> list[tuple[str, str]]:
    return parse_qsl((FIXTURES / "twilio" / name).read_text().rstrip("\n"), keep_blank_values=True)


@pytest.mark.parametrize("vector", VECTORS["valid"], ids=lambda each: each["file"])
def test_every_captured_signature_holds(vector):
    headers = {SIGNATURE: vector["signature"]}

    assert is_signed(headers, vector["url"], pairs_of(vector["file"]), [vector["auth_token"]])


@pytest.mark.parametrize("vector", VECTORS["valid"], ids=lambda each: each["file"])
def test_no_captured_signature_holds_once_a_letter_is_changed(vector):
    headers = {SIGNATURE: vector["signature"]}
    pairs = pairs_of(vector["file"])
    name, value = pairs[-1]

    assert not is_signed(headers, vector["url"], [*pairs[:-1], (name, value + "1")], [vector["auth_token"]])
    assert not is_signed(headers, vector["url"], [*pairs, ("Extra", "")], [vector["auth_token"]])
    assert not is_signed(headers, vector["url"], pairs, [OTHER])


@pytest.mark.parametrize("vector", VECTORS["extra"], ids=lambda each: each["case"])
def test_the_url_is_the_one_that_was_called(vector):
    headers = {SIGNATURE: vector["signature"]}

    assert is_signed(headers, vector["url"], pairs_of(vector["file"]), [vector["auth_token"]]) is vector["valid"]


def test_the_newer_algorithm():
    vector = VECTORS["sha256_example"]
    pairs = pairs_of(vector["file"])
    headers = {SIGNATURE: vector["signature"], SETTINGS: "key=webhooks_sharedkey_01,algorithm=HMAC_SHA256"}

    assert is_signed(headers, vector["url"], pairs, [vector["auth_token"]])
    assert not is_signed({SIGNATURE: vector["signature"]}, vector["url"], pairs, [vector["auth_token"]])
    assert not is_signed(headers | {SETTINGS: "algorithm=HMAC_MD5"}, vector["url"], pairs, [vector["auth_token"]])


@pytest.mark.parametrize(
    ("header", "algorithm"),
    [
        ("", HMAC_SHA1),
        ("key=webhooks_sharedkey_01", HMAC_SHA1),
        ("key=k,algorithm=HMAC_SHA256", HMAC_SHA256),
        (" algorithm = hmac_sha256 , key = k", HMAC_SHA256),
        ("algorithm=", HMAC_SHA1),
        ("algorithm=NONE", "NONE"),
    ],
)
def test_which_algorithm_is_meant(header, algorithm):
    assert algorithm_of({SETTINGS: header}) == algorithm


@pytest.mark.parametrize("keys", [(TOKEN,), (OTHER, TOKEN), (TOKEN, OTHER)])
def test_any_of_our_tokens_will_do_while_moving_to_a_new_one(keys):
    pairs = [("Body", "hi"), ("From", "+2348031234567")]

    assert is_signed({SIGNATURE: signature_of(TOKEN, URL, pairs)}, URL, pairs, keys)


@pytest.mark.parametrize("given", ["", "=", "x" * 28, "\udcff", "Zp7hwu2l8qW7XbEaAqzJzr5qwKM"])
def test_what_is_no_signature_is_none(given):
    assert not is_signed({SIGNATURE: given}, URL, [], [TOKEN])


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    pairs=st.lists(st.tuples(texts, texts), max_size=8),
    url=st.sampled_from(
        [
            URL,
            f"{URL}?a=1&b=%2B234&b=+",
            "https://ajo.example.org:443/webhooks/twilio-sms",
            "https://ajo.example.org:8443/webhooks/%7Etwilio%2fsms/?x=",
            "http://127.0.0.1:8000/webhooks/twilio-status",
        ]
    ),
    algorithm=st.sampled_from([HMAC_SHA1, HMAC_SHA256]),
)
def test_it_signs_as_their_sdk_does(pairs, url, algorithm):
    theirs = RequestValidator(TOKEN)
    ours = signature_of(TOKEN, url, pairs, algorithm)

    assert ours == theirs.compute_signature(url, MultiDict(pairs), algorithm)
    headers = {SIGNATURE: ours, SETTINGS: f"algorithm={algorithm}"}
    assert is_signed(headers, url, pairs, [TOKEN]) == theirs.validate(url, MultiDict(pairs), ours, algorithm)


def test_a_body_that_is_no_form_is_signed_by_its_hash_as_their_sdk_has_it():
    body = '{"a": "ẹ"}'
    url = f"{URL}?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"

    assert RequestValidator(TOKEN).validate(url, body, signature_of(TOKEN, url, ()))

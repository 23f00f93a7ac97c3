"""What is let in at Twilio's doors, and what of it is read."""

import hashlib
from urllib.parse import urlencode

import pytest

from bot.channels.base import Request
from bot.errors import CallerError, Forged, Malformed, TooLarge
from bot.twilio import callbacks
from bot.twilio.signature import SETTINGS, SIGNATURE, signature_of

TOKEN = "test_auth_token_0123456789abcdef"
SHARED = "shared_key_of_webhooks_0123456789"
URL = "https://ajo.example.org/webhooks/twilio-whatsapp"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json"


def posted(pairs, *, called=URL, key=TOKEN, settings="", **changes) -> Request:
    body = urlencode(pairs).encode()
    algorithm = "HMAC_SHA256" if settings else "HMAC_SHA1"
    headers = {SIGNATURE: signature_of(key, URL, pairs, algorithm), SETTINGS: settings}
    fields = {"method": "POST", "content_type": FORM, "body": body, "key": "", "url": called, "headers": headers}
    return Request(**fields | changes)


def refused(request: Request) -> CallerError:
    with pytest.raises(CallerError) as caught:
        callbacks.read_signed(request, (TOKEN, SHARED))
    return caught.value


def test_blank_values_and_unknown_fields_are_kept():
    pairs = [("Body", ""), ("SomethingNew", "x"), ("FromCity", "")]

    assert callbacks.read_signed(posted(pairs), (TOKEN,)) == dict(pairs)


def test_repeated_fields_are_all_signed_and_the_first_is_read():
    pairs = [("Body", "b"), ("X", "2"), ("X", "1"), ("X", "1")]

    assert callbacks.read_signed(posted(pairs), (TOKEN,)) == {"Body": "b", "X": "2"}


def test_a_long_text_of_emoji_gets_in_and_a_longer_body_does_not():
    pairs = [("Body", "👍🏾" * 800)]
    request = posted(pairs)

    assert len(request.body) > 4096
    assert callbacks.read_signed(request, (TOKEN,)) == dict(pairs)
    assert isinstance(refused(posted([("Body", "x" * callbacks.LARGEST)])), TooLarge)


def test_the_shared_key_signs_with_the_newer_algorithm():
    request = posted([("Body", "hi")], key=SHARED, settings="key=webhooks_sharedkey_01,algorithm=HMAC_SHA256")

    assert callbacks.read_signed(request, (TOKEN, SHARED)) == {"Body": "hi"}
    with pytest.raises(Forged):
        callbacks.read_signed(request, (TOKEN,))


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "post"])
def test_only_a_post_gets_in(method):
    assert isinstance(refused(posted([("Body", "hi")], method=method)), Malformed)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"headers": {}}, "no_signature"),
        ({"headers": {SIGNATURE: "AAAA"}}, "bad_signature"),
        ({"called": URL.replace("https", "http")}, "bad_signature"),
        ({"called": URL + "/"}, "bad_signature"),
        ({"called": URL + "?a=1"}, "bad_signature"),
        ({"body": b"Body=ho"}, "bad_signature"),
        ({"body": b"Body=%ff"}, "unreadable_form"),
        ({"body": b"Body=\xff"}, "unreadable_form"),
        ({"body": b"&".join([b"a=1"] * 300)}, "unreadable_form"),
        ({"content_type": "text/plain"}, "not_a_form"),
        ({"content_type": ""}, "not_a_form"),
        ({"content_type": JSON}, "bad_signature"),
    ],
)
def test_what_is_not_twilios_is_refused(changes, why):
    assert refused(posted([("Body", "hi")], **changes)).why == why


def as_json(body: bytes, hashed: bytes | None = None) -> Request:
    url = f"{URL}?bodySHA256={hashlib.sha256(body if hashed is None else hashed).hexdigest()}"
    return Request("POST", JSON, body, "", url, {SIGNATURE: signature_of(TOKEN, url, ())})


def test_a_json_body_is_read_when_its_hash_is_signed():
    request = as_json('{"Body": "ẹ kú", "NumMedia": 0, "more": {"a": 1}, "none": null}'.encode())

    assert callbacks.read_signed(request, (TOKEN,)) == {"Body": "ẹ kú", "NumMedia": "0"}


@pytest.mark.parametrize(
    ("body", "hashed", "why"),
    [
        (b'{"Body": "hi"}', b'{"Body": "ho"}', "bad_body"),
        (b"{", None, "unreadable_json"),
        (b"[1]", None, "unreadable_json"),
        (b"\xff", None, "unreadable_json"),
        (b"[" * 60000, None, "unreadable_json"),
    ],
)
def test_any_other_json_body_is_refused(body, hashed, why):
    assert refused(as_json(body, hashed)).why == why


@pytest.mark.parametrize(
    ("count", "found"),
    [("0", 0), ("1", 1), ("3", 3), ("12", 10), ("9999", 0), ("-1", 0), ("two", 0), ("", 0), ("²", 0)],
)
def test_as_many_pictures_as_there_are(count, found):
    form = {f"MediaUrl{n}": f"https://api.twilio.com/{n}" for n in range(20)} | {"NumMedia": count}

    assert len(callbacks.media_of(form)) == found


@pytest.mark.parametrize("word", ["STOP", "start", " Help "])
def test_the_words_that_twilio_acts_upon(word):
    assert callbacks.word_of({"OptOutType": word}) == word.strip().lower()
    assert callbacks.word_of({"OptOutType": "DANCE"}) == callbacks.word_of({}) == ""

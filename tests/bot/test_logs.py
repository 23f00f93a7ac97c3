"""Nothing that nobody may see gets into a log, whoever writes the line: us, a library, or an exception."""

import json
import logging
import threading
from collections.abc import Callable

import pytest

from bot import logs
from bot.logs import log, typed_secret
from bot.settings import Settings
from models.commands import CheckPin, Secret

PIN = "734912"
PHONE = "+2348031234567"
ACCOUNT = "0123456789"

Lines = Callable[[], list[dict]]


class Stream:
    """Everything that went to stderr since the test began."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._seen = ""

    def getvalue(self) -> str:
        self._seen += self._capsys.readouterr().err
        return self._seen


@pytest.fixture
def stream(capsys: pytest.CaptureFixture[str], settings: Settings) -> Stream:
    logs.configure(settings)
    return Stream(capsys)


@pytest.fixture
def lines(stream: Stream) -> Lines:
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_it_writes_one_json_object_per_line(lines: Lines):
    log.info("turn", who="+234***4567", what="menu", ms=12, result="con")

    (line,) = lines()
    assert line["event"] == "turn"
    assert line["level"] == "info"
    assert line["at"].endswith("Z")
    assert (line["who"], line["what"], line["ms"], line["result"]) == ("+234***4567", "menu", 12, "con")


def test_it_is_for_people_in_a_terminal(monkeypatch: pytest.MonkeyPatch, stream: Stream, settings: Settings):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    logs.configure(settings)

    log.info("turn", who=PHONE)
    monkeypatch.undo()
    logs.configure(settings)

    assert "turn" in stream.getvalue()
    assert "8031234567" not in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize(
    "written",
    [
        "+2348031234567",
        "2348031234567",
        "002348031234567",
        "08031234567",
        "0803 123 4567",
        "0803-123-4567",
        "+234 803 123 4567",
        "+234(0)8031234567".replace("(0)", "0"),
        "%2B2348031234567",
        "to%20%2B2348031234567",
        "to%2008031234567",
        "phone=08031234567&x=1",
        "1*08031234567*2",
        "to.08031234567.",
        "tel:+2348031234567",
        "'+2348031234567'",
        "member_08031234567",
        "x08031234567x",
        "+233 24 123 4567",
        "233241234567",
        "00233 24 123 4567",
        "+447911123456",
    ],
)
def test_it_masks_a_phone_however_it_is_written(stream: Stream, lines: Lines, written: str):
    log.info(f"sent {written}", who=written, nested={"list": [written]}, data=written.encode())
    logging.getLogger("gunicorn.error").warning("to %s", written)

    assert "1234567" not in stream.getvalue()
    assert "23 4567" not in stream.getvalue()
    assert "1123456" not in stream.getvalue()
    assert "4567" in lines()[0]["who"] or "3456" in lines()[0]["who"]


def test_it_masks_a_phone_that_is_a_number(stream: Stream):
    log.info("sent", who=2348031234567)

    assert "8031234567" not in stream.getvalue()


def test_it_leaves_amounts_ids_and_times_alone(lines: Lines):
    log.info("posted", amount_kobo=1_500_000_000, member_id=17, ms=1.5, late=False, on="2026-03-02", why=None)

    line = lines()[0]
    assert (line["amount_kobo"], line["member_id"], line["ms"]) == (1_500_000_000, 17, 1.5)
    assert (line["late"], line["on"], line["why"]) == (False, "2026-03-02", None)


def test_it_shows_the_last_four_digits_of_an_account(stream: Stream, lines: Lines):
    log.info(f"account {ACCOUNT} named", account=ACCOUNT)

    assert ACCOUNT not in stream.getvalue()
    assert lines()[0]["account"] == "***6789"


@pytest.mark.parametrize(
    "key", ["pin", "text", "body", "token", "Authorization", "pin_again", "api_key", "new_password"]
)
def test_it_hides_what_a_key_says_is_secret(stream: Stream, key: str):
    log.info("turn", **{key: f"x{PIN}"}, deeper={key: [PIN]})

    assert PIN not in stream.getvalue()


def test_it_hides_what_a_command_carries(stream: Stream):
    log.info("performed", command=CheckPin(pin=Secret(PIN)), given=Secret(PIN))

    assert PIN not in stream.getvalue()


@pytest.mark.parametrize(
    "message",
    [
        f"POST /ussd text=1*2*{PIN}&phoneNumber=x",
        f"POST /ussd?text=1*{PIN}",
        f"{{'text': '1*{PIN}', 'serviceCode': 'x'}}",
        f'{{"text": "1*{PIN}", "serviceCode": "x"}}',
        f"pin {PIN} refused",
        f"PIN: {PIN}",
        f"the pin is {PIN}",
        f"CheckPin(pin='{PIN}')",
    ],
)
def test_it_hides_a_pin_that_strayed_into_a_message(stream: Stream, message: str):
    log.warning(message, error=message)
    logging.getLogger("werkzeug").error(message)

    assert PIN not in stream.getvalue()


def test_it_hides_what_is_being_typed_wherever_it_turns_up(stream: Stream, lines: Lines):
    with typed_secret(PIN):
        log.info(f"heard {PIN}", anything=[f"1*{PIN}*2"], number=int(PIN))
        logging.getLogger("rq.worker").error("lost %s", PIN)
        try:
            raise ValueError(f"cannot read {PIN!r}")
        except ValueError:
            log.exception("failed")
    log.info("after", amount=PIN)

    *during, after = stream.getvalue().splitlines()
    assert PIN not in "".join(during)
    assert len(during) == 3
    assert PIN in after


def test_it_prints_tracebacks_without_the_variables_in_them(stream: Stream, lines: Lines):
    def check(pin: str) -> None:
        raise LookupError(f"no member {PHONE} with account {ACCOUNT}")

    try:
        check(PIN)
    except LookupError:
        log.exception("failed")
        logging.getLogger("rq.worker").exception("job failed")

    ours, theirs = lines()
    assert "LookupError" in ours["exception"]
    assert "LookupError" in theirs["exception"]
    for hidden in (PIN, PHONE, "8031234567", ACCOUNT):
        assert hidden not in stream.getvalue()


def test_it_cleans_the_exception_that_nobody_caught(stream: Stream, lines: Lines):
    def fail() -> None:
        raise RuntimeError(f"about {PHONE}")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    (line,) = lines()
    assert line["event"] == "uncaught"
    assert "8031234567" not in stream.getvalue()


@pytest.mark.parametrize(
    ("written", "hidden"),
    [
        ("key sk_test_0a1b2c3d4e5f", "0a1b2c3d4e5f"),
        ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
        ("atsk_0a1b2c3d", "0a1b2c3d"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "eyJzdWIiOiIxIn0"),
        ("postgresql://ajo:s3cret@db/ajo", "s3cret"),
        ("GET /webhooks/africastalking-ussd/abc123 HTTP/1.1", "abc123"),
        ("account_number=0123456789", "012345"),
    ],
)
def test_it_hides_tokens(stream: Stream, written: str, hidden: str):
    log.info(written, link=written)

    assert hidden not in stream.getvalue()


@pytest.mark.parametrize("name", ["secret_key", "pin_pepper", "callback_key", "paystack_secret_key"])
def test_it_hides_the_configured_secrets(stream: Stream, settings: Settings, name: str):
    value = getattr(settings, name)

    log.info("started", url=f"https://ajo.example/x/{value}?y", why=repr([value]))

    assert value not in stream.getvalue()


def test_libraries_write_the_same_lines(lines: Lines):
    logging.getLogger("gunicorn.error").info("Booting worker")
    logging.getLogger("urllib3.connectionpool").debug("POST /charge")
    logging.getLogger("urllib3.connectionpool").info("chatter")
    logging.getLogger("py.warnings").warning("%s", f"UserWarning: about {PHONE}")

    booting, warning = lines()
    assert (booting["event"], booting["logger"], booting["level"]) == ("Booting worker", "gunicorn.error", "info")
    assert "8031234567" not in json.dumps(warning)


def test_a_newline_cannot_forge_a_line(lines: Lines):
    log.info("heard", what='x\n{"event": "forged"}')

    assert len(lines()) == 1

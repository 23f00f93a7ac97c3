"""USSD sessions: a phone dials, replies and hangs up, and the product is called as Africa's Talking calls it.

What the handset shows is judged as the gateway judges it: 200, `CON ` or `END ` at the very beginning,
within ten seconds; anything else ends the session for the member.
"""

import json
import math
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from typing import Any

import requests

from bot.sandbox.africastalking import networks, wire
from bot.sandbox.africastalking.sms import naira
from bot.sandbox.outward import post
from bot.sandbox.store import Row
from bot.sandbox.world import World

HOP_METADATA = "at-ussd-hop-metadata"
NETWORK_FAILURE = "Connection problem or invalid MMI code."
PRICE_OF_120_SECONDS = 69_800  # ten-thousandths of a naira


class PhoneRefused(ValueError):
    """What no handset can do: reply without a session, dial a code that is not ours."""


@dataclass(frozen=True)
class Quirks:
    """How this phone's network misbehaves."""

    no_plus: bool = False  # the number comes without its +
    repeat: int = 0  # every hop is sent so many times more, one after the other; the last answer is shown
    race: bool = False  # every hop is sent twice at the same moment
    lose_answer: bool = False  # the product is called, its answer never reaches the phone
    silent: bool = False  # the end of the session is never notified
    last_only: bool = False  # the product is told the last reply only, not all of them joined by stars
    patience_seconds: int = 0  # the network ends a session in which nothing was typed for so long; 0: it waits

    @property
    def requests(self) -> int:
        """How often the product is asked for one hop."""
        return 2 if self.race else 1 + self.repeat

    @classmethod
    def of(cls, found: dict[str, Any]) -> "Quirks":
        unknown = set(found) - {field.name for field in fields(cls)}
        if unknown:
            raise PhoneRefused(f"no quirk is called {', '.join(sorted(unknown))}")
        return cls(**found)


@dataclass(frozen=True)
class Screen:
    """What the handset shows after a hop. `answers` are the product's raw bodies, more than one when repeated."""

    session_id: str
    screen: str
    ended: bool
    error: str | None
    answers: list[str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Heard:
    """One answer of the product. at: when it was asked, which is before whatever it did."""

    at: str
    body: str
    error: str | None
    took_ms: int
    metadata: str = ""


def dial(
    world: World, phone: str, code: str, quirks: Quirks | None, network: str | None, session_id: str | None
) -> Screen:
    """Begin a session; one that this phone still had open is dropped by the network."""
    service_code, text = split_code(code, world.tuning.current().ussd_code)
    known = world.store.row("SELECT * FROM phone WHERE number = ?", phone)
    if quirks is None:
        quirks = Quirks.of(json.loads(known["quirks"])) if known else Quirks()
    if open_session(world, phone) is not None:
        hang_up(world, phone)
    session_id = session_id or f"ATUid_{secrets.token_hex(16)}"
    network = network or networks.of(world, phone)
    with world.store.write() as db:
        db.execute(
            "INSERT INTO ussd_session (id, phone, service_code, network_code, quirks, text, status, started_at,"
            " started_real) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?)",
            (session_id, phone, service_code, network, json.dumps(asdict(quirks)), text, world.clock.stamp(),
             time.time()),
        )  # fmt: skip
    return _hop(world, session_id, phone, text, text)


def reply(world: World, phone: str, text: str, session_id: str | None) -> Screen:
    """Answer the screen. With a session id it may be another phone's session: a reused radio channel."""
    row = session_of(world, session_id) if session_id else open_session(world, phone)
    if row is None or row["status"] != "open":
        raise PhoneRefused("this phone has no open session")
    first = row["hops"] == 1 and row["text"] == ""  # an empty reply leaves an empty token, a plain dial does not
    history = text if first else f"{row['text']}*{text}"
    return _hop(world, row["id"], phone, history, text)


def hang_up(world: World, phone: str) -> None:
    """The member leaves while input is expected."""
    row = open_session(world, phone)
    if row is None:
        raise PhoneRefused("this phone has no open session")
    _end(world, row["id"], "Incomplete", None)


def split_code(dialled: str, ours: str) -> tuple[str, str]:
    """The service code, and the choices dialled behind it: *347*55*1*2# is *347*55# and 1*2."""
    base = ours.removesuffix("#")
    if dialled == ours:
        return ours, ""
    if dialled.startswith(base + "*") and dialled.endswith("#"):
        return ours, dialled.removeprefix(base + "*").removesuffix("#")
    raise PhoneRefused(f"{dialled} is not our code, which is {ours}")


def open_session(world: World, phone: str) -> Row | None:
    return world.store.row("SELECT * FROM ussd_session WHERE phone = ? AND status = 'open'", phone)


def session_of(world: World, session_id: str) -> Row | None:
    return world.store.row("SELECT * FROM ussd_session WHERE id = ?", session_id)


def fall_silent(world: World, session_id: str, hops: int) -> None:
    """An errand: the network has waited long enough, if nothing was typed since that many hops."""
    row = session_of(world, session_id)
    if row is not None and row["hops"] == hops:
        _end(world, session_id, "Incomplete", None)


def _hop(world: World, session_id: str, phone: str, text: str, reply: str) -> Screen:
    row = session_of(world, session_id)
    if row is None:
        raise PhoneRefused("no such session")
    quirks = Quirks.of(json.loads(row["quirks"]))
    with world.store.write() as db:
        db.execute("UPDATE ussd_session SET text = ?, hops = hops + 1 WHERE id = ?", (text, session_id))
    heard = _heard(world, row, phone, reply if quirks.last_only else text, quirks)
    last = heard[-1]
    with world.store.write() as db:
        db.executemany(
            "INSERT INTO ussd_hop (session_id, phone, text, answer, error, took_ms, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(session_id, phone, text, each.body, each.error, each.took_ms, each.at) for each in heard],
        )
        labels = "|".join(filter(None, [row["hops_metadata"], last.metadata]))
        db.execute(
            "UPDATE ussd_session SET last_response = ?, hops_metadata = ? WHERE id = ?", (last.body, labels, session_id)
        )
    error = "the answer was lost on the way to the phone" if quirks.lose_answer else last.error
    if error is not None:
        _end(world, session_id, "Failed", error)
        return Screen(session_id, NETWORK_FAILURE, True, error, [each.body for each in heard])
    ended = last.body.startswith("END ")
    if ended:
        _end(world, session_id, "Success", None)
    elif quirks.patience_seconds:
        world.errands.plan("ussd_silence", quirks.patience_seconds, session_id=session_id, hops=row["hops"] + 1)
    return Screen(session_id, last.body[4:], ended, None, [each.body for each in heard])


def _heard(world: World, row: Row, phone: str, text: str, quirks: Quirks) -> list[Heard]:
    sender = phone.removeprefix("+") if quirks.no_plus else phone
    body = wire.ussd_hop(sender, row["service_code"], text, row["id"], row["network_code"])
    labels = row["hops_metadata"].rsplit("|", 1)[-1]
    if quirks.race:
        with ThreadPoolExecutor(quirks.requests) as pool:
            return list(pool.map(lambda _: _call(world, body, labels), range(quirks.requests)))
    return [_call(world, body, labels) for _ in range(quirks.requests)]


def _call(world: World, body: bytes, label: str) -> Heard:
    url = f"{world.settings.public_url}/webhooks/africastalking-ussd/{world.settings.callback_keys[0]}"
    headers = wire.USSD_HEADERS | ({HOP_METADATA: label} if label else {})
    at, began = world.clock.stamp(), time.monotonic()
    try:
        answer = post(url, body, headers, world.tuning.current().callback_timeout_seconds)
    except requests.Timeout:
        return Heard(at, "", "the application did not answer in time", _ms(began))
    except requests.RequestException as error:
        return Heard(at, "", f"the application could not be reached: {type(error).__name__}", _ms(began))
    text = answer.content.decode("utf-8", "replace")
    return Heard(at, text, _judge(answer.status_code, text), _ms(began), answer.headers.get(HOP_METADATA, ""))


def _judge(status: int, body: str) -> str | None:
    """The gateway's objection to an answer, or None."""
    if status != 200:
        return f"Invalid response from application: HTTP {status}"
    if not body.startswith(("CON ", "END ")):
        return "Invalid response from application"
    return None


def _end(world: World, session_id: str, status: str, error: str | None) -> None:
    """Close a session, once, and notify the product of it."""
    with world.store.write() as db:
        closed = db.execute("UPDATE ussd_session SET status = ? WHERE id = ? AND status = 'open'", (status, session_id))
        row = session_of(world, session_id)
        if not closed.rowcount or row is None or Quirks.of(json.loads(row["quirks"])).silent:
            return
        took_ms = round((time.time() - row["started_real"]) * 1000)
        notice = {
            "date": world.clock.now().strftime("%Y-%m-%d %H:%M:%S"),
            "sessionId": session_id,
            "serviceCode": row["service_code"],
            "networkCode": row["network_code"],
            "phoneNumber": row["phone"],
            "status": status,
            "cost": naira(PRICE_OF_120_SECONDS * max(1, math.ceil(took_ms / 120_000))),
            "durationInMillis": str(took_ms),
            "hopsCount": str(row["hops"]),
            "hopsMetadata": row["hops_metadata"],
            "input": row["text"],
            "lastAppResponse": row["last_response"],
        }
        url = f"{world.settings.public_url}/webhooks/africastalking-ussd-events/{world.settings.callback_keys[0]}"
        body = wire.ussd_end(notice, error)
        world.deliveries.put(
            "africastalking.ussd-event", url, wire.NOTIFICATION_HEADERS, body, "never", row["phone"], session_id
        )


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)

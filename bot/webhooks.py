"""The doors for providers: one route for channels, one for payment providers.

A door checks who knocks, reads as little as it must, and writes down or answers; it never calls
anybody. Whoever has not the key in the path sees what is at any other path: nothing. What is
refused leaves no row, only a line in the log and a count.
Which fields a provider sends is the channel's business, what a turn does is the runner's.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from bot import clock
from bot.channels.base import Answer, Channel, DoorKind, Incoming, Outgoing, Request
from bot.channels.registry import CHATS, SESSIONS
from bot.errors import CallerError, TooLarge
from bot.hearing import MESSAGE, as_body
from bot.logs import log
from bot.payments.base import PaymentProvider, WebhookEvent
from bot.payments.registry import PROVIDERS
from bot.place import mark_of_session
from bot.queue import ring_all
from bot.runner import Runner
from bot.settings import Settings
from bot.turns import clean
from models.actions import inbox, people
from models.actions.deliveries import record_delivery
from models.actions.opt_outs import opted_out_at_provider
from models.doorbell import collecting

MAX_EVENT = 64 * 1024
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]  # a wrong one is refused by the channel, behind the key
SIGNATURE = {"paystack": "x-paystack-signature"}

REFUSALS = {401: "not signed", 404: "not found", 413: "too large"}

REFUSED: Counter[str] = Counter()  # by door and reason, since this process began

Form = Mapping[str, str]


class Unsigned(CallerError):
    """Without the signature of the provider whose door it is."""

    status = 401


@dataclass(frozen=True)
class Door:
    """A channel's door: who checks the caller, and what is done with the form. A turn writes a log line of its own."""

    channel: Channel
    act: Callable[[Form], Response]
    logs_itself: bool = False


def blueprint(settings: Settings, runner: Runner) -> Blueprint:
    """The routes, with the channels and providers of these settings behind them."""
    doors = dict(_doors(settings, runner))
    providers = {name: make(settings) for name, make in PROVIDERS.items()}
    routes = Blueprint("webhooks", __name__, url_prefix="/webhooks")

    @routes.route("/<door>/<key>", methods=METHODS)
    def keyed_channel(door: str, key: str) -> Response:
        known = door in doors and doors[door].channel.keyed
        return _through(door, doors[door], key, settings.public_url) if known else _plain("not found", 404)

    @routes.post("/<name>")
    def signed(name: str) -> Response:
        """Whoever signs needs no key in the path."""
        if name in providers:
            return _take_in(providers[name])
        known = name in doors and not doors[name].channel.keyed
        return _through(name, doors[name], "", settings.public_url) if known else _plain("not found", 404)

    return routes


def _doors(settings: Settings, runner: Runner) -> Iterator[tuple[str, Door]]:
    """The doors of every channel, by the last part of their URLs."""
    for make_session in SESSIONS.values():
        yield from _doors_of_session(make_session(settings), runner)
    for make_chat in CHATS.values():
        yield from _doors_of_chat(make_chat(settings))


def _doors_of_session(channel: Incoming, runner: Runner) -> Iterator[tuple[str, Door]]:
    def hop(form: Form) -> Response:
        answer = runner.take_turn(channel.name, channel.parse(form))
        return _sent(channel.answer(answer.text, end=answer.end))

    def ended(form: Form) -> Response:
        event = channel.parse_event(form)
        people.record_session_end(
            session=mark_of_session(channel.name, event.phone, event.session_id),
            phone=event.phone,
            network_code=event.network_code,
            status=event.ended.value,
            cost=clean(event.cost),
            took_ms=event.duration_ms,
            hops=event.hops,
            error=clean(event.error) or None,
            now=clock.now(),
        )
        return _plain("ok", 200)

    for name, kind in channel.doors.items():
        yield name, Door(channel, hop, logs_itself=True) if kind is DoorKind.TURN else Door(channel, ended)


def _doors_of_chat(channel: Outgoing) -> Iterator[tuple[str, Door]]:
    def said(form: Form) -> Response:
        """Stored, and answered later by a message of our own."""
        message = channel.parse_message(form)
        with collecting() as rings:
            inbox.take_in(
                channel.name,
                message.message_id,
                MESSAGE,
                "",
                as_body(message),
                clock.now(),
                lane=inbox.lane_of(message.address),
            )
        ring_all(rings)
        return _sent(channel.empty_answer())

    def delivered(form: Form) -> Response:
        report = channel.parse_delivery(form)
        with collecting() as rings:  # a message that went the wrong way takes another one
            record_delivery(report.message_id, report.status.value, report.final, report.reason, clock.now())
        ring_all(rings)
        return _sent(channel.empty_answer())

    def opted_out(form: Form) -> Response:
        phone = channel.parse_opt_out(form).phone
        opted_out_at_provider(channel.name, phone, actor=f"provider:{channel.name}", now=clock.now())
        return _sent(channel.empty_answer())

    acts = {DoorKind.MESSAGE: said, DoorKind.DELIVERY: delivered, DoorKind.OPT_OUT: opted_out}
    for name, kind in channel.doors.items():
        yield name, Door(channel, acts[kind])


def _through(name: str, door: Door, key: str, public_url: str) -> Response:
    """Check, act, answer; a request that is not right is refused without a word of why."""
    began = time.monotonic()
    try:
        # One byte more than is allowed tells that it is too long; the rest of it is never read.
        body = request.stream.read(door.channel.largest + 1)
        form = door.channel.verify(
            Request(
                request.method,
                request.content_type or "",
                body,
                key,
                called_url(public_url, request.environ),
                {name.lower(): value for name, value in request.headers.items()},
            )
        )
        response = door.act(form)
    except CallerError as refusal:
        return _refused(name, refusal)
    except HTTPException:
        raise  # the server's own no, as to a body beyond all limits
    except Exception:  # noqa: BLE001 (the door: they may send it again)
        log.exception("webhook", what=name)
        return _plain("try again", 503)
    if not door.logs_itself:
        log.info("webhook", what=name, result=response.status_code, ms=_ms_since(began))
    return response


def called_url(public_url: str, environ: Mapping[str, Any]) -> str:
    """The URL as the caller called it, to the letter: a signature covers it.

    What the framework has of the path is decoded, and written anew it may differ (%2b, %2B, +). The host that it sees
    is the proxy's; ours is the one that was given out.
    """
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ.get("PATH_INFO", ""))
    if not raw.startswith("/"):  # in full, as to a proxy
        raw = urlunsplit(urlsplit(raw)._replace(scheme="", netloc="")) or "/"
    return public_url.rstrip("/") + raw.removesuffix("?")


def _take_in(provider: PaymentProvider) -> Response:
    """Signature over the bytes as they came, a row, a ring, 200. Nothing in it is believed: a job asks the provider."""
    began = time.monotonic()
    try:
        raw = request.stream.read(MAX_EVENT + 1)
        if len(raw) > MAX_EVENT:
            raise TooLarge("event_too_large")
        if not provider.verify_webhook(raw, request.headers.get(SIGNATURE[provider.name], "")):
            raise Unsigned("bad_signature")
        event = provider.parse_webhook(raw) or _unreadable(raw)
        with collecting() as rings:
            _, new = inbox.take_in(provider.name, event.key, event.event, event.reference, raw, clock.now())
        ring_all(rings)
    except CallerError as refusal:
        return _refused(provider.name, refusal)
    except HTTPException:
        raise
    except Exception:  # noqa: BLE001 (the door: what was not written down has to come again)
        log.exception("webhook", what=provider.name)
        return _plain("try again", 503)
    log.info("webhook", what=provider.name, kind=event.event, result="new" if new else "repeat", ms=_ms_since(began))
    return _plain("ok", 200)


def _unreadable(raw: bytes) -> WebhookEvent:
    """Signed, so it is theirs, and nothing that we could look up: kept for a person to read."""
    return WebhookEvent("unreadable", "", f"unreadable:{hashlib.sha256(raw).hexdigest()}", "", "")


def _refused(name: str, refusal: CallerError) -> Response:
    REFUSED[f"{name}:{refusal.why}"] += 1
    log.warning("webhook", what=name, result=refusal.status, why=refusal.why, caller=request.remote_addr)
    return _plain(REFUSALS.get(refusal.status, "bad request"), refusal.status)


def _sent(answer: Answer) -> Response:
    return Response(answer.body, 200, content_type=answer.content_type)


def _plain(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/plain")


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)

"""A window into the product for the page of the stand-ins: what only we know of a phone. Outside production only.

It reads and does nothing else. Whoever asks has to show a mark that is made of our own secret, which the stand-in on
the same machine has, too. PINs are never in what is read; account numbers, phones and links are masked as in a log.
What the page looks like belongs to the stand-in (bot.sandbox.browser), which calls this over HTTP like anybody.
"""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from flask import Blueprint, Response, abort, jsonify, request
from redis import RedisError

from bot import clock, place, queue
from bot.channels.registry import SESSIONS
from bot.inspector_key import HEADER, PREFIX, mark_of
from bot.panel import money_words
from bot.redaction import redactor
from bot.security import key_matches
from bot.settings import Settings
from flows.talk import Talk
from models import phones
from models.queries import first_circle, inspection, panel_books, panel_operations, panel_payments, phone_book
from models.queries.due import due

MOST_DEEDS: Final = 500

_redact = redactor()


def blueprint(settings: Settings) -> Blueprint:
    """The routes. Refuses to be made in production."""
    if settings.production:
        raise RuntimeError("nobody looks into production through this window")
    routes = Blueprint("inspector", __name__, url_prefix=PREFIX)

    @routes.before_request
    def check() -> None:
        if not key_matches(request.headers.get(HEADER, ""), [mark_of(settings)]):
            abort(404)

    @routes.after_request
    def forget(answer: Response) -> Response:
        answer.headers["Cache-Control"] = "no-store"
        return answer

    routes.add_url_rule("/phone", view_func=_phone)
    routes.add_url_rule("/deeds", view_func=_deeds)
    routes.add_url_rule("/entries", view_func=_entries)
    routes.add_url_rule("/house", view_func=_house)
    routes.add_url_rule("/people", view_func=_people)
    routes.add_url_rule("/steps", view_func=_steps)
    return routes


def _phone() -> Response:
    """Where she is in her talks, what she had done, her payments and messages, and what they have cost."""
    number, now = _number(), clock.now()
    sessions = _sessions(number)
    known = inspection.phone(number, [each.session for each in sessions.values()])
    talks = [_talk(name, at.talk, at.at, over=at.end or not at.alive(now)) for name, at in sessions.items()]
    for chat in inspection.chats(number):
        closed = chat.talk is None or chat.until is None or chat.until <= now
        talks.append(_talk(chat.channel, chat.talk, chat.heard_at, over=closed))
    talks.sort(key=lambda each: str(each["at"]), reverse=True)
    return jsonify(now=_plain(now), talks=talks, **_masked(_plain(known)))


def _deeds() -> Response:
    """All that was done for a phone since a time, the oldest first, for writing a transcript down."""
    number, since = _number(), _instant(request.args.get("since", ""))
    marks = [each.session for each in _sessions(number).values()]
    found = inspection.commands(number, marks, since, MOST_DEEDS)
    return jsonify(deeds=_masked([_plain(each) for each in reversed(found)]))


def _entries() -> Response:
    """What a payment did in the books, the oldest entry first, with its legs."""
    payment_id = panel_payments.by_reference(request.args.get("reference", ""))
    if payment_id is None:
        return jsonify(entries=[])
    heads = panel_books.entries(None, payment_id=payment_id)
    whole = [panel_books.entry(head.entry_id, None) for head in reversed(heads)]
    return jsonify(entries=[_entry(each) for each in whole if each is not None])


def _house() -> Response:
    """The time, what is queued, what is due, and the moments that come by themselves."""
    now = clock.now()
    number = phones.parse(request.args.get("phone", "")) or ""
    return jsonify(
        now=_plain(now),
        queued=queue.waiting(),
        due=[f"{ring.name}-{ring.row_id}" for ring in due(now)],
        waiting=_plain(panel_operations.waiting(now)),
        moments=_plain(inspection.moments(number, now)),
    )


def _people() -> Response:
    """Whose phones there are. Their numbers are whole: the page has to dial from them."""
    return jsonify(people=[_plain(each) for each in phone_book.owners()])


def _steps() -> Response:
    """What of a first circle has happened since a time, on whatever phone."""
    since = _instant(request.args.get("since", "")) or abort(400)
    return jsonify(steps=_plain(first_circle.steps_since(since)))


# --- what is in them --------------------------------------------------------------------------------------------------


def _number() -> str:
    return phones.parse(request.args.get("phone", "")) or abort(400)


def _sessions(number: str) -> dict[str, place.Place]:
    """Her sessions that are remembered, by channel; none while Redis is away."""
    try:
        found = {name: place.session_of(name, number) for name in SESSIONS}
    except RedisError:
        return {}
    return {name: at for name, at in found.items() if at is not None}


def _entry(whole: panel_books.WholeEntry) -> dict[str, Any]:
    """In the office's words."""
    head = whole.head
    return {
        "entry_id": head.entry_id,
        "kind": head.kind,
        "title": money_words.KINDS.get(head.kind, head.kind),
        "at": _plain(head.at),
        "legs": [_plain(leg) | {"title": money_words.figure(leg.account)[0]} for leg in whole.legs],
    }


def _talk(channel: str, sealed: str | None, at: datetime, *, over: bool) -> dict[str, Any]:
    """A talk. The PIN counts as proved as long as it is open; the memory of one never holds a secret in the clear."""
    talk = Talk.from_json(sealed) if sealed else None
    shown: dict[str, Any] = {"channel": channel, "at": _plain(at), "over": over, "flow": "", "state": ""}
    if talk is None:
        return shown | {"over": True}
    return shown | {
        "over": over or talk.over,
        "flow": talk.flow,
        "state": talk.state,
        "page": talk.page,
        "wrong_answers": talk.errors,
        "proved": talk.pin_ok,
        "memory": _masked(dict(talk.memory)),
        "before": [f"{each.flow}.{each.state}" for each in talk.history],
    }


def _instant(text: str) -> datetime | None:
    """None for no time. A time without a zone would be anybody's."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        abort(400)
    return at if at.tzinfo else abort(400)


def _masked(value: Any) -> Any:
    """As a line of the log would have it."""
    return _redact(None, "", {"it": value})["it"]


def _plain(value: Any) -> Any:
    """Frozen values as JSON: times in ISO, amounts of other currencies as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value

"""Control of the people on WhatsApp: write, tap, send pictures, read, hide the number, let the 24 hours pass."""

import base64
import json

from flask import Blueprint, Response, jsonify, request

from bot.sandbox.control.reading import BadRequest, body, needed, optional
from bot.sandbox.store import Row
from bot.sandbox.twilio import content, inbound, samples, sending, users
from bot.sandbox.twilio.addresses import NUMBER, WHATSAPP
from bot.sandbox.world import World, world

MAX_FILE_BODY = 30_000_000  # more than WhatsApp lets anybody send, in base64

whatsapp = Blueprint("whatsapp", __name__, url_prefix="/control/whatsapp")


@whatsapp.url_value_preprocessor
def check_number(endpoint: str | None, values: dict[str, str] | None) -> None:
    phone = (values or {}).get("phone")
    if phone is not None and not NUMBER.fullmatch(phone):
        raise BadRequest(f"{phone} is not an international number")


@whatsapp.post("/<phone>/say")
def say(phone: str) -> Response:
    return jsonify(sid=inbound.say(world(), phone, needed(body(), "text", str)))


@whatsapp.post("/<phone>/tap")
def tap(phone: str) -> Response:
    sid, title = inbound.tap(world(), phone, needed(body(), "what", str))
    return jsonify(sid=sid, title=title)


@whatsapp.post("/<phone>/send")
def send(phone: str) -> Response:
    """A sample of the kind, or the file in `data` (base64) of `content_type`."""
    request.max_content_length = MAX_FILE_BODY
    found = body()
    return jsonify(sid=inbound.send_file(world(), phone, _file(found), optional(found, "caption", str) or ""))


@whatsapp.post("/<phone>/place")
def place(phone: str) -> Response:
    found = body()
    latitude, longitude = needed(found, "latitude", str), needed(found, "longitude", str)
    return jsonify(sid=inbound.send_place(world(), phone, latitude, longitude, optional(found, "label", str) or ""))


@whatsapp.get("/<phone>/inbox")
def inbox(phone: str) -> Response:
    here, after = world(), request.args.get("after", 0, type=int)
    rows = here.store.rows(
        "SELECT * FROM twilio_message WHERE number = ? AND channel = ? AND direction = 'outbound-api' AND arrived"
        " AND id > ? ORDER BY id",
        phone,
        WHATSAPP,
        after,
    )
    return jsonify(messages=[_message(here, row) for row in rows])


@whatsapp.get("/<phone>")
def look(phone: str) -> Response:
    """What WhatsApp knows of her."""
    return _person(phone)


@whatsapp.put("/<phone>")
def settle(phone: str) -> Response:
    """Her profile name, and what she shows of herself: number, both, hidden or absent."""
    found = body()
    if (privacy := optional(found, "privacy", str)) is not None:
        if privacy not in users.PRIVACIES:
            raise BadRequest(f"privacy is one of {', '.join(users.PRIVACIES)}")
        users.change(world(), phone, privacy=privacy)
    if (name := optional(found, "profile_name", str)) is not None:
        users.change(world(), phone, profile_name=name)
    return _person(phone)


@whatsapp.post("/<phone>/close-window")
def close_window(phone: str) -> Response:
    """As if she had not written for 24 hours."""
    users.change(world(), phone, wrote_at=None)
    return _person(phone)


@whatsapp.get("/media/<sid>")
def media(sid: str) -> Response:
    """The bytes of a file that arrived on a phone."""
    row = world().store.row("SELECT * FROM twilio_media WHERE sid = ?", sid)
    if row is None:
        raise BadRequest("there is no such file")
    return Response(bytes(row["data"]), content_type=row["content_type"])


@whatsapp.get("/templates")
def templates() -> Response:
    return jsonify(templates=list(content.templates(world())))


def _file(found: dict[str, object]) -> inbound.File:
    kind = needed(found, "kind", str)
    data, name = optional(found, "data", str), optional(found, "name", str) or ""
    if data is not None:
        return inbound.File(kind, needed(found, "content_type", str), name, base64.b64decode(data))
    if kind == "contacts":
        return samples.contact(name or "Somebody", needed(found, "number", str))
    if kind not in samples.BY_KIND:
        raise BadRequest(f"kind is one of {', '.join(samples.BY_KIND)}, contacts")
    return samples.BY_KIND[kind]


def _person(phone: str) -> Response:
    row = users.meet(world(), phone)
    kept = {name: row[name] for name in ("number", "user_id", "profile_name", "privacy")}
    return jsonify(kept | {"in_session": sending.in_session(world(), phone)})


def _message(here: World, row: Row) -> dict[str, object]:
    shown = json.loads(row["shown"])
    files = here.store.rows("SELECT * FROM twilio_media WHERE message_sid = ? ORDER BY rowid", row["sid"])
    return {
        "id": row["id"],
        "sid": row["sid"],
        "body": row["body"],
        "choices": shown["choices"],
        "button": shown["button"],
        "template": bool(row["template"]),
        "media": [
            {"sid": each["sid"], "content_type": each["content_type"], "name": each["name"], "url": each["url"],
             "size": len(each["data"])} for each in files
        ],
        "at": row["created_at"],
        "status": row["status"],
        "price": row["price"] or "",
    }  # fmt: skip

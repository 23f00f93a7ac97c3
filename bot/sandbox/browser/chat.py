"""What the chat shows: both sides of WhatsApp on a phone, what did not arrive, and whether the 24 hours are open."""

import json
from datetime import datetime
from typing import Any

from bot.sandbox import prices
from bot.sandbox.clock import stamp
from bot.sandbox.store import Row
from bot.sandbox.twilio import sending, users
from bot.sandbox.twilio.addresses import WHATSAPP
from bot.sandbox.world import World

MOST = 60
MESSAGES = """
SELECT * FROM (SELECT * FROM twilio_message WHERE number = ? AND channel = ? ORDER BY id DESC LIMIT ?) ORDER BY id
"""
FILES = """
SELECT sid, message_sid, content_type, name, length(data) AS size FROM twilio_media
 WHERE message_sid IN (SELECT sid FROM twilio_message WHERE number = ? AND channel = ? ORDER BY id DESC LIMIT ?)
 ORDER BY rowid
"""


def shown(here: World, number: str) -> dict[str, Any]:
    """The newest messages, oldest first, and what WhatsApp knows of her."""
    user = users.find(here, number)
    files: dict[str, list[dict[str, Any]]] = {}
    for row in here.store.rows(FILES, number, WHATSAPP, MOST):
        kept = {name: row[name] for name in ("sid", "content_type", "name", "size")}
        files.setdefault(row["message_sid"], []).append(kept)
    rows = here.store.rows(MESSAGES, number, WHATSAPP, MOST)
    return {
        "phone": number,
        "privacy": user["privacy"] if user else "number",
        "open": sending.in_session(here, number),
        "until": _until(user),
        "messages": [_message(row, files.get(row["sid"], [])) for row in rows],
    }


def _until(user: Row | None) -> str | None:
    """When the 24 hours after her last message end."""
    wrote_at = user["wrote_at"] if user else None
    return stamp(datetime.fromisoformat(wrote_at) + sending.WINDOW) if wrote_at else None


def _message(row: Row, files: list[dict[str, Any]]) -> dict[str, Any]:
    told = json.loads(row["shown"])
    return {
        "id": row["id"],
        "mine": row["direction"] == "inbound",
        "kind": told.get("kind", "text"),
        "body": row["body"],
        "choices": told.get("choices", []),
        "button": told.get("button", ""),
        "template": bool(row["template"]),
        "files": files,
        "at": row["created_at"],
        "status": row["status"],
        "arrived": bool(row["arrived"]),
        "error": row["error_code"],
        "price": prices.said(row["price"] or ""),
    }

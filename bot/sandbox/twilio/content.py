"""The Content API: what can be sent by its ContentSid, and Meta's approval of templates."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.sandbox import faults
from bot.sandbox.store import Row
from bot.sandbox.twilio import rules
from bot.sandbox.twilio.login import check_login
from bot.sandbox.twilio.refusals import Refusal
from bot.sandbox.world import World, world

APPROVED, RECEIVED, REJECTED, UNSUBMITTED = "approved", "received", "rejected", "unsubmitted"

contents = Blueprint("twilio_content", __name__, url_prefix="/twilio-content/v1")
contents.before_request(check_login)
contents.before_request(faults.before)
contents.after_request(faults.after)
contents.register_error_handler(Refusal, Refusal.answer)


@contents.post("/Content")
def create() -> tuple[Response, int]:
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("language"), str):
        raise Refusal(20001, "the body is JSON with language and types")
    if complaints := list(rules.objections_to_content(asked.get("types"))):
        raise Refusal(20001, "; ".join(complaints))
    here, sid = world(), f"HX{secrets.token_hex(16)}"
    with here.store.write() as db:
        db.execute(
            "INSERT INTO twilio_content (sid, friendly_name, language, variables, types, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (sid, asked.get("friendly_name"), asked["language"], json.dumps(asked.get("variables") or {}),
             json.dumps(asked["types"]), here.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")),
        )  # fmt: skip
    return jsonify(_shown(_found(here, sid))), 201


@contents.get("/Content")
def listing() -> Response:
    """All of them on one page."""
    rows = world().store.rows("SELECT * FROM twilio_content ORDER BY id")
    url = request.base_url
    meta = {"page": 0, "page_size": max(len(rows), 50), "first_page_url": url, "previous_page_url": None, "url": url,
            "next_page_url": None, "key": "contents"}  # fmt: skip
    return jsonify(contents=[_shown(row) for row in rows], meta=meta)


@contents.get("/Content/<sid>")
def fetch(sid: str) -> Response:
    return jsonify(_shown(_found(world(), sid)))


@contents.delete("/Content/<sid>")
def delete(sid: str) -> tuple[str, int]:
    here = world()
    _found(here, sid)
    with here.store.write() as db:
        db.execute("DELETE FROM twilio_content WHERE sid = ?", (sid,))
    return "", 204


@contents.post("/Content/<sid>/ApprovalRequests/whatsapp")
def ask_for_approval(sid: str) -> tuple[Response, int]:
    here, asked = world(), request.get_json(silent=True)
    row = _found(here, sid)
    if not isinstance(asked, dict) or not rules.NAME.fullmatch(str(asked.get("name", ""))):
        raise Refusal(20001, "name has small letters, digits and underscores only")
    if asked.get("category") not in rules.CATEGORIES:
        raise Refusal(20001, f"category is one of {', '.join(rules.CATEGORIES)}")
    types = json.loads(row["types"])
    if rules.LIST_PICKER in types:
        raise Refusal(20001, "a list picker cannot be submitted for approval")
    if row["approval"] in (RECEIVED, APPROVED):
        raise Refusal(20001, "this content was submitted before")
    with here.store.write() as db:
        db.execute(
            "UPDATE twilio_content SET approval = ?, reason = '', name = ?, category = ? WHERE sid = ?",
            (RECEIVED, asked["name"], asked["category"], sid),
        )
        here.errands.plan("decide_template", here.tuning.current().approval_seconds, sid=sid)
    return jsonify(_approval(_found(here, sid))), 201


@contents.get("/Content/<sid>/ApprovalRequests")
def approval(sid: str) -> Response:
    row = _found(world(), sid)
    return jsonify(sid=sid, account_sid=world().settings.twilio_account_sid, whatsapp=_approval(row), url=request.url)


def decide_template(here: World, sid: str) -> None:
    """Meta's word: by its rules, unless a knob has another one."""
    row = here.store.row("SELECT * FROM twilio_content WHERE sid = ?", sid)
    if row is None:
        return
    reasons = list(rules.objections_to_template(json.loads(row["types"])))
    knob = here.knobs.take("twilio_content.approval", "approval", sid, row["name"], row["friendly_name"] or "")
    word = knob.value if knob else REJECTED if reasons else APPROVED
    with here.store.write() as db:
        db.execute("UPDATE twilio_content SET approval = ?, reason = ? WHERE sid = ?", (word, "; ".join(reasons), sid))


def filled(here: World, sid: str, variables: dict[str, str]) -> tuple[rules.Shown, bool] | None:
    """What a content shows with these variables, and whether it is an approved template. None: no such content."""
    row = here.store.row("SELECT * FROM twilio_content WHERE sid = ?", sid)
    if row is None:
        return None
    return rules.show(json.loads(row["types"]), json.loads(row["variables"]) | variables), row["approval"] == APPROVED


def _found(here: World, sid: str) -> Row:
    row = here.store.row("SELECT * FROM twilio_content WHERE sid = ?", sid)
    if row is None:
        raise Refusal(20404)
    return row


def _shown(row: Row) -> dict[str, Any]:
    url = f"{request.host_url}twilio-content/v1/Content/{row['sid']}"
    links = {"approval_create": f"{url}/ApprovalRequests/whatsapp", "approval_fetch": f"{url}/ApprovalRequests"}
    return {
        "language": row["language"],
        "date_updated": row["created_at"],
        "variables": json.loads(row["variables"]),
        "friendly_name": row["friendly_name"],
        "account_sid": world().settings.twilio_account_sid,
        "url": url,
        "sid": row["sid"],
        "date_created": row["created_at"],
        "types": json.loads(row["types"]),
        "links": links,
    }


def _approval(row: Row) -> dict[str, Any]:
    return {
        "category": row["category"] or "",
        "status": row["approval"],
        "rejection_reason": row["reason"],
        "name": row["name"] or "",
        "content_type": next(iter(json.loads(row["types"]))),
        "allow_category_change": True,
    }


def templates(here: World) -> Iterator[dict[str, Any]]:
    """Every content with its approval, for the control API."""
    for row in here.store.rows("SELECT * FROM twilio_content ORDER BY id"):
        yield {"sid": row["sid"], "friendly_name": row["friendly_name"], "language": row["language"],
               "types": json.loads(row["types"]), **_approval(row)}  # fmt: skip

"""Twilio's message API: `POST Messages.json` as the SDK writes it, what became of a message, and its media."""

import json
from datetime import datetime
from email.message import Message
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from bot.sandbox import faults
from bot.sandbox.store import Row
from bot.sandbox.twilio import addresses, content, rules
from bot.sandbox.twilio.addresses import SMS, WHATSAPP, Address
from bot.sandbox.twilio.login import check_login
from bot.sandbox.twilio.refusals import Refusal
from bot.sandbox.twilio.sending import PLACE, Asked, Picture, take
from bot.sandbox.world import World, world

ACCOUNT = "/2010-04-01/Accounts/<account>"
LONGEST_VARIABLE = 1600
FETCH_TIMEOUT_SECONDS = 10

twilio = Blueprint("twilio", __name__, url_prefix="/twilio")
media_files = Blueprint("twilio_media", __name__, url_prefix="/twilio-media")
twilio.before_request(check_login)
twilio.before_request(faults.before)
twilio.after_request(faults.after)
for blueprint in (twilio, media_files):
    blueprint.register_error_handler(Refusal, Refusal.answer)


@twilio.post(f"{ACCOUNT}/Messages.json")
def send(account: str) -> tuple[Response, int]:
    here = world()
    asked = _asked(here)
    if knob := here.knobs.take(PLACE, "refuse", asked.to.who):
        raise Refusal(int(knob.value))
    return jsonify(_shown(_found(take(here, asked)))), 201


@twilio.get(f"{ACCOUNT}/Messages.json")
def listing(account: str) -> Response:
    """All of them on one page, newest first."""
    rows = world().store.rows("SELECT * FROM twilio_message ORDER BY id DESC")
    to, sender = request.args.get("To"), request.args.get("From")
    wanted = [row for row in rows if to in (None, row["receiver"]) and sender in (None, row["sender"])]
    uri = request.path.removeprefix("/twilio")
    return jsonify(
        messages=[_shown(row) for row in wanted], page=0, page_size=max(len(wanted), 50), start=0,
        end=max(len(wanted) - 1, 0), uri=uri, first_page_uri=uri, next_page_uri=None, previous_page_uri=None,
    )  # fmt: skip


@twilio.get(f"{ACCOUNT}/Messages/<sid>.json")
def fetch(account: str, sid: str) -> Response:
    return jsonify(_shown(_found(sid)))


@twilio.get(f"{ACCOUNT}/Messages/<sid>/Media.json")
def media_of(account: str, sid: str) -> Response:
    _found(sid)
    rows = world().store.rows("SELECT * FROM twilio_media WHERE message_sid = ? ORDER BY rowid", sid)
    uri = request.path.removeprefix("/twilio")
    files = [
        {
            "account_sid": account,
            "content_type": row["content_type"],
            "parent_sid": sid,
            "sid": row["sid"],
            "uri": f"{uri.removesuffix('.json')}/{row['sid']}.json",
        }
        for row in rows
    ]
    return jsonify(media_list=files, page=0, page_size=50, uri=uri, first_page_uri=uri, next_page_uri=None)


@twilio.get(f"{ACCOUNT}/Messages/<sid>/Media/<media_sid>")
def media(account: str, sid: str, media_sid: str) -> AnyResponse:
    """The file itself, usually behind a redirect to where files lie."""
    row = _media_row(media_sid, sid)
    if world().tuning.current().media_redirects:
        return redirect(f"{request.host_url}twilio-media/{media_sid}", 307)
    return _file(row)


@media_files.get("/<media_sid>")
def file(media_sid: str) -> Response:
    """Whoever knows the address may have it, as with a signed link."""
    return _file(_media_row(media_sid))


# --- reading what is asked ------------------------------------------------------------------------------------------


def _asked(here: World) -> Asked:
    form = request.form
    to = _receiver(form.get("To", ""))
    service_sid = form.get("MessagingServiceSid")
    sender = _sender(here, to, form.get("From", ""), service_sid)
    shown, template = _words(here)
    links = (*form.getlist("MediaUrl"), *shown.media)
    if not shown.body and not links:
        raise Refusal(21602)
    if len(shown.body) > rules.LONGEST_BODY:
        raise Refusal(21617)
    if len(links) > rules.MOST_MEDIA:
        raise Refusal(21623)
    if not all(_is_url(link) for link in links):
        raise Refusal(21620)
    callback = form.get("StatusCallback", "")
    if callback and (not _is_url(callback) or "_" in (urlsplit(callback).hostname or "")):
        raise Refusal(21609)
    if to.channel == SMS and here.store.row("SELECT 1 FROM sms_stop WHERE provider = 'twilio' AND number = ?", to.who):
        raise Refusal(21610)
    return Asked(to, sender, shown, template, tuple(_picture(link) for link in links), callback, service_sid)


def _receiver(raw: str) -> Address:
    if not raw:
        raise Refusal(21604)
    found = addresses.read(raw)
    if found is None:
        raise Refusal(21211, f"The 'To' number {raw} is not a valid phone number.")
    return found


def _sender(here: World, to: Address, raw: str, service_sid: str | None) -> str:
    """Ours, of the channel that the receiver is on; a Messaging Service picks it by itself."""
    ours = {SMS: here.settings.twilio_sms_from, WHATSAPP: addresses.PREFIX + here.settings.twilio_whatsapp_from}
    if not raw:
        if not service_sid:
            raise Refusal(21603)
        return ours[to.channel]
    if raw.startswith(addresses.PREFIX) != (to.channel == WHATSAPP):
        raise Refusal(21910)
    if raw != ours[to.channel]:
        raise Refusal(63007 if to.channel == WHATSAPP else 21606)
    return raw


def _words(here: World) -> tuple[rules.Shown, bool]:
    """What it says, and whether it is an approved template."""
    sid = request.form.get("ContentSid")
    if not sid:
        return rules.Shown(request.form.get("Body", "")), False
    found = content.filled(here, sid, _variables(request.form.get("ContentVariables") or "{}"))
    if found is None:
        raise Refusal(21655)
    return found


def _variables(raw: str) -> dict[str, str]:
    try:
        found = json.loads(raw)
    except ValueError:
        raise Refusal(21656) from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Refusal(21656)
    if any(len(value) > LONGEST_VARIABLE for value in found.values()):
        raise Refusal(21658)
    return found


def _is_url(link: str) -> bool:
    return urlsplit(link).scheme in ("http", "https") and bool(urlsplit(link).hostname)


def _picture(link: str) -> Picture:
    """The file behind a link of ours, fetched as Twilio fetches it; without data when there is none."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.get(link, timeout=FETCH_TIMEOUT_SECONDS)
        except requests.RequestException:
            return Picture(link, "", "", None)
    if answer.status_code != 200:
        return Picture(link, "", "", None)
    disposition = Message()
    disposition["Content-Disposition"] = answer.headers.get("Content-Disposition", "")
    kind = answer.headers.get("Content-Type", "").split(";")[0].strip()
    return Picture(link, kind, disposition.get_filename() or "", answer.content)


# --- what is shown of a message --------------------------------------------------------------------------------------


def _found(sid: str) -> Row:
    row = world().store.row("SELECT * FROM twilio_message WHERE sid = ?", sid)
    if row is None:
        raise Refusal(20404)
    return row


def _media_row(media_sid: str, message_sid: str | None = None) -> Row:
    row = world().store.row("SELECT * FROM twilio_media WHERE sid = ?", media_sid)
    if row is None or message_sid not in (None, row["message_sid"]):
        raise Refusal(20404)
    return row


def _file(row: Row) -> Response:
    return Response(bytes(row["data"]), content_type=row["content_type"])


def _shown(row: Row) -> dict[str, Any]:
    account = world().settings.twilio_account_sid
    price = row["price"] if row["sent_at"] else None  # it is told once the message has gone
    uri = f"/2010-04-01/Accounts/{account}/Messages/{row['sid']}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": row["body"],
        "date_created": _when(row["created_at"]),
        "date_sent": _when(row["sent_at"]),
        "date_updated": _when(row["updated_at"]),
        "direction": row["direction"],
        "error_code": row["error_code"],
        "error_message": None,
        "from": row["sender"],
        "messaging_service_sid": row["service_sid"],
        "num_media": str(row["media"]),
        "num_segments": "0" if row["service_sid"] else str(row["segments"]),
        "price": price,
        "price_unit": "USD" if price else None,
        "sid": row["sid"],
        "status": row["status"],
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": row["receiver"],
        "uri": f"{uri}.json",
    }


def _when(stamp: str | None) -> str | None:
    """RFC 2822, as the API writes a time."""
    return None if stamp is None else format_datetime(datetime.fromisoformat(stamp))

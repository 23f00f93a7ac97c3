"""/media/<token>: where a channel's provider fetches the picture of a message that it has just been given.

The token names a message of the outbox, is signed, and is good for two hours; nothing
personal stands in it. Nothing lies in a folder: the file is drawn when it is asked for,
from what the message says.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Blueprint, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from itsdangerous.timed import TimestampSigner

from bot import clock
from bot.drawing import CONTENT_TYPES, drawn, ending_of
from bot.logs import log
from bot.settings import Settings
from flows.forms import WHATSAPP, Message, Picture
from flows.screens import Screens
from models.queries import mail

LIFE: Final = timedelta(hours=2)
SALT: Final = "media"
NOT_HERE: Final = "not found"


class _OurClock(TimestampSigner):
    """Signs with the time of this service, which tests move."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())

    def timestamp_to_datetime(self, ts: int) -> datetime:
        return datetime.fromtimestamp(ts, UTC)


def link(settings: Settings, outbox_id: int, picture: Picture) -> str:
    """Where the picture of this message is to be had, for a while. Empty for a kind that nobody can draw."""
    if picture.kind not in CONTENT_TYPES:
        return ""
    token = _signer(settings).dumps(outbox_id)
    return f"{settings.public_url.rstrip('/')}/media/{token}.{ending_of(picture.kind)}"


def blueprint(settings: Settings, screens: Screens) -> Blueprint:
    """The one route."""
    routes = Blueprint("media", __name__)

    @routes.get("/media/<token>.<ending>")
    def file(token: str, ending: str) -> Response:
        try:
            outbox_id = int(_signer(settings).loads(token, max_age=int(LIFE.total_seconds())))
        except (BadSignature, ValueError, TypeError):
            return _plain()
        found = mail.decided(outbox_id)
        picture = None if found is None else _picture(found, screens)
        if found is None or picture is None or picture.kind not in CONTENT_TYPES or ending_of(picture.kind) != ending:
            return _plain()
        made = drawn(picture, screens.spoken(found.language), found.member_id, found.created_at, settings)
        log.info("media", what=picture.kind, row=outbox_id, result="drawn")
        return Response(
            made.data,
            content_type=made.content_type,
            headers={
                "Content-Disposition": f'inline; filename="{made.name}"',
                "Cache-Control": "private, no-store",
                "X-Content-Type-Options": "nosniff",
                "X-Robots-Tag": "noindex",
            },
        )

    return routes


def _picture(found: mail.Decided, screens: Screens) -> Picture | None:
    if found.content is not None:
        return Message.from_json(found.content).picture
    return screens.news(found.text_key, found.language, WHATSAPP, arg="", **found.facts).picture


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_key, salt=SALT, signer=_OurClock)


def _plain() -> Response:
    return Response(NOT_HERE, 404, content_type="text/plain", headers={"Cache-Control": "no-store"})

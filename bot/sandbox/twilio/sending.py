"""What becomes of a message that Twilio has taken: whether it reaches the phone, what it costs, what is told of it.

A 201 promises nothing: whoever is outside the 24 hours, or not on WhatsApp, is told of later, by a status callback.
"""

import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from bot.sandbox.segments import segments
from bot.sandbox.twilio import callbacks, rules, users
from bot.sandbox.twilio.addresses import SMS, Address
from bot.sandbox.world import World

PLACE = "twilio.send"
WINDOW = timedelta(hours=24)
# A stand-in's prices, in hundred-thousandths of a dollar: of an SMS segment, of a WhatsApp message, of a template.
SMS_PRICE, WHATSAPP_PRICE, TEMPLATE_PRICE = 4_200, 500, 1_170

OUTSIDE_WINDOW, NOT_ON_WHATSAPP, NOBODY, REFUSED_CONTENT, MEDIA_LOST = 63016, 63003, 63024, 63005, 63019
UNDELIVERED = (NOT_ON_WHATSAPP, 30003, 30005, 30006)  # the rest has failed


@dataclass(frozen=True)
class Picture:
    """A file that goes with a message. `data` is None when it could not be fetched."""

    url: str
    content_type: str
    name: str
    data: bytes | None = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """A message that the API has accepted. `template`: it is an approved one."""

    to: Address
    sender: str
    shown: rules.Shown = field(repr=False)
    template: bool
    pictures: tuple[Picture, ...]
    callback: str
    service_sid: str | None


Steps = list[tuple[str, int | None]]


def take(here: World, asked: Asked) -> str:
    """Put it on its way. Its SID."""
    sid = f"{'MM' if asked.pictures else 'SM'}{secrets.token_hex(16)}"
    number = users.number_behind(here, asked.to)
    error_code = _fate(here, asked, number)
    stamp = here.clock.stamp()
    count = segments(asked.shown.body) if asked.to.channel == SMS else 1
    first = "accepted" if asked.service_sid else "queued"
    with here.store.write() as db:
        db.execute(
            "INSERT INTO twilio_message (sid, direction, channel, number, sender, receiver, body, shown, template,"
            " media, segments, status, arrived, price, callback, service_sid, created_at, updated_at)"
            " VALUES (?, 'outbound-api', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (sid, asked.to.channel, number or asked.to.who, asked.sender, str(asked.to), asked.shown.body,
             json.dumps(asdict(asked.shown)), asked.template, len(asked.pictures), count, first, error_code is None,
             None if error_code else _price(asked, count), asked.callback, asked.service_sid, stamp, stamp),
        )  # fmt: skip
        for picture in asked.pictures:
            db.execute(
                "INSERT INTO twilio_media (sid, message_sid, content_type, name, data, url) VALUES (?, ?, ?, ?, ?, ?)",
                (f"ME{secrets.token_hex(16)}", sid, picture.content_type, picture.name, picture.data or b"",
                 picture.url),
            )  # fmt: skip
        if asked.to.channel == SMS and error_code is None:
            _into_the_inbox(here, sid, asked, count)
        _plan(here, sid, _steps(here, asked.to.channel, error_code))
    return sid


def come_further(here: World, sid: str, steps: Steps) -> None:
    """An errand: the next step of a message, and the callback that tells of it."""
    (word, error_code), *rest = steps
    with here.store.write() as db:
        row = db.execute("SELECT * FROM twilio_message WHERE sid = ?", (sid,)).fetchone()
        if row is None:
            return
        stamp = here.clock.stamp()
        db.execute(
            "UPDATE twilio_message SET status = ?, error_code = ?, updated_at = ?, sent_at = coalesce(sent_at, ?)"
            " WHERE sid = ?",
            (word, error_code, stamp, stamp, sid),
        )
        db.execute("UPDATE sms SET report = ? WHERE message_id = ?", (word, sid))
        if row["callback"] and not here.knobs.take(PLACE, "silence", row["number"], sid):
            callbacks.tell_status(here, row, word, error_code)
        _plan(here, sid, rest)


def in_session(here: World, number: str) -> bool:
    """Whether she has written within the last 24 hours."""
    user = users.find(here, number)
    wrote_at = user["wrote_at"] if user else None
    return wrote_at is not None and here.clock.now() - datetime.fromisoformat(wrote_at) < WINDOW


def _fate(here: World, asked: Asked, number: str | None) -> int | None:
    """The error code that it will fail with, or None."""
    if knob := here.knobs.take(PLACE, "fails", number or "", asked.to.who):
        return int(knob.value)
    if asked.to.channel == SMS:
        return None
    if number is None:
        return NOBODY
    if users.is_absent(here, number):
        return NOT_ON_WHATSAPP
    if not asked.template and not in_session(here, number):
        return OUTSIDE_WINDOW
    if any(rules.objections(asked.shown, template=asked.template)):
        return REFUSED_CONTENT
    return None if all(_fits(picture) for picture in asked.pictures) else MEDIA_LOST


def _fits(picture: Picture) -> bool:
    most = rules.IMAGE_BYTES if picture.content_type.startswith("image/") else rules.OTHER_BYTES
    return picture.data is not None and len(picture.data) <= most


def _steps(here: World, channel: str, error_code: int | None) -> Steps:
    if error_code is not None:
        return [("undelivered" if error_code in UNDELIVERED else "failed", error_code)]
    steps: Steps = [("sent", None), ("delivered", None)]
    if channel != SMS and here.tuning.current().read_receipts:
        steps.append(("read", None))
    return steps


def _plan(here: World, sid: str, steps: Steps) -> None:
    if steps:
        here.errands.plan("twilio_status", here.tuning.current().report_seconds, sid=sid, steps=steps)


def _price(asked: Asked, count: int) -> str:
    """Negative, as Twilio writes what it takes."""
    each = TEMPLATE_PRICE if asked.template else WHATSAPP_PRICE
    return f"-{(SMS_PRICE * count if asked.to.channel == SMS else each) / 100_000:.5f}"


def _into_the_inbox(here: World, sid: str, asked: Asked, count: int) -> None:
    with here.store.write() as db:
        db.execute(
            "INSERT INTO sms (message_id, number, sender, text, segments, status_code, at, provider, price)"
            " VALUES (?, ?, ?, ?, ?, 201, ?, 'twilio', ?)",
            (sid, asked.to.who, asked.sender, asked.shown.body, count, here.clock.stamp(), _price(asked, count)),
        )

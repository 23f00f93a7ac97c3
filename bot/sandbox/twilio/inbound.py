"""What people send: words, taps, pictures and voice notes on WhatsApp, and SMS.

Twilio itself obeys some words of an SMS, before anybody here hears of them (providers.md 3.7).
"""

import json
import secrets
from dataclasses import dataclass, field

from bot.sandbox.segments import segments
from bot.sandbox.store import Row
from bot.sandbox.twilio import callbacks, rules, users, wire
from bot.sandbox.twilio.addresses import PREFIX, SMS, WHATSAPP
from bot.sandbox.world import World

LONGEST_TEXT = 1600
STOP = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
START = ("START", "YES", "UNSTOP")
HELP = ("HELP", "INFO")
# What Twilio answers to them by itself.
CANNED = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
SERVICE_SID = "MG" + "c" * 32


class NotPossible(ValueError):
    """What nobody can do with the messages on that phone: tap what is not there."""


@dataclass(frozen=True)
class File:
    """Something that is sent along. `kind` is the MessageType: image, audio, video, document or contacts."""

    kind: str
    content_type: str
    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Said:
    """What is kept and told of a message: `kind` is its MessageType, `extra` the fields that only this kind has."""

    kind: str
    body: str = field(repr=False)
    extra: dict[str, str] = field(default_factory=dict, repr=False)
    file: File | None = None


def say(here: World, number: str, text: str) -> str:
    """She writes on WhatsApp. The message's SID."""
    return _send(here, number, Said("text", text[:LONGEST_TEXT]))


def send_file(here: World, number: str, file: File, caption: str = "") -> str:
    """A picture, a voice note, a document or a contact card."""
    return _send(here, number, Said(file.kind, caption, {}, file))


def send_place(here: World, number: str, latitude: str, longitude: str, label: str) -> str:
    """Where she is."""
    return _send(here, number, Said("location", "", {"Latitude": latitude, "Longitude": longitude, "Label": label}))


def tap(here: World, number: str, what: str) -> tuple[str, str]:
    """A button or a row, by its title, its id, or `#1` in the newest message that has any. SID and title."""
    row, choice, is_list = _choice(here, number, what)
    kind = "button" if row["template"] else "interactive"
    if is_list:
        extra = {"ListId": choice.id, "ListTitle": choice.title}
    else:
        sender = {} if row["template"] else {"OriginalRepliedMessageSender": row["sender"]}
        extra = {"ButtonText": choice.title, "ButtonPayload": choice.id, **sender}
        extra["OriginalRepliedMessageSid"] = row["sid"]
    return _send(here, number, Said(kind, choice.title, extra)), choice.title


def sms(here: World, number: str, text: str) -> str:
    """She sends an SMS to our number at Twilio; words that Twilio obeys are obeyed before we hear of them."""
    word = next((name for name, words in (("STOP", STOP), ("START", START), ("HELP", HELP))
                 if text.strip().upper() in words), "")  # fmt: skip
    sid = f"SM{secrets.token_hex(16)}"
    advanced = here.tuning.current().advanced_opt_out
    extra = {"MessagingServiceSid": SERVICE_SID} if advanced else {}
    extra |= {"OptOutType": word} if advanced and word else {}
    envelope = wire.Envelope(sid, here.settings.twilio_account_sid, number, here.settings.twilio_sms_from)
    fields = wire.sms(envelope, text[:LONGEST_TEXT], segments(text), extra)
    with here.store.write() as db:
        if word == "STOP":
            db.execute("INSERT OR IGNORE INTO sms_stop VALUES ('twilio', ?)", (number,))
        elif word == "START":
            db.execute("DELETE FROM sms_stop WHERE provider = 'twilio' AND number = ?", (number,))
        if word:
            _answer(here, number, CANNED[word])
        _keep(here, sid, SMS, number, number, envelope.to, Said("text", text[:LONGEST_TEXT]))
        callbacks.tell_message(here, callbacks.SMS, fields, number)
    return sid


def _send(here: World, number: str, said: Said) -> str:
    """Any message on WhatsApp: it opens the window, is kept, and told."""
    user = users.meet(here, number)
    if user["privacy"] == "absent":
        raise NotPossible(f"{number} has no WhatsApp")
    sid = f"SM{secrets.token_hex(16)}"
    hidden = user["privacy"] == "hidden"
    sender = PREFIX + (user["user_id"] if hidden else number)
    envelope = wire.Envelope(sid, here.settings.twilio_account_sid, sender, PREFIX + here.settings.twilio_whatsapp_from)
    known = wire.WhatsappUser(
        user["profile_name"],
        "" if hidden else number.removeprefix("+"),
        PREFIX + user["user_id"] if user["privacy"] in ("both", "hidden") else "",
    )
    with here.store.write():
        users.change(here, number, wrote_at=here.clock.stamp())
        media = (_keep_file(here, sid, said.file),) if said.file else ()
        _keep(here, sid, WHATSAPP, number, sender, envelope.to, said)
        fields = wire.whatsapp_message(envelope, known, said.kind, said.body, media, said.extra)
        callbacks.tell_message(here, callbacks.WHATSAPP, fields, number)
    return sid


def _choice(here: World, number: str, what: str) -> tuple[Row, rules.Choice, bool]:
    rows = here.store.rows(
        "SELECT * FROM twilio_message WHERE number = ? AND channel = ? AND direction = 'outbound-api' AND arrived"
        " ORDER BY id DESC",
        number,
        WHATSAPP,
    )
    offered = [row for row in rows if json.loads(row["shown"])["choices"]]
    for row in offered:
        shown = json.loads(row["shown"])
        for position, each in enumerate(shown["choices"], start=1):
            newest = row["id"] == offered[0]["id"]
            if what in (each["title"], each["id"]) or (newest and what == f"#{position}"):
                return row, rules.Choice(**each), bool(shown["button"])
    here_are = [each["title"] for row in offered[:1] for each in json.loads(row["shown"])["choices"]]
    raise NotPossible(f"there is nothing called {what!r} to tap; the newest message with choices has {here_are}")


def _keep(here: World, sid: str, channel: str, number: str, sender: str, receiver: str, said: Said) -> None:
    stamp = here.clock.stamp()
    with here.store.write() as db:
        db.execute(
            "INSERT INTO twilio_message (sid, direction, channel, number, sender, receiver, body, shown, media,"
            " segments, status, arrived, created_at, updated_at)"
            " VALUES (?, 'inbound', ?, ?, ?, ?, ?, ?, ?, 1, 'received', 1, ?, ?)",
            (sid, channel, number, sender, receiver, said.body, json.dumps({"kind": said.kind, **said.extra}),
             int(said.file is not None), stamp, stamp),
        )  # fmt: skip


def _keep_file(here: World, sid: str, file: File) -> wire.MediaItem:
    media_sid = f"ME{secrets.token_hex(16)}"
    with here.store.write() as db:
        db.execute(
            "INSERT INTO twilio_media (sid, message_sid, content_type, name, data) VALUES (?, ?, ?, ?, ?)",
            (media_sid, sid, file.content_type, file.name, file.data),
        )
    account = f"/2010-04-01/Accounts/{here.settings.twilio_account_sid}"
    return wire.MediaItem(f"{here.settings.twilio_url}{account}/Messages/{sid}/Media/{media_sid}", file.content_type)


def _answer(here: World, number: str, text: str) -> None:
    with here.store.write() as db:
        db.execute(
            "INSERT INTO sms (message_id, number, sender, text, segments, status_code, at, provider)"
            " VALUES (?, ?, ?, ?, ?, 201, ?, 'twilio')",
            (f"SM{secrets.token_hex(16)}", number, here.settings.twilio_sms_from, text, segments(text),
             here.clock.stamp()),
        )  # fmt: skip

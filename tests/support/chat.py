"""A person who chats: her messages come in as Twilio posts them, what we answer is read from the outbox.

Jobs run where the test wants them to: `say` leaves the message in the inbox, `hear_all` is the worker.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import clock
from bot.settings import Settings
from bot.twilio.signature import signature_of
from flows.forms import Message
from jobs.inbound import process_event
from models.queries.due import due
from models.sealing import keys
from models.tables.mail import Inbox, Outbox

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
SIDS = itertools.count(1)


def hear_all() -> int:
    """Work off what has come in, as the worker does; how many rings that took."""
    rings = [ring for ring in due(clock.now()) if ring.name == "process_event"]
    for ring in rings:
        process_event(ring.row_id)
    return len(rings)


def replies(address: str = "", channel: str = "") -> Iterator[Message]:
    """The answers that were decided, oldest first."""
    for row in Outbox.select().where(Outbox.kind == "reply").order_by(Outbox.id):
        to = keys().open(row.phone_sealed, f"outbox.phone:{row.id}")
        if address in ("", to) and channel in ("", row.channel):
            yield Message.from_json(keys().open(row.content_sealed, f"outbox.content:{row.id}"))


@dataclass
class Chat:
    """`say()` and `tap()` write and have it heard; `last` is our latest answer."""

    web: FlaskClient
    settings: Settings
    address: str
    channel: str = "twilio-whatsapp"
    sids: list[str] = field(default_factory=list)

    def say(self, text: str, **more: str) -> Message:
        """Write this, and have it answered."""
        self.send(text, **more)
        hear_all()
        return self.last

    def tap(self, title: str) -> Message:
        """Tap what is called so on our last message."""
        choice = next(each for each in self.last.choices if title in (each.title, each.id))
        kind = "ListId" if self.last.button else "ButtonPayload"
        return self.say(choice.title, **{kind: choice.id, "MessageType": "interactive"})

    def send(self, text: str, **more: str) -> TestResponse:
        """Write this; nobody has heard it yet."""
        response = self.post(self.form(text, **more))
        assert response.status_code == 200, response.status
        return response

    def form(self, text: str, **more: str) -> dict[str, str]:
        """What Twilio posts."""
        prefix = "whatsapp:" if self.channel == "twilio-whatsapp" else ""
        self.sids.append(f"SM{next(SIDS):032x}")
        return {
            "MessageSid": self.sids[-1],
            "AccountSid": self.settings.twilio_account_sid,
            "From": prefix + self.address,
            "To": prefix + self.settings.twilio_whatsapp_from,
            "Body": text,
            "NumMedia": "0",
        } | more

    def post(self, form: dict[str, str]) -> TestResponse:
        """Send it, signed."""
        url = f"{self.settings.public_url.rstrip('/')}/webhooks/{self.channel}"
        signature = signature_of(self.settings.twilio_tokens[0], url, form.items())
        return self.web.post(
            f"/webhooks/{self.channel}",
            data=urlencode(form).encode(),
            content_type=FORM,
            headers={"X-Twilio-Signature": signature},
        )

    @property
    def all(self) -> list[Message]:
        """Whatever we have answered her here."""
        return list(replies(self.address, self.channel))

    @property
    def last(self) -> Message:
        return self.all[-1]

    @property
    def titles(self) -> list[str]:
        """What can be tapped now."""
        return [choice.title for choice in self.last.choices]


def events() -> list[tuple[str, str | None]]:
    """What became of what came in, oldest first."""
    return [(row.event, row.result) for row in Inbox.select().order_by(Inbox.id)]


def as_text(message: Message) -> str:
    """All of it, to search in."""
    return json.dumps(json.loads(message.to_json()), ensure_ascii=False)

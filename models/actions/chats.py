"""Chats: where somebody is in one, kept in the books, because nobody repeats to us what she wrote before.

The new talk, the answer to her and the end of the event that it answers are one
transaction, and only on the version of the chat that was read: whatever dies, and however
often an event is dealt with, she gets one answer and her talk takes one step.
A talk is a text here; what it means is the flows' business.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from models.actions import inbox, private_links, prompts
from models.actions.inbox import lane_of
from models.actions.mail import queue_reply
from models.base import next_id, transaction
from models.sealing import keys
from models.tables.chats import Chat, WhatsappUser

OPEN: Final = timedelta(minutes=10)  # of silence; then her PIN counts no more, and the talk is only offered again
KEPT: Final = timedelta(hours=24)

TIMEOUT: Final = "timeout"
EXPIRY: Final = "expiry"


class Overtaken(Exception):
    """Somebody else has dealt with this event, or with this chat, since it was read."""


@dataclass(frozen=True)
class ChatState:
    """A chat as it was read. chat_id 0: nobody has been heard from this address. phone: "" when it is hidden."""

    channel: str
    address: str = field(repr=False)
    phone: str = field(repr=False)
    chat_id: int = 0
    talk: str | None = field(default=None, repr=False)
    version: int = 0
    heard_at: datetime | None = None
    timeout_at: datetime | None = None
    last_text: bytes | None = None
    same_texts: int = 0
    puzzled_at: datetime | None = None

    @property
    def talked_at(self) -> datetime | None:
        """When her talk took its last step, here or on a page of hers."""
        return self.heard_at if self.timeout_at is None else self.timeout_at - OPEN

    @property
    def lane(self) -> bytes:
        return lane_of(self.address)

    def is_open(self, now: datetime) -> bool:
        """Whether what she writes answers what we said last. Also before the timeout has been dealt with."""
        return self.timeout_at is not None and now < self.timeout_at


@dataclass(frozen=True)
class Answered:
    """What a turn leaves behind. talk None: it stays where it is, and so does the version.

    reply: a message as JSON, None to say nothing. token: of a private page that the reply leads to.
    """

    key: str
    talk: str | None = field(default=None, repr=False)
    over: bool = False
    reply: str | None = field(default=None, repr=False)
    language: str = "en"
    member_id: int | None = None
    token: str = field(default="", repr=False)
    inbox_id: int | None = None
    result: str = ""
    text: bytes | None = None  # the mark of what she wrote, if it may be an automatic answer
    same_texts: int = 0
    prompted: str = ""  # what she has answered to a message of ours
    puzzled: bool = False  # the reply says that we did not understand
    page: int = 0  # the private page that she answered on, and that goes on as long as nothing is said in the chat
    heard: bool = True  # False: it came from a page, which opens no window


def load(channel: str, address: str, phone: str) -> ChatState:
    """The chat of this address. A hidden number is the one that has been linked with it, if any."""
    row = Chat.get_or_none((Chat.channel == channel) & (Chat.address_index == _index(address)))
    known = phone or phone_of(address)
    return ChatState(channel, address, known) if row is None else _state(row, address, known)


def get(chat_id: int) -> ChatState:
    """A chat that exists."""
    row = Chat.get_by_id(chat_id)
    address = keys().open(row.address_sealed, f"chat.address:{chat_id}")
    return _state(row, address, phone_of(address) or address if row.phone_index is not None else "")


def phone_of(address: str) -> str:
    """The number that a person without a visible one has proved to have, or ""."""
    row = WhatsappUser.get_or_none(WhatsappUser.address_index == _index(address))
    return "" if row is None else keys().open(row.phone_sealed, f"whatsapp_user.phone:{row.id}")


@transaction
def settle(chat: ChatState, answered: Answered, now: datetime) -> int:
    """Write down what a turn came to. Her chat's id. Raises Overtaken, and then nothing has happened."""
    chat_id = _written(chat, answered, now)
    if answered.inbox_id is not None and not inbox.event_done(answered.inbox_id, answered.result, now):
        raise Overtaken
    if answered.prompted and chat.phone:
        prompts.answered(chat.phone, answered.prompted, now)
    if answered.page:
        private_links.go_on(answered.page, chat.version + 1, now, done=answered.reply is not None)
    if answered.token:
        private_links.make(answered.token, chat_id, chat.version + 1, now)
    if answered.reply is not None:
        queue_reply(
            channel=chat.channel,
            address=chat.address,
            message=answered.reply,
            dedupe_key=f"reply:{answered.key}",
            member_id=answered.member_id,
            language=answered.language,
            now=now,
        )
    return chat_id


@transaction
def apologize(chat: ChatState, inbox_id: int, reply: str, language: str, now: datetime) -> None:
    """Tell her that it did not work, once for each event."""
    queue_reply(
        channel=chat.channel,
        address=chat.address,
        message=reply,
        dedupe_key=f"sorry:{inbox_id}",
        language=language,
        now=now,
    )


@transaction
def forget(chat: ChatState) -> None:
    """Leave a talk that cannot go on; the next message leads home."""
    Chat.update(talk_sealed=None, timeout_at=None, expires_at=None, version=Chat.version + 1).where(
        (Chat.id == chat.chat_id) & (Chat.version == chat.version)
    ).execute()


@transaction
def raise_silences(now: datetime, limit: int = 500) -> int:
    """Put an event into the lane of every chat that has been silent for too long. How many are new."""
    late = Chat.select().where((Chat.timeout_at <= now) | (Chat.expires_at <= now)).order_by(Chat.id).limit(limit)
    return sum(_raise(row, now) for row in late)


@transaction
def fall_silent(event: inbox.Event, chat_id: int, version: int, now: datetime) -> bool:
    """A silence that was raised: the talk is closed, or forgotten. False when she has written since."""
    changes: dict[str, Any] = {"timeout_at": None}
    if event.event == EXPIRY:
        changes |= {"talk_sealed": None, "expires_at": None}
    fell = Chat.update(version=Chat.version + 1, **changes).where((Chat.id == chat_id) & (Chat.version == version))
    silent = bool(fell.execute())
    inbox.event_done(event.inbox_id, event.event if silent else "heard since", now)
    return silent


def _raise(row: Chat, now: datetime) -> bool:
    event = EXPIRY if row.expires_at is not None and row.expires_at <= now else TIMEOUT
    key = f"{event}:{row.id}:{row.version}"
    _, new = inbox.take_in(row.channel, key, event, f"{row.id}:{row.version}", b"", now, lane=bytes(row.lane))
    return new


def _written(chat: ChatState, answered: Answered, now: datetime) -> int:
    """The chat's row, with what has changed."""
    changes: dict[str, Any] = {}
    if answered.heard:
        changes = {"heard_at": now, "last_text_index": answered.text, "same_texts": answered.same_texts}
    if chat.phone:
        changes["phone_index"] = keys().index(chat.phone, "phone")
    if answered.puzzled:
        changes["puzzled_at"] = now
    chat_id = chat.chat_id or _made(chat, changes, now)
    if answered.talk is not None:
        changes |= {
            "talk_sealed": keys().seal(answered.talk, f"chat.talk:{chat_id}"),
            "timeout_at": None if answered.over else now + OPEN,
            "expires_at": now + KEPT,
            "version": chat.version + 1,
        }
    if not Chat.update(**changes).where((Chat.id == chat_id) & (Chat.version == chat.version)).execute():
        raise Overtaken
    return chat_id


def _made(chat: ChatState, changes: dict[str, Any], now: datetime) -> int:
    chat_id = next_id(Chat)
    made = (
        Chat.insert(
            id=chat_id,
            channel=chat.channel,
            address_index=_index(chat.address),
            address_sealed=keys().seal(chat.address, f"chat.address:{chat_id}"),
            lane=chat.lane,
            **changes,
        )
        .on_conflict(conflict_target=[Chat.channel, Chat.address_index], action="IGNORE")
        .returning(Chat.id)
        .execute()
    )
    if not list(made):
        raise Overtaken
    return chat_id


def _state(row: Chat, address: str, phone: str) -> ChatState:
    sealed = row.talk_sealed
    return ChatState(
        channel=row.channel,
        address=address,
        phone=phone,
        chat_id=row.id,
        talk=None if sealed is None else keys().open(sealed, f"chat.talk:{row.id}"),
        version=row.version,
        heard_at=row.heard_at,
        timeout_at=row.timeout_at,
        last_text=None if row.last_text_index is None else bytes(row.last_text_index),
        same_texts=row.same_texts,
        puzzled_at=row.puzzled_at,
    )


def _index(address: str) -> bytes:
    return keys().index(address, "address")

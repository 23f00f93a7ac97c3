"""Where somebody is in a conversation, between two requests: one sealed value in Redis for each phone and channel.

Of a chat only a copy lies here, beside the sessions, so that what was begun in one can be
gone on with in the other. Redis may be emptied at any moment; what is lost then is a place in a menu. One round trip
reads all of it, one writes it, together with whatever else the caller has for Redis.
Nothing lies there in the clear: numbers are keyed marks, the value is sealed for its own key.
What the talk means belongs to `flows`, how a history is read to `turns`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from redis.client import Pipeline

from bot.process import redis_of
from bot.turns import Seen
from models.sealing import CannotOpen, keys

SESSION = timedelta(seconds=180)  # a session that was silent for longer is over, and the PIN given in it
RESUME = timedelta(minutes=10)
SINCE = "ajo:since"  # when this memory began


@dataclass(frozen=True)
class Place:
    """A talk and all that is needed to read the next request: what was seen, and what was answered.

    `session` is the mark of session and phone together, under which commands are performed.
    """

    session: str
    talk: str = field(repr=False)
    seen: Seen
    text: str = field(repr=False)
    end: bool
    at: datetime

    def alive(self, now: datetime) -> bool:
        """Whether the session may go on. A time that went backwards (the clock was moved) does not end it."""
        return now - self.at <= SESSION


@dataclass(frozen=True)
class Left:
    """A talk that was left on some channel, and when."""

    talk: str = field(repr=False)
    at: datetime

    def worth_resuming(self, now: datetime) -> bool:
        """Whether she may be asked to go on with this somewhere else."""
        return now - self.at <= RESUME


@dataclass(frozen=True)
class Found:
    """What Redis knew. `stranger`: the session belongs to another phone. `chat`: where she is in a chat.

    `forgetful`: this memory is younger than a session may be. A session that it does not know may have been lost
    with the memory before it; otherwise the replies of an unknown session were dialled, as in *347*55*1#.
    """

    place: Place | None = None
    stranger: bool = False
    forgetful: bool = True
    chat: Left | None = None

    def left_last(self, now: datetime) -> str | None:
        """The talk that may be offered to her: where she was last, here or in a chat."""
        here = [Left(self.place.talk, self.place.at)] if self.place else []
        return last_of([*here, *([self.chat] if self.chat else [])], now)


def load(channel: str, phone: str, session_id: str, now: datetime) -> Found:
    """The place of this phone, and whether the session is its own. One round trip. Raises RedisError."""
    where, chat = _place_key(channel, phone), _chat_key(phone)
    sealed, owner, since, in_chat = redis_of().mget(where, _session_key(channel, session_id), SINCE, chat)
    return Found(
        _opened(sealed, where),
        stranger=owner is not None and owner != _owner(phone),
        forgetful=not isinstance(since, bytes) or now - _instant(since.decode()) <= RESUME,
        chat=_opened_chat(in_chat, chat, ""),
    )


def session_of(channel: str, phone: str) -> Place | None:
    """The last session of this phone that is remembered, whichever it was. Raises RedisError."""
    where = _place_key(channel, phone)
    sealed = redis_of().get(where)
    return _opened(sealed if isinstance(sealed, bytes) else None, where)


def put(pipe: Pipeline, channel: str, phone: str, session_id: str, place: Place) -> None:
    """Add to a pipeline what keeps this place, and the session for this phone."""
    where = _place_key(channel, phone)
    value = json.dumps(vars(place) | {"seen": vars(place.seen), "at": place.at.isoformat()}, separators=(",", ":"))
    pipe.set(where, keys().seal(value, where), ex=RESUME)
    pipe.set(_session_key(channel, session_id), _owner(phone), ex=RESUME)
    pipe.set(SINCE, place.at.isoformat(), nx=True)


def elsewhere(channel: str, phone: str, sessions: Iterable[str], now: datetime) -> Left | None:
    """For a chat: where she was last on another channel, of the sessions and the chats. Raises RedisError."""
    chat, places = _chat_key(phone), [_place_key(each, phone) for each in sessions]
    in_chat, *sealed = redis_of().mget(chat, *places)
    opened = (_opened(value, where) for value, where in zip(sealed, places, strict=True))
    found = [Left(each.talk, each.at) for each in opened if each is not None]
    in_other_chat = _opened_chat(in_chat, chat, channel)
    found += [in_other_chat] if in_other_chat else []
    return max((each for each in found if each.worth_resuming(now)), key=lambda each: each.at, default=None)


def put_chat(pipe: Pipeline, channel: str, phone: str, talk: str, at: datetime) -> None:
    """Add to a pipeline what offers a chat's talk to her elsewhere. In the books it stands as well."""
    where = _chat_key(phone)
    value = json.dumps({"channel": channel, "talk": talk, "at": at.isoformat()}, separators=(",", ":"))
    pipe.set(where, keys().seal(value, where), ex=RESUME)


def last_of(left: Iterable[Left], now: datetime) -> str | None:
    """The talk that was left last, if that is not too long ago."""
    last = max(left, key=lambda each: each.at, default=None)
    return last.talk if last is not None and last.worth_resuming(now) else None


def mark_of_session(channel: str, phone: str, session_id: str) -> str:
    """The name of a session of one phone: another phone that presents the same id gets another one."""
    return keys().index(f"{channel} {phone} {session_id}", "session").hex()[:32]


def _opened(sealed: bytes | str | None, where: str) -> Place | None:
    """A value that does not open or does not read (a key that went, an older version) is as good as none."""
    if not isinstance(sealed, bytes):
        return None
    try:
        fields = json.loads(keys().open(sealed, where))
        return Place(**fields | {"seen": Seen(**fields["seen"]), "at": _instant(fields["at"])})
    except (CannotOpen, ValueError, TypeError, KeyError):
        return None


def _opened_chat(sealed: bytes | str | None, where: str, unless: str) -> Left | None:
    """The same for the copy of a chat; `unless` it is of the channel that asks."""
    if not isinstance(sealed, bytes):
        return None
    try:
        fields = json.loads(keys().open(sealed, where))
        return None if fields["channel"] == unless else Left(fields["talk"], _instant(fields["at"]))
    except (CannotOpen, ValueError, TypeError, KeyError):
        return None


_instant = datetime.fromisoformat


def _place_key(channel: str, phone: str) -> str:
    return f"ajo:place:{channel}:{keys().index(phone, 'place').hex()[:32]}"


def _chat_key(phone: str) -> str:
    return f"ajo:place:chat:{keys().index(phone, 'place').hex()[:32]}"


def _session_key(channel: str, session_id: str) -> str:
    return f"ajo:session:{channel}:{keys().index(session_id, 'session guard').hex()[:32]}"


def _owner(phone: str) -> bytes:
    return keys().index(phone, "session owner").hex()[:32].encode()

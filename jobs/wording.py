"""A message as it is handed to a channel: worded now, in its reader's language and in the manner of the channel."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import cast

from bot import media
from bot.channels.base import Outgoing, Windowed
from bot.channels.registry import CHATS, WINDOWED
from bot.drawing import is_document
from bot.settings import current
from bot.text import screens_of
from flows.forms import Message
from flows.screens import Screens
from models.actions.mail import REPLY, Mail
from models.rules.routes import WHATSAPP


@cache
def channel_named(name: str) -> Outgoing:
    """The channel, made once for this process."""
    return CHATS[name](current())


@cache
def screens() -> Screens:
    return screens_of(current())


def windowed(name: str) -> Windowed | None:
    """The channel, if it is one that may speak first only with approved texts."""
    return cast(Windowed, channel_named(name)) if name in WINDOWED else None


def has_template(mail: Mail) -> bool:
    """Whether there is an approved text for this message. With play money there is none: it could not say so."""
    if current().training:
        return False
    channel = windowed(WHATSAPP) if mail.kind != REPLY and WHATSAPP in CHATS else None
    return channel is not None and channel.has_template(mail.text_key, screens().spoken(mail.language))


def worded(mail: Mail, channel: Outgoing) -> Message:
    """What is to be shown. Raises what a broken row makes it raise: KeyError, ValueError, TypeError."""
    if mail.kind == REPLY:
        said = Message.from_json(mail.content)
    else:
        said = screens().news(mail.text_key, mail.language, channel.form, arg=about(mail), **mail.facts)
    if said.picture is None or not channel.form.pictures:
        return replace(said, picture=None)
    if is_document(said.picture.kind) and said.body:
        return replace(said, picture=None)  # it follows as a message of its own
    return replace(said, picture=replace(said.picture, url=media.link(current(), mail.outbox_id, said.picture)))


def follow_up(mail: Mail) -> str | None:
    """What has to be sent after this one: a document cannot have words of ours beside it. As JSON."""
    if mail.kind != REPLY or not channel_named(mail.channel).form.pictures:
        return None
    said = Message.from_json(mail.content)
    if said.picture is None or not said.body or not is_document(said.picture.kind):
        return None
    return Message("", picture=said.picture).to_json()


def about(mail: Mail) -> str:
    """What its buttons are about: her seat in the group of the message."""
    return "" if mail.addressee.seat_id is None else str(mail.addressee.seat_id)


def facts_in_words(mail: Mail) -> Mapping[str, str]:
    """The values of an approved text, in her language."""
    language = screens().spoken(mail.language)
    return {name: screens().words(value, language) for name, value in mail.facts.items()}

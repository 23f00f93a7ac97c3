"""What came with a message of a chat: noted for the staff, and answered as what it is.

It is fetched later, by a job. What she wrote with it is kept with it: a caption is no answer to a question of ours.
"""

from dataclasses import replace
from datetime import datetime

from bot.channels.base import ChatMessage
from models.actions import attachments
from models.actions.attachments import VOICE, Sent
from models.actions.chats import ChatState

PICTURE_CAME, VOICE_CAME = "=sent_picture", "=sent_voice"  # flows.intents


def take_in(
    chat: ChatState, message: ChatMessage, about: str, now: datetime, *, keep_caption: bool = True
) -> ChatMessage:
    """Note what came. The message, now one that says what came.

    about: where she is in her talk. keep_caption: not where a secret was asked for.
    """
    if not message.media:
        return message
    attachments.keep(
        channel=chat.channel,
        message_id=message.message_id,
        address=chat.address,
        phone=chat.phone,
        sent=[Sent(each.url, each.content_type) for each in message.media],
        caption=message.text if keep_caption else "",
        about=about,
        now=now,
    )
    voice = all(attachments.kind_of(each.content_type) == VOICE for each in message.media)
    return replace(message, text="", choice=VOICE_CAME if voice else PICTURE_CAME)

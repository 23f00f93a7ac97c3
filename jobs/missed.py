"""What people wrote while nobody was at the door: asked for at the provider, and taken in like the rest.

Twilio tells a message once; when we are down at that moment (a deploy is enough) it is
not told again (providers.md 3.5). Its list has it. What is older than an hour is left:
whoever waited so long has written again, or dialled.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from bot.channels.base import ChatMessage
from bot.channels.registry import RECALLED
from bot.hearing import MESSAGE, as_body
from bot.logs import log
from bot.queue import ring_all
from bot.settings import current
from models.actions import inbox
from models.doorbell import collecting
from models.queries.heard import heard_of

LOOK_BACK: Final = timedelta(hours=1)
ON_ITS_WAY: Final = timedelta(minutes=1)  # what is younger may be at the door in this moment


def recall(now: datetime) -> dict[str, int]:
    """Take in what was missed. Counts: looked_at, missed."""
    counts = Counter(looked_at=0, missed=0)
    for name, make in RECALLED.items():
        written = make(current()).written_between(now - LOOK_BACK, now - ON_ITS_WAY)
        heard = heard_of(name, [message.message_id for message in written])
        missed = [message for message in written if message.message_id not in heard]
        for message in missed:
            _take_in(name, message, now)
        counts.update(looked_at=len(written), missed=len(missed))
    if counts["missed"]:
        log.warning("missed", what="messages that nobody was there to hear", count=counts["missed"])
    return dict(counts)


def _take_in(channel: str, message: ChatMessage, now: datetime) -> None:
    """As the door does it."""
    with collecting() as rings:
        lane = inbox.lane_of(message.address)
        inbox.take_in(channel, message.message_id, MESSAGE, "", as_body(message), now, lane=lane)
    ring_all(rings)

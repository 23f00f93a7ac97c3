"""Numbers that a channel does not reach: its provider was told STOP, or there is nobody behind them.

Then nothing goes that way any more, not even a receipt, until it is heard that this has changed;
the sender takes the next way.
"""

from datetime import datetime
from typing import Final

from models.base import transaction
from models.rules.routes import WHATSAPP
from models.sealing import keys
from models.tables.people import Member
from models.tables.ways import ChannelRefusal

# The provider's reason, and what we remember of it.
REASONS: Final = {
    "opted_out": "opted_out",
    "user_in_blacklist": "opted_out",
    "not_on_whatsapp": "unreachable",
}


@transaction
def note(channel: str, phone_index: bytes, reason: str, now: datetime) -> None:
    """Remember it, if this reason is one that holds for the next message, too."""
    if reason not in REASONS:
        return
    ChannelRefusal.insert(
        channel=channel, phone_index=phone_index, reason=REASONS[reason], since=now, ended_at=None
    ).on_conflict(
        conflict_target=[ChannelRefusal.channel, ChannelRefusal.phone_index],
        update={"reason": REASONS[reason], "since": now, "ended_at": None},
    ).execute()
    if channel == WHATSAPP and REASONS[reason] == "unreachable":
        # She cannot want there what does not arrive there.
        Member.update(reminder_channel="sms").where(Member.phone_index == phone_index).execute()


@transaction
def lift(channel: str, phone: str, now: datetime) -> None:
    """The provider carries messages to her again."""
    ChannelRefusal.update(ended_at=now).where(
        (ChannelRefusal.channel == channel)
        & (ChannelRefusal.phone_index == keys().index(phone, "phone"))
        & ChannelRefusal.ended_at.is_null()
    ).execute()

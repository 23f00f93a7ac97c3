"""STOP: who wants no more reminders. Receipts and alarms go on; claiming mail looks here at the last moment."""

from datetime import datetime

from models.actions import audit
from models.base import transaction
from models.sealing import keys
from models.tables.people import Member


@transaction
def stop_reminders(phone: str, *, actor: str, now: datetime) -> bool:
    """Send no more reminders to this number. False when it is nobody's, or had been stopped already."""
    stopped = list(
        Member.update(reminders_stopped_at=now)
        .where((Member.phone_index == keys().index(phone, "phone")) & Member.reminders_stopped_at.is_null())
        .returning(Member.id)
        .execute()
    )
    for member in stopped:
        audit.note("member.stop_reminders", f"member:{member.id}", actor=actor, now=now)
    return bool(stopped)

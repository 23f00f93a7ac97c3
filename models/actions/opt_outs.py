"""STOP and START: who wants no reminders and no invitations. Receipts and alarms go on (R07).

It is kept by number, so that somebody who is not a member can say it, too, and it counts on every
channel. Claiming mail looks here at the last moment: what was decided before she said STOP is
not sent after it. What a provider does on its own account is `refusals`.
"""

from datetime import datetime

from models.actions import audit, refusals
from models.base import transaction
from models.sealing import keys
from models.tables.people import Member
from models.tables.ways import OptOut


@transaction
def stop_reminders(phone: str, *, actor: str, now: datetime, channel: str = "") -> bool:
    """Send no more reminders and invitations to this number. False when they had been stopped already."""
    index = keys().index(phone, "phone")
    written = (
        OptOut.insert(phone_index=index, channel=channel, stopped_at=now)
        .on_conflict(
            conflict_target=[OptOut.phone_index],
            update={OptOut.channel: channel, OptOut.stopped_at: now, OptOut.started_at: None},
            where=OptOut.started_at.is_null(False),
        )
        .returning(OptOut.phone_index)
        .execute()
    )
    if not list(written):
        return False
    _note("member.stop_reminders", index, now, actor=actor, now=now)
    return True


@transaction
def start_reminders(phone: str, *, actor: str, now: datetime, channel: str = "") -> bool:
    """They may come again, and the channel on which she says so carries them. False when nothing had been stopped.

    Whoever had chosen none is reminded as at the beginning: she is told that they are on again.
    """
    index = keys().index(phone, "phone")
    refusals.lift(channel, phone, now)
    started = OptOut.update(started_at=now).where((OptOut.phone_index == index) & OptOut.started_at.is_null()).execute()
    wanted_none = (Member.phone_index == index) & (Member.reminder_plan == "none")
    planned = Member.update(reminder_plan="both").where(wanted_none).execute()
    if not started and not planned:
        return False
    _note("member.start_reminders", index, None, actor=actor, now=now)
    return True


@transaction
def opted_out_at_provider(channel: str, phone: str, *, actor: str, now: datetime) -> None:
    """The provider has heard STOP and will carry nothing more to this number: hers is stopped everywhere."""
    refusals.note(channel, keys().index(phone, "phone"), "opted_out", now)
    stop_reminders(phone, actor=actor, now=now, channel=channel)


def is_stopped(phone: str) -> bool:
    """Whether this number has said STOP."""
    index = keys().index(phone, "phone")
    return bool(OptOut.select().where((OptOut.phone_index == index) & OptOut.started_at.is_null()).exists())


def _note(action: str, index: bytes, stopped_at: datetime | None, *, actor: str, now: datetime) -> None:
    """A member's own row says it too, for her screens; and the audit trail for those of the group."""
    members = Member.update(reminders_stopped_at=stopped_at).where(Member.phone_index == index).returning(Member.id)
    for member in members.execute():
        audit.note(action, f"member:{member.id}", actor=actor, now=now)

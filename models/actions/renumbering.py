"""Another number for a member: the account goes with her, the old phone loses it in the same moment.

This is how a stranger would take her money. So two members and two of the office have said that it is she; the
old number, the new one and those who run her groups are told; her PIN stays what it was; and for a day no pot
leaves to her, and her payout account cannot be changed.
"""

from datetime import datetime

from models import news_values
from models.actions import audit, payouts
from models.actions.mail import queue_message
from models.base import next_id, transaction
from models.phones import mask_local
from models.queries.people import first_name, known_as, name_of
from models.queries.vouching import vouchers_of
from models.rules.schedule import local_date
from models.rules.vouching import GUARDED_FOR
from models.sealing import keys
from models.tables.chats import Chat, Prompt, WhatsappUser
from models.tables.finding import FormerNumber
from models.tables.mail import Outbox
from models.tables.people import Member
from models.tables.ways import OptOut


@transaction
def change_number(member_id: int, phone: str, *, actor: str, now: datetime) -> bool:
    """From now on she is known by this number. False when it is somebody's."""
    if Member.select().where(Member.phone_index == keys().index(phone, "phone")).exists():
        return False
    member = Member.get_by_id(member_id)
    old, old_index = keys().open(member.phone_sealed, f"member.phone:{member_id}"), bytes(member.phone_index)
    _remember(member_id, old, old_index, now)
    Member.update(
        phone_sealed=keys().seal(phone, f"member.phone:{member_id}"),
        phone_index=keys().index(phone, "phone"),
        guarded_until=now + GUARDED_FOR,
    ).where(Member.id == member_id).execute()
    _leave_phone(old_index, now)
    _readdress(member_id, old_index, phone)
    _keep_stop(old_index, keys().index(phone, "phone"), now)
    payouts.look_again(member_id, now)
    _tell(member, old, phone, now)
    audit.note("member.number", f"member:{member_id}", actor=actor, now=now)
    return True


def _remember(member_id: int, old: str, old_index: bytes, now: datetime) -> None:
    row_id = next_id(FormerNumber)
    FormerNumber.insert(
        id=row_id,
        member=member_id,
        phone_sealed=keys().seal(old, f"former_number.phone:{row_id}"),
        phone_index=old_index,
        until_at=now,
    ).execute()


def _leave_phone(old_index: bytes, now: datetime) -> None:
    """Talks that are open on the old phone, pages and questions that wait for it: none of them goes on as hers."""
    WhatsappUser.delete().where(WhatsappUser.phone_index == old_index).execute()
    Chat.update(talk_sealed=None, version=Chat.version + 1, phone_index=None, timeout_at=None).where(
        Chat.phone_index == old_index
    ).execute()
    Prompt.update(answered_at=now).where((Prompt.phone_index == old_index) & Prompt.answered_at.is_null()).execute()


def _readdress(member_id: int, old_index: bytes, phone: str) -> None:
    """What waits to be sent to her goes to where she is now."""
    waiting = (Outbox.member == member_id) & (Outbox.phone_index == old_index) & (Outbox.status == "queued")
    for row in Outbox.select(Outbox.id).where(waiting & (Outbox.kind == "news")):
        Outbox.update(
            phone_sealed=keys().seal(phone, f"outbox.phone:{row.id}"), phone_index=keys().index(phone, "phone")
        ).where((Outbox.id == row.id) & (Outbox.status == "queued")).execute()


def _keep_stop(old_index: bytes, new_index: bytes, now: datetime) -> None:
    """Whoever said STOP has said it as a person, not as a number."""
    stop = OptOut.get_or_none((OptOut.phone_index == old_index) & OptOut.started_at.is_null())
    if stop is not None:
        OptOut.insert(phone_index=new_index, channel=stop.channel, stopped_at=now).on_conflict_ignore().execute()


def _tell(member: Member, old: str, phone: str, now: datetime) -> None:
    """S55n to both numbers, S53n to those who run her groups."""
    facts = {"name": first_name(name_of(member.id)), "phone": mask_local(phone)}
    dedupe_key = f"number:{member.id}:{now.isoformat()}"
    queue_message("S55n", dedupe_key=f"{dedupe_key}:old", facts=facts, phone=old, language=member.language, now=now)
    queue_message("S55n", dedupe_key=dedupe_key, facts=facts, member_id=member.id, now=now)
    until = news_values.day(local_date(now + GUARDED_FOR))
    for group in vouchers_of(member.id):
        for other in group.members:
            queue_message(
                "S53n",
                dedupe_key=f"{dedupe_key}:{other}",
                facts={"who": known_as(name_of(member.id)), "group": group.group, "date": until},
                member_id=other,
                group_id=group.group_id,
                now=now,
            )

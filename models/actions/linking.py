"""Numbers of people whom WhatsApp shows us without one: said by her, proved by a code that came there by SMS.

Her account there is known by the network's own id. Whoever proves a number gets it, and
whoever had it before has it no more, because a SIM has one owner.
"""

import secrets
from datetime import timedelta
from typing import Final

from models.actions import audit
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import next_id
from models.chat_commands import ConfirmLink, SendLinkCode
from models.commands import Done
from models.phones import mask_local
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.chats import Chat, LinkCode, WhatsappUser
from models.tables.people import Member

CODES_A_DAY: Final = 3  # to one number
ASKED_A_DAY: Final = 5  # by one person, whatever numbers she tries
TRIES: Final = 3
LIFE: Final = timedelta(minutes=10)


def send_code(command: SendLinkCode, context: Context) -> Outcome:
    """Send a code to the number that she says is hers."""
    if not context.address or context.phone:
        return Refused("not_hidden")
    number, asker = keys().index(command.phone, "phone"), _index(context.address)
    if _of_a_day(context, LinkCode.phone_index == number) >= CODES_A_DAY:
        return Refused("too_many")
    if _of_a_day(context, LinkCode.address_index == asker) >= ASKED_A_DAY:
        return Refused("too_many")
    code, link_id = f"{secrets.randbelow(10**6):06d}", next_id(LinkCode)
    LinkCode.insert(
        id=link_id,
        address_index=asker,
        phone_index=number,
        phone_sealed=keys().seal(command.phone, f"link_code.phone:{link_id}"),
        code_index=_mark(link_id, code),
        sent_at=context.now,
        expires_at=context.now + LIFE,
    ).execute()
    queue_message(
        "S63",
        dedupe_key=f"link:{link_id}",
        facts={"code": code},
        phone=command.phone,
        now=context.now,
        expires_at=context.now + LIFE,
    )
    return Done({"masked": mask_local(command.phone)})


def confirm_link(command: ConfirmLink, context: Context) -> Outcome:
    """Link her account there with the number, if this is the code that was sent last."""
    row = (
        LinkCode.select()
        .where(LinkCode.address_index == _index(context.address))
        .order_by(LinkCode.id.desc())
        .for_update()
        .first()
    )
    if row is None or row.used_at is not None or row.expires_at <= context.now or row.tries >= TRIES:
        return Refused("gone")
    if not secrets.compare_digest(bytes(row.code_index), _mark(row.id, command.code)):
        LinkCode.update(tries=row.tries + 1).where(LinkCode.id == row.id).execute()
        left = TRIES - row.tries - 1
        return Refused(f"wrong_code_{left}" if left else "gone")
    LinkCode.update(used_at=context.now).where(LinkCode.id == row.id).execute()
    _link(context, keys().open(row.phone_sealed, f"link_code.phone:{row.id}"))
    return Done()


def _link(context: Context, phone: str) -> None:
    number, hers = keys().index(phone, "phone"), _index(context.address)
    WhatsappUser.delete().where((WhatsappUser.address_index == hers) | (WhatsappUser.phone_index == number)).execute()
    Chat.update(phone_index=None).where((Chat.phone_index == number) & (Chat.address_index != _index(phone))).execute()
    user_id = next_id(WhatsappUser)
    WhatsappUser.insert(
        id=user_id,
        address_index=hers,
        address_sealed=keys().seal(context.address, f"whatsapp_user.address:{user_id}"),
        phone_index=number,
        phone_sealed=keys().seal(phone, f"whatsapp_user.phone:{user_id}"),
        linked_at=context.now,
    ).execute()
    Chat.update(phone_index=number).where(Chat.address_index == hers).execute()
    member = Member.select(Member.id).where(Member.phone_index == number).get_or_none()
    if member is not None:
        audit.note("whatsapp.link", f"member:{member.id}", actor=f"member:{member.id}", now=context.now)


def _of_a_day(context: Context, whose: object) -> int:
    return int(LinkCode.select().where(whose & (LinkCode.sent_at > context.now - timedelta(days=1))).count())


def _mark(link_id: int, code: str) -> bytes:
    return keys().index(f"{link_id}:{code}", "link_code")


def _index(address: str) -> bytes:
    return keys().index(address, "address")

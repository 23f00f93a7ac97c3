"""Invitations: the row, and the text that asks a number to join. Who may invite whom is decided elsewhere.

An invitation comes from a member, or from the office: then no member's name stands in it.
"""

from datetime import datetime

from models import news_values
from models.actions.mail import queue_message
from models.base import next_id
from models.money import show
from models.news_values import NewsFacts
from models.queries.groups import starts_on
from models.queries.people import known_as, member_id_of, name_of
from models.rules import schedule
from models.sealing import keys
from models.tables.groups import Group, Invitation
from models.tables.people import Member


def write(
    group: Group,
    phone: str,
    now: datetime,
    *,
    by_member: int | None = None,
    by_staff: int | None = None,
    as_officer: bool = False,
) -> int:
    """The row; its id. One that is open already stays as it is."""
    invitation_id = next_id(Invitation)
    Invitation.insert(
        id=invitation_id,
        group=group.id,
        phone_sealed=keys().seal(phone, f"invitation.phone:{invitation_id}"),
        phone_index=keys().index(phone, "phone"),
        invited_by=by_member,
        invited_by_staff_id=by_staff,
        as_officer=as_officer,
        created_at=now,
    ).execute()
    return invitation_id


def phone_of(invitation: Invitation) -> str:
    """The number that was asked."""
    return keys().open(invitation.phone_sealed, f"invitation.phone:{invitation.id}")


def send(group: Group, inviter: int, phone: str, now: datetime) -> None:
    """Ask a number to join, in a member's name. Once a day at most, and once more when the rules have changed.

    In the language of the one who invites: of the other we know nothing but the number.
    """
    language = Member.get_by_id(inviter).language
    _send("S02", group, phone, {"head": known_as(name_of(inviter))}, language, now)


def ask_head(group: Group, phone: str, now: datetime) -> None:
    """Ask a member to be the head of a group that the office has prepared."""
    _send("S02h", group, phone, {}, "en", now)


def _send(text_key: str, group: Group, phone: str, who: NewsFacts, language: str, now: datetime) -> None:
    mark = keys().index(phone, "phone").hex()
    member = member_id_of(phone)
    queue_message(
        text_key,
        dedupe_key=f"invite:{group.id}:{mark}:{group.rules_version}:{schedule.local_date(now)}",
        facts={
            **who,
            "group": group.name,
            "amt": show(group.contribution_kobo),
            "once": news_values.words(f"ONCE_{group.frequency}"),
            "m": str(group.seats),
            "date": news_values.day(starts_on(group)),
        },
        member_id=member if text_key == "S02h" else None,
        phone=phone,
        language=language,
        group_id=group.id,
        now=now,
    )

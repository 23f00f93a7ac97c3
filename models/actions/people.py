"""Members: how one comes into the world, and what is written down about her sessions."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from models.actions import audit, name_words, pins
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import transaction
from models.commands import AgreeAgain, Done, RegisterMember, SendConsentText
from models.queries.people import first_name
from models.rules import names, schedule
from models.rules.refused import Refused
from models.rules.routes import WHATSAPP
from models.sealing import keys
from models.tables.mail import Said, UssdSession
from models.tables.people import Consent, Member


@dataclass(frozen=True)
class SaidRow:
    """One turn of a talk as it left the Redis stream. Secrets were masked before they went into it."""

    stream_id: str
    at: datetime
    phone: str = field(repr=False)
    channel: str
    session: str
    state_before: str
    state_after: str
    heard: str = field(repr=False)
    said: str = field(repr=False)
    took_ms: int


def repeat_matches(command: RegisterMember, context: Context) -> bool:
    """Prepare: whether the PIN was repeated as chosen."""
    return pins.same_pin(command.pin_again.value, command.pin_hash)


def register_member(command: RegisterMember, context: Context, repeated: bool) -> Outcome:
    """Take in a new member under the id that her PIN was bound to. An invitation for her number stays open."""
    if not repeated:
        return Refused("pin_mismatch")
    name = names.member_name(command.name)
    if isinstance(name, Refused):
        return name
    if not _insert_member(pins.owner(command.pin_hash), name, command, context):
        return Refused("already_registered")
    return _welcomed(pins.owner(command.pin_hash), name, command, context)


def send_consent_text(command: SendConsentText, context: Context) -> Outcome:
    """The consent in full, once a day, to whoever asks from her own number."""
    queue_message(
        "S24",
        dedupe_key=f"consent:{keys().index(context.phone, 'phone').hex()}:{schedule.local_date(context.now)}",
        facts={},
        phone=context.phone,
        language=command.language,
        now=context.now,
    )
    return Done()


def agree_again(command: AgreeAgain, context: Context) -> Outcome:
    """Her yes to another wording, beside the one that she gave before. Said twice is once."""
    member = Member.get_by_id(context.member)
    written = (
        Consent.insert(
            member=member.id,
            version=command.version,
            channel=context.channel,
            language=member.language,
            given_at=context.now,
        )
        .on_conflict(conflict_target=[Consent.member, Consent.version], action="IGNORE")
        .returning(Consent.id)
        .execute()
    )
    if list(written):
        audit.note(
            "member.consent",
            f"member:{member.id}",
            actor=context.actor,
            now=context.now,
            detail={"consent_version": command.version, "channel": context.channel},
        )
    return Done()


@transaction
def record_session_end(
    *,
    session: str,
    phone: str,
    network_code: str,
    status: str,
    cost: str,
    took_ms: int,
    hops: int,
    now: datetime,
    error: str | None = None,
) -> None:
    """What the gateway told about a session when it ended. Told twice is once."""
    UssdSession.insert(
        session=session,
        phone_index=keys().index(phone, "phone"),
        network_code=network_code,
        status=status,
        cost=cost,
        took_ms=took_ms,
        hops=hops,
        error=error,
        ended_at=now,
    ).on_conflict_ignore().execute()


@transaction
def write_said(turns: Iterable[SaidRow]) -> int:
    """Write what was said, in bulk. Turns that are there already are passed over; returns how many were given."""
    rows = [
        {
            "stream_id": turn.stream_id,
            "at": turn.at,
            "phone_index": keys().index(turn.phone, "phone"),
            "channel": turn.channel,
            "session": turn.session,
            "state_before": turn.state_before,
            "state_after": turn.state_after,
            "heard_sealed": keys().seal(turn.heard, f"said.heard:{turn.stream_id}"),
            "said_sealed": keys().seal(turn.said, f"said.said:{turn.stream_id}"),
            "took_ms": turn.took_ms,
        }
        for turn in turns
    ]
    if rows:
        Said.insert_many(rows).on_conflict_ignore().execute()
    return len(rows)


def _insert_member(member_id: int, name: str, command: RegisterMember, context: Context) -> bool:
    """False when the number has a member already, also one who registers in this same moment."""
    written = (
        Member.insert(
            id=member_id,
            phone_sealed=keys().seal(context.phone, f"member.phone:{member_id}"),
            phone_index=keys().index(context.phone, "phone"),
            name_sealed=keys().seal(name, f"member.name:{member_id}"),
            email_id=secrets.token_hex(8),
            language=command.language,
            reminder_channel="whatsapp" if context.channel == WHATSAPP else "sms",  # where she is; she may change it
            pin_hash=pins.stored_form(command.pin_hash),
            pin_changed_at=context.now,
            created_at=context.now,
        )
        .on_conflict(conflict_target=[Member.phone_index], action="IGNORE")
        .returning(Member.id)
        .execute()
    )
    return bool(list(written))


def _welcomed(member_id: int, name: str, command: RegisterMember, context: Context) -> Done:
    name_words.write(member_id, name)
    Consent.insert(
        member=member_id,
        version=command.consent_version,
        channel=context.channel,
        language=command.language,
        given_at=context.now,
    ).execute()
    queue_message(
        "S01",
        dedupe_key=f"welcome:{member_id}",
        facts={"name": first_name(name)},
        member_id=member_id,
        now=context.now,
    )
    audit.note(
        "member.register",
        f"member:{member_id}",
        actor=f"member:{member_id}",
        now=context.now,
        detail={"consent_version": command.consent_version, "channel": context.channel},
    )
    return Done({"member_id": member_id, "name": name})

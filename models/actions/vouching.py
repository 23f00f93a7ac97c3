"""Vouching: a member asks that somebody who knows her says "it is she", and that somebody answers.

A yes to a forgotten PIN lets her choose a new one (`pin_resets`); a yes to a frozen account
or to a wrong name is done here and now. All who watch over her groups hear of it.
"""

from datetime import datetime

from models.account_commands import AnswerVouch, AskVouch
from models.actions import audit, freezing, naming
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import move, next_id, transaction
from models.commands import Done
from models.news_values import words
from models.queries.people import first_name, known_as, name_of
from models.queries.vouching import Vouchers, may_vouch, vouchers_of
from models.rules import vouching
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.accounts import Vouch
from models.tables.people import Member

# What the one who is asked is told, by purpose.
ASKING = {"pin": "S51", "unfreeze": "S51u", "name": "S51n"}


@transaction
def ask_vouch(command: AskVouch, context: Context) -> Outcome:
    """Ask for the PIN or for the end of the freeze. Asked again while the question is open, nothing more happens."""
    frozen = Member.get_by_id(context.member).status == "frozen"
    if frozen != (command.purpose == "unfreeze"):
        return Refused("frozen" if frozen else "not_frozen")
    return ask(command.purpose, None, context)


def ask(purpose: str, name: str | None, context: Context) -> Outcome:
    """Put the question to the people of her first group that has any. name: the one that she wants to have."""
    let_lapse(context.member, purpose, context.now)
    asked = next(iter(vouchers_of(context.member)), None)
    if asked is None:
        return Refused("no_voucher")
    if _is_live(context.member, purpose):
        return Done({"who": asked.who})
    vouch_id = next_id(Vouch)
    Vouch.insert(
        id=vouch_id,
        member=context.member,
        group=asked.group_id,
        purpose=purpose,
        name_sealed=None if name is None else keys().seal(name, f"vouch.name:{vouch_id}"),
        status="asked",
        asked_at=context.now,
        expires_at=context.now + vouching.ASKED_FOR,
    ).execute()
    _put_to(asked, vouch_id, purpose, name, context)
    audit.note("vouch.ask", f"vouch:{vouch_id}", actor=context.actor, now=context.now, detail={"purpose": purpose})
    return Done({"who": asked.who})


@transaction
def answer_vouch(command: AnswerVouch, context: Context) -> Outcome:
    """Yes or no of one who is asked. The first answer counts."""
    vouch = Vouch.get_or_none(Vouch.id == command.vouch_id)
    if vouch is None or vouch.purpose == "number" or not may_vouch(vouch, context.member):
        return Refused("not_allowed")
    if vouch.status != "asked" or vouch.expires_at <= context.now:
        return Refused("gone")
    verdict = "given" if command.yes else "refused"
    fields = {"answered_by": context.member, "answered_at": context.now}
    if command.yes:
        fields["expires_at"] = context.now + vouching.NEW_PIN_WITHIN
    if not move(Vouch, vouch.id, "asked", verdict, **fields):
        return Refused("gone")
    name = known_as(name_of(vouch.member_id))
    if command.yes:
        _act_upon(vouch, context)
    else:
        _tell(vouch, "S52r", context)
    audit.note(f"vouch.{verdict}", f"vouch:{vouch.id}", actor=context.actor, now=context.now)
    return Done({"name": name, "purpose": vouch.purpose})


def use(member_id: int, purpose: str, now: datetime) -> Vouch | None:
    """Take the yes that she was given; it holds once. None when there is none that still holds."""
    vouch = Vouch.get_or_none((Vouch.member == member_id) & (Vouch.purpose == purpose) & (Vouch.status == "given"))
    if vouch is None or vouch.expires_at <= now or not move(Vouch, vouch.id, "given", "used", ended_at=now):
        return None
    return vouch


@transaction
def vouch_by_office(member_id: int, group_id: int | None, *, staff_id: int, now: datetime) -> bool:
    """Two of the office say that it is she: the yes that lets her choose a new PIN. False when she has one already.

    A question that somebody in her group has not answered yet is answered by it.
    """
    let_lapse(member_id, "pin", now)
    live = (Vouch.member == member_id) & (Vouch.purpose == "pin") & Vouch.status.in_(("asked", "given"))
    asked = Vouch.get_or_none(live)
    vouch_id = next_id(Vouch) if asked is None else asked.id
    if asked is None:
        Vouch.insert(
            id=vouch_id,
            member=member_id,
            group=group_id,
            purpose="pin",
            status="asked",
            asked_at=now,
            expires_at=now + vouching.ASKED_FOR,
            staff=staff_id,
        ).execute()
    until = now + vouching.NEW_PIN_WITHIN
    if not move(Vouch, vouch_id, "asked", "given", staff=staff_id, answered_at=now, expires_at=until):
        return False
    facts = {"name": first_name(name_of(member_id)), "head": words("OFFICE")}
    queue_message("S52", dedupe_key=f"vouch:{vouch_id}", facts=facts, member_id=member_id, now=now)
    audit.note("vouch.office", f"member:{member_id}", actor=f"staff:{staff_id}", now=now)
    return True


@transaction
def settle_by_office(member_id: int, purpose: str, now: datetime) -> None:
    """What she asked of her group is done by the office: the question is closed."""
    Vouch.update(status="expired", ended_at=now).where(
        (Vouch.member == member_id) & (Vouch.purpose == purpose) & Vouch.status.in_(("asked", "given"))
    ).execute()


def _act_upon(vouch: Vouch, context: Context) -> None:
    match vouch.purpose:
        case "pin":
            _tell(vouch, "S52", context)
        case "unfreeze":
            use(vouch.member_id, "unfreeze", context.now)
            freezing.unfreeze(vouch.member_id, actor=context.actor, now=context.now)
        case "name":
            use(vouch.member_id, "name", context.now)
            name = keys().open(vouch.name_sealed or b"", f"vouch.name:{vouch.id}")
            naming.set_name(vouch.member_id, name, actor=context.actor, now=context.now)


def _tell(vouch: Vouch, key: str, context: Context) -> None:
    facts = {"name": first_name(name_of(vouch.member_id)), "head": known_as(name_of(context.member))}
    queue_message(key, dedupe_key=f"vouch:{vouch.id}", facts=facts, member_id=vouch.member_id, now=context.now)


def _put_to(asked: Vouchers, vouch_id: int, purpose: str, name: str | None, context: Context) -> None:
    facts = {"who": known_as(name_of(context.member)), "group": asked.group}
    if name is not None:
        facts["text"] = name
    for member in asked.members:
        queue_message(
            ASKING[purpose],
            dedupe_key=f"vouch:{vouch_id}:{member}",
            facts=facts,
            member_id=member,
            group_id=asked.group_id,
            expires_at=context.now + vouching.ASKED_FOR,
            now=context.now,
        )


def let_lapse(member_id: int, purpose: str, now: datetime) -> None:
    """Time is up: the old question is closed, and another can be asked."""
    Vouch.update(status="expired", ended_at=now).where(
        (Vouch.member == member_id)
        & (Vouch.purpose == purpose)
        & Vouch.status.in_(("asked", "given"))
        & (Vouch.expires_at <= now)
    ).execute()


def _is_live(member_id: int, purpose: str) -> bool:
    mine = (Vouch.member == member_id) & (Vouch.purpose == purpose) & Vouch.status.in_(("asked", "given"))
    return bool(Vouch.select().where(mine).exists())

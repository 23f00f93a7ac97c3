"""Announcements: one of the staff writes to many, through the outbox; to more than a few hundred only with a second.

What is agreed on is a row; a job queues its messages a page at a time, in the hours in which people are awake, and
stops in the middle when the switch is pulled. Who said STOP is left out here and, at the last moment, by the outbox.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from models.actions import audit, switches
from models.actions.forms import Effect
from models.actions.mail import queue_message
from models.actions.proposing import About, Agreed, Kind
from models.actions.signing_in import Somebody
from models.base import move, next_id, transaction
from models.queries import panel_blasts
from models.rules import blasts as rules
from models.rules.blasts import Audience
from models.rules.refused import Refused
from models.rules.schedule import LAGOS
from models.rules.staff import Right, may, own_groups_only
from models.tables.blasts import Blast
from models.tables.groups import Group
from models.tables.staff import Staff

LIFE: Final = timedelta(hours=24)
PAGE: Final = 100
PAGES: Final = 10  # of one run of the job
TO_GROUP: Final = "S75"
TO_MANY: Final = "S76"


@transaction
def announce(text: str, audience: Audience, who: Somebody, now: datetime) -> Effect | Refused:
    """Write to a few, counted together with what she has written alone in the last day. Done: announced (people).

    Refused: not_allowed, gone (not her group), needs_two, nobody_there, blasts_stopped, short_text, long_text,
    has_address.
    """
    refusal = _may_write(audience, who)
    if refusal is not None:
        return refusal
    found = _looked_at(text, audience, now)
    if isinstance(found, Refused):
        return found
    line, sizes = found
    lock: Any = "FOR NO KEY UPDATE"  # of two at once the second one counts the first
    Staff.select().where(Staff.id == who.staff_id).for_update(lock).get()
    if rules.needs_two(sizes.people + panel_blasts.written_alone(who.staff_id, now)):
        return Refused("needs_two")
    blast_id = _begin(line, audience, sizes, now, maker=who.staff_id)
    audit.note(
        "blast.send", f"blast:{blast_id}", actor=who.actor, now=now, group_id=audience.one_group,
        detail={"people": sizes.people},
    )  # fmt: skip
    return Effect("announced", facts={"people": sizes.people})


def to_go_on(now: datetime) -> list[int]:
    """Announcements that have not reached all; none at night, none while the switch is pulled."""
    if now.astimezone(LAGOS).hour not in rules.AWAKE or switches.blasts_stopped():
        return []
    return [row.id for row in Blast.select(Blast.id).where(Blast.status == "sending").order_by(Blast.id)]


def go_on(blast_id: int, now: datetime) -> str:
    """Queue the next messages of one: 'done', or 'goes on' while there are more."""
    for _ in range(PAGES):
        word = _page(blast_id, now)
        if word != "goes on":
            return word
    return "goes on"


@transaction
def stop(blast_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """Queue no more of it; what is in the outbox goes. Done: blast_ended (queued). Refused: gone, not_allowed."""
    row = Blast.select().where(Blast.id == blast_id).for_update().get_or_none()
    if row is None or (own_groups_only(who.role) and row.maker_id != who.staff_id):
        return Refused("gone")
    if not may(who.role, Right.SERVE):
        return Refused("not_allowed")
    if not move(Blast, blast_id, "sending", "stopped", ended_at=now):
        return Refused("gone")
    audit.note("blast.stop", f"blast:{blast_id}", actor=who.actor, now=now, group_id=row.group_id)
    return Effect("blast_ended", facts={"queued": row.queued})


# --- with a second person ---------------------------------------------------------------------------------------------


def subject_of(text: str, audience: Audience) -> str:
    """By which the same announcement waits only once."""
    said = json.dumps([text, audience.as_json()], sort_keys=True)
    return f"blast:{sha256(said.encode()).hexdigest()[:16]}"


def _about(_subject: str, wanted: Mapping[str, Any], now: datetime) -> About | Refused:
    """The text, to whom, and how many; the number is rounded, for somebody registers or says STOP every hour."""
    audience = Audience.of_json(wanted["audience"])
    found = _looked_at(str(wanted["text"]), audience, now)
    if isinstance(found, Refused):
        return found
    line, sizes = found
    return About(
        facts={"text": line, "about_people": _roughly(sizes.people), **audience.as_json()},
        group_id=None,
    )


def _apply(agreed: Agreed) -> Effect | Refused:
    audience = Audience.of_json(agreed.wanted["audience"])
    found = _looked_at(str(agreed.wanted["text"]), audience, agreed.now)
    if isinstance(found, Refused):
        return found
    line, sizes = found
    _begin(line, audience, sizes, agreed.now, maker=agreed.maker_id, checker=agreed.checker_id)
    return Effect("announced", facts={"people": sizes.people})


BLAST: Final = Kind("blast", _about, _apply, make=Right.SERVE)


# --- both -------------------------------------------------------------------------------------------------------------


def _may_write(audience: Audience, who: Somebody) -> Refused | None:
    if not may(who.role, Right.SERVE):
        return Refused("not_allowed")
    if own_groups_only(who.role) and (audience.groups is None or not set(audience.groups) <= who.groups):
        return Refused("gone")
    return None


def _looked_at(text: str, audience: Audience, now: datetime) -> tuple[str, panel_blasts.Sizes] | Refused:
    if switches.blasts_stopped():
        return Refused("blasts_stopped")
    line = rules.notice(text)
    if isinstance(line, Refused):
        return line
    sizes = panel_blasts.sizes(audience, now)
    return (line, sizes) if sizes.people else Refused("nobody_there")


def _begin(
    line: str, audience: Audience, sizes: panel_blasts.Sizes, now: datetime, *, maker: int, checker: int | None = None
) -> int:
    blast_id = next_id(Blast)
    Blast.insert(
        id=blast_id,
        text=line,
        audience=audience.as_json(),
        group=audience.one_group,
        people=sizes.people,
        maker=maker,
        checker=checker,
        made_at=now,
        last_id=sizes.last_id,
    ).execute()
    return blast_id


@transaction
def _page(blast_id: int, now: datetime) -> str:
    """One page under the row's lock, so that two workers do not queue the same ones."""
    row = Blast.select().where((Blast.id == blast_id) & (Blast.status == "sending")).for_update().get_or_none()
    if row is None or switches.blasts_stopped():
        return "stopped"
    people = panel_blasts.next_people(Audience.of_json(row.audience), now, row.after_id, row.last_id, PAGE)
    queued = sum(_queue(row, member_id, now) for member_id in people)
    Blast.update(after_id=people[-1] if people else row.last_id, queued=Blast.queued + queued).where(
        Blast.id == blast_id
    ).execute()
    if len(people) == PAGE:
        return "goes on"
    move(Blast, blast_id, "sending", "done", ended_at=now)
    return "done"


def _queue(row: Blast, member_id: int, now: datetime) -> bool:
    facts = {"notice": row.text}
    if row.group_id is not None:
        facts["group"] = Group.get_by_id(row.group_id).name
    sent = queue_message(
        TO_GROUP if row.group_id is not None else TO_MANY,
        dedupe_key=f"blast:{row.id}:{member_id}",
        facts=facts,
        member_id=member_id,
        group_id=row.group_id,
        reminder=True,
        expires_at=now + LIFE,
        now=now,
    )
    return sent is not None


def _roughly(people: int) -> int:
    """Up to two digits and zeros."""
    unit = int(10 ** max(len(str(people)) - 2, 0))
    return -(-people // unit) * unit

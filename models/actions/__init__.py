"""Everything that is ever written: one function per verb, one transaction each.

`perform` is the door for what a conversation asks for; jobs call the actions of the
modules directly. A command is performed once under its key, and answered the same for
ever after: its outcome is written in the same transaction as its effect.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from peewee import IntegrityError

from models.actions.context import Context, Outcome
from models.actions.pins import Busy
from models.actions.registry import REGISTRY, Entry
from models.base import database, transaction
from models.commands import Command, Done
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.mail import Performed

__all__ = ["Busy", "Context", "Outcome", "PerformedStep", "latest_performed", "perform"]


@dataclass(frozen=True)
class PerformedStep:
    """A command that a hop of a session performed, and the talk before it."""

    hop: int
    command: str  # the name of its class
    talk: str = field(repr=False)
    outcome: Outcome = field(repr=False)


class _AlreadyPerformed(Exception):
    """Somebody else has just performed this very key; our own effects are taken back."""


def perform(command: Command, context: Context) -> Outcome:
    """Perform a command once. Raises `Busy` when too many PINs are being hashed at this moment."""
    entry = REGISTRY[type(command)]
    stored, standing = _look_up(context)
    if stored is not None:
        return stored
    if standing is None and not entry.strangers:
        return Refused("not_registered")
    if standing not in (None, "active") and not entry.frozen:
        return Refused("frozen")
    prepared = () if entry.prepare is None else (entry.prepare(command, context),)
    try:
        return _perform_once(entry, command, context, prepared)
    except (_AlreadyPerformed, IntegrityError):
        # The same hop came twice at the same time. The other one won, and its answer is ours.
        stored, _ = _look_up(context)
        if stored is None:
            raise
        return stored


def latest_performed(session: str, before_hop: int) -> PerformedStep | None:
    """The last command that this session performed before a hop, to find a lost place again."""
    row = (
        Performed.select()
        .where((Performed.session == session) & (Performed.hop < before_hop))
        .order_by(Performed.hop.desc(), Performed.at.desc(), Performed.key.desc())
        .first()
    )
    if row is None:
        return None
    talk = keys().open_if_kept(row.talk_sealed, f"performed.talk:{row.key}")
    return PerformedStep(row.hop, row.command, talk, _opened(row.key, row.outcome_sealed))


@transaction
def _perform_once(entry: Entry, command: Command, context: Context, prepared: tuple[Any, ...]) -> Outcome:
    outcome: Outcome = entry.act(command, context, *prepared)
    if entry.keep or isinstance(outcome, Refused):
        _keep(command, context, outcome)
    return outcome


def _look_up(context: Context) -> tuple[Outcome | None, str | None]:
    """What this key was answered, and the standing of the member who asks (None for a stranger): one query."""
    outcome, standing = database.execute_sql(
        """
        SELECT (SELECT outcome_sealed FROM performed WHERE key = %s),
               (SELECT status FROM member WHERE id = %s AND phone_index = %s)
        """,
        (context.key, context.member_id, keys().index(context.phone, "phone")),
    ).fetchone()
    return None if outcome is None else _opened(context.key, outcome), standing


def _keep(command: Command, context: Context, outcome: Outcome) -> None:
    member_id = outcome.data.get("member_id") if isinstance(outcome, Done) else None
    written = (
        Performed.insert(
            key=context.key,
            session=context.session,
            hop=context.hop,
            command=type(command).__name__,
            member=context.member_id or member_id,
            talk_sealed=keys().seal(context.talk, f"performed.talk:{context.key}"),
            outcome_sealed=keys().seal(_as_json(outcome), f"performed.outcome:{context.key}"),
            at=context.now,
        )
        .on_conflict(conflict_target=[Performed.key], action="IGNORE")
        .returning(Performed.key)
        .execute()
    )
    if not list(written):
        raise _AlreadyPerformed


def _as_json(outcome: Outcome) -> str:
    return json.dumps({"refused": outcome.why} if isinstance(outcome, Refused) else {"done": outcome.data})


def _opened(key: str, sealed: bytes | memoryview) -> Outcome:
    """What came of it. That it was done is known for ever, what it gave is forgotten after its term."""
    if not sealed:
        return Done()
    kept = json.loads(keys().open(sealed, f"performed.outcome:{key}"))
    return Refused(kept["refused"]) if "refused" in kept else Done(kept["done"])

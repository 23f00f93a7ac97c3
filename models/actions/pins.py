"""PINs: hashed with a pepper that the database never sees, tried five times, then locked.

bcrypt(base64(HMAC-SHA256(pepper, "member:pin"))): a stolen database alone does not
give ten thousand cheap guesses. Hashing costs tens of milliseconds on purpose. It
happens in `prepare` functions, outside any transaction, two at a time; who has to
wait too long is told to dial again (`Busy`), so that a flood of guesses cannot take
the service down. Failures are counted in the database: a flushed cache forgives nobody.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

import bcrypt
from peewee import fn

from models import news_values, policy
from models.actions import audit
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import next_id
from models.commands import ChangePin, CheckPin, Done, PreparePin
from models.rules import pins, schedule
from models.rules.refused import Refused
from models.tables.people import Member

HASHERS: Final = 2
QUEUE_SECONDS: Final = 2.0

_hashers = BoundedSemaphore(HASHERS)


class Busy(Exception):
    """Too many PINs are being checked just now. The door says so and asks to dial again."""


# --- prepare: outside any transaction -------------------------------------------------------


def hash_chosen(command: PreparePin, context: Context) -> str | None:
    """The hash of a new PIN, bound to its member ("17.3fa0c211.$2b$..."); None for a PIN that is too easy.

    A number that has not registered yet gets its member id here.
    """
    pin = command.pin.value
    if not pins.well_formed(pin) or pins.is_weak(pin, context.phone):
        return None
    member_id = next_id(Member) if context.member_id is None else context.member_id
    return _hash(pin, member_id)


def try_pin(command: CheckPin, context: Context) -> bool:
    """Whether it is her PIN. The work is the same when she is locked out or has none."""
    row = Member.select(Member.pin_hash, Member.pin_locked_until).where(Member.id == context.member).get()
    locked = row.pin_locked_until is not None and row.pin_locked_until > context.now
    if locked or row.pin_hash is None:
        _hash(command.pin.value, context.member)
        return False
    return same_pin(command.pin.value, f"{context.member}.{row.pin_hash}")


def try_repeat(command: ChangePin, context: Context) -> bool:
    """Whether the PIN was repeated as chosen, by the same member."""
    return owner(command.pin_hash) == context.member and same_pin(command.pin_again.value, command.pin_hash)


def same_pin(pin: str, pin_hash: str) -> bool:
    """Whether the PIN is the one that was hashed."""
    member_id, key_id, hashed = pin_hash.split(".", 2)
    with _a_hasher():
        return bcrypt.checkpw(_peppered(pin, int(member_id), _peppers()[key_id]), hashed.encode())


# --- acts: inside the transaction -----------------------------------------------------------


def keep_chosen(command: PreparePin, context: Context, pin_hash: str | None) -> Outcome:
    """Hand the hash to the talk. The PIN itself ends here."""
    return Refused("weak_pin") if pin_hash is None else Done({"pin_hash": pin_hash})


def check_pin(command: CheckPin, context: Context, right: bool) -> Outcome:
    """Let her on, or count a failure. A right PIN with nothing to forgive writes nothing."""
    row = Member.get_by_id(context.member)
    if row.pin_locked_until is not None and row.pin_locked_until > context.now:
        return Refused("pin_locked")
    if not right:
        return _count_failure(context)
    if row.pin_failures or row.pin_locks:
        forgiven = Member.update(pin_failures=0, pin_locks=0, pin_locked_until=None)
        if not forgiven.where(_not_locked(context)).execute():
            return Refused("pin_locked")  # locked by another session since we looked
    return Done()


def change_pin(command: ChangePin, context: Context, repeated: bool) -> Outcome:
    """Put the new PIN in force and tell her, in case it was not she."""
    if not repeated:
        return Refused("pin_mismatch")
    put_in_force(command.pin_hash, context)
    audit.note("pin.change", f"member:{context.member}", actor=context.actor, now=context.now)
    return Done()


def put_in_force(pin_hash: str, context: Context) -> None:
    """The new PIN counts, old mistakes are forgotten, and S20 tells her."""
    Member.update(pin_hash=stored_form(pin_hash), pin_changed_at=context.now, pin_failures=0, pin_locks=0).where(
        Member.id == context.member
    ).execute()
    queue_message(
        "S20",
        dedupe_key=f"pin:{context.key}",
        facts={
            "date": news_values.day(schedule.local_date(context.now)),
            "time": news_values.clock(context.now),
        },
        member_id=context.member,
        now=context.now,
    )


def owner(pin_hash: str) -> int:
    """The member that a hash was made for."""
    return int(pin_hash.split(".", 1)[0])


def stored_form(pin_hash: str) -> str:
    """As the member's own row keeps it: without the id."""
    return pin_hash.split(".", 1)[1]


def _count_failure(context: Context) -> Refused:
    """One more wrong PIN, counted in one statement, so that many sessions at once get no more tries than one."""
    counted = (
        Member.update(pin_failures=Member.pin_failures + 1)
        .where(_not_locked(context))
        .returning(Member.pin_failures, Member.pin_locks)
        .execute()
    )
    row = next(iter(counted), None)
    if row is None:
        return Refused("pin_locked")
    left = policy.PIN_TRIES - row.pin_failures
    if left > 0:
        return Refused(f"wrong_pin_{left}")
    lock = policy.PIN_LOCKS[min(row.pin_locks, len(policy.PIN_LOCKS) - 1)]
    Member.update(
        pin_failures=0,
        pin_locks=fn.LEAST(Member.pin_locks + 1, len(policy.PIN_LOCKS)),
        pin_locked_until=context.now + lock,
    ).where(Member.id == context.member).execute()
    queue_message("S20l", dedupe_key=f"pin_lock:{context.key}", facts={}, member_id=context.member, now=context.now)
    audit.note("pin.lock", f"member:{context.member}", actor=context.actor, now=context.now)
    return Refused("pin_locked")


def _not_locked(context: Context) -> object:
    free = Member.pin_locked_until.is_null() | (Member.pin_locked_until <= context.now)
    return (Member.id == context.member) & free


def _hash(pin: str, member_id: int) -> str:
    key_id, pepper = next(iter(_peppers().items()))
    with _a_hasher():
        hashed = bcrypt.hashpw(_peppered(pin, member_id, pepper), bcrypt.gensalt(policy.values().pin_rounds))
    return f"{member_id}.{key_id}.{hashed.decode()}"


@contextmanager
def _a_hasher() -> Iterator[None]:
    if not _hashers.acquire(timeout=QUEUE_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _hashers.release()


def _peppers() -> dict[str, bytes]:
    """The peppers by key id, the one in force first. The setting is "new, old" while PINs move over.

    The id is a mark of the pepper itself, so that no number has to be kept in step with it.
    """
    found = [part.strip().encode() for part in policy.values().pin_pepper.split(",") if part.strip()]
    if not found:
        raise RuntimeError("models.policy.configure(pin_pepper=...) has not been called")
    return {hashlib.sha256(b"pepper" + pepper).hexdigest()[:8]: pepper for pepper in found}


def _peppered(pin: str, member_id: int, pepper: bytes) -> bytes:
    """44 bytes, well inside the 72 that bcrypt reads."""
    return base64.b64encode(hmac.digest(pepper, f"{member_id}:{pin}".encode("utf-8", "replace"), hashlib.sha256))

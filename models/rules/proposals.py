"""What two of the staff decide together: who may be the second, on what, and for how long. Pure.

One proposes and another checks (security.md, threat 18). Whoever the money goes to, whoever the matter is about, and
whoever saves in the group herself is neither. What both were shown is hashed, so that nothing changes between
the first screen and the effect.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from models.rules.refused import Refused

LIFE: Final = timedelta(hours=48)
LEAST_NOTE: Final = 5
MOST_NOTE: Final = 500


@dataclass(frozen=True)
class Person:
    """One of the staff as these rules see her. phone_index: by it a member of a group is known, too.

    let_in_by: who gave her the link to her account, where nobody else had to agree to it.
    """

    staff_id: int
    phone_index: bytes
    let_in_by: int | None = None


@dataclass(frozen=True)
class Stakes:
    """Who has something at stake. phones: the numbers (as marks) of the members, staff: of the people who work here."""

    phones: frozenset[bytes] = frozenset()
    staff: frozenset[int] = frozenset()


def note_refusal(note: str) -> Refused | None:
    """A note is compulsory: in a year somebody will ask why. Refused: short_note, long_note."""
    if len(note.strip()) < LEAST_NOTE:
        return Refused("short_note")
    return Refused("long_note") if len(note) > MOST_NOTE else None


def conflict(who: Person, stakes: Stakes) -> Refused | None:
    """Whether it is her own matter. Refused: conflict."""
    involved = who.staff_id in stakes.staff or who.phone_index in stakes.phones
    return Refused("conflict") if involved else None


def second_refusal(maker: Person, checker: Person) -> Refused | None:
    """Two people, not one with two accounts: whoever gives a link away may open it herself.

    Refused: own_proposal, let_her_in, same_person.
    """
    if maker.staff_id == checker.staff_id:
        return Refused("own_proposal")
    if maker.let_in_by == checker.staff_id:
        return Refused("let_her_in")
    return Refused("same_person") if maker.phone_index == checker.phone_index else None


def payload_hash(kind: str, subject: str, payload: Mapping[str, Any]) -> str:
    """SHA-256 in hex over everything that is proposed, in one fixed spelling."""
    whole = {"kind": kind, "subject": subject, "payload": payload}
    return sha256(json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


def same_browser(mine: Collection[bytes], hers: Collection[bytes]) -> bool:
    """Whether two of the staff have signed in from one browser: no proof, but something to look into."""
    return not set(mine).isdisjoint(hers)

"""What a kind of proposal is: how it is described, whose matter it is, and what happens when two have agreed.

A module that has something for two people makes a `Kind` and adds it to `proposal_kinds`. Nothing here knows any of
them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.actions.forms import Effect
from models.rules.refused import Refused
from models.rules.staff import Right


@dataclass(frozen=True)
class About:
    """A subject as it is at this moment: what the maker and the checker are both shown.

    facts: plain JSON, ids and amounts and words, never a name or a number of a person; all of it is hashed.
    members, staff: whose matter it is; with group_id and groups also everybody who saves in those groups. None of them
    may make or check it. groups: of a member who may save in more than one. risk_kobo: the money that waits for it, by
    which the queue is sorted.
    """

    facts: Mapping[str, Any]
    group_id: int | None = None
    members: frozenset[int] = frozenset()
    staff: frozenset[int] = frozenset()
    risk_kobo: int = 0
    groups: frozenset[int] = frozenset()

    @property
    def all_groups(self) -> frozenset[int]:
        return self.groups if self.group_id is None else self.groups | {self.group_id}


@dataclass(frozen=True)
class Agreed:
    """What two have agreed on, as `apply` gets it; the proposal and its group are locked by then."""

    proposal_id: int
    subject: str
    wanted: Mapping[str, Any]
    facts: Mapping[str, Any]
    payload_hash: str
    group_id: int | None
    maker_id: int
    checker_id: int
    note: str = field(repr=False)
    now: datetime

    @property
    def subject_id(self) -> int:
        return row_id(self.subject)

    @property
    def actor(self) -> str:
        """How the audit trail and the books name who did it: the second of the two."""
        return f"staff:{self.checker_id}"


@dataclass(frozen=True)
class Kind:
    """One kind of proposal.

    about(subject, wanted, now): reads, writes nothing; asked when it is proposed and again when it is checked: when
    its facts differ by then, the proposal is refused. wanted: what the maker chose on her form (plain JSON too).
    apply(agreed): does it; a refusal takes back whatever it has written. make, check: the rights of the two.
    """

    name: str
    about: Callable[[str, Mapping[str, Any], datetime], About | Refused]
    apply: Callable[[Agreed], Effect | Refused]
    make: Right = Right.PROPOSE
    check: Right = Right.CHECK


def row_id(subject: str) -> int:
    """'payout:12' -> 12; 0 for a subject that is no row."""
    tail = subject.rpartition(":")[2]
    return int(tail) if tail.isdecimal() else 0

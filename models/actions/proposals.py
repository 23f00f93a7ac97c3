"""What one of the staff proposes and another one checks: one effect, or none.

The checker's yes counts for what the maker saw: the subject is looked at again under its lock, and when anything
that was shown is another thing by now, nothing happens. What has been agreed is carried out in
the same transaction, and in the audit trail stand both. Who has a say, `proposal_rights` knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.actions import audit, books
from models.actions import proposal_rights as rights
from models.actions.forms import Effect
from models.actions.proposal_kinds import KINDS
from models.actions.proposing import About, Agreed, Kind
from models.actions.signing_in import Somebody
from models.base import database, move, next_id, transaction
from models.rules import proposals as rules
from models.rules.refused import Refused
from models.tables.staff import Proposal


@dataclass(frozen=True)
class Wish:
    """What somebody proposes. subject: 'payout:12'. wanted: what she chose, plain JSON."""

    kind: str
    subject: str
    wanted: Mapping[str, Any]
    note: str


@transaction
def propose(wish: Wish, who: Somebody, now: datetime) -> Effect | Refused:
    """The first of two. Done: proposed (proposal_id). Refused: not_allowed, short_note, long_note, waits_already,
    conflict, gone, and whatever the kind says."""
    if (refusal := rules.note_refusal(wish.note)) is not None:
        return refusal
    about = rights.preview(wish.kind, wish.subject, wish.wanted, who, now)
    if isinstance(about, Refused):
        return about
    _end_overdue(wish, now)
    proposal_id = _insert(wish, about, who, now)
    if proposal_id is None:
        return Refused("waits_already")
    _note("make", Proposal.get_by_id(proposal_id), who.actor, now)
    return Effect("proposed", facts={"proposal_id": proposal_id})


@transaction
def check(proposal_id: int, shown_hash: str, note: str, who: Somebody, now: datetime) -> Effect | Refused:
    """The second yes: it is done now. shown_hash: of what she was shown. Done: what the kind says.

    Refused: gone, over (its time), changed, own_proposal, let_her_in, same_person, conflict, not_allowed, short_note,
    long_note, and whatever the kind says.
    """
    row = _locked(proposal_id)
    if row is None:
        return Refused("gone")
    if (refusal := _second(row, who, note, now)) is not None:
        return refusal
    about = rights.about_now(row, now)
    if isinstance(about, Refused):
        return about
    if row.payload_hash != shown_hash or not rights.unchanged(row, about):
        return Refused("changed")
    if (refusal := rights.own_matter(row, about, who)) is not None:
        return refusal
    effect = _apply(KINDS[row.kind], row, who, now)
    if isinstance(effect, Refused):
        return effect
    move(Proposal, row.id, "waiting", "done", checker=who.staff_id, checker_note=note.strip(), checked_at=now)
    _note("check", row, who.actor, now)
    return effect


@transaction
def refuse(proposal_id: int, note: str, who: Somebody, now: datetime) -> Effect | Refused:
    """The second one's no. Done: proposal_refused. Refused: as in `check`, but for what has changed.

    Somebody whose own matter it is may not even say no: she could keep a payout from others by it.
    """
    row = _locked(proposal_id)
    if row is None:
        return Refused("gone")
    if (refusal := _second(row, who, note, now)) is not None:
        return refusal
    about = rights.about_now(row, now)
    if isinstance(about, About) and (refusal := rights.own_matter(row, about, who)) is not None:
        return refusal
    move(Proposal, row.id, "waiting", "refused", checker=who.staff_id, checker_note=note.strip(), checked_at=now)
    _note("refuse", row, who.actor, now)
    return Effect("proposal_refused")


@transaction
def withdraw(proposal_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """The maker thinks better of it. Done: proposal_withdrawn. Refused: gone (also: it is not hers)."""
    row = _locked(proposal_id)
    if row is None or row.maker_id != who.staff_id:
        return Refused("gone")
    if not move(Proposal, row.id, "waiting", "withdrawn", checked_at=now):
        return Refused("gone")
    _note("withdraw", row, who.actor, now)
    return Effect("proposal_withdrawn")


def give_up(kind: str, subject: str, actor: str, now: datetime) -> Mapping[str, Any] | None:
    """Within a transaction: what waits is overtaken by another act. What was wanted; None when nothing waits."""
    waiting = (Proposal.kind == kind) & (Proposal.subject == subject) & (Proposal.status == "waiting")
    row = Proposal.select().where(waiting).for_update().first()
    if row is None or not move(Proposal, row.id, "waiting", "withdrawn", checked_at=now):
        return None
    _note("withdraw", row, actor, now)
    wanted: Mapping[str, Any] = row.payload["wanted"]
    return wanted


def to_expire(now: datetime) -> list[int]:
    """Proposals that nobody has checked in time."""
    over = (Proposal.status == "waiting") & (Proposal.expires_at <= now)
    return [row.id for row in Proposal.select(Proposal.id).where(over).order_by(Proposal.id)]


@transaction
def expire(proposal_id: int, now: datetime) -> bool:
    """Its time is over: whoever still wants it proposes it again."""
    row = _locked(proposal_id)
    if row is None or row.expires_at > now or not move(Proposal, row.id, "waiting", "expired", checked_at=now):
        return False
    _note("expire", row, "system", now)
    return True


def _insert(wish: Wish, about: About, who: Somebody, now: datetime) -> int | None:
    """None when somebody proposes this already."""
    payload = {"wanted": dict(wish.wanted), "facts": dict(about.facts)}
    proposal_id = next_id(Proposal)
    written = (
        Proposal.insert(
            id=proposal_id,
            kind=wish.kind,
            subject=wish.subject,
            payload=payload,
            payload_hash=rules.payload_hash(wish.kind, wish.subject, payload),
            group=about.group_id,
            risk_kobo=about.risk_kobo,
            note=wish.note.strip(),
            maker=who.staff_id,
            made_at=now,
            expires_at=now + rules.LIFE,
        )
        .on_conflict(action="IGNORE")
        .as_rowcount()
    )
    return proposal_id if written.execute() else None


def _end_overdue(wish: Wish, now: datetime) -> None:
    """An old proposal of the same does not stand in the way until the job comes round."""
    waiting = (Proposal.kind == wish.kind) & (Proposal.subject == wish.subject) & (Proposal.status == "waiting")
    for row in Proposal.select(Proposal.id).where(waiting & (Proposal.expires_at <= now)):
        expire(row.id, now)


def _locked(proposal_id: int) -> Proposal | None:
    """The proposal as it is once its locks are held: the group's first, as everywhere."""
    row = Proposal.get_or_none(Proposal.id == proposal_id)
    if row is None:
        return None
    if row.group_id is not None:
        books.lock_group(row.group_id)
    return Proposal.select().where(Proposal.id == proposal_id).for_update().get()


def _second(row: Proposal, who: Somebody, note: str, now: datetime) -> Refused | None:
    refusal = rights.second(row, who, now)
    return rules.note_refusal(note) if refusal is None else refusal


def _apply(kind: Kind, row: Proposal, who: Somebody, now: datetime) -> Effect | Refused:
    agreed = Agreed(
        proposal_id=row.id,
        subject=row.subject,
        wanted=row.payload["wanted"],
        facts=row.payload["facts"],
        payload_hash=row.payload_hash,
        group_id=row.group_id,
        maker_id=row.maker_id,
        checker_id=who.staff_id,
        note=row.note,
        now=now,
    )
    with database.savepoint() as saved:
        effect = kind.apply(agreed)
        if isinstance(effect, Refused):
            saved.rollback()
    return effect


def _note(verb: str, row: Proposal, actor: str, now: datetime) -> None:
    detail = {"kind": row.kind, "subject": row.subject, "payload_hash": row.payload_hash, "maker": row.maker_id}
    audit.note(f"proposal.{verb}", f"proposal:{row.id}", actor=actor, now=now, group_id=row.group_id, detail=detail)

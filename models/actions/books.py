"""The books' only writer: an entry made by `models.rules.posting` goes in once, whole, or not at all.

What an event means for the books stands in `models.rules.posting`; that an entry
balances, is closed and never changes is the database's own business (migration 0003).
"""

from datetime import datetime

from peewee import IntegrityError, fn

from models.base import database, next_id, transaction
from models.country import home
from models.rules import accounts, posting
from models.rules.posting import Entry, Leg
from models.tables.groups import Group
from models.tables.ledger import Account, AccountBalance, JournalEntry, JournalLeg


@transaction
def post(
    entry: Entry,
    *,
    actor: str,
    now: datetime,
    group_id: int | None = None,
    payment_id: int | None = None,
    payout_id: int | None = None,
    effective_at: datetime | None = None,
    reason: str | None = None,
    currency: str = "",
) -> int | None:
    """Write an entry. Its id, or None when this business fact is in the books already.

    Legs first, header last (it seals them). effective_at: when it happened, if not now. currency: if not our own.
    """
    if JournalEntry.select().where(JournalEntry.idem == entry.idem).exists():
        return None
    currency = currency or home().currency
    legs = in_currency(entry.legs, currency)
    _open_accounts(legs, currency)
    entry_id = next_id(JournalEntry)
    try:
        with database.atomic():
            JournalLeg.insert_many(
                [(entry_id, n, leg.account, leg.amount) for n, leg in enumerate(legs, start=1)],
                fields=[JournalLeg.entry_id, JournalLeg.n, JournalLeg.account, JournalLeg.amount],
            ).execute()
            JournalEntry.insert(
                id=entry_id,
                kind=entry.kind,
                idem=entry.idem,
                reverses=_reversed_id(entry),
                group=group_id,
                payment=payment_id,
                payout=payout_id,
                actor=actor,
                reason=reason,
                effective_at=effective_at or now,
                created_at=now,
            ).execute()
    except IntegrityError:
        # Somebody wrote the same fact while we waited for an account. Anything else is a bug and goes on up.
        if JournalEntry.select().where(JournalEntry.idem == entry.idem).exists():
            return None
        raise
    return entry_id


@transaction
def open_float(kobo: int, now: datetime, *, actor: str = "system") -> int | None:
    """Our own money at the provider, once: it carries the fees that we take on ourselves (invariant I5)."""
    return post(posting.float_opened(1, kobo), actor=actor, now=now)


def lock_group(group_id: int) -> Group:
    """The group, its row locked: who decides about its pots takes this lock first, and so they queue.

    NO KEY: rows that merely refer to the group can still be written.
    """
    # peewee takes the lock's own words here; its stubs know only the flag.
    return Group.select().where(Group.id == group_id).for_update("FOR NO KEY UPDATE").get()  # type: ignore[arg-type]


def balance(account: str) -> int:
    """What stands in an account, debit positive; 0 when it was never used."""
    row = AccountBalance.get_or_none(AccountBalance.account == account)
    return 0 if row is None else int(row.amount)


def held(account: str) -> int:
    """What a liability holds, as a positive amount."""
    return -balance(account)


def count(kind: str) -> int:
    """How many entries of a kind there are."""
    return int(JournalEntry.select(fn.COUNT(JournalEntry.id)).where(JournalEntry.kind == kind).scalar())


def in_currency(legs: tuple[Leg, ...], currency: str) -> tuple[Leg, ...]:
    """The same legs on the accounts of another currency: money of two kinds never meets in one account."""
    return legs if currency == home().currency else tuple(Leg(f"{leg.account}:{currency}", leg.amount) for leg in legs)


def _open_accounts(legs: tuple[Leg, ...], currency: str) -> None:
    names = [leg.account for leg in legs]
    known = {row.id: row.currency for row in Account.select().where(Account.id.in_(names))}
    if set(known.values()) - {currency}:
        raise ValueError(f"the accounts {sorted(known)} are not kept in {currency}: the country was changed")
    missing = [
        {"id": name, "book": accounts.book(name), "sign": accounts.sign(name), "currency": currency}
        for name in names
        if name not in known
    ]
    if missing:
        Account.insert_many(missing).on_conflict(action="IGNORE").execute()


def _reversed_id(entry: Entry) -> int | None:
    if entry.reverses is None:
        return None
    return int(JournalEntry.get(JournalEntry.idem == entry.reverses).id)

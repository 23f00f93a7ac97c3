"""Payout accounts and the banks they are at.

Changing where a pot goes is the main way of theft (security.md, threat 15): the bank's
name for the account must be hers, she confirms with her PIN, everybody concerned is
told at once, and the account waits before money goes there. The bank is asked by a job;
the row remembers that it has to be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models import doorbell, news_values, policy
from models.actions import audit, payouts
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.actions.withholding import is_withheld
from models.base import database, move, next_id, transaction
from models.commands import ConfirmBankAccount, Done, LookUpAccount
from models.queries.people import known_as, looked_up, name_of
from models.rules import banks, names, schedule
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.people import Bank, BankAccount

LEASE: Final = timedelta(seconds=60)
LOOKUPS: Final = 6  # then the account counts as not found; she may type it again
REST: Final = timedelta(seconds=30)  # doubled with each failure


@dataclass(frozen=True)
class BankRow:
    """A bank as the provider lists it."""

    code: str
    name: str


def look_up_account(command: LookUpAccount, context: Context) -> Outcome:
    """Keep the number and have the bank asked for the name on it. The hop may wait a moment for the answer."""
    number = command.account_number.value
    if not banks.is_account_number(number):
        return Refused("bad_account_number")
    if is_withheld(context.member, context.now):
        return Refused("new_pin")
    BankAccount.update(status="retired", retired_at=context.now).where(
        (BankAccount.member == context.member) & (BankAccount.status == "found")
    ).execute()
    account_id = next_id(BankAccount)
    BankAccount.insert(
        id=account_id,
        member=context.member,
        bank_code=command.bank_code,
        bank_name=command.bank_name,
        number_sealed=keys().seal(number, f"bank_account.number:{account_id}"),
        number_index=keys().index(number, "account"),
        last4=number[-4:],
        status="checking",
        created_at=context.now,
        next_lookup_at=context.now,
    ).execute()
    doorbell.ring("look_up_account", account_id)
    audit.note("bank_account.enter", f"bank_account:{account_id}", actor=context.actor, now=context.now)
    return Done(looked_up(account_id, context.member) or {})


def confirm_bank_account(command: ConfirmBankAccount, context: Context) -> Outcome:
    """Put it in force after the cooling-off, and tell all who would want to know if it was not she."""
    account = BankAccount.get_or_none(
        (BankAccount.id == command.bank_account_id) & (BankAccount.member == context.member)
    )
    if account is None or account.status != "found":
        return Refused("gone")
    if not account.matches:
        return Refused("name_differs")
    if is_withheld(context.member, context.now):
        return Refused("new_pin")
    usable_at = context.now + policy.values().cooling_off
    BankAccount.update(status="retired", retired_at=context.now).where(
        (BankAccount.member == context.member) & (BankAccount.status == "confirmed")
    ).execute()
    if not move(BankAccount, account.id, "found", "confirmed", confirmed_at=context.now, usable_at=usable_at):
        return Refused("gone")
    _tell_all(account, usable_at, context.now)
    payouts.look_again(context.member, context.now)
    audit.note("bank_account.confirm", f"bank_account:{account.id}", actor=context.actor, now=context.now)
    return Done({"usable_on": schedule.local_date(usable_at).isoformat()})


# --- for the job that asks the bank ---------------------------------------------------------


@transaction
def claim_lookup(bank_account_id: int, now: datetime) -> tuple[str, str] | None:
    """(bank code, account number) for a look-up that nobody else is making, or None."""
    claimed = (
        BankAccount.update(lookups=BankAccount.lookups + 1, next_lookup_at=now + LEASE)
        .where(
            (BankAccount.id == bank_account_id)
            & (BankAccount.status == "checking")
            & (BankAccount.next_lookup_at <= now)
        )
        .returning(BankAccount)
        .execute()
    )
    row = next(iter(claimed), None)
    if row is None:
        return None
    return row.bank_code, keys().open(row.number_sealed, f"bank_account.number:{row.id}")


@transaction
def account_resolved(bank_account_id: int, name: str | None, now: datetime) -> bool:
    """What the bank says: the name on the account, or that there is none. False when it was answered already."""
    if name is None:
        return move(BankAccount, bank_account_id, "checking", "not_found", looked_up_at=now)
    member_id = BankAccount.get_by_id(bank_account_id).member_id
    return move(
        BankAccount,
        bank_account_id,
        "checking",
        "found",
        account_name_sealed=keys().seal(name, f"bank_account.account_name:{bank_account_id}"),
        matches=names.account_name_matches(name_of(member_id), name),
        looked_up_at=now,
    )


@transaction
def lookup_failed(bank_account_id: int, now: datetime) -> None:
    """The bank could not be asked. Later again, a few times."""
    account = BankAccount.get_by_id(bank_account_id)
    if account.lookups >= LOOKUPS:
        move(BankAccount, bank_account_id, "checking", "not_found", looked_up_at=now)
        return
    BankAccount.update(next_lookup_at=now + REST * 2 ** max(account.lookups - 1, 0)).where(
        (BankAccount.id == bank_account_id) & (BankAccount.status == "checking")
    ).execute()


@transaction
def set_recipient_code(bank_account_id: int, code: str) -> None:
    """The provider's own name for the account, which transfers go to."""
    BankAccount.update(recipient_code=code).where(BankAccount.id == bank_account_id).execute()


@transaction
def refresh_banks(rows: Iterable[BankRow], now: datetime) -> int:
    """Take over the provider's list. Banks that it no longer has are kept, but offered no more; returns its length.

    Our own short names and ranks of well-known banks stay; a new bank comes last under the name it has.
    """
    codes = []
    for row in rows:
        codes.append(row.code)
        database.execute_sql(
            """
            INSERT INTO bank (code, name, short_name, rank, active, seen_at)
            VALUES (%s, %s, %s, 1000, true, %s)
            ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, active = true, seen_at = EXCLUDED.seen_at
            """,
            (row.code, row.name, row.name, now),
        )
    if codes:
        Bank.update(active=False).where(Bank.code.not_in(codes)).execute()
    return len(codes)


def _tell_all(account: BankAccount, usable_at: datetime, now: datetime) -> None:
    """Herself, and the heads of her groups: other phones, in case it is hers that was taken over."""
    facts = {
        "bank": account.bank_name,
        "last4": account.last4,
        "date": news_values.day(schedule.local_date(usable_at)),
    }
    dedupe_key = f"bank:{account.id}"
    queue_message("S19", dedupe_key=dedupe_key, facts=facts, member_id=account.member_id, now=now)
    who = known_as(name_of(account.member_id))
    for head, group in _heads_over(account.member_id):
        told = {"who": who, "group": group, "date": facts["date"]}
        queue_message("S19h", dedupe_key=f"{dedupe_key}:{head}", facts=told, member_id=head, now=now)


def _heads_over(member_id: int) -> list[tuple[int, str]]:
    """Each head once, with one of the groups by which she knows the member."""
    rows = database.execute_sql(
        """
        SELECT DISTINCT ON (g.head_id) g.head_id, g.name FROM seat s JOIN savings_group g ON g.id = s.group_id
         WHERE s.member_id = %s AND s.status IN ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting')
           AND g.status IN ('ready', 'active', 'paused', 'dissolving') AND g.head_id <> %s
         ORDER BY g.head_id, g.id
        """,
        (member_id, member_id),
    ).fetchall()
    return [(int(head), str(name)) for head, name in rows]

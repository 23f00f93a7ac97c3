"""Closing an account: she goes, what she paid and received stays in the books under a name that is nobody's.

The ledger is never changed. What tells who she was is written over: number, name, PIN,
bank account. Her number is free again, and whoever registers with it is another member.
"""

import secrets

from models.account_commands import CloseAccount
from models.actions import audit, name_words
from models.actions.books import held
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.actions.payouts import LIVE
from models.base import move, transaction
from models.commands import Done
from models.queries.groups import ASKING
from models.queries.people import first_name, name_of
from models.rules import accounts
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.accounts import Vouch
from models.tables.cycles import Obligation
from models.tables.finding import FormerNumber, OfficeWord
from models.tables.groups import Group, Seat
from models.tables.money import Payment, Payout
from models.tables.people import BankAccount, Member

# A seat in one of these belongs to the past.
DONE_WITH = ("completed", "exited", "replaced", "removed", "refused", "withdrawn", *ASKING)


@transaction
def close_account(command: CloseAccount, context: Context) -> Outcome:
    """Only when nothing is open between her and anybody. The goodbye goes out before the number is forgotten."""
    refusal = _why_not(context.member)
    if refusal is not None:
        return refusal
    member = Member.get_by_id(context.member)
    queue_message(
        "S59",
        dedupe_key=f"closed:{member.id}",
        facts={"name": first_name(name_of(member.id))},
        phone=context.phone,
        language=member.language,
        now=context.now,
    )
    for seat in Seat.select().where((Seat.member == member.id) & Seat.status.in_(ASKING)):
        move(Seat, seat.id, ASKING, "withdrawn", ended_at=context.now)
    _forget(member, context)
    audit.note("member.close", f"member:{member.id}", actor=context.actor, now=context.now)
    return Done()


def _why_not(member_id: int) -> Refused | None:
    seats = Seat.select(Seat.id).where(Seat.member == member_id)
    owes = Obligation.select().where(Obligation.seat.in_(seats) & Obligation.status.in_(("pending", "partial")))
    if owes.exists():
        return Refused("owes_money")
    # A draft that names her binds her to nothing.
    heads = Group.select().where((Group.head == member_id) & Group.ended_at.is_null() & (Group.status != "draft"))
    if seats.where(Seat.status.not_in(DONE_WITH)).exists() or heads.exists():
        return Refused("has_seat")
    coming = Payout.select().where((Payout.member == member_id) & Payout.status.in_((*LIVE, "returned")))
    paying = Payment.select().where(
        (Payment.member == member_id) & Payment.status.in_(("created", "sending", "pending", "disputed", "refunding"))
    )
    if coming.exists() or paying.exists() or _kept_for_her(member_id, [row.id for row in seats]):
        return Refused("is_owed")
    return None


def _kept_for_her(member_id: int, seat_ids: list[int]) -> int:
    """What the books hold that is hers."""
    own = [accounts.wallet(member_id), accounts.payout_returned(member_id), *map(accounts.deposit, seat_ids)]
    return sum(held(account) for account in own)


def _forget(member: Member, context: Context) -> None:
    nobody = f"closed {secrets.token_hex(16)}"
    Member.update(
        phone_sealed=keys().seal(nobody, f"member.phone:{member.id}"),
        phone_index=keys().index(nobody, "phone"),
        name_sealed=keys().seal(f"A{member.id}", f"member.name:{member.id}"),
        pin_hash=None,
        status="closed",
        closed_at=context.now,
    ).where(Member.id == member.id).execute()
    name_words.forget(member.id)
    FormerNumber.delete().where(FormerNumber.member == member.id).execute()
    OfficeWord.update(value_sealed=None).where(OfficeWord.member == member.id).execute()
    OfficeWord.update(ended_at=context.now, ended_why="closed").where(
        (OfficeWord.member == member.id) & (OfficeWord.purpose == "number") & OfficeWord.ended_at.is_null()
    ).execute()
    for account in BankAccount.select().where(BankAccount.member == member.id):
        move(BankAccount, account.id, ("found", "confirmed"), "retired", retired_at=context.now)
        BankAccount.update(
            number_sealed=keys().seal("", f"bank_account.number:{account.id}"),
            number_index=keys().index(f"{nobody} {account.id}", "account"),
            account_name_sealed=None,
        ).where(BankAccount.id == account.id).execute()
    Vouch.update(status="expired", ended_at=context.now).where(
        ((Vouch.member == member.id) | (Vouch.voucher == member.id)) & Vouch.status.in_(("asked", "given"))
    ).execute()

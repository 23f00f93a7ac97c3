"""The books and the audit trail. Schema and guards: migration 0003. Append-only."""

from peewee import BigAutoField, BigIntegerField, BlobField, CompositeKey, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from models.base import Row
from models.country import home
from models.tables.groups import Group
from models.tables.money import Payment, Payout


class Account(Row):
    """An account of the books; `sign` +1 may not go below zero, -1 not above, 0 is free."""

    id = TextField(primary_key=True)
    book = TextField()
    sign = IntegerField()
    currency = TextField(default=lambda: home().currency)


class AccountBalance(Row):
    """The sum of an account's legs, kept by trigger."""

    account = ForeignKeyField(Account, primary_key=True)
    account_id: str
    amount = BigIntegerField()

    class Meta:
        table_name = "account_balance"


class JournalEntry(Row):
    """The header that seals an entry. `legs` and `digest` are written by the database."""

    id = BigAutoField()
    kind = TextField()
    idem = TextField(unique=True)
    reverses = ForeignKeyField("self", null=True, unique=True, column_name="reverses")
    reverses_id: int | None
    group = ForeignKeyField(Group, null=True)
    group_id: int | None
    payment = ForeignKeyField(Payment, null=True)
    payment_id: int | None
    payout = ForeignKeyField(Payout, null=True)
    payout_id: int | None
    actor = TextField()
    reason = TextField(null=True)
    effective_at = DateTimeTZField()
    created_at = DateTimeTZField()
    legs = IntegerField(default=0)
    digest = BlobField(default=b"")

    class Meta:
        table_name = "journal_entry"


class JournalLeg(Row):
    """One side of an entry: debit positive, credit negative, in kobo."""

    entry_id = BigIntegerField()
    n = IntegerField()
    account = ForeignKeyField(Account)
    account_id: str
    amount = BigIntegerField()

    class Meta:
        table_name = "journal_leg"
        primary_key = CompositeKey("entry_id", "n")


class Audit(Row):
    """Who did what, in a chain of hashes. seq, prev_hash and hash are written by the database."""

    id = BigAutoField()
    chain = TextField()
    seq = BigIntegerField(default=0)
    at = DateTimeTZField()
    actor = TextField()
    verb = TextField()
    subject = TextField()
    detail = BinaryJSONField(index=False, default=dict)
    entry = ForeignKeyField(JournalEntry, null=True, unique=True)
    entry_id: int | None
    prev_hash = BlobField(default=b"")
    hash = BlobField(default=b"")

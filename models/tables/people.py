"""Members, their consent, their payout accounts, the banks. Schema: migration 0001."""

from peewee import BigAutoField, BlobField, BooleanField, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import DateTimeTZField

from models.base import Row


class Member(Row):
    """A person, known by a phone number."""

    id = BigAutoField()
    phone_sealed = BlobField()
    phone_index = BlobField(unique=True)
    name_sealed = BlobField()
    email_id = TextField(unique=True)
    language = TextField(default="en")
    status = TextField(default="active")
    pin_hash = TextField(null=True)
    pin_changed_at = DateTimeTZField(null=True)
    pin_failures = IntegerField(default=0)
    pin_locks = IntegerField(default=0)
    pin_locked_until = DateTimeTZField(null=True)
    reminders_stopped_at = DateTimeTZField(null=True)
    reminder_plan = TextField(default="both")
    reminder_channel = TextField(default="sms")
    money_in_chat = BooleanField(default=False)
    frozen_at = DateTimeTZField(null=True)
    guarded_until = DateTimeTZField(null=True)
    closed_at = DateTimeTZField(null=True)
    created_at = DateTimeTZField()


class Consent(Row):
    """What a member agreed to, and how."""

    id = BigAutoField()
    member = ForeignKeyField(Member)
    member_id: int
    version = IntegerField()
    channel = TextField()
    language = TextField()
    given_at = DateTimeTZField()

    class Meta:
        indexes = ((("member", "version"), True),)


class Bank(Row):
    """A bank of the provider's list; rank puts those that most people use first."""

    code = TextField(primary_key=True)
    name = TextField()
    short_name = TextField()
    rank = IntegerField()
    active = BooleanField(default=True)
    seen_at = DateTimeTZField()


class BankAccount(Row):
    """Where a member's pot is paid out to. Only one is confirmed at a time."""

    id = BigAutoField()
    member = ForeignKeyField(Member)
    member_id: int
    bank_code = TextField()
    bank_name = TextField()
    number_sealed = BlobField()
    number_index = BlobField(index=True)
    last4 = TextField()
    account_name_sealed = BlobField(null=True)
    matches = BooleanField(null=True)
    status = TextField(default="checking")
    recipient_code = TextField(null=True)
    created_at = DateTimeTZField()
    looked_up_at = DateTimeTZField(null=True)
    lookups = IntegerField(default=0)
    next_lookup_at = DateTimeTZField(null=True)
    confirmed_at = DateTimeTZField(null=True)
    usable_at = DateTimeTZField(null=True)
    retired_at = DateTimeTZField(null=True)

"""Payments in, payouts out, approvals, suspense. Schema: migrations 0002 and 0014."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)
from playhouse.postgres_ext import DateTimeTZField

from models.base import Row
from models.country import home
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Seat
from models.tables.people import BankAccount, Member
from models.tables.staff import Staff


class Payment(Row):
    """Money that a member wants to pay in, from the wish to the provider's last word."""

    id = BigAutoField()
    reference = TextField(unique=True)
    short_ref = TextField(unique=True)
    command_key = TextField(unique=True)
    member = ForeignKeyField(Member)
    member_id: int
    seat = ForeignKeyField(Seat)
    seat_id: int
    cycle = ForeignKeyField(Cycle)
    cycle_id: int
    provider = TextField()
    method = TextField()
    bank_type = TextField(default="")
    early = BooleanField(default=False)
    amount_kobo = BigIntegerField()
    fee_kobo = BigIntegerField()
    currency = TextField(default=lambda: home().currency)
    status = TextField()
    how_to_pay_sealed = BlobField(null=True)
    voucher_wanted_at = DateTimeTZField(null=True)
    voucher_sealed = BlobField(null=True)
    until_at = DateTimeTZField(null=True)
    provider_id = TextField(null=True)
    received_kobo = BigIntegerField(null=True)
    provider_fee_kobo = BigIntegerField(null=True)
    paid_at = DateTimeTZField(null=True)
    reason = TextField(null=True)
    sends = IntegerField(default=0)
    first_sent_at = DateTimeTZField(null=True)
    lease_until = DateTimeTZField(null=True)
    checks = IntegerField(default=0)
    next_check_at = DateTimeTZField(null=True)
    created_at = DateTimeTZField()
    ended_at = DateTimeTZField(null=True)


class Allocation(Row):
    """Where a received payment went; the rows of a payment sum to what was received."""

    payment = ForeignKeyField(Payment)
    payment_id: int
    n = IntegerField()
    target = TextField()
    obligation = ForeignKeyField(Obligation, null=True)
    obligation_id: int | None
    kobo = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("payment", "n")


class Suspense(Row):
    """Money that could not be placed, waiting for two people."""

    id = BigAutoField()
    provider = TextField()
    reference = TextField()
    direction = TextField()
    kobo = BigIntegerField()
    currency = TextField()
    reason = TextField()
    payment = ForeignKeyField(Payment, null=True)
    payment_id: int | None
    status = TextField(default="open")
    created_at = DateTimeTZField()
    resolved_at = DateTimeTZField(null=True)


class Payout(Row):
    """A pot (or, as a later part, its top-up) on its way to the one whose turn it is."""

    id = BigAutoField()
    cycle = ForeignKeyField(Cycle)
    cycle_id: int
    kind = TextField(default="pot")  # claim: what a dissolution owes the seat; wallet: what is kept for the member
    pot_number = IntegerField(default=1)
    part = IntegerField(default=1)
    seat = ForeignKeyField(Seat)
    seat_id: int
    member = ForeignKeyField(Member)
    member_id: int
    short_ref = TextField(unique=True)
    gross_kobo = BigIntegerField()
    fee_kobo = BigIntegerField()
    net_kobo = BigIntegerField()
    status = TextField()
    held_reason = TextField(null=True)
    bank_account = ForeignKeyField(BankAccount, null=True)
    bank_account_id: int | None
    payload_hash = TextField(default="")
    created_by = TextField()
    created_at = DateTimeTZField()
    approved_at = DateTimeTZField(null=True)
    reserved_at = DateTimeTZField(null=True)
    first_sent_at = DateTimeTZField(null=True)
    paid_at = DateTimeTZField(null=True)
    ended_at = DateTimeTZField(null=True)


class PayoutAttempt(Row):
    """One transfer under one reference; a new one only after the last has conclusively failed."""

    id = BigAutoField()
    payout = ForeignKeyField(Payout)
    payout_id: int
    n = IntegerField()
    reference = TextField(unique=True)
    status = TextField()
    sends = IntegerField(default=0)
    first_sent_at = DateTimeTZField(null=True)
    last_sent_at = DateTimeTZField(null=True)
    lease_until = DateTimeTZField(null=True)
    checks = IntegerField(default=0)
    next_check_at = DateTimeTZField(null=True)
    provider_code = TextField(null=True)
    fee_kobo = BigIntegerField(null=True)
    reason = TextField(null=True)
    created_at = DateTimeTZField()
    ended_at = DateTimeTZField(null=True)

    class Meta:
        table_name = "payout_attempt"


class Approval(Row):
    """One person's word on one subject with one content (its hash): a member's, or one of the staff's."""

    id = BigAutoField()
    subject = TextField()
    payload_hash = TextField()
    member = ForeignKeyField(Member, null=True)
    member_id: int | None
    staff = ForeignKeyField(Staff, null=True)
    staff_id: int | None
    verdict = TextField()
    channel = TextField()
    given_at = DateTimeTZField()

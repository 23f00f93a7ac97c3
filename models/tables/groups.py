"""Groups, their rules by version, officers, seats and invitations. Schema: migration 0001."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    TextField,
)
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from models.base import Row
from models.country import home
from models.tables.people import Member


class Group(Row):
    """A savings circle with the terms that are in force."""

    id = BigAutoField()
    code = TextField(unique=True)
    name = TextField()
    head = ForeignKeyField(Member)
    head_id: int
    status = TextField()
    currency = TextField(default=lambda: home().currency)
    rules_version = IntegerField(default=1)
    contribution_kobo = BigIntegerField()
    frequency = TextField()
    seats = IntegerField()
    pots_per_cycle = IntegerField(default=1)
    cycles = IntegerField()
    turn_order = TextField()
    anchor_on = DateField()
    cutoff_hour = IntegerField()
    grace_days = IntegerField()
    late_fee_kobo = BigIntegerField()
    service_fee_bps = IntegerField()
    deposit_cover_pct = IntegerField(default=0)
    privacy = IntegerField(default=2)
    draw_commitment = TextField(null=True)
    draw_secret_sealed = BlobField(null=True)
    draw_secret = TextField(null=True)
    order_set_at = DateTimeTZField(null=True)
    skipped_intervals = IntegerField(default=0)
    paused_intervals = IntegerField(default=0)
    payouts_stopped_at = DateTimeTZField(null=True)
    pot_limit_kobo = BigIntegerField(null=True)
    created_at = DateTimeTZField()
    started_at = DateTimeTZField(null=True)
    ended_at = DateTimeTZField(null=True)

    class Meta:
        table_name = "savings_group"


class GroupRules(Row):
    """One version of a group's terms, kept for ever; a seat accepts a version."""

    group = ForeignKeyField(Group)
    group_id: int
    version = IntegerField()
    terms = BinaryJSONField(index=False)
    made_by = ForeignKeyField(Member, null=True, column_name="made_by")
    made_by_id: int | None
    made_by_staff_id = BigIntegerField(null=True, column_name="made_by_staff")
    made_at = DateTimeTZField()

    class Meta:
        table_name = "group_rules"
        primary_key = CompositeKey("group", "version")


class Officer(Row):
    """Who runs a group: its head, and those whom the head let in as officers."""

    group = ForeignKeyField(Group)
    group_id: int
    member = ForeignKeyField(Member)
    member_id: int
    role = TextField()
    since = DateTimeTZField()

    class Meta:
        primary_key = CompositeKey("group", "member")


class Seat(Row):
    """One contribution line; a member may hold several. `turn` is the cycle whose pot is its."""

    id = BigAutoField()
    group = ForeignKeyField(Group)
    group_id: int
    member = ForeignKeyField(Member)
    member_id: int
    status = TextField()
    turn = IntegerField(null=True)
    draw_number = BigIntegerField(null=True)
    rules_version = IntegerField(null=True)
    asked_at = DateTimeTZField()
    accepted_at = DateTimeTZField(null=True)
    ended_at = DateTimeTZField(null=True)


class Invitation(Row):
    """A phone number that was asked to join."""

    id = BigAutoField()
    group = ForeignKeyField(Group)
    group_id: int
    phone_sealed = BlobField()
    phone_index = BlobField()
    invited_by = ForeignKeyField(Member, null=True, column_name="invited_by")
    invited_by_id: int | None
    invited_by_staff_id = BigIntegerField(null=True, column_name="invited_by_staff")
    as_officer = BooleanField(default=False)
    status = TextField(default="open")
    created_at = DateTimeTZField()
    answered_at = DateTimeTZField(null=True)

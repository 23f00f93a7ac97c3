"""A group's dissolution, and what each seat is owed or owes by it. Schema: migration 0022. Shares are append-only."""

from peewee import BigIntegerField, ForeignKeyField, TextField
from playhouse.postgres_ext import DateTimeTZField

from models.base import Row
from models.tables.groups import Group, Seat
from models.tables.people import Member
from models.tables.staff import Proposal


class Unwinding(Row):
    """That a group was dissolved. `held_kobo` is what it held then; `ended_at`: every claim has been paid."""

    group = ForeignKeyField(Group, primary_key=True)
    group_id: int
    proposal = ForeignKeyField(Proposal, unique=True)
    proposal_id: int
    reason = TextField()
    held_kobo = BigIntegerField()
    started_at = DateTimeTZField()
    debts_due_at = DateTimeTZField()
    ended_at = DateTimeTZField(null=True)


class UnwindingShare(Row):
    """A seat's account on that day. net = paid + kept - received: above zero owed to it, below zero owed by it."""

    seat = ForeignKeyField(Seat, primary_key=True)
    seat_id: int
    group = ForeignKeyField(Group)
    group_id: int
    member = ForeignKeyField(Member)
    member_id: int
    paid_kobo = BigIntegerField()
    received_kobo = BigIntegerField()
    kept_kobo = BigIntegerField()
    net_kobo = BigIntegerField()

    class Meta:
        table_name = "unwinding_share"

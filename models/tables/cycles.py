"""Cycles, their pots, and what each seat owes. Schema: migration 0002."""

from peewee import BigAutoField, BigIntegerField, CompositeKey, DateField, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import DateTimeTZField

from models.base import Row
from models.tables.groups import Group, Seat


class Cycle(Row):
    """One round of a group. `due_on` is the local day, `due_at` the instant of the cut-off."""

    id = BigAutoField()
    group = ForeignKeyField(Group)
    group_id: int
    number = IntegerField()
    due_on = DateField()
    due_at = DateTimeTZField()
    status = TextField()
    opened_at = DateTimeTZField(null=True)
    complete_at = DateTimeTZField(null=True)
    closed_at = DateTimeTZField(null=True)
    ask_officers_at = DateTimeTZField(null=True)


class Pot(Row):
    """Whose pot of a cycle it is; a large group may have several a cycle."""

    cycle = ForeignKeyField(Cycle)
    cycle_id: int
    number = IntegerField(default=1)
    seat = ForeignKeyField(Seat)
    seat_id: int

    class Meta:
        primary_key = CompositeKey("cycle", "number")


class Obligation(Row):
    """What a seat owes: a contribution, a penalty (by rule), a deposit, or its debt when the group is dissolved.

    `fee_from`: the due date that its late fee goes by, when more time was given that does not spare her the fee.
    """

    id = BigAutoField()
    seat = ForeignKeyField(Seat)
    seat_id: int
    cycle = ForeignKeyField(Cycle)
    cycle_id: int
    kind = TextField()
    rule = TextField(default="")
    amount_kobo = BigIntegerField()
    paid_kobo = BigIntegerField(default=0)
    status = TextField()
    due_at = DateTimeTZField()
    fee_from = DateTimeTZField(null=True)
    raised_at = DateTimeTZField()
    settled_at = DateTimeTZField(null=True)

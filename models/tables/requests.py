"""What members ask of each other: swaps, more time, late fees to be taken off. Schema: migration 0011."""

from peewee import BigAutoField, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import DateTimeTZField

from models.base import Row
from models.tables.cycles import Obligation
from models.tables.groups import Group, Seat
from models.tables.people import Member


class Swap(Row):
    """Two seats that may exchange their turns. `answer_by` is the other side's limit, then the officers'."""

    id = BigAutoField()
    group = ForeignKeyField(Group)
    group_id: int
    asker_seat = ForeignKeyField(Seat)
    asker_seat_id: int
    other_seat = ForeignKeyField(Seat)
    other_seat_id: int
    asker_turn = IntegerField()
    other_turn = IntegerField()
    status = TextField()
    asked_at = DateTimeTZField()
    answer_by = DateTimeTZField()
    agreed_at = DateTimeTZField(null=True)
    ended_by = ForeignKeyField(Member, null=True, column_name="ended_by")
    ended_by_id: int | None
    ended_at = DateTimeTZField(null=True)


class Extension(Row):
    """More time for one contribution, once. In parts: so much has to be paid by `first_by`, the rest by `due_after`."""

    id = BigAutoField()
    group = ForeignKeyField(Group)
    group_id: int
    obligation = ForeignKeyField(Obligation, unique=True)
    obligation_id: int
    kind = TextField()
    reason = TextField()
    status = TextField()
    due_before = DateTimeTZField()
    due_after = DateTimeTZField()
    first_paid_kobo = BigIntegerField(null=True)
    first_by = DateTimeTZField(null=True)
    keeps_fee = BooleanField(default=False)
    asked_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    answered_by = ForeignKeyField(Member, null=True, column_name="answered_by")
    answered_by_id: int | None
    answered_at = DateTimeTZField(null=True)
    ended_at = DateTimeTZField(null=True)


class Waiver(Row):
    """A late fee that somebody asks to be spared. The yeses of the two officers are in `approval`."""

    id = BigAutoField()
    group = ForeignKeyField(Group)
    group_id: int
    obligation = ForeignKeyField(Obligation, unique=True)
    obligation_id: int
    reason = TextField()
    status = TextField()
    asked_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    ended_by = ForeignKeyField(Member, null=True, column_name="ended_by")
    ended_by_id: int | None
    ended_at = DateTimeTZField(null=True)

"""Announcements of the office. Schema: migration 0016."""

from peewee import BigAutoField, BigIntegerField, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from models.base import Row
from models.tables.groups import Group
from models.tables.staff import Staff


class Blast(Row):
    """One text on its way to many. after_id: the last member that it has been queued for, by key."""

    id = BigAutoField()
    text = TextField()
    audience = BinaryJSONField(index=False)
    group = ForeignKeyField(Group, null=True)
    group_id: int | None
    people = IntegerField()
    maker = ForeignKeyField(Staff)
    maker_id: int
    checker = ForeignKeyField(Staff, null=True)
    checker_id: int | None
    made_at = DateTimeTZField()
    status = TextField(default="sending")
    after_id = BigIntegerField(default=0)
    last_id = BigIntegerField()
    queued = IntegerField(default=0)
    ended_at = DateTimeTZField(null=True)

"""What members reported, and who vouched for whom. Schema: migrations 0012, 0015 and 0021."""

from peewee import BigAutoField, BlobField, BooleanField, DateField, ForeignKeyField, TextField
from playhouse.postgres_ext import DateTimeTZField

from models.base import Row
from models.tables.finding import OfficeWord
from models.tables.groups import Group
from models.tables.money import Payment
from models.tables.people import Member
from models.tables.staff import Staff


class Report(Row):
    """A problem that waits for the office. for_office: the head of the group is never told of it."""

    id = BigAutoField()
    short_ref = TextField(unique=True)
    member = ForeignKeyField(Member)
    member_id: int
    group = ForeignKeyField(Group, null=True)
    group_id: int | None
    payment = ForeignKeyField(Payment, null=True)
    payment_id: int | None
    kind = TextField()
    happened = TextField(default="")
    for_office = BooleanField()
    status = TextField()
    opened_on = DateField()
    opened_at = DateTimeTZField()
    channel = TextField()
    answered_at = DateTimeTZField(null=True)
    answered_by = TextField(null=True)


class Vouch(Row):
    """A question to somebody who knows her: is it really she? name_sealed: the name that she wants to have.

    staff: the second of two of the office who answered it instead; without a group only they can.
    voucher, word: of a new number, the one who alone is asked, and the change that it is part of.
    """

    id = BigAutoField()
    member = ForeignKeyField(Member)
    member_id: int
    group = ForeignKeyField(Group, null=True)
    group_id: int | None
    purpose = TextField()
    name_sealed = BlobField(null=True)
    status = TextField()
    asked_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    answered_by = ForeignKeyField(Member, null=True, column_name="answered_by", object_id_name="answered_by_id")
    answered_by_id: int | None
    answered_at = DateTimeTZField(null=True)
    ended_at = DateTimeTZField(null=True)
    staff = ForeignKeyField(Staff, null=True)
    staff_id: int | None
    voucher = ForeignKeyField(Member, null=True)
    voucher_id: int  # of a number only, as is the word
    word = ForeignKeyField(OfficeWord, null=True)
    word_id: int

"""By what a member is found and what the office was asked to say about her. Schema: migrations 0015 and 0021."""

from peewee import BigAutoField, BigIntegerField, BlobField, CompositeKey, ForeignKeyField, TextField
from playhouse.postgres_ext import ArrayField, DateTimeTZField

from models.base import Row
from models.tables.people import Member
from models.tables.staff import Staff


class NameWord(Row):
    """The mark of a beginning of one of the words of her name."""

    token = BlobField()
    member = ForeignKeyField(Member)
    member_id: int

    class Meta:
        table_name = "name_word"
        primary_key = CompositeKey("token", "member")


class FormerNumber(Row):
    """A number that was hers until then."""

    id = BigAutoField()
    member = ForeignKeyField(Member)
    member_id: int
    phone_sealed = BlobField()
    phone_index = BlobField()
    until_at = DateTimeTZField()

    class Meta:
        table_name = "former_number"


class OfficeWord(Row):
    """What the office is asked to vouch for. value_sealed: the number or the name that she wants to have.

    Of a number: note, why; without, why nobody was asked on her own phone; ended_why: proposed, stopped, or asked
    nobody (`without`). As long as it has not ended, its vouchers (rows of `vouch`) are asked.
    """

    id = BigAutoField()
    member = ForeignKeyField(Member)
    member_id: int
    purpose = TextField()
    value_sealed = BlobField(null=True)
    value_index = BlobField(null=True)
    vouchers = ArrayField(BigIntegerField, default=list, index=False)
    staff = ForeignKeyField(Staff)
    staff_id: int
    made_at = DateTimeTZField()
    note = TextField(default="")
    without = TextField(null=True)
    ended_at = DateTimeTZField(null=True)
    ended_why = TextField(null=True)

    class Meta:
        table_name = "office_word"

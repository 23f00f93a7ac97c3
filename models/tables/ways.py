"""Which ways a message may take, what networks reported too early, and what people sent us. Schema: migration 0010."""

from peewee import BigAutoField, BlobField, BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import DateTimeTZField

from models.base import Row
from models.tables.groups import Group
from models.tables.money import Payment
from models.tables.people import Member
from models.tables.staff import Staff


class EarlyReport(Row):
    """What a network said of a message whose id we did not know yet."""

    id = BigAutoField()
    message_id = TextField()
    status = TextField()
    reason = TextField(null=True)
    at = DateTimeTZField()

    class Meta:
        table_name = "early_report"
        indexes = ((("message_id", "status"), True),)


class OptOut(Row):
    """A number that said STOP, a member's or not. In force until started_at."""

    phone_index = BlobField(primary_key=True)
    channel = TextField()
    stopped_at = DateTimeTZField()
    started_at = DateTimeTZField(null=True)

    class Meta:
        table_name = "opt_out"


class ChannelRefusal(Row):
    """A number that a provider will not or cannot reach. In force until ended_at, without one until she is heard."""

    channel = TextField()
    phone_index = BlobField()
    reason = TextField()
    since = DateTimeTZField()
    ended_at = DateTimeTZField(null=True)

    class Meta:
        table_name = "channel_refusal"
        primary_key = CompositeKey("channel", "phone_index")


class Attachment(Row):
    """A picture, a voice note or a file that came with a message. `about`: where she was in her talk."""

    id = BigAutoField()
    channel = TextField()
    message_id = TextField()
    n = IntegerField()
    address_sealed = BlobField()
    phone_index = BlobField(index=True)
    member = ForeignKeyField(Member, null=True)
    member_id: int | None
    group = ForeignKeyField(Group, null=True)
    group_id: int | None
    payment = ForeignKeyField(Payment, null=True)
    payment_id: int | None
    about = TextField()
    caption_sealed = BlobField(null=True)
    kind = TextField()
    content_type = TextField()
    url_sealed = BlobField()
    data_sealed = BlobField(null=True)
    size = IntegerField(null=True)
    proof = BooleanField(null=True)
    attempts = IntegerField(default=0)
    next_at = DateTimeTZField()
    created_at = DateTimeTZField()
    fetched_at = DateTimeTZField(null=True)
    refused = TextField(null=True)
    done_at = DateTimeTZField(null=True)
    done_by = ForeignKeyField(Staff, null=True, backref="+", column_name="done_by")

    class Meta:
        indexes = ((("channel", "message_id", "n"), True),)

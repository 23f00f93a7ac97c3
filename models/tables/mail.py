"""What came in, what goes out, what was performed, run and said. Schema: migrations 0004 and 0010."""

from peewee import BigAutoField, BlobField, BooleanField, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField

from models.base import Row
from models.tables.groups import Group
from models.tables.people import Member


class Inbox(Row):
    """An event of a provider, stored before anything is done about it."""

    id = BigAutoField()
    provider = TextField()
    event_key = TextField()
    event = TextField()
    reference = TextField(default="")
    body_sealed = BlobField()
    received_at = DateTimeTZField()
    repeats = IntegerField(default=0)
    attempts = IntegerField(default=0)
    next_at = DateTimeTZField()
    done_at = DateTimeTZField(null=True)
    parked_at = DateTimeTZField(null=True)
    result = TextField(null=True)
    lane = BlobField(null=True)

    class Meta:
        indexes = ((("provider", "event_key"), True),)


class Outbox(Row):
    """A message that a transaction decided to send. News: a text key and its facts, worded when sent. A reply: its
    content, and the one channel it may take. phone_*: its address, a number or the network's own id of a person.
    """

    id = BigAutoField()
    dedupe_key = TextField(unique=True)
    kind = TextField(default="news")
    text_key = TextField()
    facts_sealed = BlobField()
    content_sealed = BlobField(null=True)
    reminder = BooleanField(default=False)
    member = ForeignKeyField(Member, null=True)
    member_id: int | None
    phone_sealed = BlobField()
    phone_index = BlobField()
    language = TextField(default="en")
    group = ForeignKeyField(Group, null=True)
    group_id: int | None
    status = TextField(default="queued")
    attempts = IntegerField(default=0)
    next_at = DateTimeTZField()
    expires_at = DateTimeTZField(null=True)
    lease_until = DateTimeTZField(null=True)
    channel = TextField(null=True)
    template = BooleanField(default=False)
    tried = ArrayField(TextField, default=list, index=False)
    provider_message_id = TextField(null=True)
    cost = TextField(null=True)
    segments = IntegerField(null=True)
    reason = TextField(null=True)
    created_at = DateTimeTZField()
    sent_at = DateTimeTZField(null=True)
    ended_at = DateTimeTZField(null=True)


class Performed(Row):
    """A command that a hop performed: its outcome, and the talk before it, to find the place again."""

    key = TextField(primary_key=True)
    session = TextField()
    hop = IntegerField()
    command = TextField()
    member = ForeignKeyField(Member, null=True)
    member_id: int | None
    talk_sealed = BlobField()
    outcome_sealed = BlobField()
    at = DateTimeTZField()


class JobRun(Row):
    """One run of a periodic job. `slot_at` is the time of the timetable that it stands for."""

    id = BigAutoField()
    name = TextField()
    slot_at = DateTimeTZField(null=True)
    started_at = DateTimeTZField()
    lease_until = DateTimeTZField(null=True)
    ended_at = DateTimeTZField(null=True)
    took_ms = IntegerField(null=True)
    counts = BinaryJSONField(index=False, null=True)
    error = TextField(null=True)

    class Meta:
        table_name = "job_run"


class Said(Row):
    """One turn of a talk, for the panel's timeline; secrets were masked before it came here."""

    id = BigAutoField()
    stream_id = TextField(unique=True)
    at = DateTimeTZField()
    phone_index = BlobField()
    channel = TextField()
    session = TextField()
    state_before = TextField()
    state_after = TextField()
    heard_sealed = BlobField()
    said_sealed = BlobField()
    took_ms = IntegerField()


class UssdSession(Row):
    """What the gateway told us about a session when it ended."""

    id = BigAutoField()
    session = TextField(unique=True)
    phone_index = BlobField()
    network_code = TextField()
    status = TextField()
    cost = TextField()
    took_ms = IntegerField()
    hops = IntegerField()
    error = TextField(null=True)
    ended_at = DateTimeTZField()

    class Meta:
        table_name = "ussd_session"


class Setting(Row):
    """A switch that is kept with the data: payouts_stopped, and outside production the clock's offset."""

    name = TextField(primary_key=True)
    value = BinaryJSONField(index=False)
    changed_at = DateTimeTZField()
    changed_by = TextField()

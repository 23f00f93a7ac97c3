"""The staff of the panel, their sessions, and what two of them decide. Migrations 0013, 0014, 0020, 0027, 0030."""

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
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from models.base import Row
from models.tables.groups import Group


class Staff(Row):
    """Somebody who works in the panel. A member may be one too: her phone number tells.

    door_*: of wrong passwords from browsers that she has not used before, which lock such browsers alone.
    linked_by: who gave her the link that she came in with, as an actor of the audit trail.
    """

    id = BigAutoField()
    email_sealed = BlobField()
    email_index = BlobField(unique=True)
    phone_sealed = BlobField()
    phone_index = BlobField()
    name = TextField()
    role = TextField()
    status = TextField(default="invited")
    password_hash = TextField(null=True)
    totp_sealed = BlobField(null=True)
    totp_step = IntegerField(default=0)
    totp_confirmed_at = DateTimeTZField(null=True)
    failures = IntegerField(default=0)
    locks = IntegerField(default=0)
    locked_until = DateTimeTZField(null=True)
    door_failures = IntegerField(default=0)
    door_locks = IntegerField(default=0)
    door_locked_until = DateTimeTZField(null=True)
    made_by = TextField()
    made_at = DateTimeTZField()
    linked_by = TextField()
    signed_in_at = DateTimeTZField(null=True)


class StaffGroup(Row):
    """A group that a field officer looks after."""

    staff = ForeignKeyField(Staff)
    staff_id: int
    group = ForeignKeyField(Group)
    group_id: int
    since = DateTimeTZField()

    class Meta:
        table_name = "staff_group"
        primary_key = CompositeKey("staff", "group")


class StaffSetup(Row):
    """A link by which somebody sets her password and her second factor. Of the token only its mark is kept."""

    id = BigAutoField()
    staff = ForeignKeyField(Staff)
    staff_id: int
    token_index = BlobField(unique=True)
    made_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    used_at = DateTimeTZField(null=True)

    class Meta:
        table_name = "staff_setup"


class StaffRecovery(Row):
    """A code for the day on which the phone with the second factor is gone."""

    staff = ForeignKeyField(Staff)
    staff_id: int
    code_index = BlobField()
    made_at = DateTimeTZField()
    used_at = DateTimeTZField(null=True)

    class Meta:
        table_name = "staff_recovery"
        primary_key = CompositeKey("staff", "code_index")


class StaffSession(Row):
    """A browser that has signed in; `proven` after the second factor. `code_at`: when it last gave her phone's code."""

    id = BigAutoField()
    staff = ForeignKeyField(Staff)
    staff_id: int
    token_index = BlobField(unique=True)
    csrf = TextField()
    proven = BooleanField(default=False)
    made_at = DateTimeTZField()
    seen_at = DateTimeTZField()
    code_at = DateTimeTZField(null=True)
    browser = TextField(default="")
    ended_at = DateTimeTZField(null=True)

    class Meta:
        table_name = "staff_session"


class StaffDevice(Row):
    """A browser from which somebody has signed in before."""

    staff = ForeignKeyField(Staff)
    staff_id: int
    device_index = BlobField()
    first_seen_at = DateTimeTZField()

    class Meta:
        table_name = "staff_device"
        primary_key = CompositeKey("staff", "device_index")


class StaffFailure(Row):
    """A sign-in that went wrong, by network address."""

    id = BigAutoField()
    address_index = BlobField()
    at = DateTimeTZField()

    class Meta:
        table_name = "staff_failure"


class Proposal(Row):
    """What one of the staff proposes and another one checks."""

    id = BigAutoField()
    kind = TextField()
    subject = TextField()
    payload = BinaryJSONField(index=False)
    payload_hash = TextField()
    group = ForeignKeyField(Group, null=True)
    group_id: int | None
    risk_kobo = BigIntegerField(default=0)
    note = TextField()
    maker = ForeignKeyField(Staff)
    maker_id: int
    made_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    status = TextField(default="waiting")
    checker = ForeignKeyField(Staff, null=True)
    checker_id: int | None
    checker_note = TextField(null=True)
    checked_at = DateTimeTZField(null=True)


class FormDone(Row):
    """A form that has had its effect."""

    key = TextField(primary_key=True)
    staff = ForeignKeyField(Staff)
    staff_id: int
    what = TextField()
    outcome = BinaryJSONField(index=False)
    at = DateTimeTZField()

    class Meta:
        table_name = "form_done"

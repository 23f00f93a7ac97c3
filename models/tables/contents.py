"""Texts that were made at the messaging provider: with buttons or lines, or templates. Schema: migration 0009."""

from peewee import BigAutoField, TextField
from playhouse.postgres_ext import DateTimeTZField

from models.base import Row


class ContentTemplate(Row):
    """One text there, by our name for it. `digest` is of what was sent to make it; `status` is theirs, or `gone`."""

    id = BigAutoField()
    account = TextField()
    name = TextField()
    language = TextField()
    digest = TextField()
    sid = TextField()
    status = TextField()
    why = TextField(default="")
    created_at = DateTimeTZField()
    checked_at = DateTimeTZField()

    class Meta:
        table_name = "content_template"
        indexes = ((("account", "name", "language"), True),)

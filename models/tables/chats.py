"""Chats and what belongs to them: lanes, prompts, private pages, linked numbers. Schema: migration 0008."""

from peewee import BigAutoField, BlobField, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from models.base import Row


class Lane(Row):
    """A row of events that are dealt with one after the other, and by whom just now."""

    lane = BlobField(primary_key=True)
    holder = TextField(null=True)
    lease_until = DateTimeTZField(null=True)


class Chat(Row):
    """One address on one channel: her talk, when she was heard last (which opens WhatsApp's 24 hours), what is awaited.

    phone_index is null as long as she hides her number. timeout_at: until then the talk is open. The last three
    columns keep two machines from talking to each other for ever.
    """

    id = BigAutoField()
    channel = TextField()
    address_index = BlobField()
    address_sealed = BlobField()
    phone_index = BlobField(null=True)
    lane = BlobField()
    talk_sealed = BlobField(null=True)
    version = IntegerField(default=0)
    heard_at = DateTimeTZField()
    timeout_at = DateTimeTZField(null=True)
    expires_at = DateTimeTZField(null=True)
    last_text_index = BlobField(null=True)
    same_texts = IntegerField(default=0)
    puzzled_at = DateTimeTZField(null=True)

    class Meta:
        indexes = ((("channel", "address_index"), True),)


class PrivateLink(Row):
    """A page for what may not be typed in a chat; bound to the version of the chat that it goes on from."""

    id = BigAutoField()
    token_index = BlobField(unique=True)
    chat = ForeignKeyField(Chat)
    chat_id: int
    version = IntegerField()
    posts = IntegerField(default=0)
    made_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    used_at = DateTimeTZField(null=True)


class Prompt(Row):
    """A message of ours that may be answered with a digit, and what each digit means."""

    id = BigAutoField()
    phone_index = BlobField()
    text_key = TextField()
    about = TextField()
    choices = BinaryJSONField(index=False)
    asked_at = DateTimeTZField()
    answered_at = DateTimeTZField(null=True)


class WhatsappUser(Row):
    """A person whom WhatsApp shows us without her number, and the number that she proved to have."""

    id = BigAutoField()
    address_index = BlobField(unique=True)
    address_sealed = BlobField()
    phone_index = BlobField(unique=True)
    phone_sealed = BlobField()
    linked_at = DateTimeTZField()


class LinkCode(Row):
    """A code that went by SMS to the number that she says is hers."""

    id = BigAutoField()
    address_index = BlobField()
    phone_index = BlobField()
    phone_sealed = BlobField()
    code_index = BlobField()
    tries = IntegerField(default=0)
    sent_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    used_at = DateTimeTZField(null=True)

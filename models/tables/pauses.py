"""The pauses of groups. Schema: migration 0023."""

from peewee import BigAutoField, ForeignKeyField, IntegerField
from playhouse.postgres_ext import DateTimeTZField

from models.base import Row
from models.tables.groups import Group
from models.tables.staff import Proposal


class GroupPause(Row):
    """One pause. It is over when `ended_at` is there; by itself, or by a proposal of its own."""

    id = BigAutoField()
    group = ForeignKeyField(Group)
    group_id: int
    intervals = IntegerField()
    first_cycle = IntegerField()
    paused_at = DateTimeTZField()
    ends_at = DateTimeTZField()
    proposal = ForeignKeyField(Proposal)
    proposal_id: int
    ended_at = DateTimeTZField(null=True)
    ended_proposal = ForeignKeyField(Proposal, null=True)
    ended_proposal_id: int | None
    moved_back = IntegerField(default=0)

    class Meta:
        table_name = "group_pause"

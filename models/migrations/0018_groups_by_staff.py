"""The staff opens a group for its members, and asks a member to be its head: who wrote the rules, who invited."""

from typing import Any

SQL = """
-- The rules are written by a member, or by one of the staff; nobody is bound by them before she has promised.
ALTER TABLE group_rules ALTER COLUMN made_by DROP NOT NULL;
ALTER TABLE group_rules ADD COLUMN made_by_staff bigint REFERENCES staff;
ALTER TABLE group_rules ADD CONSTRAINT group_rules_one_author CHECK (num_nonnulls(made_by, made_by_staff) = 1);

-- as_officer: she was one before the rules were changed, and is one again when she has promised anew.
ALTER TABLE invitation ALTER COLUMN invited_by DROP NOT NULL;
ALTER TABLE invitation ADD COLUMN invited_by_staff bigint REFERENCES staff;
ALTER TABLE invitation ADD COLUMN as_officer boolean NOT NULL DEFAULT false;
ALTER TABLE invitation ADD CONSTRAINT invitation_one_inviter CHECK (num_nonnulls(invited_by, invited_by_staff) = 1);

-- The panel shows what was written for a group.
CREATE INDEX outbox_group ON outbox (group_id, id) WHERE group_id IS NOT NULL;
"""


def up(migrator: Any, db: Any) -> None:
    """Widen the rules and the invitations."""
    db.cursor().execute(SQL)

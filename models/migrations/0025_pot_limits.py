"""A group's own limit for one pot, raised by two of the staff; empty where the country's holds.

Groups whose turns are drawn already were begun under no limit and keep running: those above what is the
country's limit today are allowed the pot that they have.
"""

from typing import Any

SQL = """
ALTER TABLE savings_group ADD COLUMN pot_limit_kobo bigint CHECK (pot_limit_kobo > 0 AND pot_limit_kobo % 100 = 0);

UPDATE savings_group g
   SET pot_limit_kobo = pot.kobo + (100 - pot.kobo % 100) % 100
  FROM (SELECT id, (contribution_kobo * seats + pots_per_cycle - 1) / pots_per_cycle AS kobo FROM savings_group) pot
 WHERE pot.id = g.id AND g.status IN ('ready', 'active', 'paused', 'dissolving')
   AND pot.kobo > CASE g.currency WHEN 'NGN' THEN 500000000 WHEN 'GHS' THEN 2500000 ELSE 25000000 END;
"""


def up(migrator: Any, db: Any) -> None:
    """Add the column, and let what runs run on."""
    db.cursor().execute(SQL)

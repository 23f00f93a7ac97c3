"""Announcements to many go on: every minute of the day, a thousand messages of each."""

from datetime import datetime

from jobs.base import for_each
from models.actions import blasts


def go_on(now: datetime) -> dict[str, int]:
    """Queue what is next of every announcement that has not reached all."""
    return for_each(blasts.to_go_on(now), lambda blast_id: blasts.go_on(blast_id, now), "blast")

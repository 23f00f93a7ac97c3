"""Reminds: due soon, due today, overdue, check your bank. At 09:00."""

from datetime import datetime

from models.actions import reminders


def send_due(now: datetime) -> dict[str, int]:
    """Queue every reminder that belongs to this day and has not been queued."""
    return reminders.send_due_reminders(now)

"""Reminds: due soon, due today, overdue, check your bank. At 09:00."""

from datetime import datetime

from jobs.base import for_each
from models.actions import reminders


def send_due(now: datetime) -> dict[str, int]:
    """Queue every reminder that belongs to this day and has not been queued. One that fails stops only itself."""
    return for_each(
        reminders.reminders_due(now), lambda due: "reminded" if reminders.remind(due, now) else "not now", "reminder"
    )

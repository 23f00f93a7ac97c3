"""When a periodic job was last due. Pure.

"Due by now", not "tonight": a job is due when the latest time of its cron line has
not been run yet. Three missed days are therefore one run, which catches up, because
each job finds its own work by date. Cron lines are local times of the country.
"""

from datetime import UTC, datetime, timedelta

from crontab import CronTab

from models.rules.schedule import zone


def latest_slot(cron: str, now: datetime) -> datetime:
    """The last time at or before `now` that the cron line names, in UTC.

    >>> latest_slot("0 9 * * *", datetime(2026, 11, 23, 8, 0, tzinfo=UTC)).isoformat()
    '2026-11-23T08:00:00+00:00'
    """
    # crontab works with naive wall-clock times and looks strictly before its `now`.
    local = now.astimezone(zone()).replace(tzinfo=None, microsecond=0) + timedelta(seconds=1)
    slot: datetime = CronTab(cron).previous(now=local, delta=False, return_datetime=True, default_utc=True)
    return slot.replace(tzinfo=zone()).astimezone(UTC)

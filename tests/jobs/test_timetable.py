"""When a job was last due: against a walk back minute by minute, and in whatever zone the host thinks it is."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.schedule import PERIODIC
from jobs.timetable import latest_slot
from models.rules.schedule import LAGOS

MINUTE = timedelta(minutes=1)
instants = st.timedeltas(timedelta(0), timedelta(days=2000)).map(lambda since: datetime(2025, 1, 1, tzinfo=UTC) + since)
cron_lines = st.one_of(
    st.sampled_from([job.cron for job in PERIODIC]),
    st.builds("{} {} * * *".format, st.integers(0, 59), st.integers(0, 23)),
)


def fits(field: str, value: int) -> bool:
    """Whether a field of a cron line allows a value: a star, a star with a step, a range, or a number."""
    first, dash, last = field.partition("-")
    if dash:
        return int(first) <= value <= int(last)
    if field.startswith("*"):
        return value % int(field.removeprefix("*").removeprefix("/") or 1) == 0
    return value == int(field)


def walked_back(cron: str, now: datetime) -> datetime:
    """The plain way: minute by minute, in Lagos."""
    minute, hour, *_ = cron.split()
    slot = now.astimezone(LAGOS).replace(second=0, microsecond=0)
    while not (fits(minute, slot.minute) and fits(hour, slot.hour)):
        slot -= MINUTE
    return slot.astimezone(UTC)


@given(cron_lines, instants)
def test_the_latest_slot_is_the_one_that_a_walk_back_finds(cron: str, now: datetime):
    assert latest_slot(cron, now) == walked_back(cron, now)


@given(cron_lines, instants, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_slots_only_move_forward_and_never_into_the_future(cron: str, now: datetime, later: timedelta):
    assert latest_slot(cron, now) <= latest_slot(cron, now + later) <= now + later


@given(cron_lines, instants)
def test_a_slot_is_its_own_latest(cron: str, now: datetime):
    slot = latest_slot(cron, now)

    assert latest_slot(cron, slot) == slot
    assert latest_slot(cron, slot - timedelta(microseconds=1)) < slot


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Auckland"])
def host_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The host believes that it is there. New York and Auckland change their clocks, in opposite directions."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("host_zone")
@pytest.mark.parametrize("month", range(1, 13))
def test_the_zone_of_the_host_does_not_matter(month: int):
    now = datetime(2026, month, 8, 6, 30, tzinfo=UTC)  # the hour in which New York changes is among them
    for job in PERIODIC:
        assert latest_slot(job.cron, now) == walked_back(job.cron, now)


@pytest.mark.usefixtures("host_zone")
def test_three_days_without_the_job_are_one_slot():
    nine = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    assert latest_slot("0 9 * * *", nine + timedelta(days=3, hours=5)) == nine + timedelta(days=3)


def test_rq_schedulers_entries_have_the_time_of_lagos_wherever_the_host_is():
    """The next time that the clock writes down, in a process whose host is in New York."""
    program = (
        "from jobs.clock import use_zone; use_zone()\n"
        "import warnings; warnings.simplefilter('ignore')\n"
        "from rq_scheduler.utils import get_next_scheduled_time\n"
        "from datetime import UTC\n"
        "print(get_next_scheduled_time('0 9 * * *', use_local_timezone=True).astimezone(UTC).strftime('%H:%M'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], "TZ": "America/New_York", "APP_ENV": "test"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert done.stdout.strip() == "08:00"

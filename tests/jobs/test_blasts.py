"""The job that carries announcements on."""

from datetime import UTC, datetime, timedelta

import pytest
import redis

from bot import process
from bot.settings import Settings
from jobs import schedule
from models.actions import blasts, staff
from models.actions.signing_in import Somebody
from models.base import database
from models.rules import blasts as rules
from models.rules.blasts import Audience
from models.rules.refused import Refused
from models.rules.staff import Role
from tests.support.circles import running_group
from tests.support.databases import Database

NOON = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)


@pytest.fixture
def who(db: Database, settings: Settings, redis_client: redis.Redis) -> Somebody:
    """Somebody of the staff, and a queue to ring for what she sends."""
    process.wire(settings)
    invited = staff.invite(
        email="o@ajo.example", phone="+2348099990001", name="Titi Ola", role=Role.OWNER, actor="test", now=NOON
    )
    assert not isinstance(invited, Refused)
    return Somebody(invited.staff_id, "Titi Ola", Role.OWNER, b"", frozenset())


def queued() -> int:
    return int(database.execute_sql("SELECT count(*) FROM outbox WHERE text_key IN ('S75', 'S76')").fetchone()[0])


def test_a_run_reaches_everybody_once_and_the_next_one_nobody(who: Somebody) -> None:
    running_group()
    blasts.announce("The meeting is on Sunday.", Audience(None), who, NOON)
    run = schedule.BY_NAME["blasts"].run

    assert run(NOON)["done"] == 1
    assert queued() == 5
    assert run(NOON)["done"] == 0
    assert queued() == 5


def test_whoever_registers_after_it_was_sent_does_not_get_it(who: Somebody) -> None:
    running_group()
    blasts.announce("The meeting is on Sunday.", Audience(None), who, NOON)
    running_group(3)

    assert blasts.go_on(1, NOON) == "done"

    assert queued() == 5


def test_two_workers_queue_each_message_once(who: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    running_group()
    blasts.announce("The meeting is on Sunday.", Audience(None), who, NOON)
    monkeypatch.setattr(blasts, "PAGE", 2)
    monkeypatch.setattr(blasts, "PAGES", 1)

    assert [blasts.go_on(1, NOON) for _ in range(4)] == ["goes on", "goes on", "done", "stopped"]
    assert queued() == 5


def test_many_in_pieces_are_many(who: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "ALONE", 9)
    first, second = (Audience((running_group().group_id,)) for _ in range(2))
    assert not isinstance(blasts.announce("The meeting is on Sunday.", first, who, NOON), Refused)

    again = blasts.announce("The meeting is on Sunday.", second, who, NOON + timedelta(hours=23))
    tomorrow = blasts.announce("The meeting is on Sunday.", second, who, NOON + timedelta(hours=24))

    assert again == Refused("needs_two")
    assert not isinstance(tomorrow, Refused)


def test_one_that_was_ended_counts_for_those_whom_it_reached(who: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "ALONE", 9)
    audience = Audience((running_group().group_id,))
    blasts.announce("The meeting is on Sunday.", audience, who, NOON)
    blasts.stop(1, who, NOON)

    assert not isinstance(blasts.announce("The meeting is on Monday.", audience, who, NOON), Refused)

"""Late fees from many connections at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from models.actions.penalties import add_penalty, penalties_due
from models.base import database as connection
from models.queries import invariants
from tests.support.circles import running_group


def test_eight_workers_charge_one_fee(db):
    circle = running_group(3)
    circle.now = circle.cycle(1).due_at + timedelta(days=1)
    (first, *_) = penalties_due(circle.now, checked_at=circle.now)

    def charge(_) -> bool:
        try:
            return add_penalty(first, circle.now, checked_at=circle.now)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(charge, range(8))) == [False] * 7 + [True]
    assert invariants.violations(circle.now) == []

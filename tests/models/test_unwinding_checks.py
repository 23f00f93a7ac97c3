"""The checks of a dissolution find what somebody has changed by hand, each of them alone."""

from collections.abc import Iterator

import pytest

from models import base
from models.base import database as connection
from models.queries.invariants import violations
from tests.models.actions.test_dissolving import dissolve
from tests.support.circles import C, Circle, running_group
from tests.support.undone import connected, undone

BY_HAND = [
    ("I26", "UPDATE unwinding SET held_kobo = held_kobo + 1"),
    ("I26 I27", "UPDATE unwinding_share SET net_kobo = net_kobo + 1, paid_kobo = paid_kobo + 1 WHERE seat_id = 2"),
    (
        "I26 I28",
        "UPDATE unwinding_share SET net_kobo = net_kobo - 1, received_kobo = received_kobo + 1 WHERE seat_id = 1",
    ),
    ("I11 I28", "UPDATE obligation SET amount_kobo = amount_kobo + 1 WHERE kind = 'unwinding'"),
    ("I27", "UPDATE payout SET gross_kobo = gross_kobo * 9, net_kobo = net_kobo * 9 WHERE kind = 'claim'"),
    ("I28", "UPDATE unwinding SET ended_at = started_at"),
    ("I28", "UPDATE savings_group SET status = 'active'"),
    ("I28", "UPDATE cycle SET status = 'scheduled' WHERE number = 5"),
]


@pytest.fixture(scope="module")
def circle(database, environ) -> Iterator[Circle]:
    """Ada has collected and owes; what Bisi has paid since waits to be shared."""
    with connected(database, environ):
        circle = running_group(5)
        circle.all_pay()
        circle.pay_out()
        circle.pay("Bisi", C)
        dissolve(circle)
        connection.close_all()
        base.connect(database.superuser_url)
        yield circle


def test_all_is_well_before(circle: Circle) -> None:
    assert violations(circle.now) == []


@pytest.mark.parametrize(("expected", "statement"), BY_HAND)
def test_it_finds_what_was_changed_by_hand(circle: Circle, expected: str, statement: str) -> None:
    with undone():
        connection.execute_sql("SET LOCAL session_replication_role = replica")
        assert connection.execute_sql(statement).rowcount
        assert {found.code for found in violations(circle.now)} == set(expected.split())

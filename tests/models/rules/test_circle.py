"""How the circle goes on, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.circle import PayoutAccount, cycle_complete, group_complete, next_cycle, payout_obstacle
from models.rules.lifecycle import STATES

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("states", "complete"),
    [
        ("paid paid_late covered", True),
        ("paid waived written_off cancelled", True),
        ("paid pending", False),
        ("paid partial", False),
        ("cancelled cancelled", False),
        ("", False),
    ],
)
def test_a_cycle_is_complete_when_nobody_owes_it_anything(states: str, complete: bool) -> None:
    assert cycle_complete(states.split()) is complete


def test_every_state_of_an_obligation_is_judged() -> None:
    for state in set(STATES["obligation"]) - {"cancelled"}:
        assert cycle_complete([state]) is (state not in {"pending", "partial"})


@pytest.mark.parametrize(
    ("states", "number"),
    [
        ("scheduled scheduled scheduled", 1),
        ("paid scheduled scheduled", 2),
        ("settled short_paid scheduled", 3),
        ("settled cancelled scheduled", 3),
        ("open scheduled", None),
        ("grace scheduled", None),
        ("closing scheduled", None),
        ("held scheduled", None),
        ("settled settled", None),
        ("", None),
    ],
)
def test_one_cycle_at_a_time(states: str, number: int | None) -> None:
    cycles = list(enumerate(states.split(), start=1))
    assert next_cycle(cycles) == number
    assert next_cycle(reversed(cycles)) == number


@pytest.mark.parametrize(
    ("states", "owed", "held", "complete"),
    [
        ("settled settled", 0, 0, True),
        ("settled cancelled", 0, 0, True),
        ("settled settled", 1, 0, False),
        ("settled settled", 0, 1, False),
        ("settled paid", 0, 0, False),
        ("settled scheduled", 0, 0, False),
        ("cancelled cancelled", 0, 0, False),
        ("", 0, 0, False),
    ],
)
def test_no_group_ends_while_it_has_money_or_debts(states: str, owed: int, held: int, complete: bool) -> None:
    assert group_complete(states.split(), owed_kobo=owed, held_kobo=held) is complete


@pytest.mark.parametrize(
    ("account", "why"),
    [
        (None, "no_account"),
        (PayoutAccount("checking", True, NOW), "no_account"),
        (PayoutAccount("found", True, NOW), "no_account"),
        (PayoutAccount("retired", True, NOW), "no_account"),
        (PayoutAccount("confirmed", False, NOW), "name_differs"),
        (PayoutAccount("confirmed", True, None), "cooling_off"),
        (PayoutAccount("confirmed", True, NOW + SECOND), "cooling_off"),
        (PayoutAccount("confirmed", True, NOW), None),
        (PayoutAccount("confirmed", True, NOW - SECOND), None),
    ],
)
def test_what_stands_in_the_way_of_a_payout(account: PayoutAccount | None, why: str | None) -> None:
    assert payout_obstacle(account, NOW) == why

"""Two different people, neither the recipient, and a yes to exactly one thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.approvals import approved, approvers, may_approve, payload_hash
from models.rules.refused import Refused

members = st.integers(1, 12)
PAYLOAD = {
    "payout_id": 1, "gross_kobo": 6_000_000, "net_kobo": 5_940_000, "recipient_id": 4, "bank_account_id": 9,
    "last4": "6789", "account_name": "NGOZI A BELLO",
}  # fmt: skip


@pytest.mark.parametrize(
    ("officers", "turns", "recipient", "expected"),
    [
        ((1, 2), (3, 4, 1, 2), 4, (1, 2)),
        ((1, 2, 5), (3, 4, 1, 2, 5), 4, (1, 2, 5)),
        ((1, 2), (3, 4, 1, 2), 1, (2, 3)),
        ((1,), (3, 4, 1), 1, (3, 4)),
        ((1,), (4, 4, 3, 1), 4, (1, 3)),
        ((), (3, 4, 5), 3, (4, 5)),
        ((1, 1), (1, 3, 2), 3, (1, 2)),
        ((1,), (1, 2), 2, (1,)),
    ],
)
def test_officers_first_then_members_in_order_of_turns(
    officers: tuple[int, ...], turns: tuple[int, ...], recipient: int, expected: tuple[int, ...]
) -> None:
    assert approvers(officers, turns, recipient) == expected


@given(st.lists(members), st.lists(members), members)
def test_the_recipient_is_never_among_them_and_two_are_found_if_there_are_two(
    officers: list[int], turns: list[int], recipient: int
) -> None:
    found = approvers(officers, turns, recipient)
    everyone = set(officers) | set(turns)
    assert recipient not in found
    assert len(set(found)) == len(found)
    assert len(found) >= min(2, len(everyone - {recipient}))


def test_who_may_say_yes() -> None:
    assert may_approve(1, (1, 2), (), recipient=4) is None
    assert may_approve(1, (1, 2), (1,), recipient=4) == Refused("already_approved")
    assert may_approve(3, (1, 2), (), recipient=4) == Refused("not_allowed")
    assert may_approve(4, (4, 2), (), recipient=4) == Refused("not_allowed")


@pytest.mark.parametrize(
    ("yes", "enough"), [((), False), ((1,), False), ((1, 1), False), ((1, 4), False), ((1, 2), True)]
)
def test_two_different_people_other_than_the_recipient(yes: tuple[int, ...], enough: bool) -> None:
    assert approved(yes, recipient=4) is enough


@pytest.mark.parametrize("field", sorted(PAYLOAD))
def test_any_change_changes_the_hash(field: str) -> None:
    value = PAYLOAD[field]
    changed = PAYLOAD | {field: value + 1 if isinstance(value, int) else value + "1"}
    assert payload_hash(**changed) != payload_hash(**PAYLOAD)  # type: ignore[arg-type]


def test_the_same_payload_always_has_the_same_hash() -> None:
    shuffled = dict(reversed(PAYLOAD.items()))
    assert payload_hash(**shuffled) == payload_hash(**PAYLOAD)  # type: ignore[arg-type]
    assert len(payload_hash(**PAYLOAD)) == 64  # type: ignore[arg-type]

"""The tables of states are closed, connected, and say what the design says."""

import pytest

from models.rules import lifecycle
from models.rules.lifecycle import MACHINES, STARTS, STATES, TRANSITIONS, legal, terminal

ENTITIES = sorted(TRANSITIONS)

ENDS = {
    "group": {"completed", "cancelled"},
    "cycle": {"settled", "cancelled"},
    "obligation": {"waived", "cancelled"},
    "seat": {"exited", "replaced", "removed", "completed", "refused", "withdrawn"},
    "payment": {"charged_back", "refunded"},
    "payout": {"cancelled"},
    "attempt": {"reversed"},
    "bank_account": {"not_found", "retired"},
    "swap": {"done", "refused", "withdrawn", "expired", "void"},
    "extension": {"refused", "expired", "void", "kept", "broken"},
    "waiver": {"waived", "void"},
    "report": {"answered"},
    "vouch": {"refused", "unsure", "expired", "used"},
    "outbox": {"suppressed", "read", "failed"},
}


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_state_can_be_reached_from_a_start(entity: str) -> None:
    reached = set(STARTS[entity])
    while more := {dest for source, dest in TRANSITIONS[entity] if source in reached} - reached:
        reached |= more
    assert reached == set(STATES[entity])


@pytest.mark.parametrize("entity", ENTITIES)
def test_nothing_leaves_an_end_and_only_these_are_ends(entity: str) -> None:
    assert terminal(entity) == ENDS[entity]
    assert not any(legal(entity, end, dest) for end in ENDS[entity] for dest in STATES[entity])


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_machine_allows_exactly_the_table(entity: str) -> None:
    allowed = {(a, b) for a in STATES[entity] for b in STATES[entity] if legal(entity, a, b)}
    assert allowed == set(TRANSITIONS[entity])
    assert len(allowed) == len(TRANSITIONS[entity]), "a pair stands twice in the table"


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_step_stays_where_it_is(entity: str) -> None:
    assert all(source != dest for source, dest in TRANSITIONS[entity])


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_machine_has_no_state_and_no_model_of_its_own(entity: str) -> None:
    assert set(MACHINES[entity].states) == set(STATES[entity])
    assert MACHINES[entity].models == []


def test_every_entity_has_its_starts() -> None:
    assert set(STARTS) == set(TRANSITIONS)


@pytest.mark.parametrize(
    ("entity", "source", "dest"),
    [
        ("payment", "success", "failed"),
        ("payment", "success", "abandoned"),
        ("payout", "awaiting_approval", "reserved"),
        ("payout", "paid", "cancelled"),
        ("payout", "in_flight", "cancelled"),
        ("payout", "paid", "in_flight"),
        ("attempt", "failed", "sending"),
        ("attempt", "success", "failed"),
        ("group", "active", "cancelled"),
        ("group", "forming", "active"),
        ("cycle", "paid", "closing"),
        ("cycle", "short_paid", "closing"),
        ("seat", "requested", "active"),
        ("bank_account", "not_found", "confirmed"),
    ],
)
def test_the_dangerous_steps_do_not_exist(entity: str, source: str, dest: str) -> None:
    assert not legal(entity, source, dest)


@pytest.mark.parametrize(
    ("entity", "path"),
    [
        ("group", "draft forming ready forming ready active paused active completed"),
        ("cycle", "scheduled open grace closing short_paid settled"),
        ("cycle", "scheduled open closing paid settled"),
        ("obligation", "pending partial paid pending paid_late"),
        ("seat", "requested accepted active in_arrears active completed"),
        ("payment", "created sending pending abandoned success refunding refunded"),
        (
            "payout",
            "held awaiting_approval approved reserved in_flight retry in_flight paid returned reserved",
        ),
        ("attempt", "created sending unknown sending pending unknown success reversed"),
        ("bank_account", "checking found confirmed retired"),
        ("outbox", "queued sending unknown sent delivered"),
    ],
)
def test_a_whole_life_is_legal(entity: str, path: str) -> None:
    states = path.split()
    assert all(legal(entity, a, b) for a, b in zip(states, states[1:], strict=False))


def test_a_state_that_does_not_exist_has_no_steps_and_an_unknown_entity_is_a_bug() -> None:
    assert not legal("group", "nowhere", "active")
    assert not legal("group", "active", "nowhere")
    with pytest.raises(KeyError):
        lifecycle.legal("nobody", "a", "b")

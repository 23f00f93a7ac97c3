"""The question for her PIN, as every conversation asks it: four digits, tries left, locked.

The PIN goes from the answer into a command, wrapped as a `Secret`, and nowhere else.
Choosing a new PIN is not asked here but in `welcome` and `account`.
"""

from collections.abc import Mapping

from flows.asking import a_pin, is_frozen, pin_was_right
from flows.flow import Act, Fork, Row, Screen, Shows, State, Turn, row
from flows.talk import Value
from models.commands import CheckPin


def pin_states(name: str, gate: str, *, shows: Shows, key: str = "", gone_on: str = "") -> list[State]:
    """`gate` is where to go when the PIN is wanted; `name` asks for it.

    gone_on: a screen that asks "1. Yes" instead when her PIN was right in this session already.
    """
    locked = Screen(f"{name} locked", "M2l", end=True)
    states: list[State] = [
        Fork(gate),
        Screen(name, key, shows=shows, hears=a_pin, secret=True, returns=gate),
        Screen(f"{name} wrong", "M2e", shows=_tries, again=name),
        Screen(f"{name} last try", "M2o", again=name),
        Screen(f"{name} no PIN", "M2f", again=name),
        Act(f"{name} check", CheckPin, lambda turn: CheckPin(turn.value), proves_pin=True, settles=False),
        locked,
    ]
    if gone_on:
        states.append(Screen(gone_on, shows=shows, behind_pin=gate, returns=gate))
    return states


def pin_rows(name: str, gate: str, *, to: str, gone_on: str = "", even_frozen: bool = False) -> list[Row]:
    """The rows for `pin_states`; `to` is what the PIN guards. A frozen account has no PIN but to be unfrozen with."""
    rows = [] if even_frozen else [row("go", gate, "freeze.start", when=is_frozen)]
    rows += [
        row("go", gate, gone_on or to, when=pin_was_right),
        row("go", gate, name),
        row("heard", name, f"{name} check"),
        row("wrong", name, f"{name} no PIN"),
        row("done", f"{name} check", to),
        row("wrong_pin", f"{name} check", f"{name} last try", when=is_last_try),
        row("wrong_pin", f"{name} check", f"{name} wrong", then=_keep_tries),
        row("pin_locked", f"{name} check", f"{name} locked"),
    ]
    if gone_on:
        rows.append(row("1", gone_on, to))
    return rows


def is_last_try(turn: Turn) -> bool:
    return bool(turn.value == 1)


def _keep_tries(turn: Turn) -> None:
    turn.memory["tries"] = turn.value


def _tries(turn: Turn) -> Mapping[str, Value]:
    return {"k": int(turn.memory.get("tries", 0))}

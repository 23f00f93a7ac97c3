"""What stands beside the phones: a line for each panel. What a panel does stands in its own module.

A panel's script is a module in `static` that imports `bus.js`: `on(name, told)` hears what its `tells` gives,
`call(method, path, body)` asks the control API or the panel's own routes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint

from bot.sandbox.browser import bank, clock, inspector
from bot.sandbox.world import World


@dataclass(frozen=True)
class Bench:
    """A panel. `template` is the inside of it; `script` and `style` are names in `static`.

    `add` hangs its routes, which begin with its name, below /sandbox. `tells` is its part of the live stream, sent
    whenever it is another than before: JSON, out of the store only, for it is asked after every change there.
    """

    name: str
    title: str
    template: str
    script: str = ""
    style: str = ""
    add: Callable[[Blueprint], None] | None = None
    tells: Callable[[World], Any] | None = None


BENCHES: tuple[Bench, ...] = (
    Bench("bank", "Bank", "sandbox/bank.html", "benches.js", "benches.css", bank.add, bank.tells),
    Bench("time", "Clock", "sandbox/clock.html", "benches.js", "", clock.add, clock.tells),
    Bench("inspector", "Inspector", "sandbox/inspector.html", "benches.js", "", inspector.add),
)

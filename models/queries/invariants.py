"""What must always hold between money, books and rows, asked all at once (ledger 2.5).

`violations` is empty or something is wrong: the tests ask it after every scenario, and
`flask --app app check` asks it of a live database. `warnings` is what takes too long. `x1` to
`x4` compare with the provider. The questions stand in the modules named checks_*.
"""

from datetime import datetime
from typing import Final

from models.queries.checks import Check, Violation, ask
from models.queries.checks_books import BOOKS
from models.queries.checks_liveness import LIVENESS
from models.queries.checks_pauses import PAUSES
from models.queries.checks_provider import x1, x2, x3, x4
from models.queries.checks_requests import REQUESTS
from models.queries.checks_rows import ROWS
from models.queries.checks_states import STATES
from models.queries.checks_unwinding import UNWINDING
from models.queries.checks_wallets import WALLETS

__all__ = ["CHECKS", "Violation", "violations", "warnings", "x1", "x2", "x3", "x4"]

CHECKS: Final[tuple[Check, ...]] = BOOKS + ROWS + STATES + REQUESTS + PAUSES + UNWINDING + WALLETS


def violations(now: datetime) -> list[Violation]:
    """Everything that must not be. Empty on books that are in order."""
    return ask(CHECKS, now)


def warnings(now: datetime) -> list[Violation]:
    """What has taken too long by now. Somebody should look; the books are not wrong."""
    return ask(LIVENESS, now)

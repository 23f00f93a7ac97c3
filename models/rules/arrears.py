"""How old a debt is, in the steps by which a cooperative looks at its arrears. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True)
class Age:
    """A step. key: as an address names it; from_days to to_days, both included, to_days None: without an end."""

    key: str
    from_days: int
    to_days: int | None


AGES: Final = (Age("0-7", 0, 7), Age("8-14", 8, 14), Age("15-30", 15, 30), Age("31", 31, None))
BY_KEY: Final = {age.key: age for age in AGES}


def days_late(due_on: date, today: date) -> int:
    """Whole days since the day on which it was due; on that day itself 0."""
    return max((today - due_on).days, 0)

"""How the providers behave when nothing is broken: delays, the opening balance, the dialled code.

Kept in the store and changed through the control API while it runs. Faults are knobs, not tuning.
"""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from bot.sandbox.store import Store

OUTCOMES = ("none", "success", "failed", "reversed", "pending")


@dataclass(frozen=True)
class Tuning:
    ussd_code: str
    opening_balance_kobo: int = 5_000_000
    auto_transfer: str = "success"  # what becomes of a transfer by itself; none and pending: only by control
    transfer_seconds: float = 1.0
    pay_seconds: float | None = None  # every charge is paid by itself after so long; None: only by control
    refund_seconds: float = 1.0
    report_seconds: float = 0.5
    retry_scale: float = 1.0  # 1.0 is the providers' real retry schedule (3 minutes, then hourly)
    callback_timeout_seconds: float = 10.0
    rate_limit_per_minute: int = 0  # 0: counted in the headers, never refused
    keep_fee_on_reversal: bool = False
    short_code: str = "40404"  # where SMS to Africa's Talking go
    approval_seconds: float = 0.2  # until Meta has looked at a template
    read_receipts: bool = True  # people let others see that they have read a message
    media_redirects: bool = True  # Twilio hands incoming media out behind a redirect
    advanced_opt_out: bool = False  # Twilio says by OptOutType how it has understood a word


class TuningRefused(ValueError):
    """A tuning that does not exist, or a value that it cannot have."""


class TuningBox:
    """Reads and changes the tuning; what was never changed has the value given at start."""

    def __init__(self, store: Store, start: Tuning) -> None:
        self._store = store
        self._start = start

    def current(self) -> Tuning:
        row = self._store.row("SELECT value FROM setting WHERE name = 'tuning'")
        return replace(self._start, **json.loads(row["value"])) if row else self._start

    def change(self, wanted: dict[str, Any]) -> Tuning:
        for name, value in wanted.items():
            _check(name, value)
        with self._store.write() as db:
            row = self._store.row("SELECT value FROM setting WHERE name = 'tuning'")
            changed = {**(json.loads(row["value"]) if row else {}), **wanted}
            db.execute("INSERT OR REPLACE INTO setting VALUES ('tuning', ?)", (json.dumps(changed),))
        return self.current()


def as_json(tuning: Tuning) -> dict[str, Any]:
    return asdict(tuning)


def _check(name: str, value: object) -> None:
    if name not in {field.name for field in fields(Tuning)}:
        raise TuningRefused(f"no tuning is called {name!r}")
    if name == "auto_transfer":
        good = value in OUTCOMES
    elif name == "ussd_code":
        good = isinstance(value, str) and value.startswith("*") and value.endswith("#")
    elif name == "short_code":
        good = isinstance(value, str) and value.isdecimal()
    elif name in ("keep_fee_on_reversal", "read_receipts", "media_redirects", "advanced_opt_out"):
        good = isinstance(value, bool)
    elif name in ("opening_balance_kobo", "rate_limit_per_minute"):
        good = type(value) is int and value >= 0
    else:
        good = (name == "pay_seconds" and value is None) or (type(value) in (int, float) and float(str(value)) >= 0)
    if not good:
        raise TuningRefused(f"{name} cannot be {value!r}")

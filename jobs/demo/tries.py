"""What can be tried at once on the demo's phones: a file for the page of the stand-ins, beside its other data."""

import json
from pathlib import Path
from typing import Final

from jobs.demo.people import CHIDI, GOZIE, HALIMA, PIN

FILE: Final = "demo-tries.json"


def leave(folder: Path) -> None:
    """One who owes a contribution, and the two officers whose yes a payout waits for. The PIN is that of all."""
    found = {"pin": PIN, "pay": [CHIDI.phone], "collect": [GOZIE.phone, HALIMA.phone]}
    (folder / FILE).write_text(json.dumps(found, indent=2))

"""What the keypad phone shows: the screen of its last session, how full it is, and what the network tells us of it."""

import json
from typing import Any

from bot.sandbox.africastalking import networks
from bot.sandbox.africastalking.ussd import NETWORK_FAILURE, Quirks
from bot.sandbox.paystack import wallets
from bot.sandbox.store import Row
from bot.sandbox.world import World
from flows.gsm import COST, septets

LOST = "the answer was lost on the way to the phone"
STATES = {"open": "open", "Success": "ended", "Incomplete": "dropped", "Failed": "failed"}
HIDDEN = "••••"


def shown(here: World, number: str) -> dict[str, Any]:
    """The newest session of a phone; `state` is idle, open, ended, dropped or failed."""
    row = here.store.row("SELECT * FROM ussd_session WHERE phone = ? ORDER BY started_real DESC LIMIT 1", number)
    found = {"phone": number, "state": "idle", "screen": "", "septets": 0, "wallet": _wallet(here, number)}
    found["network"] = networks.name_of(row["network_code"] if row else networks.of(here, number))
    return found if row is None else found | _session(here, row)


def _session(here: World, row: Row) -> dict[str, Any]:
    hops = here.store.rows("SELECT * FROM ussd_hop WHERE session_id = ? ORDER BY id", row["id"])
    quirks = Quirks.of(json.loads(row["quirks"]))
    last = hops[-1] if hops else None
    state = STATES[row["status"]]
    error = (last["error"] or LOST) if last is not None and state == "failed" else None
    screen = NETWORK_FAILURE if error else last["answer"][4:] if last is not None else ""
    return {
        "session": row["id"],
        "state": state,
        "waits": state == "open" and row["hops"] * quirks.requests > len(hops),
        "screen": screen,
        "septets": septets(screen) if all(char in COST for char in screen) else None,
        "error": error,
        "history": _history(hops),
        "hops": row["hops"],
        "requests": len(hops),
        "took_ms": last["took_ms"] if last is not None else None,
        "patience_seconds": quirks.patience_seconds,
    }


def _history(hops: list[Row]) -> str:
    """What the product was told of her replies; one to a screen that asks for a PIN is not shown."""
    said, before, asked = "", "", ""
    for hop in hops:
        if hop["text"] == before and said:
            asked = hop["answer"]
            continue
        new = hop["text"].removeprefix(before).removeprefix("*") if before else hop["text"]
        said += ("*" if before else "") + (HIDDEN if "PIN" in asked and new.isdecimal() else new)
        before, asked = hop["text"], hop["answer"]
    return said


def _wallet(here: World, number: str) -> dict[str, Any] | None:
    """What her mobile money asks her to approve."""
    row = wallets.asked_of(here, number)
    return None if row is None else {"amount": row["requested_amount"], "currency": row["currency"]}

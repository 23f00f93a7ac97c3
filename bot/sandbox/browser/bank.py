"""The bank's panel: what customers were asked to pay, what goes out, and what there is.

Its buttons are the control API's, with what they send written into the page; only to pay late is a route of its
own, because the time has to move first. What a bank does stands in `paystack`.
"""

import json
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template

from bot.sandbox.browser import moving, people
from bot.sandbox.control.bank import charge_shown, transfer_shown
from bot.sandbox.control.reading import BadRequest, body, needed
from bot.sandbox.knobs import Knob
from bot.sandbox.paystack import charges, transfers
from bot.sandbox.paystack.balance import balances
from bot.sandbox.store import Row
from bot.sandbox.world import World, world
from models.money import show

MOST: Final = 12
AT_ONCE: Final = 2  # of what has ended; the rest folds away
LATE: Final = "1d"  # by then the code or the account of a payment has run out

CHARGES: Final = "SELECT * FROM charge ORDER BY state = 'open' DESC, id DESC LIMIT ?"
TRANSFERS: Final = "SELECT * FROM transfer ORDER BY id DESC LIMIT ?"
MOVEMENTS: Final = "SELECT kind, reference, currency, amount, at FROM movement ORDER BY id DESC LIMIT ?"

WAYS: Final = {"ussd": "bank code", "bank_transfer": "bank transfer", "card": "link", "mobile_money": "mobile money"}
# State -> (what it is called, its tone).
STATES: Final = {
    "ongoing": ("waits for her", "warn"),
    "open": ("waits for her", "warn"),
    "abandoned": ("not paid in time", ""),
    "success": ("paid", "good"),
    "failed": ("declined", "bad"),
    "reversed": ("given back", "bad"),
}
ENDS: Final = {
    "pending": ("on its way", "warn"),
    "otp": ("waits for a code", "warn"),
    "received": ("taken in", "warn"),
    "success": ("arrived", "good"),
    "failed": ("failed", "bad"),
    "reversed": ("came back", "bad"),
    "abandoned": ("abandoned", "bad"),
    "blocked": ("blocked", "bad"),
    "rejected": ("rejected", "bad"),
}
# What becomes of transfers by themselves.
BY_THEMSELVES: Final = {"success": "arrive", "failed": "fail", "none": "hang", "reversed": "come back at once"}
# What the next transfer alone does: the knob that is turned for it.
NEXT: Final = (
    ("Arrives", {"do": "auto_transfer", "value": "success"}),
    ("Fails", {"do": "auto_transfer", "value": "failed"}),
    ("Hangs", {"do": "auto_transfer", "value": "none"}),
    ("Comes back later", {"do": "reverse_later", "value": 15}),
    ("Too little money", {"do": "insufficient_balance", "value": None}),
    ("No answer to us", {"do": "lose_answer", "value": None}),
)


def add(routes: Blueprint) -> None:
    """The panel and its one errand."""
    routes.add_url_rule("/bank", "bank", panel)
    routes.add_url_rule("/bank/late", "bank_late", late, methods=["POST"])


def tells(here: World) -> Any:
    """A mark that changes when the panel does."""
    parts = ("charge", "transfer", "movement", "refund", "knob")
    newest = [here.store.number(f"SELECT COALESCE(MAX(id), 0) FROM {name}") for name in parts]  # noqa: S608
    ends = [tuple(row) for row in here.store.rows("SELECT status, COUNT(*) FROM transfer GROUP BY 1 ORDER BY 1")]
    states = [tuple(row) for row in here.store.rows("SELECT state, COUNT(*) FROM charge GROUP BY 1 ORDER BY 1")]
    knobs = here.store.number("SELECT COUNT(*) FROM knob")
    return [*newest, ends, states, knobs, here.tuning.current().auto_transfer]


def panel() -> str:
    """The inside of the panel."""
    here = world()
    names = {each.member_id: each for each in people.known(here) if each.member_id}
    asked = [_charge(here, row, names) for row in here.store.rows(CHARGES, MOST)]
    ended = [each for each in asked if not each["open"]]
    return render_template(
        "sandbox/bank_panel.html",
        balances=[show(int(each["balance"]), str(each["currency"])) for each in balances(here)],
        charges=[each for each in asked if each["open"]] + ended[:AT_ONCE],
        earlier=ended[AT_ONCE:],
        transfers=[_transfer(here, row) for row in here.store.rows(TRANSFERS, MOST)],
        movements=[_movement(row) for row in here.store.rows(MOVEMENTS, MOST)],
        usual=here.tuning.current().auto_transfer,
        by_themselves=BY_THEMSELVES,
        next=[(title, {"on": transfers.PLACE, "times": 1, **knob}) for title, knob in NEXT],
        knobs=[(each.id, _title(each)) for each in here.knobs.all() if each.on == transfers.PLACE],
        moving=moving.last(here.store).running,
    )


def late() -> Response:
    """She pays what she was asked for, a day after: the time is moved first, and the jobs of that day run."""
    here, reference = world(), needed(body(), "reference", str)
    row = here.store.row("SELECT * FROM charge WHERE reference = ?", reference)
    if row is None:
        raise BadRequest(f"no charge has the reference {reference}")

    def pay() -> None:
        charges.pay(here, charges.charge_of(here, reference), row["requested_amount"], row["currency"], accept=True)

    moving.by(here, LATE, then=pay)
    return jsonify(ok=True)


def _charge(here: World, row: Row, names: dict[int, people.Person]) -> dict[str, Any]:
    told, ours = charge_shown(here, row), json.loads(row["metadata"])
    who = names.get(ours.get("member_id", 0)) if isinstance(ours, dict) else None
    state, tone = STATES.get(told["status"], (told["status"], ""))
    asked = int(row["requested_amount"])
    return told | {
        "who": who.name if who else "",
        "way": WAYS.get(row["channel"], row["channel"]),
        "where": row["ussd_code"] or row["account_number"] or "",
        "asked": show(asked, row["currency"]),
        "got": show(row["amount"], row["currency"]) if row["paid_at"] and row["amount"] != asked else "",
        "less": max(asked // 2, 1),
        "state": state,
        "tone": tone,
    }


def _transfer(here: World, row: Row) -> dict[str, Any]:
    told = transfer_shown(here, row)
    state, tone = ENDS.get(row["status"], (row["status"], ""))
    return told | {
        "shown": show(row["amount"], row["currency"]),
        "payee": told["account_name"] or "",
        "last4": str(told["account_number"])[-4:],
        "open": row["status"] in transfers.OPEN,
        "arrived": row["status"] == "success",
        "state": state,
        "tone": tone,
    }


def _title(knob: Knob) -> str:
    """The words of the button that turned it; the control API may have turned another one."""
    return next((title for title, at in NEXT if at == {"do": knob.do, "value": knob.value}), knob.do)


def _movement(row: Row) -> dict[str, Any]:
    return {**dict(row), "shown": show(row["amount"], row["currency"])}

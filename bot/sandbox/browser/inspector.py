"""The inspector's panel: where somebody is, what is remembered of her, what was done, what it moved and what it costs.

All of it is asked through the product's window (`window`), which masks what is secret; the picture is `diagram`'s.
"""

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, render_template, request

from bot.sandbox.browser import saving, window
from bot.sandbox.browser.clock import in_words
from bot.sandbox.browser.diagram import diagram
from bot.sandbox.control.reading import BadRequest
from bot.sandbox.world import World, world
from models import phones
from models.money import show

WITH_ENTRIES: Final = 2  # of the newest payments, what they did in the books

CHANNELS: Final = {
    "africastalking-ussd": "Keypad",
    "africastalking-sms": "SMS",
    "twilio-sms": "SMS (Twilio)",
    "twilio-whatsapp": "WhatsApp",
    "ussd": "Keypad",
    "": "not sent yet",
}
WAITING: Final = {
    "messages": "messages to send",
    "messages_unknown": "messages without an answer",
    "events": "events to work off",
    "events_parked": "events that need a person",
    "payments": "payments that are open",
    "transfers_unsure": "transfers that are open",
}


def add(routes: Blueprint) -> None:
    """The panel, and what writes a transcript down."""
    routes.add_url_rule("/inspector", "inspector", panel)
    routes.add_url_rule("/inspector/transcript", "inspector_transcript", saving.download)
    routes.add_url_rule("/inspector/save", "inspector_save", saving.save, methods=["POST"])
    routes.add_url_rule("/inspector/mark", "inspector_mark", saving.begin_here, methods=["POST"])


def panel() -> str:
    """The inside of the panel, of one phone."""
    here = world()
    number = phones.parse(request.args.get("phone", ""), here.country.region)
    if number is None:
        raise BadRequest("phone is no number")
    try:
        told, house = window.ask(here, "phone", phone=number), window.ask(here, "house", phone=number)
        payments = [_payment(here, each, n) for n, each in enumerate(told["payments"])]
    except window.Away as trouble:
        return render_template("sandbox/inspector_away.html", trouble=str(trouble))
    talks = [_talk(here, each) for each in told["talks"]]
    lit = next((each for each in talks if not each["over"]), talks[0] if talks else None)
    return render_template(
        "sandbox/inspector_panel.html",
        number=number,
        name=told["name"],
        talks=talks,
        lit=lit,
        picture=diagram(lit["flow"], lit["state"]) if lit and lit["flow"] else None,
        commands=[_command(here, each) for each in told["commands"]],
        payments=payments,
        messages=[each | {"way": _way(each["channel"]), "at": _at(here, each["created_at"])}
                  for each in told["messages"]],
        costs=[each | {"way": _way(each["way"])} for each in told["costs"]],
        queued=house["queued"],
        due=house["due"],
        waiting=[(words, house["waiting"][name]) for name, words in WAITING.items() if house["waiting"].get(name)],
        saving=saving.state(here, number),
    )  # fmt: skip


def _talk(here: World, told: dict[str, Any]) -> dict[str, Any]:
    return told | {
        "way": _way(told["channel"]),
        "at": _at(here, told["at"]),
        "memory": sorted(told.get("memory", {}).items()),
        "trail": " › ".join([*told.get("before", [])[-4:], f"{told['flow']}.{told['state']}"]),
    }


def _command(here: World, told: dict[str, Any]) -> dict[str, Any]:
    done = ", ".join(f"{name} {value}" for name, value in told["done"].items() if value != "")
    return told | {"way": _way(told["channel"]), "at": _at(here, told["at"]), "outcome": told["refused"] or done}


def _payment(here: World, told: dict[str, Any], n: int) -> dict[str, Any]:
    entries = window.ask(here, "entries", reference=told["reference"])["entries"] if n < WITH_ENTRIES else []
    for entry in entries:
        for leg in entry["legs"]:
            leg["shown"] = show(abs(leg["kobo"]), leg["currency"])
    amount = told["received_kobo"] or told["amount_kobo"] + told["fee_kobo"]
    return told | {
        "shown": show(amount, told["currency"]),
        "at": _at(here, told["paid_at"] or told["created_at"]),
        "entries": entries,
    }


def _way(channel: str) -> str:
    return CHANNELS.get(channel, channel)


def _at(here: World, iso: str) -> str:
    return in_words(here, datetime.fromisoformat(iso))

"""How this phone's network and providers misbehave: the quirks of its next session, and knobs that are its own."""

import json
from dataclasses import asdict
from typing import Any, Final

from bot.sandbox.africastalking.ussd import Quirks
from bot.sandbox.world import World

# What a switch turns, for this number only: (place, what the knob does, value).
KNOBS: Final = {
    "failing": (("africastalking.send", "report", ["Failed", "DeliveryFailure"]), ("twilio.send", "fails", 30005)),
    "doubled": (("webhook.*", "duplicate", 1),),
}


def shown(here: World, number: str) -> dict[str, Any]:
    """`ids`: the knobs that are turned for a switch, to take them away again; `turn`: how it is turned."""
    known = here.store.row("SELECT * FROM phone WHERE number = ?", number)
    turned = [knob for knob in here.knobs.all() if knob.only == number]
    return {
        "phone": number,
        "quirks": asdict(Quirks()) | (json.loads(known["quirks"]) if known else {}),
        "network": known["network_code"] if known else None,
        "knobs": {
            name: {
                "ids": [knob.id for knob in turned if any((knob.on, knob.do) == each[:2] for each in places)],
                "turn": [{"on": place, "do": does, "value": value} for place, does, value in places],
            }
            for name, places in KNOBS.items()
        },
    }

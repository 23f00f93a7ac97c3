"""What the SMS inbox shows: what came, from whom, in how many parts and for how much; and what she has answered."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from bot.sandbox import prices
from bot.sandbox.store import Row
from bot.sandbox.twilio.addresses import SMS
from bot.sandbox.world import World

MOST = 60
CAME = "SELECT * FROM sms WHERE number = ? ORDER BY id DESC LIMIT ?"
# What goes to Africa's Talking is kept nowhere but in its webhook; a body has her number in it, escaped.
TO_AFRICASTALKING = """
SELECT id, body FROM delivery WHERE event = 'africastalking.sms' AND instr(body, CAST(? AS BLOB)) > 0
 ORDER BY id DESC LIMIT ?
"""
TO_TWILIO = """
SELECT id, body, created_at FROM twilio_message WHERE number = ? AND channel = ? AND direction = 'inbound'
 ORDER BY id DESC LIMIT ?
"""


def shown(here: World, number: str) -> dict[str, Any]:
    """The newest messages of both sides, oldest first."""
    came = [_came(row) for row in here.store.rows(CAME, number, MOST)]
    sent = [*_to_africastalking(here, number), *_to_twilio(here, number)]
    messages = sorted(came + sent, key=lambda each: (each["at"], each["mine"]))
    stopped = here.store.rows("SELECT provider FROM sms_stop WHERE number = ? ORDER BY provider", number)
    return {"phone": number, "messages": messages[-MOST:], "stopped": [row["provider"] for row in stopped]}


def _came(row: Row) -> dict[str, Any]:
    return {
        "id": f"c{row['id']}",
        "mine": False,
        "sender": row["sender"],
        "text": row["text"],
        "segments": row["segments"],
        "at": row["at"],
        "report": row["report"],
        "provider": row["provider"],
        "price": prices.said(row["price"]),
    }


def _to_africastalking(here: World, number: str) -> list[dict[str, Any]]:
    found = {}  # by its id: what comes twice was sent once
    for row in here.store.rows(TO_AFRICASTALKING, urlencode({"from": number}), MOST):
        said = {
            name: values[0] for name, values in parse_qs(bytes(row["body"]).decode(), keep_blank_values=True).items()
        }
        if said["from"] == number:
            found[said["id"]] = _mine(f"a{said['id']}", said["text"], said["date"].replace(" ", "T") + ".000Z")
    return list(found.values())


def _to_twilio(here: World, number: str) -> list[dict[str, Any]]:
    return [
        _mine(f"t{row['id']}", row["body"], row["created_at"]) for row in here.store.rows(TO_TWILIO, number, SMS, MOST)
    ]


def _mine(mark: str, text: str, at: str) -> dict[str, Any]:
    return {"id": mark, "mine": True, "text": text, "at": at}

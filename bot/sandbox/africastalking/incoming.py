"""SMS that people send to our short code, and their opting out: posted to the product until it answers 200."""

import uuid

from bot.sandbox.africastalking import networks, wire
from bot.sandbox.world import World


def receive(here: World, number: str, text: str) -> str:
    """She sends an SMS. Its id."""
    message_id = str(uuid.uuid4())
    at = here.clock.now().strftime("%Y-%m-%d %H:%M:%S")
    network = networks.of(here, number)
    body = wire.incoming_sms(number, here.tuning.current().short_code, text, message_id, at, network)
    _post(here, "sms", body, number, message_id)
    return message_id


def opt_out(here: World, number: str) -> None:
    """She wants no more from our sender: Africa's Talking refuses every message to her from now on, and tells us."""
    with here.store.write() as db:
        db.execute("INSERT OR IGNORE INTO sms_stop VALUES ('africastalking', ?)", (number,))
        _post(here, "optout", wire.opt_out(here.settings.africastalking_sender, number), number)


def opt_in(here: World, number: str) -> None:
    """She allows them again; nobody is told of that."""
    with here.store.write() as db:
        db.execute("DELETE FROM sms_stop WHERE provider = 'africastalking' AND number = ?", (number,))


def _post(here: World, what: str, body: bytes, *subjects: str) -> None:
    url = f"{here.settings.public_url}/webhooks/africastalking-{what}/{here.settings.callback_keys[0]}"
    here.deliveries.put(f"africastalking.{what}", url, wire.REPORT_HEADERS, body, "africastalking", *subjects)

"""The sandbox's own hands: one thread that runs errands when they are due and hands out deliveries."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.sandbox.africastalking.sms import report_delivery
from bot.sandbox.africastalking.ussd import fall_silent
from bot.sandbox.paystack.charges import pay_by_itself, process_refund
from bot.sandbox.paystack.transfers import reverse_by_itself, settle_by_itself
from bot.sandbox.twilio.content import decide_template
from bot.sandbox.twilio.sending import come_further
from bot.sandbox.world import World

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.1
SENDERS = 8

HANDLERS: dict[str, Callable[..., None]] = {
    "decide_template": decide_template,
    "pay_charge": pay_by_itself,
    "process_refund": process_refund,
    "report_delivery": report_delivery,
    "reverse_transfer": reverse_by_itself,
    "settle_transfer": settle_by_itself,
    "twilio_status": come_further,
    "ussd_silence": fall_silent,
}


class Background:
    """Runs until the process ends; everything it has to do stands in the store, so a kill loses nothing."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._bell = threading.Event()
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")

    def start(self) -> None:
        self._world.deliveries.recover()
        threading.Thread(target=self._run, name="background", daemon=True).start()

    def ring(self) -> None:
        """Something may be due: look now."""
        self._bell.set()

    def _run(self) -> None:
        while True:
            try:
                self._look()
            except Exception:
                log.exception("the background thread stumbled")  # and goes on: no webhook goes out without it
                time.sleep(1)
            self._bell.wait(LOOK_EVERY_SECONDS)
            self._bell.clear()

    def _look(self) -> None:
        self._world.errands.run_due(lambda kind, payload: HANDLERS[kind](self._world, **payload))
        for delivery_id in self._world.deliveries.claim_due():
            self._senders.submit(self._deliver, delivery_id)

    def _deliver(self, delivery_id: int) -> None:
        try:
            self._world.deliveries.attempt(delivery_id)
        except Exception:
            log.exception("a delivery was not attempted")  # nobody else hears what this thread raises
        self.ring()  # one that waits for its turn after this one may go now

"""What a provider told us, dealt with; what a person wrote waits in a lane of her own, and goes to `chats`.

An event is a hint: nothing in it is believed. What it names is looked up at the
provider, and the answer of the look-up decides. An event that is about nothing of
ours is done at once; one that fails is tried again, and parked after ten times.
"""

from bot import clock
from bot.errors import ProviderError
from bot.logs import log
from bot.payments.base import WebhookEvent
from jobs import chats
from jobs.base import NOTHING_TO_DO, job
from jobs.payments import follow_payment
from jobs.payouts import follow_transfer
from jobs.providers import provider_named
from models.actions import inbox


@job
def process_event(inbox_id: int) -> str:
    """Deal with one event of the inbox, or with all that wait in its lane."""
    if lane := inbox.lane_with(inbox_id):
        return chats.work_off(lane)
    event = inbox.claim_event(inbox_id, clock.now())
    if event is None:
        return NOTHING_TO_DO
    try:
        parsed = provider_named(event.provider).parse_webhook(event.body)
        result = NOTHING_TO_DO if parsed is None else _deal_with(event.provider, parsed)
    except ProviderError as trouble:
        inbox.event_failed(inbox_id, f"{trouble.kind}: {trouble.why}", clock.now())
        raise
    except Exception as trouble:
        inbox.event_failed(inbox_id, type(trouble).__name__, clock.now())
        raise
    inbox.event_done(inbox_id, result, clock.now())
    return f"{event.event}: {result}"


def _deal_with(provider: str, event: WebhookEvent) -> str:
    match event.event.split("."):
        case ["charge", "success"] if event.reference:
            return follow_payment(provider, event.reference)
        case ["transfer", _] if event.reference:
            return follow_transfer(provider, event.reference)
        case ["bank", "transfer", "rejected"]:
            # Wrong amount on a one-time account: the bank gives it back, nothing has come in.
            log.warning("paystack", what="a transfer was sent back by the bank", key=event.key)
            return "sent back by the bank"
    log.info("paystack", what="an event that we do not use", event_name=event.event)
    return NOTHING_TO_DO

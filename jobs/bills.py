"""What messages have cost, where the provider says so only after they have arrived."""

from collections import Counter
from datetime import datetime

from bot.channels.registry import BILLED
from bot.settings import current
from models.actions import deliveries

BATCH = 100


def ask(now: datetime) -> dict[str, int]:
    """Ask for the bills that are missing. Counts: billed, unknown (not yet, or the provider does not answer)."""
    counts = Counter(billed=0, unknown=0)
    channels = {name: make(current()) for name, make in BILLED.items()}
    for each in deliveries.unbilled(now, tuple(channels), BATCH):
        bill = channels[each.channel].bill_of(each.message_id)
        if bill is None or not bill.cost:
            counts["unknown"] += 1
            continue
        deliveries.bill(each.outbox_id, bill.cost, bill.segments)
        counts["billed"] += 1
    return dict(counts)

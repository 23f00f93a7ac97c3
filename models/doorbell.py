"""The bell that an action rings when it leaves work for somebody outside: "there is something to send, look at row 17".

Actions may not know the queue, and nothing may be rung before its transaction has
committed. So an action only notes the ring; the door that called it collects the
rings and hands them to the queue after the commit. A ring is a hint and never the
work itself: where nobody collects, or a ring is lost, or its transaction was rolled
back, the poll finds exactly what the database says is due.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Bell = Literal[
    "charge",  # payment_id
    "check_payment",  # payment_id
    "look_up_account",  # bank_account_id
    "send_payout",  # payout_id
    "check_transfer",  # attempt_id
    "process_event",  # inbox_id
    "send_mail",  # outbox_id
    "send_reply",  # outbox_id
    "fetch_media",  # attachment_id
    "start_group",  # group_id
]


@dataclass(frozen=True)
class Ring:
    """One job that is worth starting at once, and the row that it is about."""

    name: Bell
    row_id: int


_collector: ContextVar[list[Ring] | None] = ContextVar("rings", default=None)


def ring(name: Bell, row_id: int) -> None:
    """Note that this row has work waiting. The same ring twice is one."""
    rings = _collector.get()
    asked = Ring(name, row_id)
    if rings is not None and asked not in rings:
        rings.append(asked)


@contextmanager
def collecting() -> Iterator[list[Ring]]:
    """Collect what is rung inside; an inner collector keeps its rings from the outer one."""
    rings: list[Ring] = []
    token = _collector.set(rings)
    try:
        yield rings
    finally:
        _collector.reset(token)

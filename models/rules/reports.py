"""Reports of a problem: which kinds there are, who is told, by when they are answered. Pure."""

from datetime import timedelta
from typing import Final

ANSWER_WITHIN: Final = timedelta(hours=24)

# What only the office sees: the head may be the one it is about, or it is nobody's business but hers.
FOR_OFFICE: Final = frozenset({"cheating", "call_me", "forgot_pin", "unfreeze", "name"})
KINDS: Final = FOR_OFFICE | {"not_shown", "no_payout", "wrong_amount"}

# When she paid, for "I paid, not shown".
HAPPENED: Final = frozenset({"", "today", "yesterday", "before"})


def head_is_told(kind: str, *, is_head: bool) -> bool:
    """Whether the head of her group hears of it. The head's own problems go to the office alone."""
    return kind not in FOR_OFFICE and not is_head

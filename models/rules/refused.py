"""The expected "no": a value, not an exception.

`why` is snake_case; it is the key by which a conversation picks its words, a
test its expectation and a log its result. Exceptions are for bugs.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refused:
    """An act that the rules do not allow, with the reason as a key."""

    why: str

    def __bool__(self) -> bool:
        """A refusal is false, so that `if outcome:` reads as "if it was allowed"."""
        return False

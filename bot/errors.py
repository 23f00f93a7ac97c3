"""What may go wrong at a door, and whose fault it is.

Three answers: the caller's (refuse her request), the provider's (its `kind` says whether
to try again), ours (any other exception: a bug, answered by the door's last net).
The "no" that a member or the rules may hear is a value, `models.rules.refused.Refused`,
and does not belong here.
"""

from enum import StrEnum


class CallerError(Exception):
    """A request from outside that we do not act upon. `status` is what HTTP says; `why` is for the log."""

    status = 400

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Malformed(CallerError):
    """Not of the shape that the provider documents."""


class TooLarge(CallerError):
    """Bigger than any honest request."""

    status = 413


class Forged(CallerError):
    """Without the secret that the provider shares with us. Looks like a page that is not there."""

    status = 404


class Kind(StrEnum):
    """What a failed call to a provider means for the one who made it."""

    PERMANENT = "permanent"  # will fail again: change the request or call a person
    TEMPORARY = "temporary"  # nothing has happened: try again later
    UNKNOWN = "unknown"  # may have had its effect: ask before trying again


class ProviderError(Exception):
    """A call to a provider that gave no answer to work with.

    `why` is a key for logs and rows; `message` is the provider's own wording, cut, perhaps empty.
    """

    def __init__(
        self,
        kind: Kind,
        why: str,
        *,
        provider: str = "",
        operation: str = "",
        status: int | None = None,
        message: str = "",
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(why)
        self.kind = kind
        self.why = why
        self.provider = provider
        self.operation = operation
        self.status = status
        self.message = message[:200]
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        return f"{self.provider} {self.operation}: {self.why} ({self.kind})"


class ProviderRefusesUs(ProviderError):
    """Our key is wrong, revoked or not allowed here: stop the whole queue and call a person."""

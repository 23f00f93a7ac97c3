"""What is new in a request of a USSD session. Pure.

For USSD the provider sends all replies of the session in one string, joined with `*`
(providers.md 1.4). The new reply is what stands after the string that we saw before;
splitting at every `*` would be wrong, since people type stars. The history holds PINs,
therefore only its length and a keyed mark of it are remembered.
How the place in a conversation is found from the result is the runner's business.
"""

import unicodedata
from dataclasses import dataclass, field

from bot.security import fingerprint

STAR = "*"
MAX_REPLY = 160  # characters of one reply that are looked at; no screen asks for more


@dataclass(frozen=True)
class UssdHop:
    """One USSD request as it came in, fields checked. `history` holds every reply of the session."""

    session_id: str
    phone: str
    service_code: str
    network_code: str
    history: str = field(repr=False)


@dataclass(frozen=True)
class Seen:
    """What is remembered of the last request of a session: whose it was, how long its history, and its mark.

    All of it may lie in Redis: the mark cannot be turned back without the key.
    """

    session_id: str
    caller: str
    length: int
    mark: str


@dataclass(frozen=True)
class Fresh:
    """A new reply; empty when she dialled or sent nothing."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class Retry:
    """The same request again: give the same answer, do nothing."""


@dataclass(frozen=True)
class Diverged:
    """A history that does not continue the one we saw: do nothing, show the last screen again."""


@dataclass(frozen=True)
class Stranger:
    """Another phone goes on with somebody's session: end it and show nothing of it."""


@dataclass(frozen=True)
class Unknown:
    """A session that we do not remember, with replies in it: deep dialling, or a memory that was lost."""

    tokens: tuple[str, ...] = field(repr=False)


Step = Fresh | Retry | Diverged | Stranger | Unknown


def new_input(previous: Seen | None, hop: UssdHop, key: bytes) -> Step:
    """What is new in this request, given what was remembered of the one before."""
    if previous is None or previous.session_id != hop.session_id:
        return Unknown(tokens(hop.history)) if hop.history else Fresh("")
    if previous.caller != _caller(hop, key):
        return Stranger()
    if _mark(hop, hop.history[: previous.length], key) != previous.mark:
        return Diverged()  # also a history that became shorter
    rest = hop.history[previous.length :]
    if not rest:
        return Retry()
    if rest.startswith(STAR):
        return Fresh(clean(rest[1:]))
    # After the dial there is no star before the first reply (unless that reply was empty: see above).
    return Fresh(clean(rest)) if previous.length == 0 else Diverged()


def remember(hop: UssdHop, key: bytes) -> Seen:
    """What to keep of a request so that the next one can be read."""
    return Seen(hop.session_id, _caller(hop, key), len(hop.history), _mark(hop, hop.history, key))


def tokens(history: str) -> tuple[str, ...]:
    """The replies in a history, empty ones kept. Only for a session that we do not remember."""
    return tuple(clean(token) for token in history.split(STAR)) if history else ()


def clean(text: str) -> str:
    """A reply without control and invisible characters and outer blanks, cut to what a screen could ask for."""
    return "".join(char for char in text if unicodedata.category(char)[0] != "C").strip()[:MAX_REPLY]


def _caller(hop: UssdHop, key: bytes) -> str:
    return fingerprint(key, "ussd caller", hop.phone)[:32]


def _mark(hop: UssdHop, history: str, key: bytes) -> str:
    return fingerprint(key, "ussd history", hop.phone, hop.session_id, history)

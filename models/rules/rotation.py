"""The order of turns: as joined, as arranged by the head, or by a ballot that anyone can draw again.

The ballot (circle-rules 4.3), to be repeated with nothing but SHA-256:

1. Before the draw the group is told  commitment = SHA256(secret), in hex.
2. Each seat may add a whole number of its own; a seat without one counts as 0.
3. seed = SHA256(secret | numbers), where | is the byte '|' and numbers is the text
   'seat:number' of every seat, sorted by seat id, joined with ','.
4. The seats, sorted by id, are shuffled from the last place down (Fisher-Yates): place i
   is exchanged with a place chosen evenly from 0..i.
5. Choices are read from the stream SHA256(seed | counter), counter = 0, 1, 2 ... in decimal,
   the first 8 bytes of each as a big-endian number x. To choose from n places, x is
   skipped if it is not below the largest multiple of n in 2^64; else the choice is x mod n.
6. After the draw the secret is published.

The secret comes in from outside: rules know no randomness.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import count

from models.rules.refused import Refused

ORDERS = ("ballot", "joined", "arranged")
SPAN = 2**64


def joined(seats: Iterable[tuple[int, datetime]]) -> tuple[int, ...]:
    """Seats by the time of joining; two at the same instant by their id."""
    return tuple(seat for seat, _ in sorted(seats, key=lambda seat: (seat[1], seat[0])))


def arranged(wanted: Sequence[int], seats: Iterable[int]) -> tuple[int, ...] | Refused:
    """The head's own order, if it names each seat of the group once. Refused: seats_changed."""
    return tuple(wanted) if sorted(wanted) == sorted(seats) else Refused("seats_changed")


def commitment(secret: bytes) -> str:
    """What is published before the draw, so that the secret cannot be chosen afterwards."""
    return sha256(secret).hexdigest()


def draw(secret: bytes, numbers: Mapping[int, int]) -> tuple[int, ...]:
    """The order of turns by ballot. numbers: what each seat added (0 for a seat that added nothing)."""
    seats = sorted(numbers)
    added = ",".join(f"{seat}:{numbers[seat]}" for seat in seats)
    stream = _stream(sha256(secret + b"|" + added.encode()).digest())
    for last in range(len(seats) - 1, 0, -1):
        other = below(last + 1, stream)
        seats[last], seats[other] = seats[other], seats[last]
    return tuple(seats)


def below(n: int, stream: Iterator[int]) -> int:
    """An even choice from 0..n-1. Plain `x % n` would favour the small ones; the uneven rest of 2^64 is skipped."""
    limit = SPAN - SPAN % n
    return next(x for x in stream if x < limit) % n


def cycle_of_turn(turn: int, pots_per_cycle: int = 1) -> int:
    """The number (from 1) of the cycle in which a turn (from 1) collects."""
    return (turn - 1) // pots_per_cycle + 1


def _stream(seed: bytes) -> Iterator[int]:
    for counter in count():
        yield int.from_bytes(sha256(seed + b"|" + str(counter).encode()).digest()[:8], "big")

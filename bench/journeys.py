"""What the callers of the bench do, as Africa's Talking would post it, and what they must be answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.shape import CURRENT, PIN, SEATS, phone

SERVICE_CODE = "*347*55#"
NETWORK_CODE = "62130"
PAID_OF_TEN = 6  # so many of a caller's group have paid the cycle that runs (`statements.PAYING`)


@dataclass(frozen=True)
class Hop:
    """What is typed (nothing: the dial), and what must stand in the answer. sheds: a flood of these is turned away."""

    name: str
    typed: str
    expect: str
    sheds: bool = False


@dataclass(frozen=True)
class Journey:
    """A session: its hops in order."""

    name: str
    hops: tuple[Hop, ...]


WITHOUT_PIN = Journey(
    "without a PIN",
    (
        Hop("dial", "", "3. My group"),
        Hop("my group", "3", "1. Who has paid"),
        Hop("who has paid", "1", f"Round {CURRENT}: {PAID_OF_TEN} of {SEATS} paid"),
    ),
)
WITH_PIN = Journey(
    "with a PIN",
    (
        Hop("dial", "", "2. My turn & balance"),
        Hop("my turn", "2", "Enter PIN"),
        Hop("PIN", PIN, "Paid in N", sheds=True),
    ),
)
JOURNEYS = {journey.name: journey for journey in (WITHOUT_PIN, WITH_PIN)}


def bodies(journey: Journey, member: int, session: str) -> Iterator[bytes]:
    """The forms of one session: each repeats all replies so far."""
    replies: list[str] = []
    for hop in journey.hops:
        replies += [hop.typed] if hop.typed else []
        yield form(member, session, replies)


def form(member: int, session: str, replies: Sequence[str]) -> bytes:
    fields = {
        "phoneNumber": phone(member),
        "serviceCode": SERVICE_CODE,
        "text": "*".join(replies),
        "sessionId": session,
        "networkCode": NETWORK_CODE,
    }
    return urlencode(fields).encode()

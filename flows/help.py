"""Help (N): how it works, what it costs, whom to call. The same for everybody, member or not."""

from collections.abc import Mapping

from flows.asking import is_registered, seat_of
from flows.flow import Flow, Screen, Turn, row
from flows.talk import Value
from models.money import BPS
from models.rules.fees import SERVICE_FEE_BPS


def fees(turn: Turn) -> Mapping[str, Value]:
    """The service fee of her own group, else the usual one."""
    seat = seat_of(turn)
    card = turn.facts.group_card(seat.group_id) if seat else None
    bps = card.terms.service_fee_bps if card else SERVICE_FEE_BPS
    return {"pct": f"{bps * 100 / BPS:g}"}


FLOW = Flow(
    "help",
    states=[
        Screen("N1"),
        Screen("N2"),
        Screen("N3", shows=fees),
        Screen("N5", end=True),
    ],
    table=[
        row("1", "N1", "N2"),
        row("2", "N1", "N3"),
        row("3", "N1", "forgot_pin.start", when=is_registered),
        row("4", "N1", "report.start", when=is_registered),
        row("5", "N1", "N5"),
        row("6", "N1", "freeze.start", when=is_registered),
    ],
)

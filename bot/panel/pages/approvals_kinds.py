"""How payouts, late fees and switches are shown before two agree on them."""

from dataclasses import dataclass
from typing import Final

from bot import clock
from bot.panel.proposed import Matter, Shown
from models.actions import switches
from models.actions.switches import Stopped
from models.queries import panel_payouts, panel_sheets
from models.queries.panel_payouts import PayoutLife
from models.queries.panel_scope import groups_of
from models.queries.panel_sheets import RoundSheet
from models.queries.people import name_of


@dataclass(frozen=True)
class PayoutShown:
    """The payout with its transfers and yeses, and the sheet of its round: who has paid. None of a group that ends."""

    life: PayoutLife | None
    sheet: RoundSheet | None


def _payout(matter: Matter) -> PayoutShown:
    life = panel_payouts.payout(matter.row_id, groups_of(matter.who))
    if life is None:
        return PayoutShown(None, None)
    if life.line.kind != "pot":
        return PayoutShown(life, None)
    return PayoutShown(life, panel_sheets.sheet(life.line.group_id, life.line.cycle, clock.now()))


def _member(matter: Matter) -> str:
    return name_of(matter.facts["member_id"])


def _switch(matter: Matter) -> Stopped | None:
    return switches.stopped(matter.facts["switch"])


SHOWN: Final[dict[str, Shown]] = {
    "payout": Shown(
        "Pay out a pot",
        "Approve and send",
        "panel/proposed/payout.html",
        _payout,
        lambda matter: f"/admin/money/payouts/{matter.row_id}",
        open=True,
    ),
    "late_fee_waiver": Shown(
        "Take off a late fee",
        "Approve and take off",
        "panel/proposed/late_fee.html",
        _member,
        lambda matter: f"/admin/members/{matter.facts['member_id']}",
        open=True,
    ),
    "lift_payouts_switch": Shown(
        "Let pots be paid out again", "Approve and let go", "panel/proposed/switch.html", _switch, open=True
    ),
    "lift_blasts_switch": Shown(
        "Let messages to many go out again", "Approve and let go", "panel/proposed/switch.html", _switch, open=True
    ),
}

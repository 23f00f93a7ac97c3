"""Home: what needs somebody now, sorted by the money that is at risk, and the figures of today.

Each line leads to the page where it is settled. The charts have a page of their own, so that this one stays light.
"""

from typing import Any, Final

from flask import render_template, request

from bot import clock
from bot.panel import proposed
from bot.panel.gate import Panel
from bot.panel.menu import Place
from models.actions import switches
from models.actions.signing_in import Somebody
from models.queries import panel_home, panel_needs
from models.queries.panel_needs import PAGE, WHATS, Need
from models.rules.staff import Right, may

PLACES = (Place("Home", "/admin/", Right.SEE),)

# Switches that are pulled stand above everything; the kind of proposal lets them go.
SWITCHES: Final[dict[str, str]] = {
    "lift_payouts_switch": switches.PAYOUTS_STOPPED,
    "lift_blasts_switch": switches.BLASTS_STOPPED,
}
# What each kind is called above the queue.
TITLES: Final[dict[str, str]] = {
    "proposal": "To check",
    "payout": "Pots to approve",
    "transfer": "Transfers",
    "suspense": "Money without a place",
    "held": "Pots held up",
    "short": "Pots not full",
    "limit": "Groups above the limit",
    "debt": "Owed to groups that end",
    "number": "New numbers",
    "attachment": "Pictures and voice notes",
    "report": "Reports",
    "waiver": "Late fees",
    "time": "More time",
    "swap": "Swaps",
    "joiners": "Joiners",
}
# A line in words, by kind and by what more is known.
SENTENCES: Final[dict[tuple[str, str], str]] = {
    ("payout", ""): "Pot waits for two yeses",
    ("payout", "claim"): "What a group that ends gives back waits for two yeses",
    ("payout", "wallet"): "What is kept for a member waits for two yeses of the office",
    ("payout", "officer"): "An officer said wait",
    ("payout", "again"): "It came back from the bank and waits for two yeses",
    ("held", "no_account"): "Pot cannot go: no bank account yet",
    ("held", "name_differs"): "Pot cannot go: the bank knows her by another name",
    ("held", "frozen"): "Pot cannot go: her account is frozen",
    ("held", "above_limit"): "Pot cannot go: it is above its group's limit",
    ("transfer", "retry"): "Transfer failed, it will be tried again",
    ("transfer", "refused"): "The bank said no three times: she has to look at her account",
    ("transfer", "returned"): "The bank sent the money back",
    ("transfer", "approved"): "Approved, but not on its way yet",
    ("transfer", "unknown"): "Nobody knows yet whether it arrived",
    ("suspense", "unknown_reference"): "Money came that nobody asked for",
    ("suspense", "wrong_currency"): "Money of another currency came",
    ("suspense", "wrong_domain"): "Play money of a test came",
    ("suspense", ""): "Money has to be given a place",
    ("short", ""): "Its day is over, and the pot is not full",
    ("limit", "full"): "Full, and cannot begin: its pot is above the limit",
    ("limit", ""): "Fills up, and its pot is above the limit",
    ("debt", ""): "Collected, and owes it back to a group that ends",
    ("number", "no"): "NO to a new number: is somebody taking her account?",
    ("number", "short"): "New number: somebody else has to be asked",
    ("number", "ready"): "New number: hand it to a colleague",
    ("attachment", "proof"): "Sent a receipt",
    ("attachment", "picture"): "Sent a picture",
    ("attachment", "voice"): "Sent a voice note",
    ("attachment", ""): "Sent a file",
    ("report", "not_shown"): "Says: I have paid, and it is not shown",
    ("report", "wrong_amount"): "Says: the amount is wrong",
    ("report", "cheating"): "Reports that somebody cheats",
    ("report", "call_me"): "Wants to be called",
    ("report", "forgot_pin"): "Has forgotten her PIN",
    ("report", "unfreeze"): "Wants her account to work again",
    ("report", "name"): "Wants her name set right",
    ("report", "no_payout"): "Says: my pot has not come",
    ("report", ""): "Reports a problem",
    ("waiver", ""): "Asks to be spared a late fee",
    ("time", ""): "Asks for more time",
    ("swap", ""): "Two want to exchange their turns",
    ("joiners", ""): "People ask to join",
}


def add(panel: Panel) -> None:
    """The one page."""

    @panel.page("/", Right.SEE)
    def home(who: Somebody) -> Any:
        now = clock.now()
        what = request.args.get("show", "")
        what = what if what in WHATS else ""
        found = panel_needs.needs(who, now, what=what, after=request.args.get("after", ""))
        return render_template(
            "panel/home.html",
            figures=panel_home.figures(who, now),
            counts=panel_needs.counts(who, now),
            found=found[:PAGE],
            more=f"?show={what}&after={found[PAGE - 1].key}" if len(found) > PAGE else "",
            what=what,
            titles=TITLES,
            sentence=sentence,
            where=lambda need: where(need, who),
            stopped={kind: pulled for kind, name in SWITCHES.items() if (pulled := switches.stopped(name))},
        )


def sentence(need: Need) -> str:
    """What it is, in English; of a proposal its own title."""
    if need.what == "proposal":
        return proposed.shown(need.word).title
    return SENTENCES.get((need.what, need.word)) or SENTENCES[need.what, ""]


def where(need: Need, who: Somebody) -> str:
    """The page on which it is settled, as far as she may."""
    if need.what == "payout" and may(who.role, Right.PROPOSE):
        return f"/admin/approvals/new/payout/payout:{need.row_id}"
    if need.what == "waiver" and may(who.role, Right.PROPOSE):
        return f"/admin/approvals/new/late_fee_waiver/fee:{need.row_id}"
    if need.what == "limit" and may(who.role, Right.PROPOSE):
        return f"/admin/groups/{need.group_id}/limit"
    if need.what in ("limit", "short", "waiver", "time", "swap", "joiners"):
        return f"/admin/groups/{need.group_id}"
    if need.what == "number":
        return f"/admin/members/{need.member_id}#number"
    return {
        "proposal": f"/admin/approvals/{need.row_id}",
        "payout": f"/admin/money/payouts/{need.row_id}",
        "held": f"/admin/money/payouts/{need.row_id}",
        "transfer": f"/admin/money/payouts/{need.row_id}",
        "suspense": f"/admin/money/suspense/{need.row_id}",
        "debt": f"/admin/groups/{need.group_id}/ending",
        "attachment": f"/admin/inbox/files/{need.row_id}",
        "report": f"/admin/inbox/reports/{need.row_id}",
    }[need.what]

"""Money that belongs to nobody yet: what waits, whose it may be, and the forms that propose what becomes of it.

Nothing is placed here: the proposal goes to a second person. Whoever looks after some groups only does not see it:
it is nobody's group's.
"""

from typing import Any, Final

from flask import abort, render_template, request

from bot import clock
from bot.panel import looking_up, money_words, paystack, proposed, typed
from bot.panel.gate import Panel
from bot.panel.money_filters import ROOT, Filters
from bot.panel.proposed import Matter, Shown
from bot.panel.telling import tell
from models.actions import forms, proposals, suspense
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.queries import panel_suspense
from models.queries.panel_suspense import PAGE, SuspenseLine
from models.rules.refused import Refused
from models.rules.staff import Right, own_groups_only

LIST = f"{ROOT}/suspense"


def _whose(matter: Matter) -> panel_suspense.Guess | None:
    return panel_suspense.seat(matter.facts["seat_id"])


SHOWN: Final = {
    "suspense_assign": Shown(
        "Place money that nobody knew",
        "Approve and place it",
        "panel/proposed/suspense_assign.html",
        _whose,
        lambda matter: f"{LIST}/{matter.row_id}",
    ),
    "suspense_return": Shown(
        "Record that money was given back",
        "Approve and book it",
        "panel/proposed/suspense_return.html",
        where=lambda matter: f"{LIST}/{matter.row_id}",
    ),
    "suspense_out": Shown(
        "Say what money was that left",
        "Approve and book it",
        "panel/proposed/suspense_out.html",
        lambda matter: money_words.WAS[matter.facts["was"]],
        lambda matter: f"{LIST}/{matter.row_id}",
    ),
}


def add(panel: Panel) -> None:
    """The list, one, and the three forms; and how their proposals are shown to the second person."""
    for kind, shown in SHOWN.items():
        proposed.show(kind, shown)

    @panel.page("/money/suspense", Right.SEE)
    def money_suspense(who: Somebody) -> Any:
        _for_the_house(who)
        filters = Filters.from_request(who)
        status = "resolved" if filters.state == "resolved" else "open"
        found = panel_suspense.suspended(status=status, after=filters.after_id)
        page = found[:PAGE]
        more = filters.query(page[-1].suspense_id) if len(found) > len(page) else ""
        return render_template("panel/money_suspense.html", rows=page, status=status, more=more)

    @panel.page("/money/suspense/<int:suspense_id>", Right.SEE)
    def money_suspended(who: Somebody, suspense_id: int) -> Any:
        """?q= looks for a person, ?seat= shows what it would pay, ?ask= asks Paystack what it knows."""
        line = _line(who, suspense_id)
        seen = paystack.payment(line.reference) if request.args.get("ask") and line.direction == "in" else None
        sought = looking_up.sought(request.args.get("q", "")[:60], who)
        guesses = panel_suspense.guesses(line, seen.metadata if seen else {}, sought) if line.placeable else []
        seat_id = _number("seat")
        return render_template(
            "panel/money_suspended.html",
            line=line,
            asked=bool(request.args.get("ask")),
            seen=seen,
            q=request.args.get("q", "")[:60],
            guesses=guesses,
            chosen=_chosen(line, seat_id),
            proposed=panel_suspense.proposed(suspense_id),
            least_refund=suspense.LEAST_REFUND_REF,
            most_refund=suspense.MOST_REFUND_REF,
        )

    @panel.page("/money/suspense/<int:suspense_id>/assign", Right.PROPOSE, methods=("POST",))
    def money_suspense_assign(who: Somebody, suspense_id: int) -> Any:
        wanted = {"seat_id": _number("seat")}
        return _propose("suspense_assign", suspense_id, wanted, who)

    @panel.page("/money/suspense/<int:suspense_id>/return", Right.PROPOSE, methods=("POST",))
    def money_suspense_return(who: Somebody, suspense_id: int) -> Any:
        return _propose("suspense_return", suspense_id, {"refund": request.form.get("refund", "").strip()}, who)

    @panel.page("/money/suspense/<int:suspense_id>/settle", Right.PROPOSE, methods=("POST",))
    def money_suspense_settle(who: Somebody, suspense_id: int) -> Any:
        return _propose("suspense_out", suspense_id, {"was": request.form.get("was", "")}, who)


def _propose(kind: str, suspense_id: int, wanted: dict[str, Any], who: Somebody) -> Any:
    _line(who, suspense_id)
    wish = Wish(kind, f"suspense:{suspense_id}", wanted, request.form.get("note", ""))
    now = clock.now()
    effect = forms.once(request.form.get("key", ""), kind, who, now, lambda: proposals.propose(wish, who, now))
    return tell(effect, _back(effect, suspense_id, wanted))


def _back(effect: Effect, suspense_id: int, wanted: dict[str, Any]) -> str:
    """Where she may try again with what she had chosen."""
    seat = "" if effect.done or not wanted.get("seat_id") else f"?seat={wanted['seat_id']}#propose"
    return f"{LIST}/{suspense_id}{seat}"


def _chosen(line: SuspenseLine, seat_id: int | None) -> dict[str, Any] | None:
    """What assigning it to that seat would do, or why it cannot be."""
    if seat_id is None or not line.placeable:
        return None
    about = suspense.preview(line.suspense_id, seat_id, clock.now())
    if isinstance(about, Refused):
        return {"seat_id": seat_id, "why": about.why}
    return {"seat_id": seat_id, "why": "", "who": panel_suspense.seat(seat_id), "facts": about.facts}


def _line(who: Somebody, suspense_id: int) -> SuspenseLine:
    _for_the_house(who)
    line = panel_suspense.one(suspense_id)
    if line is None:
        abort(404)
    return line


def _for_the_house(who: Somebody) -> None:
    if own_groups_only(who.role):
        abort(404)


def _number(name: str) -> int | None:
    return typed.number(request.values.get(name, ""))

"""A group's end in the middle: what it would mean today, the proposal that it ends, and how far an end has come.

Nothing is decided here: one proposes it with a reason that the members are told, another one agrees to the same
figures.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from bot import clock
from bot.panel import proposed, telling
from bot.panel.gate import Panel, own_group
from bot.panel.pages.groups_words import known
from bot.panel.proposed import Matter, Shown
from bot.panel.telling import tell
from bot.panel.words import said as _
from models.actions import dissolving, forms, proposals
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.queries import panel_group, panel_queue, unwinding
from models.queries.panel_group import GroupPage
from models.rules.refused import Refused
from models.rules.staff import Right

REASONS: Final = {
    "members": _("Its members want it"),
    "unpaid": _("Too many did not pay"),
    "head": _("Its head cannot go on"),
    "office": _("Our office decides so"),
}
# Where a claim is, by what its payout waits for.
WAITS: Final = {
    "awaiting_approval": _("waits for two yeses"),
    "approved": _("approved"),
    "reserved": _("on its way"),
    "in_flight": _("on its way"),
    "retry": _("her bank said no; it is tried again"),
    "returned": _("her bank sent it back; she has to give another account"),
    "again": _("her bank sent it back; waits for two yeses"),
    "officer": _("an officer said wait"),
    "no_account": _("she has no bank account yet"),
    "name_differs": _("her bank account bears another name"),
    "cooling_off": _("her bank account is new"),
    "frozen": _("her account is frozen"),
    "new_pin": _("her PIN is new"),
    "above_limit": _("it is more than one payout may be"),
}
WHY_NOT: Final = {
    "transfer_under_way": _("A transfer to a member's bank is under way. The group can end when its outcome is known."),
    "payout_returned": _(
        "A bank sent a payout of this group back. The group can end when its member has given another account and "
        "has been paid."
    ),
    "figures_wrong": _("The figures do not add up. Somebody has to look at the ledger before a group ends on them."),
    "not_running": _("This group does not run (any more)."),
}

telling.sentences(
    group_dissolved=_("{group} is being dissolved. Its members are told what they get back or owe."),
    **WHY_NOT,
)


@dataclass(frozen=True)
class EndShown:
    """The group, and who has which seat, for the table of figures."""

    group: str
    names: dict[int, str] = field(repr=False)


def _end(matter: Matter) -> EndShown:
    group = panel_group.page_of(matter.row_id)
    names = {line.seat_id: line.name for line in panel_group.seats(matter.row_id, clock.now())}
    return EndShown("" if group is None else group.name, names)


SHOWN: Final = Shown(
    "End a group in the middle",
    "Approve and end it",
    "panel/proposed/group_dissolve.html",
    _end,
    lambda matter: f"/admin/groups/{matter.row_id}/if-it-ended",
)


def add(panel: Panel) -> None:
    """What it would mean with the form that proposes it, and what has come of it."""
    proposed.show(dissolving.DISSOLVE.name, SHOWN)

    @panel.page("/groups/<int:group_id>/if-it-ended", Right.SEE)
    def group_end(who: Somebody, group_id: int) -> Any:
        """What each would get back or owe, were the group dissolved today."""
        group = _group(who, group_id)
        if unwinding.progress(group_id) is not None:
            return redirect(f"/admin/groups/{group_id}/ending", 303)
        figures = unwinding.figures(group_id)
        names = {line.seat_id: line for line in panel_group.seats(group_id, clock.now())}
        about = dissolving.about_group(f"group:{group_id}", {"reason": "members"}, clock.now())
        return render_template(
            "panel/group_end.html",
            group=group,
            rows=[(names[share.account.seat_id], share) for share in figures.unwound.shares],
            unwound=figures.unwound,
            figures=figures,
            reasons=REASONS,
            why_not=WHY_NOT.get(about.why, "") if isinstance(about, Refused) else "",
            waits=panel_queue.waiting_for(dissolving.DISSOLVE.name, f"group:{group_id}", clock.now()),
            **known(),
        )

    @panel.page("/groups/<int:group_id>/dissolve", Right.PROPOSE, methods=("POST",))
    def group_dissolve(who: Somebody, group_id: int) -> Response:
        _group(who, group_id)
        kind, now = dissolving.DISSOLVE.name, clock.now()
        wanted = {"reason": request.form.get("reason", "")[:20]}
        wish = Wish(kind, f"group:{group_id}", wanted, request.form.get("note", ""))
        key = request.form.get("key", "")
        effect = forms.once(key, kind, who, now, lambda: proposals.propose(wish, who, now))
        return tell(effect, f"/admin/groups/{group_id}/if-it-ended")

    @panel.page("/groups/<int:group_id>/ending", Right.SEE)
    def group_ending(who: Somebody, group_id: int) -> Any:
        """Claims and debts, and what has come of each."""
        group = _group(who, group_id)
        found = unwinding.progress(group_id)
        if found is None:
            return redirect(f"/admin/groups/{group_id}/if-it-ended", 303)
        words = {"reasons": REASONS, "waits": WAITS} | known()
        return render_template("panel/group_ending.html", group=group, found=found, now=clock.now(), **words)


def _group(who: Somebody, group_id: int) -> GroupPage:
    own_group(who, group_id)
    group = panel_group.page_of(group_id)
    if group is None:
        abort(404)
    return group

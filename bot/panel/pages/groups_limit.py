"""The limit for a group's pot: what it is, and the proposal of another one.

What may become the limit is the rules' (`models.rules.limits`); that two have to agree, and what follows then, is
`limits_by_two`'s.
"""

from typing import Any, Final

from flask import abort, render_template, request

from bot import clock
from bot.panel import proposed, telling
from bot.panel.gate import Panel, own_group
from bot.panel.pages.groups_words import known
from bot.panel.proposed import Matter, Shown
from bot.panel.telling import tell
from bot.panel.words import said as _
from models import money
from models.actions import forms, limits_by_two, proposals
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.country import home
from models.queries import panel_group, panel_queue
from models.queries.panel_group import GroupPage
from models.rules import limits
from models.rules import proposals as rules
from models.rules.staff import Right

UNFIT: Final = 422
MOST_TYPED: Final = 20
KIND: Final = limits_by_two.LIMIT.name

telling.sentences(
    above_limit=_("Its pot is above the limit. It can begin when two of the staff have raised the limit."),
    bad_limit=_("Take a whole amount, not below the usual limit and not above the most that it may be."),
    same_limit=_("That is its limit already."),
    has_begun=_("Its turns are drawn: the limit can only go up from now on."),
    limit_raised=_("Done: a pot of {group} may be up to {amount} now. Its head is told; if it is full, it begins."),
    limit_lowered=_("Done: a pot of {group} may be up to {amount} now."),
)

SHOWN: Final = Shown(
    "Another limit for a pot",
    "Approve the limit",
    "panel/proposed/group_limit.html",
    lambda matter: _named(matter),
    lambda matter: f"/admin/groups/{matter.row_id}",
)


def add(panel: Panel) -> None:
    """The one page: its form, and what is wrong with what was typed."""
    proposed.show(KIND, SHOWN)

    @panel.page("/groups/<int:group_id>/limit", Right.PROPOSE, methods=("GET", "POST"))
    def group_limit(who: Somebody, group_id: int) -> Any:
        group = _group(who, group_id)
        if request.method == "GET":
            return _form(group)
        now, subject = clock.now(), f"group:{group_id}"
        wish = Wish(KIND, subject, {"limit_kobo": money.parse(_typed())}, request.form.get("note", ""))
        key = request.form.get("key", "")
        effect = forms.once(key, "group.limit", who, now, lambda: proposals.propose(wish, who, now))
        if not effect.done:
            return _form(group, effect), UNFIT
        return tell(effect, f"/admin/groups/{group_id}/limit")


def _form(group: GroupPage, effect: Effect | None = None) -> str:
    now = clock.now()
    return render_template(
        "panel/group_limit.html",
        group=group,
        here=home(),
        may_change=group.status in limits.GOES_ON,
        waits=panel_queue.waiting_for(KIND, f"group:{group.group_id}", now),
        typed=_typed() if effect else "",
        note=request.form.get("note", "") if effect else "",
        why=telling.SENTENCES.get(effect.key, telling.OTHERWISE) if effect else "",
        most=rules.MOST_NOTE,
        least=rules.LEAST_NOTE,
        **known(),
    )


def _typed() -> str:
    return request.form.get("amount", "").strip()[:MOST_TYPED]


def _group(who: Somebody, group_id: int) -> GroupPage:
    own_group(who, group_id)
    group = panel_group.page_of(group_id)
    if group is None:
        abort(404)
    return group


def _named(matter: Matter) -> GroupPage | None:
    """The group as it is now; what is approved are the figures of the proposal."""
    return panel_group.page_of(matter.row_id)

"""Members: the list, and the page of one of them with everything that has happened between her and us.

What is done for her stands in `members_forms`, who has not paid in `arrears`.
"""

from typing import Any, Final

from flask import abort, render_template, request

from bot import clock
from bot.panel import number_card, telling_lines, typed
from bot.panel.gate import Panel
from bot.panel.menu import Place
from models.actions.signing_in import Somebody
from models.queries import panel_members, panel_timeline
from models.queries.panel_timeline import Key
from models.rules.staff import Right, may

PLACES = (Place("Members", "/admin/members/", Right.SEE), Place("Not paid", "/admin/arrears", Right.SEE))
HERE: Final = "/admin/members/"


def add(panel: Panel) -> None:
    """The list, a member, and the older lines of her timeline."""

    @panel.page("/members/", Right.SEE)
    def members(who: Somebody) -> Any:
        state = request.args.get("state", "")
        state = state if state in panel_members.STATES else ""
        group, after = number("group"), number("after")
        found = panel_members.members(who, clock.now(), state=state, group_id=group, after=after)
        query = {"state": state, "group": str(group or ""), "after": str(found.after or "")}
        return render_template(
            "panel/members.html",
            found=found,
            chosen=state,
            group=group,
            more="?" + "&".join(f"{name}={value}" for name, value in query.items() if value) if found.after else "",
        )

    @panel.page("/members/<int:member_id>", Right.SEE)
    def member(who: Somebody, member_id: int) -> Any:
        seen_by(who, member_id)
        now = clock.now()
        profile = panel_members.profile(member_id, who, now)
        serves = may(who.role, Right.PROPOSE) and profile.status != "closed"
        return render_template(
            "panel/member.html",
            her=profile,
            now=now,
            number=number_card.card(member_id, who, now, acts=serves),
            unfit=number_card.UNFIT,
            whole=may(who.role, Right.SEE_WHOLE),
            **_timeline(who, member_id, profile.whole),
        )

    @panel.page("/members/<int:member_id>/timeline", Right.SEE)
    def member_timeline(who: Somebody, member_id: int) -> Any:
        """A page of its own without script, a piece of the other one with it."""
        seen_by(who, member_id)
        profile = panel_members.profile(member_id, who, clock.now())
        piece = bool(request.headers.get("HX-Request"))
        template = "panel/_timeline.html" if piece else "panel/member_timeline.html"
        return render_template(template, her=profile, **_timeline(who, member_id, profile.whole))


def seen_by(who: Somebody, member_id: int) -> None:
    """Somebody whom she may not see does not exist."""
    if not panel_members.may_see(who, member_id):
        abort(404)


def number(name: str) -> int | None:
    """A number of the address; None when it is none."""
    return typed.number(request.args.get(name, ""))


def _timeline(who: Somebody, member_id: int, whole: bool) -> dict[str, Any]:
    before = Key.parse(request.args.get("before", ""))
    found = panel_timeline.timeline(member_id, who, before=before, whole=whole)
    days = telling_lines.days(found, whole=may(who.role, Right.SEE_WHOLE))
    return {"days": days, "before": found.before, "is_first": before is None}

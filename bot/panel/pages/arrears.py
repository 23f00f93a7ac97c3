"""Who has not paid: one list over all groups, with a button to remind one of them or all who are chosen."""

from datetime import datetime, time
from typing import Any, Final
from urllib.parse import urlencode

from flask import render_template, request

from bot import clock
from bot.panel import previews, typed
from bot.panel.gate import Panel
from bot.panel.pages.members import number
from bot.panel.pages.members_forms import chosen
from bot.panel.telling import tell
from models.actions import reminding
from models.actions.forms import once
from models.actions.signing_in import Somebody
from models.queries import panel_unpaid
from models.rules.schedule import AWAKE, LAGOS, local_date
from models.rules.staff import Right

HERE: Final = "/admin/arrears"


def add(panel: Panel) -> None:
    """The list, and the one form on it."""

    @panel.page("/arrears", Right.SEE)
    def arrears(who: Somebody) -> Any:
        now = clock.now()
        group, late = number("group"), request.args.get("late") == "1"
        lines, after = panel_unpaid.unpaid(
            who, now, _midnight(now), group_id=group, late=late, after=request.args.get("after", "")
        )
        return render_template(
            "panel/arrears.html",
            lines=lines,
            now=now,
            price=previews.sms_price(now),
            sums=panel_unpaid.sums(who, now, group_id=group, late=late),
            groups=panel_unpaid.group_choices(who, now),
            group=group,
            late=late,
            back=_address(group, late),
            more=f"{HERE}?{urlencode(_query(group, late) | {'after': after})}" if after else "",
            awake=now.astimezone(LAGOS).hour in AWAKE,
        )

    @panel.page("/arrears/remind", Right.SERVE, methods=("POST",))
    def arrears_remind(who: Somebody) -> Any:
        seats = chosen("one") or chosen("seat")
        effect = once(
            request.form.get("key", ""), "member.remind", who, clock.now(),
            lambda: reminding.remind(seats, who, clock.now()),
        )  # fmt: skip
        group = request.form.get("group", "")
        return tell(effect, _address(typed.number(group), request.form.get("late") == "1"))


def _query(group: int | None, late: bool) -> dict[str, str]:
    return ({"group": str(group)} if group else {}) | ({"late": "1"} if late else {})


def _address(group: int | None, late: bool) -> str:
    query = urlencode(_query(group, late))
    return f"{HERE}?{query}" if query else HERE


def _midnight(now: datetime) -> datetime:
    """When today began, where the members are."""
    return datetime.combine(local_date(now), time(0), tzinfo=LAGOS)

"""The forms of a group: open one, change it while it forms, ask its head, call it off, set the order of turns.

What may be wished for is the rules' (`models.rules.terms`), what is done the actions' (`drafts`, `arranging`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from bot import clock
from bot.panel import looking_up, telling
from bot.panel import typed as read
from bot.panel.gate import Panel, own_group
from bot.panel.pages.groups_words import FIELDS, WHY, known
from bot.panel.telling import tell
from models import money
from models.actions import arranging, drafts, forms, looking
from models.actions.forms import Effect
from models.actions.signing_in import Somebody
from models.commands import OpenGroup
from models.queries import panel_group
from models.queries.panel_group import GroupPage
from models.queries.panel_scope import groups_of
from models.rules import schedule, terms
from models.rules.refused import Refused
from models.rules.rotation import ORDERS
from models.rules.schedule import FREQUENCIES
from models.rules.staff import Right

UNFIT: Final = 422
MOST_TYPED: Final = 60


def add(panel: Panel) -> None:
    """Open and change; head and end of a draft; the order."""

    @panel.page("/groups/new", Right.SERVE, methods=("GET", "POST"))
    def group_new(who: Somebody) -> Any:
        if request.method == "GET":
            soon = schedule.first_start_choices(clock.now())[0].isoformat()
            return _form(None, {"frequency": "weekly", "order": "ballot", "start_on": soon})
        typed = _typed()
        wish = _wish(typed)
        effect = (
            Effect(wish.why, done=False)
            if isinstance(wish, Refused)
            else _asking("group.open", who, lambda: drafts.open_draft(who, wish, typed["head_phone"], clock.now()))
        )
        if not effect.done:
            return _form(None, typed, effect.key), UNFIT
        return tell(effect, f"/admin/groups/{(effect.facts or {})['group_id']}")

    @panel.page("/groups/<int:group_id>/edit", Right.SERVE, methods=("GET", "POST"))
    def group_edit(who: Somebody, group_id: int) -> Any:
        group = _group(who, group_id)
        if group.status not in drafts.EDITABLE:
            return tell(Effect("not_forming", done=False), f"/admin/groups/{group_id}")
        if request.method == "GET":
            return _form(group, _as_typed(group))
        typed = _typed()
        wish = _wish(typed)
        if not isinstance(wish, Refused) and group.taken and _other_rules(group, wish) and not typed["sure"]:
            wish = Refused("not_sure")
        effect = (
            Effect(wish.why, done=False)
            if isinstance(wish, Refused)
            else _once("group.rules", who, lambda: drafts.change_rules(who, group_id, wish, clock.now()))
        )
        if not effect.done:
            return _form(group, typed, effect.key), UNFIT
        return tell(effect, f"/admin/groups/{group_id}")

    @panel.page("/groups/<int:group_id>/head", Right.SERVE, methods=("POST",))
    def group_head(who: Somebody, group_id: int) -> Response:
        _group(who, group_id)
        phone = request.form.get("head_phone", "")[:MOST_TYPED]
        effect = _asking("group.head", who, lambda: drafts.ask_head(who, group_id, phone, clock.now()))
        return tell(effect, f"/admin/groups/{group_id}")

    @panel.page("/groups/<int:group_id>/call-off", Right.SERVE, methods=("POST",))
    def group_call_off(who: Somebody, group_id: int) -> Response:
        _group(who, group_id)
        effect = _once("group.call_off", who, lambda: drafts.call_off(who, group_id, clock.now()))
        return tell(effect, f"/admin/groups/{group_id}")

    @panel.page("/groups/<int:group_id>/draw", Right.SERVE, methods=("POST",))
    def group_draw(who: Somebody, group_id: int) -> Response:
        _group(who, group_id)
        effect = _once("group.draw", who, lambda: arranging.draw(who, group_id, clock.now()))
        return tell(effect, f"/admin/groups/{group_id}")

    @panel.page("/groups/<int:group_id>/order", Right.SERVE, methods=("GET", "POST"))
    def group_order(who: Somebody, group_id: int) -> Any:
        group = _group(who, group_id)
        if group.status != "forming" or group.terms.order != "arranged":
            key = "not_forming" if group.terms.order == "arranged" else "not_arranged"
            return tell(Effect(key, done=False), f"/admin/groups/{group_id}")
        if request.method == "POST":
            return _order_sent(who, group_id)
        order = panel_group.in_draft_order(panel_group.seats(group_id, clock.now()))
        return render_template("panel/group_order.html", group=group, order=order, **known())


def moved(seat_ids: Sequence[int], step: str) -> tuple[int, ...]:
    """The order after one seat went a place up or down: 'up:12'. Anything else leaves it as it is."""
    way, _, seat = step.partition(":")
    order = list(seat_ids)
    if seat.isdigit() and int(seat) in order:
        at = order.index(int(seat))
        to = {"up": at - 1, "down": at + 1}.get(way, at)
        if 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
    return tuple(order)


def _order_sent(who: Somebody, group_id: int) -> Response:
    order = tuple(int(text) for text in request.form.getlist("seat") if text.isascii() and text.isdigit())
    if request.form.get("do") == "force":
        effect = _once("group.order", who, lambda: arranging.put_into_force(who, group_id, order, clock.now()))
        return tell(effect, f"/admin/groups/{group_id}" + ("" if effect.done else "/order"))
    wanted = moved(order, request.form.get("move", ""))
    effect = _once("group.order_draft", who, lambda: arranging.keep_order(who, group_id, wanted, clock.now()))
    return tell(effect, f"/admin/groups/{group_id}/order")


def _once(what: str, who: Somebody, act: forms.Act) -> Effect:
    return forms.once(request.form.get("key", ""), what, who, clock.now(), act)


def _asking(what: str, who: Somebody, act: forms.Act) -> Effect:
    """The same with a head's number in it: what becomes of it tells whether it is a member's, so it counts as a
    search."""
    looking_up.may_look(who)
    effect = _once(what, who, act)
    looking.searched(who, int(effect.done or effect.key == "head_frozen"), clock.now())
    return effect


def _group(who: Somebody, group_id: int) -> GroupPage:
    own_group(who, group_id)
    group = panel_group.page_of(group_id, groups_of(who))
    if group is None:
        abort(404)
    return group


def _typed() -> dict[str, str]:
    """What stands in the form, so that nothing typed is lost."""
    names = ("name", "amount", "frequency", "seats", "order", "start_on", "head_phone", "sure")
    return {name: request.form.get(name, "").strip()[:MOST_TYPED] for name in names}


def _as_typed(group: GroupPage) -> dict[str, str]:
    now = group.terms
    return {
        "name": group.name,
        "amount": f"{now.contribution_kobo // 100}",
        "frequency": now.frequency,
        "seats": str(now.seats),
        "order": now.order,
        "start_on": now.starts_on.isoformat(),
    }


def _wish(typed: Mapping[str, str]) -> OpenGroup | Refused:
    """As a command has it. What cannot be read is refused like what the rules refuse."""
    kobo, seats = money.parse(typed["amount"]), typed["seats"]
    if kobo is None:
        return Refused("bad_amount")
    if not (seats.isascii() and seats.isdigit() and len(seats) < 4):
        return Refused("bad_size")
    if typed["frequency"] not in FREQUENCIES or typed["order"] not in ORDERS:
        return Refused("bad_choice")
    start_on = read.day(typed["start_on"])
    if start_on is None:
        return Refused("bad_start")
    return OpenGroup(typed["name"], kobo, typed["frequency"], int(seats), typed["order"], start_on)


def _other_rules(group: GroupPage, wish: OpenGroup) -> bool:
    now = group.terms
    return (wish.contribution_kobo, wish.frequency, wish.seats, wish.order, wish.start_on) != (
        now.contribution_kobo, now.frequency, now.seats, now.order, now.starts_on,
    )  # fmt: skip


def _form(group: GroupPage | None, typed: Mapping[str, str], why: str = "") -> str:
    return render_template(
        "panel/group_form.html",
        group=group,
        typed=typed,
        why=WHY.get(why, telling.SENTENCES.get(why, telling.OTHERWISE)) if why else "",
        field=FIELDS.get(why, ""),
        sizes=(terms.SIZES[0], terms.SIZES[-1]),
        earliest=schedule.earliest_start(clock.now()).isoformat(),
        **known(),
    )

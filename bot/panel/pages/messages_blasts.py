"""Announcements to many: written, looked at on a phone, counted and priced, then sent or put to a colleague."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from bot import clock
from bot.panel import group_asked, previews, proposed, typed, words
from bot.panel.gate import Panel
from bot.panel.telling import sentences, tell
from flows import catalogue
from models.actions import blasts, proposals, switches
from models.actions.forms import Effect, once
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.queries import panel_blasts, panel_sheets
from models.queries.panel_scope import groups_of
from models.rules import blasts as rules
from models.rules.blasts import Audience
from models.rules.refused import Refused
from models.rules.staff import Right, own_groups_only

_ = words.said

LIST: Final = "/admin/messages/blasts"
NEW: Final = f"{LIST}/new"
PAGE: Final = 20
MOST_TYPED: Final = 1000

WHY: Final = {
    "short_text": _("Write what they should know: at least a few letters."),
    "long_text": _("That is too long: two segments of SMS are the most."),
    "has_address": _("No addresses of sites: members are told that we never send any."),
    "nobody_there": _("Nobody is there to write to, or all of them said STOP."),
    "needs_two": _(
        "With what you wrote alone in the last day these are too many for one person: a colleague has to agree."
    ),
}
WHO: Final = {
    "all": _("everybody"),
    "unpaid": _("those who have not paid all that is asked for"),
    "late": _("those who are late"),
}
STOPPED: Final = _("Messages to many are stopped: {reason}")

sentences(
    announced="{people} people get it, between 8 in the morning and 8 in the evening.",
    blast_ended="Ended. {queued} messages of it had gone out already.",
    blasts_stopped="Messages to many are stopped. Two people can let them go again, under Operations.",
    **WHY,
)
proposed.show(
    "blast",
    proposed.Shown(
        "Write to many",
        "Approve and send",
        "panel/proposed/blast.html",
        lambda matter: _frames(str(matter.facts["text"]), Audience.of_json(matter.facts), clock.now()),
        lambda _matter: LIST,
    ),
)


def add(panel: Panel) -> None:
    """The list, the form with its preview, and what the form does."""

    @panel.page("/messages/blasts", Right.SEE)
    def blast_list(who: Somebody) -> Any:
        found = panel_blasts.blasts(groups_of(who), who.staff_id, _number(request.args.get("before", "")), PAGE)
        more = f"?before={found[-1].blast_id}" if len(found) == PAGE else ""
        return render_template("panel/blasts.html", blasts=found, more=more, why=WHO, stopped=_why_stopped())

    @panel.page("/messages/blasts/new", Right.SERVE, methods=("GET", "POST"))
    def blast_new(who: Somebody) -> Any:
        """The form; after a look at it also the preview, with the button that sends."""
        return _form(who, clock.now())

    @panel.page("/messages/blasts/send", Right.SERVE, methods=("POST",))
    def blast_send(who: Somebody) -> Response:
        now, text, audience = clock.now(), _text(), _audience(who)
        effect = once(
            request.form.get("key", ""), "blast.send", who, now, lambda: blasts.announce(text, audience, who, now)
        )
        return tell(effect, LIST if effect.done else NEW)

    @panel.page("/messages/blasts/propose", Right.SERVE, methods=("POST",))
    def blast_propose(who: Somebody) -> Response:
        now, text, audience = clock.now(), _text(), _audience(who)
        wanted = {"text": text, "audience": audience.as_json()}
        wish = Wish("blast", blasts.subject_of(text, audience), wanted, request.form.get("note", ""))
        effect = once(request.form.get("key", ""), "blast.propose", who, now, lambda: proposals.propose(wish, who, now))
        return tell(effect, LIST if effect.done else NEW)

    @panel.page("/messages/blasts/<int:blast_id>/stop", Right.SERVE, methods=("POST",))
    def blast_stop(who: Somebody, blast_id: int) -> Response:
        now = clock.now()
        effect: Effect = once(
            request.form.get("key", ""), "blast.stop", who, now, lambda: blasts.stop(blast_id, who, now)
        )
        return tell(effect, LIST)


def _form(who: Somebody, now: datetime) -> Any:
    text, why, sizes, frames, segments = _text(), "", None, [], 0
    audience, chosen = _audience(who), _group(who)
    price = previews.sms_price(now)
    lately = panel_blasts.written_alone(who.staff_id, now)
    if request.method == "POST":
        line = rules.notice(text)
        sizes = panel_blasts.sizes(audience, now)
        if isinstance(line, Refused):
            why = WHY[line.why]
        elif not sizes.people:
            why = WHY["nobody_there"]
        else:
            text, frames = line, _frames(line, audience, now)
            segments = frames[0].segments
    page = render_template(
        "panel/blast_new.html",
        text=text,
        audience=audience,
        groups=panel_sheets.choices(groups_of(who), chosen, with_rounds=False),
        chosen=chosen,
        own_only=own_groups_only(who.role),
        languages={code: catalogue.text(f"LANG_{code}") for code in catalogue.LANGUAGES},
        who_words=WHO,
        why=why,
        sizes=sizes,
        frames=frames,
        cost_kobo=(sizes.people * segments * price.kobo) if sizes else 0,
        segments=(sizes.people * segments) if sizes else 0,
        price=price,
        two=bool(sizes and rules.needs_two(sizes.people + lately)),
        lately=lately,
        alone=rules.ALONE,
        longest=rules.LONGEST,
        stopped=_why_stopped(),
    )
    return (page, 422) if why else page


def _frames(text: str, audience: Audience, now: datetime) -> list[previews.Frame]:
    """How it looks to those who get it."""
    price = previews.sms_price(now)
    group = audience.one_group
    if group is None:
        return previews.of_news(blasts.TO_MANY, catalogue.ENGLISH, {"notice": text}, price)
    name = panel_sheets.name_of_group(group)
    return previews.of_news(blasts.TO_GROUP, catalogue.ENGLISH, {"notice": text, "group": name}, price)


def _text() -> str:
    return request.form.get("text", "")[:MOST_TYPED]


def _audience(who: Somebody) -> Audience:
    """Whom the form means. 'All' of a field officer are her own groups; a group that is not hers is 404."""
    form = _sent()
    group_id = _group(who)
    groups = groups_of(who, group_id)
    if group_id is not None and (not groups or panel_sheets.name_of_group(group_id) == ""):
        abort(404)
    chosen, language = form.get("who", "all") or "all", form.get("language", "")
    if chosen not in rules.WHO or (language and language not in catalogue.LANGUAGES):
        abort(404)
    return Audience(None if groups is None else tuple(groups), chosen, language)


def _sent() -> Mapping[str, str]:
    return request.form if request.method == "POST" else request.args


def _group(who: Somebody) -> int | None:
    form = _sent()
    return group_asked.by_code(who, form) or _number(form.get("group", ""))


def _why_stopped() -> str:
    reason = switches.blasts_stopped()
    return _(STOPPED, reason=reason) if reason else ""


def _number(value: str) -> int | None:
    return (typed.number(value) or abort(404)) if value else None

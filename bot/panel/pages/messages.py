"""Messages: what went out and whether it arrived, how any text looks on a phone, how the languages stand."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from flask import abort, render_template, request

from bot import clock
from bot.panel import masked, previews, telling_lines, typed
from bot.panel.gate import Panel
from bot.panel.menu import Place
from bot.panel.pages import messages_blasts
from bot.panel.previews import Frame
from bot.settings import current
from bot.template_desk import CHANGED, NOT_MADE
from bot.templates import TEMPLATES, wording
from bot.twilio.contents import digest_of
from flows import catalogue, check_texts
from flows.forms import Message
from models.actions.signing_in import Somebody
from models.queries import panel_messages
from models.queries.contents import contents_of
from models.queries.panel_messages import CHANNELS, KINDS, PROVIDERS, STATES, Filter, Letter
from models.queries.panel_scope import groups_of
from models.rules import routes
from models.rules.staff import Right, may

PLACES = (Place("Messages", "/admin/messages/", Right.SEE),)
PAGE: Final = 50
DAYS: Final = timedelta(days=14)
MOST_TYPED: Final = 1000

TONES: Final = {
    "queued": "", "sending": "", "sent": "", "delivered": "good", "read": "good", "failed": "bad", "unknown": "warn",
    "suppressed": "warn",
}  # fmt: skip
TEMPLATE_TONES: Final = {"approved": "good", "rejected": "bad", "disabled": "bad", "paused": "bad", CHANGED: "warn"}


def add(panel: Panel) -> None:
    """The pages."""
    panel.routes.add_app_template_filter(_channel, "channel")
    panel.routes.add_app_template_filter(previews.chat_marks, "chat_marks")

    @panel.page("/messages/", Right.SEE)
    def messages(who: Somebody) -> Any:
        wanted = _filter()
        lines = panel_messages.lines(groups_of(who), wanted, _before(), PAGE)
        given = {name: value for name, value in vars(wanted).items() if value}
        return render_template(
            "panel/messages.html",
            lines=lines,
            wanted=wanted,
            given=given,
            states=STATES,
            channels=CHANNELS,
            providers=PROVIDERS,
            kinds=KINDS,
            tones=TONES,
            more={**given, "before": lines[-1].outbox_id} if len(lines) == PAGE else None,
        )

    @panel.page("/messages/costs", Right.SEE)
    def message_costs(who: Somebody) -> Any:
        now = clock.now()
        days = panel_messages.days(groups_of(who), now - DAYS)
        return render_template("panel/message_costs.html", days=days, price=previews.sms_price(now))

    @panel.page("/messages/<int:outbox_id>", Right.SEE)
    def message(who: Somebody, outbox_id: int) -> Any:
        letter = panel_messages.letter(outbox_id, groups_of(who)) or abort(404)
        frame = None if letter.erased else _as_sent(letter, whole=may(who.role, Right.SEE_WHOLE))
        return render_template("panel/message.html", letter=letter, frame=frame, tones=TONES)

    @panel.page("/messages/preview", Right.SEE, methods=("GET", "POST"))
    def message_preview(who: Somebody) -> Any:
        return _preview(clock.now())

    @panel.page("/messages/languages", Right.SEE)
    def message_languages(who: Somebody) -> Any:
        return render_template("panel/message_languages.html", languages=_languages(), templates=_templates(),
                               tones=TEMPLATE_TONES)  # fmt: skip

    messages_blasts.add(panel)


def _preview(now: datetime) -> str:
    """A text of the catalogue in each language, or whatever was typed."""
    price = previews.sms_price(now)
    key, typed = request.args.get("key", ""), request.form.get("text", "")[:MOST_TYPED]
    chosen = request.args.get("language", "")
    if (key and key not in previews.text_keys()) or (chosen and chosen not in catalogue.CATALOGUES):
        abort(404)
    languages = [chosen] if chosen else [code for code in catalogue.LANGUAGES if code in catalogue.CATALOGUES]
    shown: list[tuple[str, list[Frame]]] = []
    if typed.strip():
        shown = [("", previews.of_free_text(typed, price))]
    elif key:
        shown = [(_language(code), previews.of_text(key, code, price)) for code in languages]
    return render_template(
        "panel/message_preview.html",
        shown=shown,
        key=key,
        keys=previews.text_keys(),
        chosen=chosen,
        languages={code: _language(code) for code in catalogue.LANGUAGES},
        typed=typed,
        price=price,
    )


def _as_sent(letter: Letter, *, whole: bool) -> Frame | None:
    """The message as its reader saw it, masked for this reader; None for one that cannot be worded any more."""
    line = letter.line
    chat = line.channel == routes.WHATSAPP
    hidden = dict.fromkeys(masked.SECRET_FACTS.get(line.text_key, ()), masked.HIDDEN)
    try:
        if letter.content is not None:
            said = Message.from_json(letter.content)
        else:
            frames = previews.of_news(
                line.text_key, line.language, {**letter.facts, **hidden}, previews.Price(0, False)
            )
            said = Message(frames[0].text) if not chat else Message(frames[1].text, frames[1].choices, frames[1].button)
    except (KeyError, ValueError, TypeError):
        return None
    seen = Message(masked.seen(said.body, whole=whole), said.choices, said.button)
    return previews.as_chat(seen) if chat else previews.as_sms(seen.body, previews.Price(0, False))


@cache
def _languages() -> list[dict[str, Any]]:
    """How each language stands. The texts do not change while a process runs."""
    offered = catalogue.offered(unreviewed=current().offers_unreviewed)
    english = {catalogue.base_of(key) for key in catalogue.CATALOGUES[catalogue.ENGLISH]}
    return [
        {
            "code": code,
            "name": _language(code),
            "reviewed": code in catalogue.REVIEWED,
            "offered": code in offered,
            "texts": len(english & {catalogue.base_of(key) for key in catalogue.CATALOGUES[code]}),
            "of": len(english),
            "problems": [str(problem) for problem in check_texts.problems([code])],
        }
        for code in catalogue.LANGUAGES
        if code in catalogue.CATALOGUES
    ]


def _templates() -> list[dict[str, Any]]:
    """Every message that WhatsApp has to approve, with how it stands in each language that it is written in."""
    known = {(found.name, found.language): found for found in contents_of(current().twilio_account_sid)}
    lines = []
    for template in TEMPLATES:
        standing = []
        for code in catalogue.LANGUAGES:
            wanted = wording(template.key, code)
            if wanted is None:
                continue
            found = known.get((template.name, code))
            status = NOT_MADE if found is None else found.status
            if found is not None and found.digest != digest_of(wanted.types):
                status = CHANGED
            standing.append((_language(code), status, found.why if found else ""))
        lines.append({"template": template, "standing": standing, "used": any(s == "approved" for _, s, _ in standing)})
    return lines


def _filter() -> Filter:
    """What is asked for; 404 for what no list has."""
    allowed = {"state": STATES, "channel": CHANNELS, "provider": PROVIDERS, "kind": KINDS}
    given = {name: request.args.get(name, "") for name in (*allowed, "key")}
    if any(given[name] and given[name] not in allowed[name] for name in allowed):
        abort(404)
    return Filter(**given)


def _before() -> int | None:
    value = request.args.get("before", "")
    return (typed.number(value) or abort(404)) if value else None


def _language(code: str) -> str:
    return catalogue.text(f"LANG_{code}")


def _channel(name: str) -> str:
    """A channel in words."""
    return telling_lines.CHANNELS.get(name, name) if name else "–"

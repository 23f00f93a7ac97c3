"""How a text looks on a phone before anybody gets it: as a screen, an SMS, in a chat; its length and its cost.

Texts of the catalogue are filled with the longest legal values, in any language, drafts too. It is the renderer of the
real messages that makes them; nothing is worded here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Final

from markupsafe import Markup, escape

from bot.gsm import segments
from bot.settings import current
from bot.templates import wording
from flows import catalogue, check_texts, longest
from flows.cutting import cut, units
from flows.forms import SMS, USSD, WHATSAPP, Choice, Form, Message
from flows.gsm import LIMIT, fold, septets
from flows.screens import Screens
from flows.spelling import manner
from flows.talk import Reply, Value
from flows.templates import numbers
from models.country import home
from models.queries import panel_messages
from models.rules import routes

_BOLD: Final = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
_APART: Final = re.compile(r"```([^`\n]+)```")


@dataclass(frozen=True)
class Frame:
    """A phone with a text on it.

    room: how many septets or signs there are for it, of which it takes `length`. segments: of an SMS. pages: of a
    screen that goes on. cost_kobo: None where it costs nothing by the piece.
    """

    form: str
    text: str = field(repr=False)
    length: int
    room: int
    choices: tuple[Choice, ...] = ()
    button: str = ""
    segments: int = 0
    page: int = 1
    pages: int = 1
    template: bool = False  # the words that WhatsApp has to approve
    cost_kobo: int | None = None

    @property
    def fits(self) -> bool:
        return self.length <= self.room


@dataclass(frozen=True)
class Price:
    """Of one segment of SMS. billed: it is what the provider has charged of late; otherwise what the settings say."""

    kobo: int
    billed: bool


def sms_price(now: datetime) -> Price:
    """In our own country."""
    channel = next(iter(routes.sms_channels(home().code, current().sms_routes)), "")
    billed = panel_messages.price_kobo(channel, now)
    return Price(current().sms_price_kobo, False) if billed is None else Price(billed, True)


def is_screen(key: str) -> bool:
    """Whether it is a screen of a conversation; the other texts are news."""
    return key in check_texts.screens_of_flows()


def text_keys() -> list[str]:
    """All texts that can be looked at: screens and news, by name."""
    news = {key for key in catalogue.CATALOGUES[catalogue.ENGLISH] if check_texts.NEWS.fullmatch(key)}
    return sorted(news | set(check_texts.screens_of_flows()), key=lambda key: (key[0] not in "SR", key))


def of_text(key: str, language: str, price: Price) -> list[Frame]:
    """A text of the catalogue at its longest, on every kind of phone that may show it."""
    if not is_screen(key):
        values, chat = (longest.values(key, manner(language, form)) for form in (SMS, WHATSAPP))
        return [*of_news(key, language, values, price, chat_values=chat), *_template(key, language, chat)]
    frames = []
    for form in (USSD, WHATSAPP):
        reply = Reply(key, longest.values(key, manner(language, form)), options=numbers(key), language=language)
        frames += _pages(reply, form)
    return frames


def of_news(
    key: str, language: str, values: Mapping[str, Value], price: Price, chat_values: Mapping[str, Value] | None = None
) -> list[Frame]:
    """A message with these values, by SMS and in a chat."""
    chat = chat_values or values
    message = _screens().news(key, language, WHATSAPP, arg="", **chat)
    return [as_sms(_screens().sms(key, language, **values), price), as_chat(message)]


def of_free_text(text: str, price: Price) -> list[Frame]:
    """Whatever somebody types: as a screen would cut it, as an SMS, in a chat."""
    folded = fold(text)
    pages = cut(folded, LIMIT)
    screens = [
        Frame(USSD.name, page, septets(page.rstrip()), LIMIT, page=n, pages=len(pages))
        for n, page in enumerate(pages, start=1)
    ]
    return [*screens, as_sms(folded, price), as_chat(Message(text))]


def as_sms(text: str, price: Price) -> Frame:
    """In segments, at what they cost."""
    count = segments(text)
    room = LIMIT if count == 1 else count * 153
    return Frame(SMS.name, text, septets(text), room, segments=count, cost_kobo=count * price.kobo)


def as_chat(message: Message) -> Frame:
    """With what can be tapped below it."""
    length = units(message.body)
    return Frame(WHATSAPP.name, message.body, length, WHATSAPP.longest, message.choices, message.button)


def _template(key: str, language: str, values: Mapping[str, Value]) -> list[Frame]:
    """What goes when she has not written to us for a day, where there is an approved text for it."""
    found = wording(key, language)
    if found is None:
        return []
    body = found.body.format_map({name: _screens().words(values[name], language) for name in found.facts})
    choices = tuple(Choice(intent, title) for intent, title in found.buttons)
    return [replace(as_chat(Message(body, choices)), template=True)]


def chat_marks(text: str) -> Markup:
    """A chat's own marks as it shows them: *bold*, and what is set apart to be copied."""
    escaped = str(escape(text))
    return Markup(_BOLD.sub(r"<strong>\1</strong>", _APART.sub(r"<code>\1</code>", escaped)))  # noqa: S704 (escaped)


def _pages(reply: Reply, form: Form) -> list[Frame]:
    screens = _screens()
    count = screens.page_count(reply, form)
    frames = []
    for page in range(count):
        turned = Reply(reply.key, reply.facts, reply.options, page=page, language=reply.language)
        if form is USSD:
            text = screens.ussd(turned)
            frames.append(Frame(form.name, text, septets(text), LIMIT, page=page + 1, pages=count))
        else:
            frames.append(as_chat(screens.message(turned, form)))
    return frames


@cache
def _screens() -> Screens:
    """This service's, with every language that there is."""
    ours = current()
    return Screens(
        ussd_code=ours.ussd_code,
        help_phone=ours.help_phone,
        site=ours.site,
        whatsapp=ours.twilio_whatsapp_from,
        offered=tuple(catalogue.CATALOGUES),
        two_way=ours.sms_two_way,
        play=ours.training,
    )

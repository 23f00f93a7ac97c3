"""What is wrong with the texts, in every language and on every kind of channel.

That each is there with the same values, that plurals have the forms of their language, that no word
means two things, and that each fits with the longest legal values: a phone's screen and an SMS
160 septets, a chat its buttons and lists.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from flows import catalogue, intents
from flows.catalogue import CATALOGUES, DOMAINS, ENGLISH, MESSAGES
from flows.check import Problem
from flows.cutting import units
from flows.flow import Screen
from flows.forms import SMS, USSD, WHATSAPP, Form
from flows.gsm import LIMIT, septets
from flows.longest import AMBIENT, values
from flows.registry import FLOWS
from flows.screens import Screens
from flows.spelling import Manner, Spelling, manner
from flows.talk import Reply, Words
from flows.templates import ROWS, TO_HOME, numbers, placeholders, template, without_number

SCREENS = Screens(ussd_code=f"{AMBIENT['dial']}#", help_phone=AMBIENT["help"], site=AMBIENT["site"])

TWO_WAY = Screens(ussd_code=f"{AMBIENT['dial']}#", help_phone=AMBIENT["help"], site=AMBIENT["site"], two_way=True)

# Texts that an SMS of one segment has to hold, and those that may go on over a second.
NEWS = re.compile(r"[SR]\d\d[a-z]*")
TWO_SEGMENTS = {"S60": 2 * 153}
# Lines that stand before a screen, and leave the screen its room.
NOTICES = ("B1e", "B1x", "X1", "X4", "C9", "F9n")
ROOM_OF_NOTICE = 35
# Screens that go on over a second page by themselves.
LONG_ON_PURPOSE = frozenset({"N2"})
LISTS = (ROWS, "{names}", "{names2}", "{lines}")
# How long the private page of a PIN makes what a chat says.
LINK = "link"


def problems() -> list[Problem]:
    return [*_lacking(), *_of_values(), *_of_plurals(), *_of_words(), *_of_taps(), *_of_length()]


@cache
def screens_of_flows() -> Mapping[str, Screen]:
    """A screen for each text that is one."""
    every = (state for flow in FLOWS.values() for state in flow.states.values() if isinstance(state, Screen))
    return {screen.text: screen for screen in every if screen.text in CATALOGUES[ENGLISH]}


# --- what is there ----------------------------------------------------------------------------------------------------


def _lacking() -> Iterator[Problem]:
    for domain, by_language in DOMAINS.items():
        english = {catalogue.base_of(key) for key in by_language[ENGLISH]}
        for language in CATALOGUES:
            theirs = {catalogue.base_of(key) for key in by_language.get(language, {})}
            for key in sorted(english - theirs):
                yield Problem(f"{language}/{domain}.po", f"lacks {key}", "translate it; until then it is English")
            for key in sorted(theirs - english):
                yield Problem(f"{language}/{domain}.po", f"has {key}, which English lacks", "take it away")


def _of_values() -> Iterator[Problem]:
    """A translation may leave out a text, but no value of it, and it may not invent one."""
    for domain, by_language in DOMAINS.items():
        for language, texts in by_language.items():
            for key, text in texts.items():
                base = catalogue.base_of(key)
                here = by_language[ENGLISH].get(base)
                if here is None:
                    continue
                ours, theirs = set(placeholders(here)), set(placeholders(text))
                # One form of a plural may say its number in words.
                if not (theirs <= ours if base != key else theirs == ours):
                    told = ", ".join(sorted(ours ^ theirs))
                    yield Problem(f"{language}/{domain}.po {key}", f"has other values: {told}", "use those of English")
                if base == key and _skeleton(text) != _skeleton(here):
                    yield Problem(f"{language}/{domain}.po {key}", "has other choices", "keep the numbers of English")


def _skeleton(text: str) -> tuple[object, ...]:
    lines = text.split("\n")
    found = [match[0] for line in lines if (match := re.match(r"\d+\. |= ?\w+: |!\[\w+\]", line))]
    return tuple(found)


def _of_plurals() -> Iterator[Problem]:
    for domain, by_language in DOMAINS.items():
        for language, texts in by_language.items():
            wanted = catalogue.plural_forms(language)
            counted: dict[str, int] = {}
            for key in texts:
                if key != catalogue.base_of(key):
                    counted[catalogue.base_of(key)] = counted.get(catalogue.base_of(key), 0) + 1
            for key, forms in counted.items():
                if forms != wanted:
                    yield Problem(
                        f"{language}/{domain}.po {key}", f"has {forms} forms", f"{language} has {wanted} (CLDR)"
                    )


def _of_words() -> Iterator[Problem]:
    """No word of one meaning is a word of another; least of all the words of the networks."""
    for language in CATALOGUES:
        taken: dict[str, str] = {}
        for name in (intents.STOP, intents.START, intents.HELP, *intents.INTENTS):
            for word in sorted(intents.spelt(name, language)):
                other = taken.setdefault(word, name)
                if other != name:
                    yield Problem(f"{language} {word!r}", f"means {other} and {name}", "leave it to one of them")


def _of_taps() -> Iterator[Problem]:
    for domain, by_language in DOMAINS.items():
        for language, texts in by_language.items():
            for key, text in texts.items():
                for name in re.findall(r"^= ?(\w+): ", text, re.MULTILINE):
                    if name not in intents.INTENTS:
                        yield Problem(f"{language}/{domain}.po {key}", f"has a button for {name}", "name an intent")


# --- how long it is ---------------------------------------------------------------------------------------------------


def _of_length() -> Iterator[Problem]:
    for language in CATALOGUES:
        for key in screens_of_flows():
            for form in (USSD, SMS, WHATSAPP):
                for what in too_long(key, language, form):
                    yield Problem(f"{language} {key} on {form.name}", what, "say it in fewer words")
        for key in filter(NEWS.fullmatch, CATALOGUES[ENGLISH]):
            for what in (*_news_on_sms(key, language), *_in_chat(_longest(key, language, WHATSAPP), WHATSAPP)):
                yield Problem(f"{language} {key}", what, "say it in fewer words")
        for key in NOTICES:
            long = septets(Spelling(AMBIENT).words(Words(key, values(key, Manner(language))), Manner(language)))
            if long > ROOM_OF_NOTICE:
                yield Problem(f"{language} {key}", f"has {long} septets of {ROOM_OF_NOTICE}", "say it in fewer words")


def too_long(key: str, language: str, form: Form) -> Iterator[str]:
    """What does not fit of a screen, in words; nothing when all of it does."""
    reply = _longest(key, language, form)
    if form.buttons:
        yield from _in_chat(reply, form)
        return
    pages = SCREENS.pages(reply, form)
    if any(septets(page) > LIMIT for page in pages):
        yield f"has {max(map(septets, pages))} septets of {LIMIT} on a page"
    elif len(pages) > 1 and key not in LONG_ON_PURPOSE and not _is_list(key, language, form):
        yield f"has {septets(chr(10).join([SCREENS.body(reply, form)]))} septets: it goes on over {len(pages)} pages"


def _longest(key: str, language: str, form: Form) -> Reply:
    screen = screens_of_flows().get(key)
    how = manner(language, form)
    end = screen is not None and screen.end
    return Reply(key, values(key, how), options=numbers(key), end=end, language=language)


def _is_list(key: str, language: str, form: Form) -> bool:
    text = catalogue.text(key, language, form.name)
    return any(name in text for name in LISTS)


def _news_on_sms(key: str, language: str) -> Iterator[str]:
    for domain, screens in ((MESSAGES, SCREENS), (SMS.name, TWO_WAY)):
        long = septets(screens.sms(key, language, **values(key, Manner(language, domain))))
        if long > TWO_SEGMENTS.get(key, LIMIT):
            yield f"has {long} septets of {LIMIT} as an SMS"


def _in_chat(reply: Reply, form: Form) -> Iterator[str]:
    """Too long for a chat: the text, or what is tapped, before it is cut."""
    parts, how = template(reply.key, reply.language, form.name), manner(reply.language, form)
    spelling = Spelling(AMBIENT)
    message = SCREENS.message(reply, form, private=str(values(reply.key, how)[LINK]) if reply.secret else "")
    if units(message.body) > form.longest:
        yield f"has {units(message.body)} signs of {form.longest}"
    if units(parts.label) > form.list_button:
        yield f"has {units(parts.label)} signs of {form.list_button} in [{parts.label}]"
    most = form.row_title if message.button else form.button_title
    lines = [
        spelling.fill(without_number(line), reply.facts, how)
        for number, line in (*parts.body, *parts.foot)
        if number in reply.options or number in ("0", TO_HOME)
    ]
    lines += [spelling.fill(title, reply.facts, how) for _, title in parts.taps]
    for title, _, description in (line.partition(" | ") for line in lines):
        if units(title) > most and not _varies(title, reply, how):
            yield f"has {units(title)} signs of {most} in {title!r}"
        if units(description) > form.row_description:
            yield f"has {units(description)} signs of {form.row_description} in {description!r}"


def _varies(title: str, reply: Reply, how: Manner) -> bool:
    """A label that is all value (a name, a day) is cut when it has to be, and said in full below."""
    spelling = Spelling(AMBIENT)
    return any(spelling.value(value, how) in title for value in reply.facts.values() if spelling.value(value, how))

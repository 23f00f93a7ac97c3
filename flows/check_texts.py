"""What is wrong with the texts, in every language and on every kind of channel.

That each is there with the same values, that plurals have the forms of their language, that no word
means two things, and that each fits with the longest legal values: a phone's screen and an SMS
160 septets, a chat its buttons and lists.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
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
from flows.templates import BACK, ROWS, TO_HOME, numbers, parse, placeholders, template, without_number

SCREENS = Screens(
    ussd_code=f"{AMBIENT['dial']}#", help_phone=AMBIENT["help"], site=AMBIENT["site"], whatsapp=AMBIENT["whatsapp"]
)

SPELLING = Spelling(AMBIENT)
TWO_WAY = Screens(
    ussd_code=f"{AMBIENT['dial']}#",
    help_phone=AMBIENT["help"],
    site=AMBIENT["site"],
    whatsapp=AMBIENT["whatsapp"],
    two_way=True,
)

# Texts that an SMS of one segment has to hold, and those that may go on over a second.
NEWS = re.compile(r"[SR]\d\d[a-z]*")
TWO_SEGMENTS = dict.fromkeys(("S60", "S75", "S76"), 2 * 153)
# Lines that stand before a screen, and leave the screen its room.
NOTICES = ("B1e", "B1x", "X1", "X4", "C9", "F9n")
ROOM_OF_NOTICE = 35
# Screens that go on over a second page by themselves.
LONG_ON_PURPOSE = frozenset({"N2"})
LISTS = (ROWS, "{names}", "{names2}", "{lines}")
# How long the private page of a PIN makes what a chat says.
LINK = "link"
SHORTER = "say it in fewer words"

_NOT_WORDS = re.compile(r"\d+\. |= ?\w+: |!\[\w+\]|\[(?=.+\]$)")


def problems(languages: Iterable[str] = tuple(CATALOGUES)) -> list[Problem]:
    """All that is wrong with the texts of these languages."""
    found: list[Problem] = []
    for language in languages:
        for domain, by_language in DOMAINS.items():
            file = File(language, domain, by_language.get(language, {}), by_language[ENGLISH])
            found += [*_lacking(file), *_of_values(file), *_of_plurals(file), *_of_taps(file)]
        found += [*_of_words(language), *_of_titles(language), *_of_length(language)]
    return found


@dataclass(frozen=True)
class File:
    """One .po file, and the English one that it translates."""

    language: str
    domain: str
    texts: Mapping[str, str]
    english: Mapping[str, str]

    def problem(self, key: str, what: str, remedy: str) -> Problem:
        return Problem(f"{self.language}/{self.domain}.po {key}".rstrip(), what, remedy)


@cache
def screens_of_flows() -> Mapping[str, Screen]:
    """A screen for each text that is one."""
    every = (state for flow in FLOWS.values() for state in flow.states.values() if isinstance(state, Screen))
    return {screen.text: screen for screen in every if screen.text in CATALOGUES[ENGLISH]}


# --- what is there ----------------------------------------------------------------------------------------------------


def _lacking(file: File) -> Iterator[Problem]:
    english, theirs = ({catalogue.base_of(key) for key in texts} for texts in (file.english, file.texts))
    for key in sorted(english - theirs):
        yield file.problem("", f"lacks {key}", "translate it; until then it is English")
    for key in sorted(theirs - english):
        yield file.problem("", f"has {key}, which English lacks", "take it away")


def _of_values(file: File) -> Iterator[Problem]:
    """A translation may leave out a text, but no value of it, and it may not invent one."""
    for key, text in file.texts.items():
        base = catalogue.base_of(key)
        if base not in file.english:
            continue
        ours, theirs = set(placeholders(file.english[base])), set(placeholders(text))
        # One form of a plural may say its number in words.
        if theirs - ours or (base == key and ours - theirs):
            told = ", ".join(sorted(ours ^ theirs))
            yield file.problem(key, f"has other values: {told}", "use those of English")
        if base == key and _skeleton(text) != _skeleton(file.english[key]):
            yield file.problem(key, "has other choices", "keep the numbers of English")


def _skeleton(text: str) -> list[str]:
    """What in a text is not words: the numbers that answer it, what is tapped, pictures."""
    return [match[0] for line in text.split("\n") if (match := _NOT_WORDS.match(line))]


def _of_plurals(file: File) -> Iterator[Problem]:
    wanted = catalogue.plural_forms(file.language)
    forms = Counter(catalogue.base_of(key) for key in file.texts if key != catalogue.base_of(key))
    for key, many in forms.items():
        if many != wanted:
            yield file.problem(key, f"has {many} forms", f"{file.language} has {wanted} (CLDR)")


def _of_taps(file: File) -> Iterator[Problem]:
    for key, text in file.texts.items():
        for name in re.findall(r"^= ?(\w+): ", text, re.MULTILINE):
            if name not in intents.INTENTS:
                yield file.problem(key, f"has a button for {name}", "name an intent")


def _of_words(language: str) -> Iterator[Problem]:
    """No word of one meaning is a word of another; least of all the words of the networks."""
    taken: dict[str, str] = {}
    for name in dict.fromkeys((intents.STOP, intents.START, intents.HELP, *intents.INTENTS)):
        for word in sorted(intents.spelt(name, language)):
            other = taken.setdefault(word, name)
            if other != name:
                yield Problem(f"{language} {word!r}", f"means {other} and {name}", "leave it to one of them")


def _of_titles(language: str) -> Iterator[Problem]:
    """No answer is called STOP or START in any language: some routes bring only the title of what was tapped."""
    for domain in DOMAINS:
        for key in sorted(DOMAINS[domain].get(language, {})):
            parts = parse(catalogue.text(catalogue.base_of(key), language, domain))
            lines = [without_number(line).partition(" | ")[0] for number, line in (*parts.body, *parts.foot) if number]
            for title in (*lines, *(title for _, title in parts.taps)):
                words = {intents.reserved(title, each) for each in catalogue.LANGUAGES}
                for word in sorted(words & {intents.STOP, intents.START}):
                    yield Problem(
                        f"{language}/{domain}.po {key}", f"has {title!r}, which means {word}", "call it otherwise"
                    )


# --- how long it is ---------------------------------------------------------------------------------------------------


def _of_length(language: str) -> Iterator[Problem]:
    for key in screens_of_flows():
        for form in (USSD, SMS, WHATSAPP):
            for what in _told(too_long, key, language, form):
                yield Problem(f"{language} {key} on {form.name}", what, SHORTER)
    for key in sorted(set(filter(NEWS.fullmatch, CATALOGUES[ENGLISH])) - set(screens_of_flows())):
        for what in _told(_news_too_long, key, language):
            yield Problem(f"{language} {key}", what, SHORTER)
    for key in NOTICES:
        how = Manner(language)
        long = septets(SPELLING.words(Words(key, values(key, how)), how))
        if long > ROOM_OF_NOTICE:
            yield Problem(f"{language} {key}", f"has {long} septets of {ROOM_OF_NOTICE}", SHORTER)


def _told(measure: Callable[..., Iterator[str]], *what: object) -> list[str]:
    """A value that nobody has measured is a problem, too."""
    try:
        return list(measure(*what))
    except KeyError as unknown:
        return [f"mentions {unknown}, which is not in flows/longest.py"]


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


def _news_too_long(key: str, language: str) -> Iterator[str]:
    for domain, screens in ((MESSAGES, SCREENS), (SMS.name, TWO_WAY)):
        long = septets(screens.sms(key, language, **values(key, Manner(language, domain))))
        if long > TWO_SEGMENTS.get(key, LIMIT):
            yield f"has {long} septets of {LIMIT} as an SMS"
    yield from _in_chat(_longest(key, language, WHATSAPP), WHATSAPP)


def _in_chat(reply: Reply, form: Form) -> Iterator[str]:
    """Too long for a chat: the text, or what is tapped, before it is cut."""
    parts, how = template(reply.key, reply.language, form.name), manner(reply.language, form)
    message = SCREENS.message(reply, form, private=str(values(reply.key, how)[LINK]) if reply.secret else "")
    if units(message.body) > form.longest or (SCREENS.page_count(reply, form) > 1 and not reply.secret):
        yield f"has more than the {form.longest} signs of one message"
    if units(parts.label) > form.list_button:
        yield f"has {units(parts.label)} signs of {form.list_button} in [{parts.label}]"
    answers = [line for number, line in (*parts.body, *parts.foot) if number in reply.options]
    ways_out = [line for number, line in parts.foot if number in (BACK, TO_HOME)]
    taps = [title for _, title in parts.taps]
    # What is too long for a button becomes the line of a list; what is too long for that would have to be cut.
    most = form.row_title
    for line in (*answers, *ways_out, *taps):
        title, _, description = SPELLING.fill(without_number(line), reply.facts, how).partition(" | ")
        if units(title) > most and not placeholders(without_number(line).partition(" | ")[0]):
            yield f"has {units(title)} signs of {most} in {title!r}"
        if units(description) > form.row_description:
            yield f"has {units(description)} signs of {form.row_description} in {description!r}"

"""What somebody wants, by name: from a shortcut that was dialled, a word that was written, a button of a message.

An intent leads to the beginning of a conversation, never into the middle of one: what it
opens asks for the PIN and for the confirmation itself. It is no position in a menu, so menus may
change. What is done with it (which group, first the registration) is decided in `engine`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from flows import catalogue
from flows.gsm import plain
from flows.registry import FLOWS
from flows.templates import parse, without_number

# A word that is nearly right is understood, but never where money is concerned.
ALIKE = 85
LONG_ENOUGH = 4

WORDS = "WORDS_"
STOP, START, HELP = "stop", "start", "help"
ASKS = "?"
MENU, JOIN = "menu", "join"

# The main menu, whose lines can be written as they read.
MAIN_MENU = "B1"


@dataclass(frozen=True)
class Intent:
    """arg: which one is meant: the id of a seat, or an answer to what is asked first."""

    name: str
    arg: str = ""

    def __str__(self) -> str:
        return f"{self.name}:{self.arg}" if self.arg else self.name

    @classmethod
    def read(cls, text: str) -> "Intent":
        """From the id of a choice, `pay:12`."""
        name, _, arg = text.partition(":")
        return cls(name, arg)


@dataclass(frozen=True)
class Target:
    """Where an intent leads. of_seat: it is about one of her groups. answers: its argument answers what is asked there.

    money: no word that is only nearly right may lead there. while_frozen: a frozen account may go there, too.
    """

    flow: str
    state: str
    of_seat: bool = False
    answers: bool = False
    money: bool = False
    while_frozen: bool = False


INTENTS: dict[str, Target] = {
    "menu": Target("menu", "home"),
    "pay": Target("contribute", "start", of_seat=True, money=True, while_frozen=True),
    "pay_part": Target("contribute", "part", of_seat=True, answers=True, money=True, while_frozen=True),
    "turn": Target("my_turn", "start", of_seat=True),
    "group": Target("group", "start", of_seat=True),
    "status": Target("group", "status", of_seat=True),
    "turns": Target("group", "turns", of_seat=True),
    "swap_or_time": Target("menu", "ask", of_seat=True),
    "swap": Target("swap", "start", of_seat=True),
    "more_time": Target("more_time", "start", of_seat=True),
    "payments": Target("statement", "start", of_seat=True),
    "statement": Target("statement", "start", of_seat=True),
    "join_or_open": Target("menu", "C0"),
    "join": Target("join_group", "C1", answers=True),
    "open": Target("open_group", "E1"),
    "account": Target("account", "M1"),
    "bank": Target("account", "bank", money=True),
    "language": Target("preferences", "M4"),
    "report": Target("report", "start", while_frozen=True),
    "freeze": Target("freeze", "start", while_frozen=True),
    "help": Target("help", "N1", while_frozen=True),
    "sent_picture": Target("attached", "picture", while_frozen=True),
    "sent_voice": Target("attached", "voice", while_frozen=True),
    "prompts_1": Target("prompts", "one"),
    "prompts_2": Target("prompts", "two"),
    "prompts_3": Target("prompts", "three"),
}

# The numbers of the main menu are promised for ever: *347*55*8# is help.
SHORTCUTS = {
    "1": "pay",
    "2": "turn",
    "3": "group",
    "4": "swap_or_time",
    "5": "payments",
    "6": "join_or_open",
    "7": "account",
    "8": "help",
}

_CODE = re.compile(r"[0-9]{6}")
_ARGUMENT = re.compile(r"(\D+?)\s*([0-9][0-9,.kK]*)")
_PUNCTUATION = re.compile(r"[\s.,!?;:'\"]+")


def by_shortcut(tokens: Sequence[str]) -> tuple[Intent, tuple[str, ...]]:
    """What was dialled behind our code, and the rest of it. Keys that mean nothing go to the menu."""
    first, rest = (tokens[0], tuple(tokens[1:])) if tokens else ("", ())
    if _CODE.fullmatch(first):
        return Intent(JOIN, first), rest
    name = SHORTCUTS.get(first, "")
    return (Intent(name), rest) if name in INTENTS else (Intent(MENU), tuple(tokens))


def by_word(text: str, language: str = catalogue.ENGLISH) -> Intent | None:
    """What a message asks for: a word of hers, a word with a number, or a word that is nearly right."""
    said = tidy(text)
    known = _words(language)
    if said in known:
        return Intent(known[said])
    if _CODE.fullmatch(said):
        return Intent(JOIN, said)
    if found := _ARGUMENT.fullmatch(text.strip()):
        return _with_argument(known.get(tidy(found[1]), ""), found[2])
    return _nearly(said, known)


def reserved(text: str, language: str = catalogue.ENGLISH) -> str:
    """stop, start or help when the whole message is one of the words that mean it in her language, else ""."""
    said = tidy(text)
    if text.strip() == ASKS:
        return HELP
    return next((name for name in (STOP, START, HELP) if said in spelt(name, language)), "")


def is_menu(text: str, language: str = catalogue.ENGLISH) -> bool:
    return tidy(text) in spelt(MENU, language)


def tidy(text: str) -> str:
    """As one may type it in a hurry: capitals, marks and full stops make no difference."""
    return _PUNCTUATION.sub(" ", plain(text).casefold()).strip()


def _with_argument(name: str, number: str) -> Intent | None:
    """PAY 3000, JOIN 482917."""
    if name == "pay":
        return Intent("pay_part", number)
    target = INTENTS.get(name)
    return Intent(name, number) if target and target.answers else None


def _nearly(said: str, known: dict[str, str]) -> Intent | None:
    if len(said) < LONG_ENOUGH:
        return None
    safe = [word for word, name in known.items() if len(word) >= LONG_ENOUGH and not INTENTS[name].money]
    best = process.extractOne(said, safe, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return Intent(known[best[0]]) if best else None


@cache
def _words(language: str) -> dict[str, str]:
    """Every word that leads somewhere, in her language and in English, and the lines of the main menu."""
    found: dict[str, str] = {}
    for code in dict.fromkeys((catalogue.ENGLISH, language)):
        for domain in catalogue.DOMAINS:
            for number, line in parse(catalogue.text(MAIN_MENU, code, domain)).body:
                if SHORTCUTS.get(number) in INTENTS:
                    found[tidy(without_number(line).partition(" | ")[0])] = SHORTCUTS[number]
        for name in INTENTS:
            found |= dict.fromkeys(spelt(name, code), name)
    return found


@cache
def spelt(name: str, language: str) -> frozenset[str]:
    """The words of one meaning. English is understood by everybody."""
    key = WORDS + name
    if key not in catalogue.CATALOGUES[catalogue.ENGLISH]:
        return frozenset()
    texts = (catalogue.text(key), catalogue.text(key, language))
    return frozenset(tidy(word) for text in texts for word in text.split(","))


def _problems() -> list[str]:
    return [
        name
        for name, target in INTENTS.items()
        if target.flow not in FLOWS or target.state not in FLOWS[target.flow].states
    ]


if _problems():
    raise LookupError(f"intents that lead nowhere: {', '.join(_problems())}")

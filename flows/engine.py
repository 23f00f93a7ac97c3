"""The one way through all conversations: an event comes in, a reply or a command goes out.

Pure, like the steps that it is made of. Here is what a message in a chat means: a choice that was
tapped, or a number, answers the screen that is shown; where a screen hears free text, the words are the
answer; other words are an intent. Performing a command, keeping the talk and knowing the time are
the runner's business.
"""

from dataclasses import replace

from flows import intents
from flows.amounts import to_pay_kobo
from flows.asking import first_name, seat_of
from flows.beginnings import Beginnings
from flows.catalogue import ENGLISH
from flows.flow import Turn
from flows.forms import USSD, Choice, Form
from flows.intents import Intent
from flows.registry import FLOWS
from flows.steps import MAX_COMMANDS, MAX_WRONG, EngineError, asks_for_secret, clean, is_secret, screen_of
from flows.talk import START, Day, Event, Heard, Naira, Outcome, Reply, Said, Step, Talk, Value, Words
from flows.templates import BACK, TO_HOME
from models.facts import Facts

__all__ = [
    "MAX_COMMANDS",
    "Engine",
    "EngineError",
    "Event",
    "Heard",
    "Intent",
    "Outcome",
    "Reply",
    "Said",
    "Step",
    "Talk",
    "asks_for_secret",
    "busy",
    "is_secret",
]

UNKNOWN_WORDS = "R09"
UNKNOWN_NUMBER = "R10"
STOPPED = "R07"
STARTED, STARTED_WITHOUT_DATE = "R08", "R08n"
TYPED_HERE = "PRIVATE_warning"
SHORTEST_SECRET = 4  # digits


def busy(language: str = ENGLISH) -> Reply:
    """The fixed answer when something broke."""
    return Reply("B6", end=True, language=language)


class Engine(Beginnings):
    """Takes turns. It keeps nothing but the renderer."""

    def listen(
        self, talk: Talk | None, said: Said, facts: Facts, previous: Talk | None = None, form: Form = USSD
    ) -> Step:
        """The answer to a message in a chat. talk: the open one, None when there is none or it was left long ago.

        previous: what she was about to do then, here or on another channel, offered to her again.
        """
        if said.choice.startswith("="):
            return self.begin(Intent.read(said.choice[1:]), facts, form, talk)
        text, language = clean(said.text), self.screens.spoken(facts.home.me.language)
        if (word := intents.reserved(text, language)) and not said.choice:
            return self._told(word, talk, facts, form)
        if talk is None or talk.over or screen_of(talk) is None:
            return self._greet(text, language, facts, previous, form)
        return self._answered(talk, said, text, language, facts, form)

    def _greet(self, text: str, language: str, facts: Facts, previous: Talk | None, form: Form) -> Step:
        """The first message. Whoever has never registered can do so only where there is more than a line of text."""
        if not (facts.home.me.registered or form.buttons):
            return self._say(UNKNOWN_NUMBER, previous, facts, form)
        if intent := intents.by_word(text, language):
            return self.start(facts, previous, form) if intent.name == intents.MENU else self.begin(intent, facts, form)
        if form.buttons or text.isdigit() or not text:
            return self.start(facts, previous, form)
        return self._say(UNKNOWN_WORDS, previous, facts, form)

    def _answered(self, talk: Talk, said: Said, text: str, language: str, facts: Facts, form: Form) -> Step:
        """What a message means while a screen waits for its answer."""
        turn = self._turn(talk, facts, form)
        shown = self._shown(turn, form)
        key = _key_of(said, text, shown)
        if intents.is_menu(text, language) or key == TO_HOME or _leads_out(key, turn, talk, shown):
            return self.step(talk, Heard(TO_HOME), facts, form)
        if key.startswith("="):
            return self.begin(Intent.read(key[1:]), facts, form, talk)
        keeps_out = asks_for_secret(talk) and not form.secrets
        if key and not (keeps_out and key != BACK):
            return self.step(talk, Heard(key), facts, form)
        screen = screen_of(talk)
        hears = screen.hears if screen and not said.choice and not keeps_out else None
        if hears and hears(text) is not None:
            return self.step(talk, Heard(text), facts, form)
        if not key and (intent := intents.by_word(text, language)):
            return self.begin(intent, facts, form, talk)
        if hears:
            return self.step(talk, Heard(text), facts, form)
        if said.choice or not text:
            return self.step(talk, Heard(""), facts, form)  # of an older message: what holds now is shown again
        return self._not_here(talk, text, facts, form) if keeps_out else self._not_understood(turn, facts, form)

    def _shown(self, turn: Turn, form: Form) -> tuple[Choice, ...]:
        """What can be tapped on the screen as she has it before her."""
        screen = screen_of(turn.talk())
        reply = self._reply(turn, screen) if screen else None
        return self.screens.message(reply, form).choices if reply else ()

    def _not_here(self, talk: Talk, text: str, facts: Facts, form: Form) -> Step:
        """Something was typed where a secret belongs: it is not heard, and she is told where to type it."""
        step = self.step(talk, Heard(""), facts, form)
        if step.reply is None or not looks_secret(text):
            return step
        return replace(step, reply=replace(step.reply, notice=Words(TYPED_HERE)))

    def _not_understood(self, turn: Turn, facts: Facts, form: Form) -> Step:
        turn.errors += 1
        if turn.errors >= MAX_WRONG:
            return self._enough(turn)
        return self._say(UNKNOWN_WORDS, turn.talk(), facts, form)

    def _told(self, word: str, talk: Talk | None, facts: Facts, form: Form) -> Step:
        """STOP, START and HELP mean the same everywhere. The talk stays where it is, but for HELP."""
        if word == intents.HELP and (facts.home.me.registered or form.buttons):
            return self.begin(Intent(intents.HELP), facts, form, talk)
        if word == intents.START and not facts.home.me.registered and form.buttons:
            return self.start(facts, None, form)
        if not facts.home.me.registered and word != intents.STOP:
            return self._say(UNKNOWN_NUMBER, talk, facts, form)
        if word == intents.STOP:
            return self._say(STOPPED, talk, facts, form)
        told = self._next_date(self._turn(talk or Talk(*START), facts, form))
        return self._say(STARTED if "date" in told else STARTED_WITHOUT_DATE, talk, facts, form, told)

    def _next_date(self, turn: Turn) -> dict[str, Value]:
        """What she can expect to be reminded of."""
        seat, told = seat_of(turn), {"name": first_name(turn)}
        on = (seat.due_on or seat.next_due_on) if seat else None
        if seat is None or on is None:
            return {**told}
        return {**told, "amt": Naira(to_pay_kobo(seat)), "group": seat.group, "date": Day(on)}

    def _say(
        self, key: str, talk: Talk | None, facts: Facts, form: Form, values: dict[str, Value] | None = None
    ) -> Step:
        """Something that is no screen: the talk, where there is one, waits for its answer as before."""
        kept = talk or Talk(*START, over=True)
        return Step(kept, Reply(key, values or {}, language=self._language(self._turn(kept, facts, form))))


def looks_secret(text: str) -> bool:
    """Whether it could be a PIN or an account number."""
    return sum(sign.isdigit() for sign in text) >= SHORTEST_SECRET


def _key_of(said: Said, text: str, shown: tuple[Choice, ...]) -> str:
    """The number that was meant, or "".

    A choice of an older message may mean another thing now: its label has to be on the screen that is shown.
    """
    if said.choice:
        same = [choice.id for choice in shown if choice.title == said.text]
        return said.choice if said.choice in same or not said.text else next(iter(same), "")
    key = text.rstrip(".) ")
    if key.isascii() and key.isdigit():
        return key
    labels = {intents.tidy(choice.title): choice.id for choice in shown}
    return labels.get(intents.tidy(text), "")


def _leads_out(key: str, turn: Turn, talk: Talk, shown: tuple[Choice, ...]) -> bool:
    """0 on the first screen of a chat leads home, unless the screen offers a way out or means something by it."""
    if key != BACK or talk.history or talk.page or BACK in {choice.id for choice in shown}:
        return False
    return not FLOWS[turn.flow].allows(turn.state, BACK, turn)

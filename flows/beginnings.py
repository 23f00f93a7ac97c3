"""How a talk begins: dialled, resumed, found again from what was typed, or at once where an intent leads.

Nothing is ever performed on the way, and no secret is answered.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from flows import intents
from flows.asking import is_frozen, is_let_in
from flows.flow import KEPT_FOR_THE_SESSION
from flows.forms import USSD, Form
from flows.intents import INTENTS, Intent
from flows.registry import FLOWS
from flows.steps import Steps, is_secret, screen_of
from flows.talk import HOME, START, Event, Heard, Outcome, Place, Step, Talk
from flows.templates import MORE
from models.facts import Facts

MAX_TOKENS = 60

# A new PIN is chosen again from the start; the rest belongs to the session that is gone.
NOT_RESUMED = ("pin_hash", "interrupted", "queue")


class Beginnings(Steps):
    """Every way into a conversation but a message of a chat."""

    def start(self, facts: Facts, previous: Talk | None = None, form: Form = USSD) -> Step:
        """The first screen of a plain dial. previous: a talk that broke off a short while ago, if there is one."""
        turn = self._turn(Talk(*START), facts, form)
        if previous is not None and (interrupted := self._interrupted(previous, facts, form)):
            turn.memory["interrupted"] = interrupted
        return self._settle(turn)

    def step(self, talk: Talk, event: Event, facts: Facts, form: Form = USSD) -> Step:
        """The answer to an event; when it answered what a shortcut waited for, the shortcut goes on."""
        step = super().step(talk, event, facts, form)
        waiting = "queue" in step.talk.memory and isinstance(event, Heard) and not _asks_first(step.talk)
        return self._dial_on(step, facts, form) if waiting else step

    def begin(self, intent: Intent, facts: Facts, form: Form = USSD, talk: Talk | None = None) -> Step:
        """The conversation that is wanted, instead of the one that is open. It performs nothing."""
        return self._begin(intent, (), facts, form, talk)

    def replay(self, tokens: Sequence[str], facts: Facts, *, shortcut: bool = False, form: Form = USSD) -> Step:
        """Back to where these answers lead, performing nothing: a place that was lost, or a shortcut that was dialled.

        It stops at the first question whose answer is secret or would ask for a command; later answers are dropped.
        shortcut: the answers were dialled (*347*55*1#), so the first names what is wanted, whatever else is waiting.
        """
        if not shortcut:
            return self._feed(self.start(facts, form=form), tokens, facts, form)
        intent, rest = intents.by_shortcut(tokens)
        return self._begin(intent, rest, facts, form, None)

    def resume_from(self, talk: Talk, outcome: Outcome, tokens: Sequence[str], facts: Facts, form: Form = USSD) -> Step:
        """The same from a later start: a command that the books know was performed, and what was typed after it."""
        step = self.step(talk, outcome, facts, form)
        return step if step.command else self._feed(step, tokens, facts, form)

    def _interrupted(self, previous: Talk, facts: Facts, form: Form) -> dict[str, Any] | None:
        """What the welcome back needs to know of a talk that broke off, or None when there is nothing to go on with."""
        flow = FLOWS.get(previous.flow)
        screen = flow.screen(flow.base(previous.state)) if flow else None
        if flow is None or screen is None or previous.over or not flow.doing:
            return None
        turn = self._turn(previous, facts, form)
        doing = flow.doing(turn)
        if doing is None:
            return None
        return {
            "doing": self.screens.words(doing, self._language(turn)),
            "flow": previous.flow,
            "state": screen.returns or screen.name,
            "memory": {key: value for key, value in previous.memory.items() if key not in NOT_RESUMED},
            "history": [[at.flow, at.state, at.page] for at in previous.history],
        }

    # --- intents --------------------------------------------------------------------------------------------------

    def _begin(self, intent: Intent, rest: Sequence[str], facts: Facts, form: Form, talk: Talk | None) -> Step:
        if not facts.home.me.registered:
            return self._register_first(intent, facts, form)
        step = self._settle(self._turn(_at_home(intent, facts, talk), facts, form))
        target = INTENTS.get(intent.name)
        if target is None or intent.name == intents.MENU:
            waits, onward = bool(rest), [intents.MENU, *rest]
        else:
            waits, onward = target.of_seat, [str(intent), *rest]
        if waits and _asks_first(step.talk):
            # A PIN may have been dialled along with it, and is not to be kept: only keys of menus wait.
            queue = [onward[0], *takewhile(lambda token: len(token) <= len(MORE), onward[1:MAX_TOKENS])]
            return replace(step, talk=replace(step.talk, memory={**step.talk.memory, "queue": queue}))
        return self._enter(step, onward, facts, form)

    def _register_first(self, intent: Intent, facts: Facts, form: Form) -> Step:
        """Only the code of a group is worth keeping until she is registered."""
        turn = self._turn(Talk(*START), facts, form)
        if intent.name == intents.JOIN and intent.arg:
            turn.memory["wanted"] = intent.arg
        return self._settle(turn)

    def _enter(self, step: Step, onward: Sequence[str], facts: Facts, form: Form) -> Step:
        """From the menu to where the first of these leads; the others are answers to what is asked there."""
        intent, answers = Intent.read(onward[0]), onward[1:]
        target = INTENTS.get(intent.name)
        if target is not None and intent.name != intents.MENU:
            turn = self._turn(step.talk, facts, form)
            if (target.of_seat and not is_let_in(turn)) or (is_frozen(turn) and not target.while_frozen):
                return step
            turn.history.append(Place(turn.flow, turn.state, turn.page))
            turn.flow, turn.state = target.flow, target.state
            step = self._settle(turn)
            screen = screen_of(step.talk)
            asked = target.answers and screen is not None and screen.hears is not None
            answers = [intent.arg, *answers] if asked and intent.arg else answers
        return self._feed(step, answers, facts, form)

    def _dial_on(self, step: Step, facts: Facts, form: Form) -> Step:
        """The rest of a shortcut, now that its first question has been answered."""
        memory = dict(step.talk.memory)
        queue = memory.pop("queue")
        step = replace(step, talk=replace(step.talk, memory=memory))
        return step if step.talk.over else self._enter(step, queue, facts, form)

    def _feed(self, step: Step, tokens: Sequence[str], facts: Facts, form: Form) -> Step:
        for token in tokens[:MAX_TOKENS]:
            if is_secret(step.talk) or (step.reply and step.reply.end):
                break
            following = self.step(step.talk, Heard(token), facts, form)
            if following.command or (following.reply and following.reply.key == "B5"):
                break
            step = following
        return step


def _at_home(intent: Intent, facts: Facts, talk: Talk | None) -> Talk:
    """The menu of the seat that is meant. What she has proved in this talk stays proved."""
    memory: dict[str, Any] = (
        {key: talk.memory[key] for key in KEPT_FOR_THE_SESSION if key in talk.memory} if talk else {}
    )
    memory.pop("queue", None)
    target = INTENTS.get(intent.name)
    if target is not None and target.of_seat and not target.answers and _is_hers(intent.arg, facts):
        memory["seat_id"] = int(intent.arg)
    return Talk(*HOME, memory=memory, pin_ok=talk is not None and talk.pin_ok)


def _is_hers(seat_id: str, facts: Facts) -> bool:
    return any(str(seat.seat_id) == seat_id for seat in facts.home.seats)


def _asks_first(talk: Talk) -> bool:
    screen = screen_of(talk)
    return screen is not None and screen.waits_first

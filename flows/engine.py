"""The one way through all conversations: an event comes in, a reply or a command goes out.

Pure: the same talk, event and facts always give the same step. What is the same
everywhere is answered here and nowhere else: 0 back, 00 home, 98 more, a blank, a wrong
answer, three in a row, a place that no longer exists. Performing a command, keeping the
talk and knowing the time are the runner's business.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from flows.catalogue import ENGLISH
from flows.flow import Act, Flow, Fork, Jump, Screen, Turn
from flows.registry import FLOWS
from flows.screens import BACK, MORE, WRONG_CHOICE, WRONG_PICK, Screens, numbers, row_index
from flows.talk import HOME, START, Event, Heard, Outcome, Place, Reply, Said, Step, Talk, Words
from models.commands import Done
from models.facts import Facts

__all__ = ["MAX_COMMANDS", "Engine", "Event", "Heard", "Outcome", "Reply", "Said", "Step", "Talk", "busy", "is_secret"]

# A turn that asks for more has gone in a circle.
MAX_COMMANDS = 4
MAX_MOVES = 25
MAX_WRONG = 3
MAX_TOKENS = 60
MAX_HEARD = 160

TO_HOME = "00"

# A new PIN is chosen again from the start; the rest belongs to the session that is gone.
NOT_RESUMED = ("pin_hash", "interrupted", "queue")


class EngineError(Exception):
    """A conversation that runs in a circle or hears an outcome it never asked for: a bug, not a member's mistake."""


def is_secret(talk: Talk) -> bool:
    """Whether what is typed next may not be kept, logged or replayed."""
    screen = FLOWS[talk.flow].screen(talk.state) if talk.flow in FLOWS else None
    return screen is not None and screen.secret


def busy(language: str = ENGLISH) -> Reply:
    """The fixed answer when something broke."""
    return Reply("B6", end=True, language=language)


class Engine:
    """Takes turns. It keeps nothing but the renderer, of which it asks how many pages a reply has."""

    def __init__(self, screens: Screens) -> None:
        self.screens = screens

    def start(self, facts: Facts, previous: Talk | None = None) -> Step:
        """The first screen of a plain dial. previous: a talk that broke off a short while ago, if there is one."""
        turn = Turn(Talk(*START), facts)
        if previous is not None and (interrupted := self._interrupted(previous, facts)):
            turn.memory["interrupted"] = interrupted
        return self._settle(turn)

    def step(self, talk: Talk, event: Event, facts: Facts) -> Step:
        """The answer to what was heard, or to what became of the command that the last step asked for."""
        turn = Turn(talk, facts)
        if isinstance(event, Outcome):
            return self._learn(turn, event)
        turn.commands = 0
        screen = FLOWS[talk.flow].screen(talk.state) if talk.flow in FLOWS else None
        if screen is None or talk.over:
            return self._home(turn)
        step = self._hear(turn, screen, _clean(event.text))
        return self._dial_on(step, facts) if "queue" in step.talk.memory and not _asks_first(step.talk) else step

    def listen(self, talk: Talk | None, said: Said, facts: Facts, previous: Talk | None = None) -> Step:
        """The answer to a message in a chat. talk: the open one, None when there is none or it was left long ago.

        previous: what she was about to do then, here or on another channel, offered to her again.
        """
        if talk is None or talk.over:
            return self.start(facts, previous)
        return self.step(talk, Heard(said.choice or said.text), facts)

    def replay(self, tokens: Sequence[str], facts: Facts, *, shortcut: bool = False) -> Step:
        """Back to where these answers lead, performing nothing: a place that was lost, or a shortcut that was dialled.

        It stops at the first question whose answer is secret or would ask for a command; later answers are dropped.
        shortcut: the answers were dialled (*347*55*1#), so they mean the main menu, whatever else is waiting.
        """
        if not shortcut:
            return self._feed(self.start(facts), tokens, facts)
        if not facts.home.me.registered:
            return self.start(facts)
        step = self._settle(Turn(Talk(*HOME), facts))
        if tokens and _asks_first(step.talk):
            # A PIN may have been dialled along with it, and is not to be kept: only keys of menus wait.
            queue = list(takewhile(lambda token: len(token) <= len(MORE), tokens[:MAX_TOKENS]))
            return replace(step, talk=replace(step.talk, memory={**step.talk.memory, "queue": queue}))
        return self._feed(step, tokens, facts)

    def resume_from(self, talk: Talk, outcome: Outcome, tokens: Sequence[str], facts: Facts) -> Step:
        """The same from a later start: a command that the books know was performed, and what was typed after it."""
        step = self.step(talk, outcome, facts)
        return step if step.command else self._feed(step, tokens, facts)

    def _interrupted(self, previous: Talk, facts: Facts) -> dict[str, Any] | None:
        """What the welcome back needs to know of a talk that broke off, or None when there is nothing to go on with."""
        flow = FLOWS.get(previous.flow)
        screen = flow.screen(flow.base(previous.state)) if flow else None
        if flow is None or screen is None or previous.over or not flow.doing:
            return None
        turn = Turn(previous, facts)
        doing = flow.doing(turn)
        if doing is None:
            return None
        return {
            "doing": self.screens.words(doing, _language(turn)),
            "flow": previous.flow,
            "state": screen.returns or screen.name,
            "memory": {key: value for key, value in previous.memory.items() if key not in NOT_RESUMED},
            "history": [[at.flow, at.state, at.page] for at in previous.history],
        }

    # --- replaying ------------------------------------------------------------------------------------------------

    def _feed(self, step: Step, tokens: Sequence[str], facts: Facts) -> Step:
        for token in tokens[:MAX_TOKENS]:
            if is_secret(step.talk) or (step.reply and step.reply.end):
                break
            following = self.step(step.talk, Heard(token), facts)
            if following.command or (following.reply and following.reply.key == "B5"):
                break
            step = following
        return step

    def _dial_on(self, step: Step, facts: Facts) -> Step:
        """The rest of a shortcut, now that its first question has been answered."""
        memory = dict(step.talk.memory)
        queue = memory.pop("queue")
        return self._feed(replace(step, talk=replace(step.talk, memory=memory)), queue, facts)

    # --- hearing --------------------------------------------------------------------------------------------------

    def _hear(self, turn: Turn, screen: Screen, text: str) -> Step:
        flow = FLOWS[turn.flow]
        left = turn.state
        if text == TO_HOME:
            return self._home(turn)
        if screen.behind_pin and not turn.pin_ok:
            return self._settle(turn)
        if not text:
            return self._show(turn, screen)
        if text == BACK and (turn.page or not flow.allows(left, BACK, turn)):
            return self._back(turn)
        if text == MORE and (step := self._turn_page(turn, screen)):
            return step
        if not self._answer(turn, flow, screen, text):
            return self._wrong(turn, screen)
        if text != BACK:
            self._remember_place(turn, flow, left)
        return self._settle(turn)

    def _answer(self, turn: Turn, flow: Flow, screen: Screen, text: str) -> bool:
        """Whether the answer led somewhere."""
        if screen.hears and text != BACK:
            turn.value = None if text == MORE else screen.hears(text)
            return flow.fire("wrong" if turn.value is None else "heard", turn)
        if not (text.isascii() and text.isdigit()):
            return False
        if screen.picks and screen.rows:
            turn.value = row_index(text)
            if turn.value is not None and turn.value < len(screen.rows(turn)):
                return flow.fire("pick", turn)
        return flow.fire(text, turn)

    def _learn(self, turn: Turn, outcome: Outcome) -> Step:
        flow = FLOWS.get(turn.flow)
        act = flow.states.get(turn.state) if flow else None
        if flow is None or act is None:
            return self._home(turn)
        if not isinstance(act, Act) or act.command.__name__ != outcome.command:
            raise EngineError(f"{turn.flow}.{turn.state} did not ask for {outcome.command}")
        if isinstance(outcome.result, Done):
            turn.data = outcome.result.data
            turn.pin_ok = turn.pin_ok or act.proves_pin
            turn.history = [] if act.settles else turn.history
            flow.fire("done", turn)
        else:
            why, turn.value = _reason(outcome.result.why)
            turn.data = {"why": why}
            if not flow.fire(why, turn) and not flow.fire("refused", turn):
                return self._home(turn, Words("X4"))
        return self._settle(turn)

    def _wrong(self, turn: Turn, screen: Screen) -> Step:
        turn.errors += 1
        if turn.errors >= MAX_WRONG:
            return self._enough(turn)
        return self._show(turn, screen, wrong=True)

    def _enough(self, turn: Turn) -> Step:
        """Three wrong answers in a row. What was typed before is kept, for when she dials again."""
        turn.errors = 0
        return Step(turn.talk(), Reply("B5", end=True, language=_language(turn)))

    # --- moving ---------------------------------------------------------------------------------------------------

    def _home(self, turn: Turn, notice: Words | None = None) -> Step:
        turn.flow, turn.state = HOME
        turn.history, turn.page, turn.errors, turn.notice = [], 0, 0, notice
        return self._settle(turn)

    def _back(self, turn: Turn) -> Step:
        """One page, else one screen, else out: 0 never does anything else."""
        turn.errors = 0
        if turn.page:
            turn.page -= 1
        elif turn.history:
            place = turn.history.pop()
            turn.flow, turn.state, turn.page = place.flow, place.state, place.page
        else:
            turn.flow, turn.state = HOME[0], "out"
        return self._settle(turn, keep_page=True)

    def _remember_place(self, turn: Turn, flow: Flow, left: str) -> None:
        """Where 0 will lead. Never to a question whose answer was a secret."""
        base = flow.base(left)
        screen = flow.screen(base)
        if screen and not screen.secret:
            turn.history.append(Place(flow.name, base, turn.page))

    def _settle(self, turn: Turn, *, keep_page: bool = False) -> Step:
        """Move on until something is to be said or done."""
        if not keep_page:
            turn.page = 0
        for _ in range(MAX_MOVES):
            if not self._follow_exit(turn):
                return self._home(turn)
            flow = FLOWS[turn.flow]
            match flow.states[turn.state]:
                case Fork():
                    if not flow.fire("go", turn):
                        raise EngineError(f"{turn.flow}.{turn.state} leads nowhere")
                case Jump(_, to):
                    place = to(turn)
                    turn.flow, turn.state = (place.flow, place.state) if place else HOME
                case Act() as act:
                    return self._ask(turn, act)
                case Screen() as screen if screen.behind_pin and not turn.pin_ok:
                    turn.state = screen.behind_pin
                case Screen() as screen:
                    return self._arrive(turn, flow, screen)
        raise EngineError(f"{turn.flow}.{turn.state} goes round in a circle")

    def _follow_exit(self, turn: Turn) -> bool:
        if "." in turn.state:
            turn.flow, _, turn.state = turn.state.partition(".")
            if turn.flow == HOME[0]:
                turn.history = []  # what lies behind is done with, and forgotten
        if turn.flow == HOME[0]:
            turn.forget()
        return turn.flow in FLOWS and turn.state in FLOWS[turn.flow].states

    def _ask(self, turn: Turn, act: Act) -> Step:
        turn.commands += 1
        if turn.commands > MAX_COMMANDS:
            raise EngineError(f"{turn.flow}.{turn.state} asks for too many commands")
        return Step(turn.talk(), command=act.build(turn))

    def _arrive(self, turn: Turn, flow: Flow, screen: Screen) -> Step:
        if screen.again:
            turn.errors += 1
            if turn.errors >= MAX_WRONG:
                turn.state = screen.again
                return self._enough(turn)
        else:
            turn.errors = 0
        base = flow.base(screen.name)
        been = [index for index, at in enumerate(turn.history) if (at.flow, at.state) == (flow.name, base)]
        if been:
            del turn.history[been[0] :]
        return self._show(turn, screen)

    # --- saying ---------------------------------------------------------------------------------------------------

    def _show(self, turn: Turn, screen: Screen, *, wrong: bool = False) -> Step:
        reply = self._reply(turn, screen)
        if reply is None:
            return self._home(turn, Words("X1"))
        if wrong:
            reply = replace(reply, notice=_correction(self.screens, reply))
        return Step(turn.talk(over=screen.end), reply)

    def _reply(self, turn: Turn, screen: Screen) -> Reply | None:
        facts = screen.shows(turn)
        if facts is None:
            return None
        flow = FLOWS[turn.flow]
        reply = Reply(
            key=screen.text,
            facts=facts,
            options=tuple(number for number in numbers(screen.text) if flow.allows(turn.state, number, turn)),
            rows=tuple(screen.rows(turn)) if screen.rows else (),
            picks=screen.picks,
            notice=turn.notice,
            end=screen.end,
            secret=screen.secret,
            language=_language(turn),
        )
        turn.page = min(turn.page, len(self.screens.pages(reply)) - 1) if turn.page else 0
        return replace(reply, page=turn.page)

    def _turn_page(self, turn: Turn, screen: Screen) -> Step | None:
        """The next page, or None on the last one: `98` may still mean something to the table."""
        page, turn.page = turn.page, turn.page + 1
        reply = self._reply(turn, screen)
        if reply is None or reply.page == page:
            turn.page = page
            return None
        return Step(turn.talk(), reply)


def _clean(text: str) -> str:
    """One short line: no control characters, no more than any answer needs."""
    return "".join(char for char in text[:MAX_HEARD] if char.isprintable()).strip()


def _reason(why: str) -> tuple[str, int | None]:
    """wrong_pin_3 is wrong_pin with 3."""
    reason, _, count = why.rpartition("_")
    return (reason, int(count)) if reason and count.isdigit() else (why, None)


def _language(turn: Turn) -> str:
    me = turn.facts.home.me
    return str(turn.memory.get("language") or me.language)


def _asks_first(talk: Talk) -> bool:
    screen = FLOWS[talk.flow].screen(talk.state)
    return screen is not None and screen.waits_first


def _correction(screens: Screens, reply: Reply) -> Words:
    """What may be answered: the numbers that are on the screen, or any number of a list."""
    if reply.picks:
        return Words(WRONG_PICK)
    choices = screens.shown_numbers(reply)
    if len(choices) < 2:
        return Words(WRONG_CHOICE, {"choices": "".join(choices) or BACK})
    return Words(WRONG_CHOICE, {"choices": Words("OR", {"first": ", ".join(choices[:-1]), "last": choices[-1]})})

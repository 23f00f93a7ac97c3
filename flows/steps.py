"""One event, one step: what an answer leads to, and what is the same in every conversation.

Pure: the same talk, event and facts always give the same step. What is the same
everywhere is answered here and nowhere else: 0 back, 00 home, 98 more, a blank, a wrong
answer, three in a row, a place that no longer exists. How a talk begins, and what is dialled or
said to jump into the middle of one, stands in `engine`.
"""

from dataclasses import replace

from flows.flow import Act, Flow, Fork, Jump, Screen, Turn
from flows.forms import USSD, Form
from flows.registry import FLOWS
from flows.screens import WRONG_CHOICE, WRONG_PICK, Screens
from flows.talk import HOME, Event, Outcome, Place, Reply, Step, Talk, Words
from flows.templates import BACK, MORE, TO_HOME, numbers, row_index
from models.commands import Done
from models.facts import Facts

# A turn that asks for more has gone in a circle.
MAX_COMMANDS = 4
MAX_MOVES = 25
MAX_WRONG = 3
MAX_HEARD = 160


class EngineError(Exception):
    """A conversation that runs in a circle or hears an outcome it never asked for: a bug, not a member's mistake."""


def is_secret(talk: Talk) -> bool:
    """Whether what is typed next may not be kept, logged or replayed."""
    screen = screen_of(talk)
    return screen is not None and screen.secret


def asks_for_secret(talk: Talk) -> bool:
    """Whether it is a secret of her own, which no chat may take."""
    screen = screen_of(talk)
    return screen is not None and screen.not_in_chats


def screen_of(talk: Talk) -> Screen | None:
    """The screen on which the talk waits; None for a place that no longer exists."""
    return FLOWS[talk.flow].screen(talk.state) if talk.flow in FLOWS else None


def clean(text: str) -> str:
    """One short line: no control characters, no more than any answer needs."""
    return "".join(char for char in text[:MAX_HEARD] if char.isprintable()).strip()


class Steps:
    """Takes steps. It keeps nothing but the renderer, of which it asks how many pages a reply has."""

    def __init__(self, screens: Screens) -> None:
        self.screens = screens

    def step(self, talk: Talk, event: Event, facts: Facts, form: Form = USSD) -> Step:
        """The answer to what was heard, or to what became of the command that the last step asked for."""
        turn = self._turn(talk, facts, form)
        if isinstance(event, Outcome):
            return self._learn(turn, event)
        turn.commands = 0
        screen = screen_of(talk)
        if screen is None or talk.over:
            return self._home(turn)
        return self._hear(turn, screen, clean(event.text))

    def _turn(self, talk: Talk, facts: Facts, form: Form) -> Turn:
        return Turn(talk, facts, form, self.screens.offered)

    def _language(self, turn: Turn) -> str:
        return self.screens.spoken(str(turn.memory.get("language") or turn.facts.home.me.language))

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
        return Step(turn.talk(), Reply("B5", end=True, language=self._language(turn)))

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
            reply = replace(reply, notice=self._correction(reply, turn.can))
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
            secret=screen.not_in_chats,
            language=self._language(turn),
        )
        turn.page = min(turn.page, self.screens.page_count(reply, turn.can) - 1) if turn.page else 0
        return replace(reply, page=turn.page)

    def _turn_page(self, turn: Turn, screen: Screen) -> Step | None:
        """The next page, or None on the last one: `98` may still mean something to the table."""
        page, turn.page = turn.page, turn.page + 1
        reply = self._reply(turn, screen)
        if reply is None or reply.page == page:
            turn.page = page
            return None
        return Step(turn.talk(), reply)

    def _correction(self, reply: Reply, form: Form) -> Words | None:
        """What may be answered: the numbers that are on the screen, or any number of a list."""
        if reply.picks or form.buttons:
            return Words(WRONG_PICK)
        choices = self.screens.shown_numbers(reply, form)
        if len(choices) < 2:
            return Words(WRONG_CHOICE, {"choices": choices[0]}) if choices else None
        return Words(WRONG_CHOICE, {"choices": Words("OR", {"first": ", ".join(choices[:-1]), "last": choices[-1]})})


def _reason(why: str) -> tuple[str, int | None]:
    """wrong_pin_3 is wrong_pin with 3."""
    reason, _, count = why.rpartition("_")
    return (reason, int(count)) if reason and count.isdigit() else (why, None)

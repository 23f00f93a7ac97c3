"""How she wants to be spoken to (M4, M9, M11): the language, the reminders, and whether a chat shows her money."""

from collections.abc import Mapping, Sequence

from flows.asking import keep_why, why_not
from flows.flow import Act, Flow, Screen, Then, Turn, nothing, row
from flows.pin import pin_rows, pin_states
from flows.talk import Value, Words
from models.account_commands import SetLanguage, SetReminders, ShowMoneyInChat
from models.commands import Command

# --- what holds and what it says ----------------------------------------------------------------------------------


def shows_money(turn: Turn) -> bool:
    return turn.facts.home.me.money_in_chat


def languages(turn: Turn) -> Sequence[Words]:
    return [Words(f"LANG_{code}") for code in turn.offered]


def chosen(turn: Turn) -> Mapping[str, Value]:
    return {"why": Words(f"REMIND_{turn.memory.get('remind', 'both')}")}


# --- what it does -------------------------------------------------------------------------------------------------


def take_language(turn: Turn) -> None:
    """She is answered in it from this moment on."""
    turn.memory["language"] = turn.offered[turn.value]


def say_language(turn: Turn) -> None:
    turn.notice = Words(f"LANG_{turn.memory['language']}")


def wants(choice: str) -> Then:
    def then(turn: Turn) -> None:
        turn.memory["remind"] = choice

    return then


def speaking(turn: Turn) -> Command:
    return SetLanguage(turn.memory["language"])


def reminding(turn: Turn) -> Command:
    choice = turn.memory["remind"]
    return SetReminders(channel=choice) if choice in ("sms", "whatsapp") else SetReminders(plan=choice)


def _doing(turn: Turn) -> Words | None:
    return Words("DO_money_in_chat") if turn.state.startswith("M11p") else None


FLOW = Flow(
    "preferences",
    states=[
        Screen("M4", rows=languages, picks=True),
        Act("speak", SetLanguage, speaking, settles=False),
        Screen("M9"),
        Act("remind", SetReminders, reminding),
        Screen("M9d", shows=chosen),
        Screen("M9w"),
        Screen("M11"),
        Screen("M11y"),
        *pin_states("M11p", "show PIN", shows=nothing),
        Act("show money", ShowMoneyInChat, lambda _: ShowMoneyInChat(on=True)),
        Act("hide money", ShowMoneyInChat, lambda _: ShowMoneyInChat(on=False)),
        Screen("M11d"),
        Screen("M11n"),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("pick", "M4", "speak", then=take_language),
        row("done", "speak", "account.M1", then=say_language),
        row("refused", "speak", "no", then=keep_why),
        row("1", "M9", "remind", then=wants("both")),
        row("2", "M9", "remind", then=wants("due_day")),
        row("3", "M9", "remind", then=wants("whatsapp")),
        row("4", "M9", "remind", then=wants("sms")),
        row("5", "M9", "remind", then=wants("none")),
        row("done", "remind", "M9d"),
        row("no_whatsapp", "remind", "M9w"),
        row("refused", "remind", "no", then=keep_why),
        row("1", "M11", "show PIN"),
        row("1", "M11y", "hide money"),
        *pin_rows("M11p", "show PIN", to="show money"),
        row("done", "show money", "M11d"),
        row("done", "hide money", "M11n"),
        row("refused", ["show money", "hide money"], "no", then=keep_why),
    ],
    doing=_doing,
)

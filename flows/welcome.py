"""First dial: language, consent, name, PIN (A1 to A7). And who agreed to an older wording is asked again (A8).

An invited number comes here from its invitation and goes back to it; anybody else ends
at "join or start a group". The PIN is hashed by a command as soon as it is chosen, so
that nothing but its hash is remembered until it has been repeated.
"""

from collections.abc import Mapping

from flows.asking import a_name, a_pin, by_name, first_name, forgets, is_registered, is_weak_pin, keeps, me
from flows.catalogue import ENGLISH, LANGUAGES
from flows.flow import Act, Flow, Guard, Screen, Then, Turn, row
from flows.talk import Value, Words
from models.commands import AgreeAgain, Command, PreparePin, RegisterMember, SendConsentText

# The wording that A2 and S24 show; another wording gets another number, and consent is asked again.
CONSENT_VERSION = 2


def speaks(language: str) -> Then:
    def then(turn: Turn) -> None:
        turn.memory["language"] = language

    return then


def is_offered(language: str) -> Guard:
    """Whether it may be chosen: drafts that nobody has reviewed can be switched off."""
    return lambda turn: language in turn.offered


def was_invited(turn: Turn) -> bool:
    return "invitation_id" in turn.memory


def came_with_code(turn: Turn) -> bool:
    return "wanted" in turn.memory


def keep_hash(turn: Turn) -> None:
    turn.memory["pin_hash"] = turn.data["pin_hash"]


def registration(turn: Turn) -> Command:
    return RegisterMember(
        name=turn.memory["name"],
        language=_language(turn),
        pin_hash=turn.memory["pin_hash"],
        pin_again=turn.value,
        consent_version=CONSENT_VERSION,
    )


def consent_text(turn: Turn) -> Command:
    return SendConsentText(_language(turn))


def agreed_to_less(turn: Turn) -> bool:
    """Whether there is a wording that she has not seen. She may put it off; nothing of hers waits for her answer."""
    version = me(turn).consent_version
    return version is not None and version < CONSENT_VERSION


def agreement(turn: Turn) -> Command:
    return AgreeAgain(CONSENT_VERSION)


def text_again(turn: Turn) -> Command:
    return SendConsentText(me(turn).language)


def greeting(turn: Turn) -> Mapping[str, Value]:
    return {"name": first_name(turn)}


def _language(turn: Turn) -> str:
    return str(turn.memory.get("language", ENGLISH))


def _doing(turn: Turn) -> Words | None:
    return Words("DO_register") if "language" in turn.memory and not is_registered(turn) else None


FLOW = Flow(
    "welcome",
    states=[
        Screen("A1"),
        Screen("A2"),
        Act("text consent", SendConsentText, consent_text, settles=False),
        Screen("A2s"),
        Screen("A3", hears=a_name),
        Screen("A3e", again="A3"),
        Screen("A4", shows=greeting, hears=a_pin, secret=True),
        Screen("A4w", again="A4"),
        Screen("A4f", again="A4"),
        Act("hash", PreparePin, lambda turn: PreparePin(turn.value), settles=False),
        Screen("A5", hears=a_pin, secret=True, returns="A4"),
        Screen("A5e", again="A4"),
        Act("register", RegisterMember, registration, proves_pin=True),
        Screen("A6", shows=by_name),
        Screen("A8"),
        Act("agree again", AgreeAgain, agreement, settles=False),
        Act("text again", SendConsentText, text_again, settles=False),
        Screen("A8s"),
    ],
    table=[
        *(row(str(n), "A1", "A2", when=is_offered(code), then=speaks(code)) for n, code in enumerate(LANGUAGES, 1)),
        row("1", ["A2", "A2s"], "A3"),
        row("2", "A2", "text consent"),
        row("done", "text consent", "A2s"),
        row("0", ["A2", "A2s"], "menu.out"),
        row("heard", "A3", "A4", then=keeps("name")),
        row("wrong", "A3", "A3e"),
        row("heard", "A4", "A4w", when=is_weak_pin),
        row("heard", "A4", "hash"),
        row("wrong", "A4", "A4f"),
        row("done", "hash", "A5", then=keep_hash),
        row("weak_pin", "hash", "A4w"),
        row("heard", "A5", "register"),
        row("wrong", "A5", "A5e"),
        row("0", "A5", "A4"),
        row("pin_mismatch", "register", "A5e", then=forgets("pin_hash")),
        row("already_registered", "register", "menu.home"),
        row("done", "register", "join_group.promise", when=was_invited, then=forgets("pin_hash")),
        row("done", "register", "join_group.wanted", when=came_with_code, then=forgets("pin_hash")),
        row("done", "register", "A6", then=forgets("pin_hash")),
        row("1", "A6", "join_group.C1"),
        row("2", "A6", "open_group.E1"),
        row("0", "A6", "menu.out"),
        row("1", ["A8", "A8s"], "agree again"),
        row("2", "A8", "text again"),
        row("done", "text again", "A8s"),
        row("0", ["A8", "A8s"], "menu.greeted"),
        row("done", "agree again", "menu.greeted"),
    ],
    doing=_doing,
)

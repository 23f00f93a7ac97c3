"""My account (M): another PIN, and the bank account that her payouts go to.

The account number goes from the answer into a command and comes back only to be shown
to its owner; the talk remembers no more than the id of what was stored. The bank itself
says whose account it is, and that name has to be hers.
"""

from collections.abc import Mapping, Sequence

from flows.asking import ACCOUNT_NAME, a_pin, forgets, is_frozen, is_weak_pin, iso_day, keep_why, unless, why_not
from flows.flow import Act, Flow, Fork, Guard, Screen, Turn, nothing, row
from flows.pin import pin_rows, pin_states
from flows.preferences import shows_money
from flows.talk import Day, Name, Value, Words
from models.commands import ChangePin, Command, ConfirmBankAccount, LookUpAccount, PreparePin, Secret
from models.facts import BankAccountCard
from models.rules import banks as bank_rules

# --- what holds ---------------------------------------------------------------------------------------------------


def account_is(status: str) -> Guard:
    def guard(turn: Turn) -> bool:
        card = _card(turn)
        return card is not None and card.status == status

    return guard


def is_hers(turn: Turn) -> bool:
    card = _card(turn)
    return card is not None and card.matches


def is_still_asked(turn: Turn) -> bool:
    return not turn.data.get("ready")


def is_unknown_to_bank(turn: Turn) -> bool:
    return not turn.data.get("found")


def has_her_name(turn: Turn) -> bool:
    return bool(turn.data.get("matches"))


def has_chosen_bank(turn: Turn) -> bool:
    return "bank_code" in turn.memory


def an_account_number(text: str) -> Secret | None:
    digits = text.replace(" ", "").replace("-", "")
    return Secret(digits) if bank_rules.is_account_number(digits) else None


def _card(turn: Turn) -> BankAccountCard | None:
    return turn.facts.bank_account()


# --- what it says -------------------------------------------------------------------------------------------------


def present_account(turn: Turn) -> Mapping[str, Value] | None:
    """Masked: others may look at the phone too."""
    card = _card(turn)
    if card is None:
        return None
    facts: dict[str, Value] = {"bank": card.bank, "last4": card.last4}
    return {**facts, "date": Day(card.usable_on)} if card.usable_on else facts


def cooling_account(turn: Turn) -> Mapping[str, Value] | None:
    facts = present_account(turn)
    return facts if facts and "date" in facts else None


def answer_of_bank(turn: Turn) -> Mapping[str, Value]:
    """Bank, number and name as they came with the answer, or as they are stored when she looks again."""
    card, kept = _card(turn), turn.memory
    if card and card.bank_account_id == kept.get("bank_account_id", card.bank_account_id):
        stored = {"bank": card.bank, "acct": card.account_number, "acname": card.account_name}
    else:
        stored = {"bank": kept.get("bank_name", ""), "acct": "***", "acname": kept.get("account_name", "")}
    told = {"bank": "bank_name", "acct": "account_number", "acname": "account_name"}
    facts = {name: str(turn.data.get(field) or stored[name]) for name, field in told.items()}
    return {**facts, "acname": Name(facts["acname"], ACCOUNT_NAME)}


def used_from(turn: Turn) -> Mapping[str, Value]:
    return {"date": iso_day(turn.data["usable_on"])}


def banks(turn: Turn) -> Sequence[Words]:
    return [Words("F2b", {"bank": bank.name}) for bank in turn.facts.banks()]


def _doing(turn: Turn) -> Words | None:
    if turn.state in ("M1", "M5u", "M5c", "no"):
        return None
    return Words("DO_pin") if turn.state.startswith(("M2", "M3")) else Words("DO_bank")


# --- what it does -------------------------------------------------------------------------------------------------


def keep_hash(turn: Turn) -> None:
    turn.memory["pin_hash"] = turn.data["pin_hash"]


def take_bank(turn: Turn) -> None:
    bank = turn.facts.banks()[turn.value]
    turn.memory.update(bank_code=bank.code, bank_name=bank.name)


def keep_account(turn: Turn) -> None:
    """Not the number: that is asked of the books, by its owner's screen alone."""
    turn.memory["bank_account_id"] = turn.data["bank_account_id"]
    turn.memory["account_name"] = turn.data.get("account_name", "")


def keep_stored_account(turn: Turn) -> None:
    card = _card(turn)
    turn.memory["bank_account_id"] = card.bank_account_id if card else 0


def changing(turn: Turn) -> Command:
    return ChangePin(turn.memory["pin_hash"], turn.value)


def looking_up(turn: Turn) -> Command:
    return LookUpAccount(turn.memory["bank_code"], turn.memory["bank_name"], turn.value)


def confirming(turn: Turn) -> Command:
    return ConfirmBankAccount(turn.memory["bank_account_id"])


FLOW = Flow(
    "account",
    states=[
        Screen("M1"),
        *pin_states("M2", "old PIN", shows=nothing),
        Screen("M3", hears=a_pin, secret=True, behind_pin="old PIN", returns="old PIN"),
        Screen("M3 weak", "A4w", again="M3"),
        Screen("M3 no PIN", "A4f", again="M3"),
        Screen("M3 differs", "A5e", again="M3"),
        Act("hash", PreparePin, lambda turn: PreparePin(turn.value), settles=False),
        Screen("M3b", hears=a_pin, secret=True, behind_pin="old PIN", returns="old PIN"),
        Act("change", ChangePin, changing),
        Screen("M3c", end=True),
        Fork("bank"),
        Screen("M5u", shows=present_account),
        Screen("M5c", shows=cooling_account),
        Screen("M5", rows=banks, picks=True),
        Fork("another"),
        Screen("M6", hears=an_account_number, secret=True, returns="M5"),
        Screen("M6e", again="M6"),
        Act("look up", LookUpAccount, looking_up, settles=False),
        Screen("M6n", shows=answer_of_bank),
        Screen("M6w"),
        *pin_states("M7", "confirm", shows=answer_of_bank, gone_on="M7y"),
        Screen("M7x", shows=answer_of_bank),
        Act("confirm it", ConfirmBankAccount, confirming),
        Screen("M8", shows=used_from, end=True),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("1", "M1", "M2", when=unless(is_frozen)),
        row("2", "M1", "preferences.M4"),
        row("3", "M1", "bank", when=unless(is_frozen)),
        row("4", "M1", "preferences.M9", when=unless(is_frozen)),
        row("5", "M1", "my_data.start", when=unless(is_frozen)),
        row("6", "M1", "preferences.M11y", when=[shows_money, unless(is_frozen)]),
        row("6", "M1", "preferences.M11", when=unless(is_frozen)),
        *pin_rows("M2", "old PIN", to="M3"),
        row("heard", "M3", "M3 weak", when=is_weak_pin),
        row("heard", "M3", "hash"),
        row("wrong", "M3", "M3 no PIN"),
        row("done", "hash", "M3b", then=keep_hash),
        row("weak_pin", "hash", "M3 weak"),
        row("heard", "M3b", "change"),
        row("wrong", "M3b", "M3 differs", then=forgets("pin_hash")),
        row("0", "M3b", "M3", then=forgets("pin_hash")),
        row("pin_mismatch", "change", "M3 differs", then=forgets("pin_hash")),
        row("refused", "change", "no", then=keep_why),
        row("done", "change", "M3c", then=forgets("pin_hash")),
        row("go", "bank", "freeze.start", when=is_frozen),
        row("go", "bank", "M5u", when=account_is("usable")),
        row("go", "bank", "M5c", when=account_is("cooling")),
        row("go", "bank", "M6w", when=account_is("checking")),
        row("go", "bank", "M6n", when=account_is("not_found")),
        row("go", "bank", "confirm", when=[account_is("found"), is_hers], then=keep_stored_account),
        row("go", "bank", "M7x", when=account_is("found")),
        row("go", "bank", "M5"),
        row("1", ["M5u", "M5c"], "M5"),
        row("pick", "M5", "M6", then=take_bank),
        row("heard", "M6", "look up"),
        row("wrong", "M6", "M6e"),
        row("done", "look up", "M6w", when=is_still_asked, then=keep_account),
        row("done", "look up", "M6n", when=is_unknown_to_bank, then=keep_account),
        row("done", "look up", "confirm", when=has_her_name, then=keep_account),
        row("done", "look up", "M7x", then=keep_account),
        row("bad_account_number", "look up", "M6e"),
        row("refused", "look up", "no", then=keep_why),
        row("1", "M6w", "bank"),
        row("2", "M6w", "another"),
        row("1", ["M6n", "M7x"], "another"),
        row("2", "M7x", "help.N5"),
        row("go", "another", "M6", when=has_chosen_bank),
        row("go", "another", "M5"),
        *pin_rows("M7", "confirm", to="confirm it", gone_on="M7y"),
        row("2", "M7y", "another"),
        row("done", "confirm it", "M8"),
        row("name_differs", "confirm it", "M7x"),
        row("gone", "confirm it", "bank"),
        row("refused", "confirm it", "no", then=keep_why),
    ],
    doing=_doing,
)

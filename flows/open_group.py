"""Start a group: its name, amount, rhythm, size, order and first day, then the PIN (E1 to E8).

What is typed is judged by the same rules as the command, so she hears of a mistake at
once. Inviting people to the group goes on in `invite`.
"""

from collections.abc import Mapping
from datetime import date

from flows.asking import a_number, an_amount, any_text, iso_day, keep_why, keeps, once, sets, why_not
from flows.flow import Act, Flow, Fork, Screen, Turn, row
from flows.pin import pin_rows, pin_states
from flows.talk import Day, Naira, Value, Words
from models.commands import Command, OpenGroup, SendGroupCode
from models.country import home
from models.rules import limits, names, schedule, terms
from models.rules.refused import Refused

FREQUENCIES = ("daily", "weekly", "two_weekly", "monthly")
ORDERS = ("ballot", "joined", "arranged")

# What has to be known before a group can be opened.
WISHED = {"name", "amount", "frequency", "size", "order", "start_on"}


# --- what holds ---------------------------------------------------------------------------------------------------


def is_contribution(turn: Turn) -> bool:
    return terms.is_contribution(turn.value)


def is_size(turn: Turn) -> bool:
    return turn.value in terms.SIZES


def is_start(turn: Turn) -> bool:
    on = _typed_day(turn)
    return on is not None and terms.is_start(on, turn.facts.now)


def is_above_limit(turn: Turn) -> bool:
    """The group may be founded and may fill up; two of the office have to agree before it begins."""
    wish = turn.memory
    return wish.keys() >= WISHED and limits.above(limits.largest_pot(wish["amount"], wish["size"]), None)


def a_group_name(text: str) -> str | None:
    name = names.group_name(text)
    return None if isinstance(name, Refused) else name


def _typed_day(turn: Turn) -> date | None:
    return schedule.parse_ddmm(turn.value, schedule.local_date(turn.facts.now))


# --- what it says -------------------------------------------------------------------------------------------------


def amounts(_: Turn) -> Mapping[str, Value]:
    return {"least": Naira(home().least_contribution), "most": Naira(terms.MOST_CONTRIBUTION)}


def sizes(_: Turn) -> Mapping[str, Value]:
    return {"least": terms.SIZES[0], "most": terms.SIZES[-1]}


def first_days(turn: Turn) -> Mapping[str, Value]:
    soon, later = schedule.first_start_choices(turn.facts.now)
    return {"date": Day(soon), "date2": Day(later)}


def summary(turn: Turn) -> Mapping[str, Value] | None:
    wish = turn.memory
    if not wish.keys() >= WISHED:
        return None
    would_be = terms.terms_of(
        wish["amount"], wish["frequency"], wish["size"], wish["order"], date.fromisoformat(wish["start_on"])
    )
    return {
        "group": wish["name"],
        "amt": Naira(wish["amount"]),
        "once": once(wish["frequency"]),
        "m": wish["size"],
        "pot": Naira(would_be.collect_kobo),
        "date": iso_day(wish["start_on"]),
    }


def too_large(turn: Turn) -> Mapping[str, Value] | None:
    """Said on a screen of its own: on that with her PIN there is no room for it."""
    wish = turn.memory
    if not wish.keys() >= WISHED:
        return None
    return {
        "group": wish["name"],
        "pot": Naira(limits.largest_pot(wish["amount"], wish["size"])),
        "limit": Naira(home().pot_limit),
    }


def created(turn: Turn) -> Mapping[str, Value] | None:
    """With the terms, for the poster."""
    told = turn.memory
    if not told.keys() >= {"name", "code"}:
        return None
    return {**(summary(turn) or {}), "group": told["name"], "code": told["code"]}


def _doing(turn: Turn) -> Words:
    return Words("DO_open", {"group": turn.memory["name"]}) if "name" in turn.memory else Words("DO_open_any")


# --- what it does -------------------------------------------------------------------------------------------------


def keep_offered_day(turn: Turn) -> None:
    turn.memory["start_on"] = schedule.first_start_choices(turn.facts.now)[0].isoformat()


def keep_later_day(turn: Turn) -> None:
    turn.memory["start_on"] = schedule.first_start_choices(turn.facts.now)[1].isoformat()


def keep_typed_day(turn: Turn) -> None:
    on = _typed_day(turn)
    turn.memory["start_on"] = on.isoformat() if on else ""


def keep_group(turn: Turn) -> None:
    turn.memory.pop("group_code", None)  # of another group that she looked at before
    turn.memory.update(group_id=turn.data["group_id"], code=turn.data["code"])


def opening(turn: Turn) -> Command:
    wish = turn.memory
    return OpenGroup(
        name=wish["name"],
        contribution_kobo=wish["amount"],
        frequency=wish["frequency"],
        seats=wish["size"],
        order=wish["order"],
        start_on=date.fromisoformat(wish["start_on"]),
    )


def sending_code(turn: Turn) -> Command:
    return SendGroupCode(turn.memory["group_id"])


FLOW = Flow(
    "open_group",
    states=[
        Screen("E1", hears=a_group_name),
        Screen("E1e", again="E1"),
        Screen("E2", hears=an_amount),
        Screen("E2e", shows=amounts, again="E2"),
        Screen("E3"),
        Screen("E4", shows=sizes, hears=a_number),
        Screen("E4e", shows=sizes, again="E4"),
        Screen("E5"),
        Screen("E6", shows=first_days),
        Screen("E6t", hears=any_text),
        Screen("E6e", again="E6t"),
        Fork("review"),
        Screen("E7l", shows=too_large, returns="review"),
        *pin_states("E7", "confirm", shows=summary, gone_on="E7y"),
        Act("open", OpenGroup, opening),
        Screen("E8", shows=created),
        Act("text code", SendGroupCode, sending_code, settles=False),
        Screen("E8s", shows=created),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("heard", "E1", "E2", then=keeps("name")),
        row("wrong", "E1", "E1e"),
        row("heard", "E2", "E3", when=is_contribution, then=keeps("amount")),
        row("heard", "E2", "E2e"),
        row("wrong", "E2", "E2e"),
        *(row(str(n), "E3", "E4", then=sets(frequency=name)) for n, name in enumerate(FREQUENCIES, 1)),
        row("heard", "E4", "E5", when=is_size, then=keeps("size")),
        row("heard", "E4", "E4e"),
        row("wrong", "E4", "E4e"),
        *(row(str(n), "E5", "E6", then=sets(order=name)) for n, name in enumerate(ORDERS, 1)),
        row("1", "E6", "review", then=keep_offered_day),
        row("2", "E6", "review", then=keep_later_day),
        row("3", "E6", "E6t"),
        row("heard", "E6t", "review", when=is_start, then=keep_typed_day),
        row("heard", "E6t", "E6e"),
        row("go", "review", "E7l", when=is_above_limit),
        row("go", "review", "confirm"),
        row("1", "E7l", "confirm"),
        *pin_rows("E7", "confirm", to="open", gone_on="E7y"),
        row("done", "open", "E8", then=keep_group),
        row("bad_name", "open", "E1e"),
        row("bad_amount", "open", "E2e"),
        row("bad_size", "open", "E4e"),
        row("bad_start", "open", "E6e"),
        row("refused", "open", "no", then=keep_why),
        row("1", ["E8", "E8s"], "invite.E9"),
        row("2", "E8", "text code"),
        row("0", ["E8", "E8s"], "menu.out"),
        row("done", "text code", "E8s"),
        row("refused", "text code", "no", then=keep_why),
    ],
    doing=_doing,
)

"""Into a group: by its code (C1 to C8), or because somebody invited this number (D1, D2).

Both ways lead to the rules and to the promise. Whoever has no PIN yet is registered in
between. A code finds a group only when it is asked for with all its digits; nothing here
shows a group's members.
"""

from collections.abc import Mapping

from flows.asking import (
    HEAD,
    any_text,
    card_of,
    every,
    is_registered,
    keep_why,
    me,
    once,
    unless,
    why_not,
)
from flows.flow import Act, Flow, Fork, Screen, Turn, row
from flows.pin import pin_rows, pin_states
from flows.talk import Day, Naira, Name, Value, Words
from models.commands import Command, DeclineInvitation, JoinGroup
from models.facts import GroupCard, Invitation
from models.rules import codes, schedule

CODE_SHOWN = 8


# --- what holds ---------------------------------------------------------------------------------------------------


def is_no_group(turn: Turn) -> bool:
    return _by_code(turn) is None


def is_mine(turn: Turn) -> bool:
    card = card_of(turn)
    return card is not None and any(seat.group_id == card.group_id for seat in turn.facts.home.seats)


def is_closed(turn: Turn) -> bool:
    card = card_of(turn)
    return card is not None and card.status not in ("draft", "forming", "ready")


def is_full(turn: Turn) -> bool:
    card = card_of(turn)
    return card is not None and (card.taken >= card.terms.seats or card.status == "ready")


def wants_a_group(turn: Turn) -> bool:
    """She came with the code of a group, before she was registered."""
    wanted = str(turn.memory.get("wanted", ""))
    return codes.is_group_code(wanted) and turn.facts.group_by_code(wanted) is not None


def was_let_in(turn: Turn) -> bool:
    return bool(turn.data.get("let_in"))


def has_to_wait(turn: Turn) -> bool:
    return bool(turn.data.get("waiting"))


def _by_code(turn: Turn) -> GroupCard | None:
    text = turn.value.replace(" ", "")
    return turn.facts.group_by_code(text) if codes.is_group_code(text) else None


def _invitation(turn: Turn) -> Invitation | None:
    return turn.facts.home.invitation


# --- what it says -------------------------------------------------------------------------------------------------


def group(turn: Turn) -> Mapping[str, Value] | None:
    """Everything that may be said of a group to somebody who is not in it."""
    return described(card_of(turn))


def described(card: GroupCard | None) -> Mapping[str, Value] | None:
    if card is None:
        return None
    terms = card.terms
    return {
        "group": card.name,
        "head": Name(card.head, HEAD),
        "amt": Naira(terms.contribution_kobo),
        "every": every(terms.frequency),
        "once": once(terms.frequency),
        "n": card.taken,
        "m": terms.seats,
        "pot": Naira(terms.collect_kobo),
        "fee": Naira(terms.late_fee_kobo),
        "date": Day(terms.ends_on),
        "time": schedule.show_hour(terms.cutoff_hour),
        "order": Words(f"ORDER_{terms.order}"),
    }


def promise(turn: Turn) -> Mapping[str, Value] | None:
    card, facts = card_of(turn), group(turn)
    return {**facts, "m": card.terms.cycles, "date": Day(card.terms.ends_on)} if card and facts else None


def let_in(turn: Turn) -> Mapping[str, Value] | None:
    card, facts = card_of(turn), group(turn)
    return {**facts, "date": Day(card.terms.starts_on)} if card and facts else None


def invited(turn: Turn) -> Mapping[str, Value] | None:
    """D1 speaks of the one who invited, who need not be the head."""
    invitation = _invitation(turn)
    if invitation is None:
        return None
    facts = described(invitation.group) or {}
    return {**facts, "head": Name(invitation.by, HEAD), "date": Day(invitation.group.terms.starts_on)}


def declined(turn: Turn) -> Mapping[str, Value]:
    return {"head": Name(turn.data.get("head") or turn.memory.get("invited_by", ""), HEAD)}


def no_group(turn: Turn) -> Mapping[str, Value]:
    return {"code": str(turn.memory.get("code", ""))[:CODE_SHOWN]}


def _doing(turn: Turn) -> Words | None:
    card = card_of(turn)
    return Words("DO_join", {"group": card.name}) if card else Words("DO_join_code")


# --- what it does -------------------------------------------------------------------------------------------------


def find(turn: Turn) -> None:
    """The code is judged before the row is chosen by the guards of the next fork."""
    card = _by_code(turn)
    if card:
        turn.memory.update(group_id=card.group_id, group_code=turn.value.replace(" ", ""))


def find_wanted(turn: Turn) -> None:
    turn.value = turn.memory.pop("wanted")
    find(turn)


def take_invitation(turn: Turn) -> None:
    """The talk goes on in the inviter's language until she has one of her own."""
    invitation = _invitation(turn)
    if invitation is None:
        return
    turn.memory.pop("group_code", None)
    turn.memory["group_id"] = invitation.group.group_id
    turn.memory["invitation_id"] = invitation.invitation_id
    turn.memory["invited_by"] = invitation.by
    if not me(turn).registered:
        turn.memory["language"] = invitation.language


def put_off(turn: Turn) -> None:
    """Not again in this session."""
    turn.memory["put_off"] = [*turn.memory.get("put_off", []), f"invitation:{turn.memory['invitation_id']}"]


def joining(turn: Turn) -> Command:
    return JoinGroup(
        group_id=turn.memory["group_id"],
        rules_version=turn.memory["rules_version"],
        invitation_id=turn.memory.get("invitation_id"),
        waiting_list=bool(turn.memory.get("waiting_list")),
    )


def keep_rules_version(turn: Turn) -> None:
    """What is shown in the promise is what she accepts."""
    card = card_of(turn)
    turn.memory["rules_version"] = card.rules_version if card else 0


def want_to_wait(turn: Turn) -> None:
    turn.memory["waiting_list"] = True


def keep_code(turn: Turn) -> None:
    turn.memory["code"] = turn.value


def rules_have_changed(turn: Turn) -> None:
    turn.notice = Words("C9")


def _declining(turn: Turn) -> Command:
    return DeclineInvitation(turn.memory["invitation_id"])


FLOW = Flow(
    "join_group",
    states=[
        Fork("invitation"),
        Screen("D1", shows=invited),
        Screen("D1 rules", "C3", shows=group),
        Act("decline", DeclineInvitation, _declining),
        Screen("D2", shows=declined, end=True),
        Screen("C1", hears=any_text),
        Screen("C1e", shows=no_group, again="C1"),
        Fork("wanted"),
        Fork("found"),
        Screen("C2", shows=group),
        Screen("C3", shows=group),
        Screen("C6", shows=group),
        Screen("C7", shows=group),
        Screen("C8", shows=group),
        Fork("promise"),
        *pin_states("C4", "promise PIN", shows=promise, gone_on="C4y"),
        Act("join", JoinGroup, joining),
        Screen("C5", shows=group, end=True),
        Screen("C5i", shows=let_in, end=True),
        Screen("C5w", shows=group, end=True),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", "invitation", "D1", then=take_invitation),
        row("1", ["D1", "D1 rules"], "promise"),
        row("2", "D1", "D1 rules"),
        row("3", "D1", "decline"),
        row("0", "D1", "menu.start", then=put_off),
        row("done", "decline", "D2"),
        row("refused", "decline", "no", then=keep_why),
        row("heard", "C1", "C1e", when=is_no_group, then=keep_code),
        row("heard", "C1", "found", then=find),
        row("go", "wanted", "found", when=wants_a_group, then=find_wanted),
        row("go", "wanted", "C1"),
        row("go", "found", "C7", when=is_mine),
        row("go", "found", "C8", when=is_closed),
        row("go", "found", "C6", when=is_full),
        row("go", "found", "C2"),
        row("1", ["C2", "C3"], "promise"),
        row("2", "C2", "C3"),
        row("1", "C6", "promise", then=want_to_wait),
        row("2", ["C6", "C8"], "open_group.E1"),
        row("1", ["C7", "C8"], "C1"),
        row("go", "promise", "welcome.A2", when=unless(is_registered)),
        row("go", "promise", "promise PIN", then=keep_rules_version),
        *pin_rows("C4", "promise PIN", to="join", gone_on="C4y"),
        row("done", "join", "C5w", when=has_to_wait),
        row("done", "join", "C5i", when=was_let_in),
        row("done", "join", "C5"),
        row("already_in", "join", "C7"),
        row("group_full", "join", "C6"),
        row("not_forming", "join", "C8"),
        row("rules_changed", "join", "C2", then=rules_have_changed),
        row("refused", "join", "no", then=keep_why),
    ],
    doing=_doing,
)

"""A member's new number: two who save with her are asked on their own phones, and what they say is seen as it comes.

What the office does otherwise for a member stands in `members_forms`.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask import redirect, render_template, request

from bot import clock
from bot.panel import number_card, proposed, words
from bot.panel.gate import Panel
from bot.panel.masked import plain
from bot.panel.pages.members import HERE, seen_by
from bot.panel.pages.members_forms import acted, chosen, where, word_of
from bot.panel.proposed import Matter, Shown
from bot.panel.telling import sentences
from models.actions import number_changes
from models.actions.signing_in import Somebody
from models.queries.number_changes import Asked, asked_about, said_no
from models.queries.office import Word
from models.queries.panel_scope import groups_of
from models.rules.proposals import MOST_NOTE
from models.rules.staff import Right

_ = words.said

MOST_VALUE: Final = 60

sentences(
    bad_new_number=_("That is no mobile number."),
    number_taken=_("That number is another member's."),
    number_of_staff=_("That is the number of somebody who works here. Nobody's account is moved to it."),
    two_vouchers=_("A new number needs two different members who save with her."),
    voucher_unfit=_("One of them cannot be asked about this number. Choose from those who can."),
    number_under_way=_("A new number of hers is asked about already. Finish or stop that first."),
    ask_first=_("Two can be asked on their own phones: ask them first."),
    said_no=_("Somebody who was asked has said no. For 14 days only the vouchers' own phones count."),
    no_two_yes=_("Two yeses are not there any more: one was withdrawn by time. Ask again."),
    voucher_gone=_("One of those who said yes is frozen or has left since. Refuse it, and ask somebody else."),
    number_asked=_("Both are asked by SMS and answer on their own phones within 48 hours. The old number is told."),
    number_asked_another=_("Asked. The yes of the other one still holds."),
    number_stopped=_("Stopped. Nothing was changed, and nobody is asked any more."),
    office_number=_("Done: the number is hers. Both numbers and her heads are told; no pot leaves for 24 hours."),
)  # fmt: skip


@dataclass(frozen=True)
class NumberShown:
    """What two of the staff agree on: the change, and what was said about it."""

    word: Word
    asked: tuple[Asked, ...]
    said_no: tuple[Asked, ...]  # lately, to this change or to another one of hers


def add(panel: Panel) -> None:
    """The piece that is asked for again and again, and the forms."""

    @panel.page("/members/<int:member_id>/number", Right.SEE, awake=False)
    def member_number(who: Somebody, member_id: int) -> Any:
        """How it stands, for the page that is open: seen is what that page knows. A piece, and no page of its own."""
        seen_by(who, member_id)
        if not request.headers.get("HX-Request"):
            return redirect(f"{HERE}{member_id}#timeline", 303)
        now = clock.now()
        number = number_card.card(member_id, who, now, acts=False)
        return render_template(
            "panel/_number.html", member_id=member_id, number=number, now=now, seen=request.args.get("seen", "")
        )

    @panel.page("/members/<int:member_id>/number", Right.PROPOSE, methods=("POST",))
    def member_number_ask(who: Somebody, member_id: int) -> Any:
        value, note = _value(), _note()
        return acted(
            "member.number",
            who,
            member_id,
            lambda: number_changes.start(member_id, value, chosen("voucher"), note, who, clock.now()),
        )

    @panel.page("/members/<int:member_id>/number/told", Right.PROPOSE, methods=("POST",))
    def member_number_told(who: Somebody, member_id: int) -> Any:
        value, note = _value(), _note()
        return acted(
            "member.number_told",
            who,
            member_id,
            lambda: number_changes.tell_office(member_id, value, chosen("voucher"), note, who, clock.now()),
        )

    @panel.page("/members/<int:member_id>/number/another", Right.PROPOSE, methods=("POST",))
    def member_number_another(who: Somebody, member_id: int) -> Any:
        voucher = next(iter(chosen("voucher")), 0)
        return acted(
            "member.number_another",
            who,
            member_id,
            lambda: number_changes.ask_another(member_id, voucher, who, clock.now()),
        )

    @panel.page("/members/<int:member_id>/number/hand-on", Right.PROPOSE, methods=("POST",))
    def member_number_hand_on(who: Somebody, member_id: int) -> Any:
        return acted(
            "member.number_hand_on", who, member_id, lambda: number_changes.hand_on(member_id, who, clock.now())
        )

    @panel.page("/members/<int:member_id>/number/stop", Right.PROPOSE, methods=("POST",))
    def member_number_stop(who: Somebody, member_id: int) -> Any:
        return acted("member.number_stop", who, member_id, lambda: number_changes.stop(member_id, who, clock.now()))

    proposed.show("member_number", SHOWN)


def _value() -> str:
    return plain(request.form.get("value", ""), MOST_VALUE)


def _note() -> str:
    return plain(request.form.get("note", ""), MOST_NOTE + 1)


def _preview(matter: Matter) -> NumberShown | None:
    word = word_of(matter)
    if word is None:
        return None
    now, groups = clock.now(), groups_of(matter.who)
    return NumberShown(word, asked_about(word.word_id, now, groups), said_no(word.member_id, now, groups))


SHOWN: Final = Shown(
    title=_("Change a member's number"),
    done=_("It is she: change it"),
    template="panel/proposed/number.html",
    preview=_preview,
    where=where,
)

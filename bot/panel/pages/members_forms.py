"""What one of the staff does for a member: freeze, unlock, remind, send again; and what takes a colleague, too."""

from collections.abc import Callable
from typing import Any, Final

from flask import request

from bot import clock
from bot.panel import proposed, words
from bot.panel.gate import Panel
from bot.panel.masked import plain
from bot.panel.pages.members import HERE, seen_by
from bot.panel.proposed import Matter, Shown
from bot.panel.telling import sentences, tell
from models.actions import office_words, reminding, serving
from models.actions.forms import Effect, once
from models.actions.signing_in import Somebody
from models.queries import office
from models.queries.office import Word
from models.queries.panel_scope import groups_of
from models.rules.proposals import MOST_NOTE
from models.rules.refused import Refused
from models.rules.staff import Right

_ = words.said

MOST_VALUE: Final = 60

sentences(
    member_frozen=_("Frozen: her PIN, all changes, every payout to her. She and her groups' heads are told."),
    not_active=_("That account is frozen already, or closed."),
    pin_unlocked=_("She may try her PIN again. She is told by SMS."),
    pin_not_locked=_("Her PIN is not locked."),
    unlocked_today=_("It was unlocked within the last 24 hours. If she has forgotten her PIN, vouch for a new one."),
    message_resent=_("Sent again, to the number that is hers now."),
    resend_secret=_("That message is never sent twice."),
    resend_reminder=_("A reminder is not sent again as it was: use Remind, which says what she owes today."),
    still_on_its_way=_("That message is still on its way, or its fate is not known yet."),
    message_too_old=_("That message is too old to be true today."),
    resent_today=_("That message was sent again today already."),
    reminded=_("Reminded: {sent}."),
    reminded_some=_("Reminded: {sent}. Not reminded: {not_sent} (paid, said STOP, or had enough today)."),
    reminded_enough=_("Not reminded: nobody hears it twice in a day, or more than two reminders."),
    reminders_stopped=_("Not reminded: she said STOP. Call her instead."),
    owes_nothing=_("Not reminded: nothing is owed any more."),
    nobody_chosen=_("Choose somebody first."),
    too_many_chosen=_("That is more than 100 at once. Choose fewer."),
    at_night=_("Nobody is reminded between 9 in the evening and 7 in the morning."),
    reminders_held=_("Messages to many are stopped just now; see Operations."),
    word_proposed=_("Proposed. A colleague has to agree under Approvals within 48 hours."),
    bad_member_name=_("That is no name we can keep: 2 to 20 letters."),
    same_name=_("That is her name already."),
    not_frozen=_("That account is not frozen."),
    vouched_already=_("Somebody has vouched for her already; she can choose a new PIN."),
    office_pin=_("Done: she may choose a new PIN within 24 hours, and is told how."),
    office_unfreeze=_("Done: her account works again, and she is told."),
    office_name=_("Done: her name is set right, and she is told."),
)  # fmt: skip


def add(panel: Panel) -> None:
    """One form each; each leads back to her page."""

    @panel.page("/members/<int:member_id>/freeze", Right.SERVE, methods=("POST",))
    def member_freeze(who: Somebody, member_id: int) -> Any:
        return acted("member.freeze", who, member_id, lambda: serving.freeze(member_id, who, clock.now()))

    @panel.page("/members/<int:member_id>/unlock", Right.SERVE, methods=("POST",))
    def member_unlock(who: Somebody, member_id: int) -> Any:
        return acted("member.unlock", who, member_id, lambda: serving.unlock(member_id, who, clock.now()))

    @panel.page("/members/<int:member_id>/remind", Right.SERVE, methods=("POST",))
    def member_remind(who: Somebody, member_id: int) -> Any:
        return acted("member.remind", who, member_id, lambda: reminding.remind(chosen("seat"), who, clock.now()))

    @panel.page("/members/<int:member_id>/resend", Right.SERVE, methods=("POST",))
    def member_resend(who: Somebody, member_id: int) -> Any:
        outbox_id = next(iter(chosen("message")), 0)
        return acted("member.resend", who, member_id, lambda: serving.resend(outbox_id, member_id, who, clock.now()))

    @panel.page("/members/<int:member_id>/vouch", Right.PROPOSE, methods=("POST",))
    def member_vouch(who: Somebody, member_id: int) -> Any:
        form = request.form
        value, note = plain(form.get("value", ""), MOST_VALUE), plain(form.get("note", ""), MOST_NOTE + 1)
        return acted(
            "member.vouch",
            who,
            member_id,
            lambda: office_words.ask_office(member_id, form.get("purpose", ""), value, note, who, clock.now()),
        )

    for kind, shown in SHOWN.items():
        proposed.show(kind, shown)


def chosen(name: str) -> list[int]:
    """The rows that were chosen on a form."""
    return [int(text) for text in request.form.getlist(name) if text.isdecimal() and len(text) < 19]


def acted(what: str, who: Somebody, member_id: int, act: Callable[[], Effect | Refused]) -> Any:
    """Do it for a member whom she may see, once, and lead back to her page."""
    seen_by(who, member_id)
    effect = once(request.form.get("key", ""), what, who, clock.now(), act)
    return tell(effect, f"{HERE}{member_id}")


def word_of(matter: Matter) -> Word | None:
    """What was asked for, as both of the two see it."""
    word = office.word(int(matter.wanted.get("word", 0)), groups_of(matter.who))
    return word if word is not None and word.member_id == matter.row_id else None


def where(matter: Matter) -> str:
    """Her page."""
    return f"{HERE}{matter.row_id}"


SHOWN: Final = {
    "member_vouch": Shown(
        title=_("Vouch for a member"),
        done=_("It is she: do it"),
        template="panel/proposed/office.html",
        preview=word_of,
        where=where,
    ),
}

"""A voucher's answer to whether a number is somebody's now, from her own phone and after her PIN.

Only she can give it, once and in time. A yes needs her to be still somebody who may be asked; a no stops the change
whoever says it, and the office is told.
"""

from datetime import datetime
from typing import Any, Final

from models.account_commands import SayNumber
from models.actions import audit, number_changes, number_news
from models.actions.context import Context, Outcome
from models.actions.signing_in import somebody
from models.base import move, transaction
from models.commands import Done
from models.queries.number_changes import asked_about, can_ask
from models.queries.office import value_of
from models.queries.people import known_as, name_of
from models.rules import office
from models.rules.refused import Refused
from models.tables.accounts import Vouch
from models.tables.finding import OfficeWord

_STATUS: Final = {"yes": "given", "no": "refused", "unsure": "unsure"}


@transaction
def say_number(command: SayNumber, context: Context) -> Outcome:
    """The first answer counts. After the second yes a colleague of whoever started it has to decide."""
    if command.answer not in office.ANSWERS:
        raise ValueError(f"{command.answer} is no answer")
    vouch = Vouch.get_or_none((Vouch.id == command.vouch_id) & (Vouch.voucher == context.member))
    if vouch is None:
        return Refused("gone")
    word = OfficeWord.select().where(OfficeWord.id == vouch.word_id).for_update().get()
    if word.ended_at is not None or vouch.expires_at <= context.now:
        return Refused("gone")
    if command.answer == "yes" and context.member not in can_ask(word.member_id, context.now, phone=value_of(word)):
        return Refused("call_office")
    if not _answer(vouch, command.answer, context):
        return Refused("gone")
    subject = f"member:{word.member_id}"
    audit.note(f"number.{command.answer}", subject, actor=context.actor, now=context.now, detail={"word": word.id})
    if command.answer == "no":
        _stop(word, context.now)
    elif command.answer == "yes":
        _hand_on(word, context.now)
    return Done({"name": known_as(name_of(word.member_id))})


def _answer(vouch: Vouch, answer: str, context: Context) -> bool:
    fields: dict[str, Any] = {"answered_by": context.member, "answered_at": context.now}
    if answer == "yes":
        fields["expires_at"] = context.now + office.ASKED_FOR
    return move(Vouch, vouch.id, "asked", _STATUS[answer], **fields)


def _stop(word: OfficeWord, now: datetime) -> None:
    """Nobody else has to answer. The change stays on the list of what waits until somebody has looked into it."""
    number_changes.close_questions(word.id, now)
    number_news.to_staff(word.staff_id, word.id, now)


def _hand_on(word: OfficeWord, now: datetime) -> None:
    """When whoever started it cannot propose it any more, it waits for somebody who can."""
    maker = somebody(word.staff_id)
    if maker is not None and office.stage([each.answer for each in asked_about(word.id, now)]) == "ready":
        number_changes.propose(word, maker, now)

"""How a member wants to be spoken to: her language, her reminders, and whether a chat may show her money.

A choice that is in force already writes nothing.
"""

from typing import Any

from models.account_commands import SetLanguage, SetReminders, ShowMoneyInChat
from models.actions import audit, opt_outs
from models.actions.context import Context, Outcome
from models.base import transaction
from models.commands import Done
from models.queries.people import is_on_whatsapp
from models.rules.refused import Refused
from models.tables.people import Member


@transaction
def set_language(command: SetLanguage, context: Context) -> Outcome:
    """From now on everything comes in this language. Whether a catalogue speaks it is the flows' to know."""
    _change(context, "language", language=command.language)
    return Done()


@transaction
def set_reminders(command: SetReminders, context: Context) -> Outcome:
    """When she is reminded, or on which channel. Receipts and alarms are no reminders."""
    if command.channel == "whatsapp" and not is_on_whatsapp(context.phone):
        return Refused("no_whatsapp")
    if command.plan != "none":
        # Wherever or whenever she wants them, she wants them: an earlier STOP, and a plan of none, are taken back.
        opt_outs.start_reminders(context.phone, actor=context.actor, now=context.now)
    wishes = {"reminder_plan": command.plan, "reminder_channel": command.channel}
    _change(context, "reminders", **{name: value for name, value in wishes.items() if value})
    return Done()


@transaction
def show_money_in_chat(command: ShowMoneyInChat, context: Context) -> Outcome:
    """A chat is read over her shoulder: off until she says otherwise."""
    _change(context, "money_in_chat", money_in_chat=command.on)
    return Done()


def _change(context: Context, what: str, **values: Any) -> None:
    member = Member.get_by_id(context.member)
    if all(getattr(member, name) == value for name, value in values.items()):
        return
    Member.update(**values).where(Member.id == context.member).execute()
    audit.note(f"member.{what}", f"member:{context.member}", actor=context.actor, now=context.now, detail=values)

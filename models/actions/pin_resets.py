"""A new PIN for somebody who forgot the old one, after a person who knows her has said that it is she.

A reset is how a stolen SIM would reach her money. So it is told to her and to the officers,
and for a day after it her payout account cannot be changed and no pot leaves to it; whoever
is not she would have to keep her phone for a day while everybody knows.
"""

from models import news_values
from models.account_commands import ResetPin
from models.actions import audit, payouts, pins, vouching
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import transaction
from models.commands import ChangePin, Done
from models.queries.groups import officers
from models.queries.people import known_as, name_of
from models.rules.refused import Refused
from models.rules.schedule import local_date
from models.rules.vouching import GUARDED_FOR
from models.tables.accounts import Vouch
from models.tables.people import Member


def try_repeat(command: ResetPin, context: Context) -> bool:
    """Prepare: whether the PIN was repeated as chosen, by the same member."""
    return pins.try_repeat(ChangePin(command.pin_hash, command.pin_again), context)


@transaction
def reset_pin(command: ResetPin, context: Context, repeated: bool) -> Outcome:
    """Put the new PIN in force and lift the lock. The yes that allowed it is used up."""
    if not repeated:
        return Refused("pin_mismatch")
    vouch = vouching.use(context.member, "pin", context.now)
    if vouch is None:
        return Refused("gone")
    Member.update(pin_locked_until=None, guarded_until=context.now + GUARDED_FOR).where(
        Member.id == context.member
    ).execute()
    pins.put_in_force(command.pin_hash, context)
    payouts.look_again(context.member, context.now)
    _tell_officers(vouch, context)
    audit.note("pin.reset", f"member:{context.member}", actor=context.actor, now=context.now)
    return Done()


def _tell_officers(vouch: Vouch, context: Context) -> None:
    """S53: all of that group but herself, the one who said yes included: it may not have been her finger.

    Without a group (the office vouched for her) there is nobody to tell.
    """
    if vouch.group is None or vouch.group_id is None:
        return
    facts = {
        "who": known_as(name_of(vouch.member_id)),
        "group": vouch.group.name,
        "date": news_values.day(local_date(context.now + GUARDED_FOR)),
    }
    for officer in officers(vouch.group_id):
        if officer != vouch.member_id:
            queue_message(
                "S53",
                dedupe_key=f"reset:{vouch.id}:{officer}",
                facts=facts,
                member_id=officer,
                group_id=vouch.group_id,
                now=context.now,
            )

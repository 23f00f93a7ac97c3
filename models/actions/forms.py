"""A form of the panel has one effect, however often it is sent: its key was minted when it was shown.

The effect, the row that remembers its outcome and the audit are one transaction.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from peewee import IntegrityError

from models.actions.signing_in import Somebody
from models.base import transaction
from models.rules.refused import Refused
from models.tables.staff import FormDone


@dataclass(frozen=True)
class Effect:
    """What became of a form: the key of the sentence that says so, with its values. done: something was done."""

    key: str
    done: bool = True
    facts: dict[str, Any] | None = None


Act = Callable[[], Effect | Refused]


def once(form_key: str, what: str, who: Somebody, now: datetime, act: Act) -> Effect:
    """Carry it out, or say again what became of it. A refusal may be tried again; it has done nothing."""
    if not 8 <= len(form_key) <= 64:
        return Effect("stale_form", done=False)
    try:
        return _once(form_key, what, who, now, act)
    except IntegrityError:
        # The same form came twice at the same moment, and the other one won.
        found = _done(form_key, who)
        if found is None:
            raise
        return found


def sent_before(form_key: str, who: Somebody) -> Effect | None:
    """What became of a form that has had its effect: for those with something slow to do before they begin."""
    return _done(form_key, who)


@transaction
def _once(form_key: str, what: str, who: Somebody, now: datetime, act: Act) -> Effect:
    if found := _done(form_key, who):
        return found
    outcome = act()
    if isinstance(outcome, Refused):
        return Effect(outcome.why, done=False)
    FormDone.insert(key=form_key, staff=who.staff_id, what=what, outcome=asdict(outcome), at=now).execute()
    return outcome


def _done(form_key: str, who: Somebody) -> Effect | None:
    row = FormDone.get_or_none((FormDone.key == form_key) & (FormDone.staff == who.staff_id))
    return None if row is None else Effect(**row.outcome)

"""Whether a number is somebody's now: nobody answers in the place of the one who is asked. The rest is at the doors."""

from datetime import timedelta

import pytest

from models.account_commands import AnswerVouch, SayNumber
from models.actions import number_changes, signing_in
from models.actions.forms import Effect
from models.rules.refused import Refused
from models.rules.staff import Role
from models.tables.accounts import Vouch
from tests.support.cast import ADA, BISI, CHIDI, EFE, FEMI, ask, do, form_group
from tests.support.panel import hire

NEW = "+2348055512345"


@pytest.fixture
def asked(db, clock) -> Vouch:
    """Chidi and Efe are asked about Bisi's new number; this is Chidi's question."""
    form_group(clock() - timedelta(days=40))
    who = signing_in.somebody(hire(Role.FINANCE, clock()).staff_id)
    chosen = [each.member_id for each in (CHIDI, EFE)]
    started = number_changes.start(BISI.member_id, NEW, chosen, "her phone was stolen", who, clock())
    assert started == Effect("number_asked")
    return Vouch.get(Vouch.voucher == CHIDI.member_id)


def test_nobody_answers_in_her_place(asked, clock):
    for other in (BISI, ADA, EFE, FEMI):
        assert ask(other, SayNumber(asked.id, "yes"), clock()) == Refused("gone")
        assert ask(other, AnswerVouch(asked.id, yes=True), clock()) == Refused("not_allowed")
    assert Vouch.get_by_id(asked.id).status == "asked"


def test_there_are_three_answers(asked, clock):
    with pytest.raises(ValueError, match="no answer"):
        ask(CHIDI, SayNumber(asked.id, "perhaps"), clock())
    assert do(CHIDI, SayNumber(asked.id, "unsure"), clock()) == {"name": "Bisi Alade"}
    assert ask(CHIDI, SayNumber(asked.id, "yes"), clock()) == Refused("gone")

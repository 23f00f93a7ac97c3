"""Officers hear when two of the staff have approved a payout in their place."""

from models.actions import proposals
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.queries.groups import officers
from models.rules.staff import Role
from models.tables.mail import Outbox
from models.tables.staff import Proposal
from tests.support.circles import Circle, running_group
from tests.support.panel import hire

NOTE = "Both officers are travelling"


def two_say_yes(circle: Circle) -> Effect:
    maker, checker = (
        Somebody(hire(role, circle.now, phone=phone).staff_id, "Somebody", role, phone.encode(), frozenset())
        for role, phone in ((Role.FINANCE, "+2348099990001"), (Role.OWNER, "+2348099990002"))
    )
    made = proposals.propose(Wish("payout", f"payout:{circle.payout().id}", {}, NOTE), maker, circle.now)
    assert isinstance(made, Effect)
    row = Proposal.get()
    done = proposals.check(row.id, row.payload_hash, NOTE, checker, circle.now)
    assert isinstance(done, Effect)
    return done


def test_each_officer_is_told_once(db) -> None:
    circle = running_group()
    circle.all_pay()

    two_say_yes(circle)

    told = list(Outbox.select().where(Outbox.text_key == "S30s"))
    assert {row.member_id for row in told} >= set(officers(circle.group_id))
    assert len(told) == len({row.member_id for row in told})
    assert not any(row.reminder for row in told)

"""A pause for a circle of the tests: what two of the staff have agreed on, without the panel."""

from models.actions import proposals
from models.actions.forms import Effect
from models.actions.pausing_by_two import PAUSE, RESUME, subject_of
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.rules.refused import Refused
from models.rules.staff import Role
from models.tables.staff import Proposal, Staff
from tests.support.circles import Circle
from tests.support.panel import hire

NOTE = "The market is closed after the flood"


def two(circle: Circle) -> tuple[Somebody, Somebody]:
    """The one who proposes and the one who checks; hired once."""
    found = []
    for n, role in ((71, Role.FINANCE), (72, Role.OWNER)):
        name = f"Two {n}"
        row = Staff.get_or_none(Staff.name == name)
        if row is None:
            phone = f"+23480999900{n}"
            hired = hire(role, circle.now, email=f"two{n}@ajo.example", phone=phone, name=name)
            row = Staff.get_by_id(hired.staff_id)
        found.append(Somebody(row.id, row.name, role, bytes(row.phone_index), frozenset()))
    return found[0], found[1]


def agree(circle: Circle, kind: str, wanted: dict[str, int]) -> Effect | Refused:
    """Proposed and checked at this moment."""
    maker, checker = two(circle)
    made = proposals.propose(Wish(kind, subject_of(circle.group_id), wanted, NOTE), maker, circle.now)
    if isinstance(made, Refused):
        return made
    row = Proposal.get_by_id((made.facts or {})["proposal_id"])
    return proposals.check(row.id, row.payload_hash, NOTE, checker, circle.now)


def rest(circle: Circle, intervals: int = 1) -> None:
    """The group rests from now on."""
    done = agree(circle, PAUSE, {"intervals": intervals})
    assert isinstance(done, Effect), done


def wake(circle: Circle) -> None:
    """It goes on before its time."""
    done = agree(circle, RESUME, {})
    assert isinstance(done, Effect), done

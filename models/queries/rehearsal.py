"""What a played history has to know of rows that it has just brought about: by which name to go on with them.

For the demo only; pages and jobs have questions of their own.
"""

from models.base import database
from models.rules.staff import Role
from models.tables.cycles import Obligation
from models.tables.groups import Seat
from models.tables.money import Suspense
from models.tables.staff import Staff


def charges(payment_ids: list[int]) -> list[tuple[str, str]]:
    """Reference and state of these payments, in the order in which they were asked for."""
    rows = database.execute_sql(
        "SELECT reference, status FROM payment WHERE id = ANY(%s) ORDER BY id", (payment_ids,)
    ).fetchall()
    return [(str(reference), str(status)) for reference, status in rows]


def suspense_id(reference: str) -> int:
    """Of money that could not be placed."""
    return int(Suspense.get(Suspense.reference == reference).id)


def last_fee_id(member_id: int) -> int:
    """Her latest late fee that is not paid."""
    fees = (
        Obligation.select()
        .join(Seat)
        .where((Obligation.kind == "penalty") & (Obligation.status == "pending") & (Seat.member == member_id))
    )
    return int(fees.order_by(Obligation.id.desc()).get().id)


def staff_in(role: Role) -> tuple[int, str, bytes]:
    """The first in this role: id, name and the mark of her phone."""
    row = Staff.select().where(Staff.role == role.value).order_by(Staff.id).get()
    return row.id, row.name, bytes(row.phone_index)

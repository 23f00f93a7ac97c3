"""The cooperative's staff at work: money that nobody can place, late fees, groups of one's own."""

from typing import Final

from bot.http import Client
from bot.settings import current
from jobs import payments
from jobs.demo.agenda import Life
from jobs.demo.people import IFY
from jobs.demo.stage import Stage, Unplayable
from jobs.providers import payouts_provider
from models.actions import proposals, staff
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.actions.suspense import RETURN
from models.actions.waivers_by_staff import LATE_FEE
from models.queries import rehearsal
from models.queries.panel_queue import proposal
from models.queries.people import member_id_of
from models.rules import codes
from models.rules.refused import Refused
from models.rules.staff import Role

# Nobody has these.
RETURNED: Final = codes.charge_reference(90_311, 1, "7d2c90aa")
UNKNOWN: Final = codes.charge_reference(90_417, 1, "0a9e47c1")
RETURNED_KOBO: Final = 2_500_00
UNKNOWN_KOBO: Final = 5_000_00


def life(*groups: Life) -> Life:
    """Once money is sent back, once it waits. groups: those that the field officer looks after."""
    here = Life()
    here.on(30, "10:40", lambda stage: _unknown_money(stage, RETURNED, RETURNED_KOBO))
    here.on(29, "09:30", _send_back)
    here.on(5, "09:00", lambda stage: _look_after(stage, groups))
    here.on(1, "10:50", lambda stage: _unknown_money(stage, UNKNOWN, UNKNOWN_KOBO))
    return here


def today(stage: Stage) -> None:
    """Ify's second late fee: one of the staff proposes to take it off, a colleague has to agree."""
    fee = rehearsal.last_fee_id(member_id_of(IFY.phone) or 0)
    wish = Wish(LATE_FEE.name, f"fee:{fee}", {}, "She was in hospital; her sister brought the paper.")
    _done(proposals.propose(wish, _one_of(Role.FINANCE), stage.time))


def _unknown_money(stage: Stage, reference: str, kobo: int) -> None:
    """Somebody has paid under a reference that is in no row of ours."""
    payouts_provider().initialize(reference, kobo, "agent@pos.example", {})
    stage.tell("/paystack/pay", reference=reference)
    payments.follow_payment("paystack", reference)
    stage.work_off()


def _send_back(stage: Stage) -> None:
    """An agent's mistake: refunded on Paystack's own page, and two of the staff write that into the books."""
    paystack = Client("paystack", current().paystack_url, {"Authorization": f"Bearer {current().paystack_secret_key}"})
    refund = paystack.call("refund", "POST", "/refund", json_body={"transaction": RETURNED}).json()["data"]["id"]
    wish = Wish(
        RETURN.name,
        f"suspense:{rehearsal.suspense_id(RETURNED)}",
        {"refund": str(refund)},
        "The agent sent it to the wrong shop.",
    )
    made = _done(proposals.propose(wish, _one_of(Role.FINANCE), stage.time))
    found = proposal(int((made.facts or {})["proposal_id"]), None)
    if found is None:
        raise Unplayable("a proposal of this moment is not there")
    stage.wait(25)
    note = "Spoke to the agent, the refund stands at Paystack."
    _done(proposals.check(found.proposal_id, found.payload_hash, note, _one_of(Role.OWNER), stage.time))
    stage.work_off()


def _look_after(stage: Stage, groups: tuple[Life, ...]) -> None:
    owner, field = _one_of(Role.OWNER), _one_of(Role.FIELD)
    for group in groups:
        staff.look_after(field.staff_id, group.circle.group_id, actor=owner.actor, now=stage.time)


def _one_of(role: Role) -> Somebody:
    """The demo's one."""
    staff_id, name, phone_index = rehearsal.staff_in(role)
    return Somebody(staff_id, name, role, phone_index, frozenset())


def _done(outcome: Effect | Refused) -> Effect:
    if isinstance(outcome, Refused):
        raise Unplayable(f"the office was refused: {outcome.why}")
    return outcome

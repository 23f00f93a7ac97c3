"""A group's end in the middle at the doors: she pays back by Paystack, the claims go out by it, a bank says no."""

from jobs import inbound, payments, payouts
from models.actions import proposals
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.commands import Done
from models.queries.payouts import approvers_of
from models.rules.staff import Role
from models.tables.cycles import Obligation
from models.tables.groups import Group
from models.tables.mail import Inbox
from models.tables.money import Payout
from models.tables.staff import Proposal, Staff
from tests.jobs.scene import Scene
from tests.support.circles import C, Circle
from tests.support.panel import hire

NOTE = "The head has moved to Kano"


def somebody(scene: Scene, role: Role, n: int) -> Somebody:
    hired = hire(role, scene.now, email=f"s{n}@ajo.example", phone=f"+23480999900{n:02d}", name=f"Staff {n}")
    row = Staff.get_by_id(hired.staff_id)
    return Somebody(row.id, row.name, role, bytes(row.phone_index), frozenset())


def dissolve(scene: Scene, circle: Circle) -> None:
    wish = Wish("group_dissolve", f"group:{circle.group_id}", {"reason": "head"}, NOTE)
    proposed = proposals.propose(wish, somebody(scene, Role.FINANCE, 1), scene.now)
    assert isinstance(proposed, Effect), proposed
    row = Proposal.get_by_id(proposed.facts["proposal_id"])
    done = proposals.check(row.id, row.payload_hash, NOTE, somebody(scene, Role.OWNER, 2), scene.now)
    assert isinstance(done, Effect), done


def one_round(scene: Scene) -> Circle:
    """Ada has collected; what Paystack holds is what our books say."""
    circle, payout_id = scene.approved()
    payouts.send_payout(payout_id)
    end(scene, payout_id, "success")
    assert scene.payout(payout_id).status == "paid"
    return circle


def end(scene: Scene, payout_id: int, status: str) -> None:
    scene.client.end_transfer(scene.attempt(payout_id).reference, status)
    scene.advance("3m")
    payouts.check_transfer(scene.attempt(payout_id).id)


def events() -> list[int]:
    return [row.id for row in Inbox.select(Inbox.id).where(Inbox.done_at.is_null()).order_by(Inbox.id)]


def pays_back(scene: Scene, circle: Circle, kobo: int) -> None:
    payment = scene.asked(circle, "Ada", kobo)
    assert scene.client.pay(payment.reference) == ["success"]
    scene.deliver()
    for inbox_id in events():
        inbound.process_event(inbox_id)
    assert scene.payment(payment.id).status == "success"


def approved_claims(scene: Scene, circle: Circle) -> list[int]:
    """Two officers say yes to each that waits."""
    circle.now = scene.now
    waiting = Payout.select().where((Payout.kind == "claim") & (Payout.status == "awaiting_approval"))
    found = [row.id for row in waiting.order_by(Payout.id)]
    for payout_id in found:
        for member_id in approvers_of(circle.group_id, scene.payout(payout_id).member_id)[:2]:
            assert isinstance(circle.approve(circle.name(member_id), scene.payout(payout_id)), Done)
    return found


def test_from_the_order_to_the_last_claim_with_a_bank_that_says_no(scene: Scene):
    circle = one_round(scene)
    dissolve(scene, circle)
    scene.assert_books()
    debt = Obligation.get(Obligation.kind == "unwinding")
    assert debt.amount_kobo == 2 * C

    pays_back(scene, circle, C)
    scene.assert_books()
    first, second = approved_claims(scene, circle)
    assert [scene.payout(each).gross_kobo for each in (first, second)] == [C // 2, C // 2]

    payouts.send_payout(first)
    end(scene, first, "success")
    payouts.send_payout(second)
    end(scene, second, "failed")
    scene.assert_books()
    assert (scene.payout(first).status, scene.payout(second).status) == ("paid", "retry")

    pays_back(scene, circle, C)
    assert Obligation.get_by_id(debt.id).status == "paid"
    scene.assert_books()
    scene.advance("20m")
    payouts.send_payout(second)
    end(scene, second, "success")
    assert Group.get_by_id(circle.group_id).status == "dissolving"
    for payout_id in approved_claims(scene, circle):
        payouts.send_payout(payout_id)
        end(scene, payout_id, "success")

    assert Group.get_by_id(circle.group_id).status == "cancelled"
    sent = Payout.select().where((Payout.kind == "claim") & (Payout.status == "paid"))
    by_seat = {name: sum(row.net_kobo for row in sent if row.seat_id == seat) for name, seat in circle.seats.items()}
    assert by_seat == {"Ada": 0, "Bisi": C, "Chidi": C}
    assert scene.texts("S84e")
    scene.assert_books()
    scene.assert_in_step()


def test_a_charge_that_was_asked_for_before_pays_the_debt_when_it_comes(scene: Scene):
    circle = one_round(scene)
    payment = scene.asked(circle, "Ada")
    dissolve(scene, circle)
    scene.client.pay(payment.reference)
    scene.deliver()
    for inbox_id in events():
        inbound.process_event(inbox_id)
    assert Obligation.get(Obligation.kind == "unwinding").paid_kobo == C
    payments.charge(payment.id)
    scene.assert_books()

"""What docs/operate.md says of a restore: what happened since the dump is found at Paystack; nobody is paid twice."""

from jobs import payouts, reconcile
from jobs.providers import payouts_provider
from models.actions import switches
from models.queries import invariants
from models.rules import codes
from models.tables.money import Suspense
from tests.jobs.scene import Scene


def sent_after_the_dump(scene: Scene, payout_id: int) -> str:
    """The pot arrived, and these books, which were read back from a dump, know nothing of it. Its reference."""
    payout = scene.payout(payout_id)
    part = (payout.pot_number - 1) * 1000 + payout.part
    reference = codes.transfer_reference(payout.cycle.group_id, payout.cycle_id, payout.member_id, part, 1)
    provider = payouts_provider()
    recipient = provider.create_recipient("Ada Obi", scene.account_number(payout_id), payout.bank_account.bank_code)
    provider.transfer(reference, payout.net_kobo, recipient.code, "a pot")
    scene.client.end_transfer(reference, "success")
    return reference


def test_what_was_sent_since_the_dump_stops_all_payouts_and_is_in_suspense(scene: Scene):
    _, payout_id = scene.approved()
    reference = sent_after_the_dump(scene, payout_id)

    reconcile.compare(scene.now)

    assert switches.payouts_stopped() == "unknown_transfer"
    assert [(row.reference, row.direction, row.status) for row in Suspense.select()] == [(reference, "out", "open")]
    assert payouts.send_payout(payout_id) == "stopped"
    scene.assert_books()


def test_a_pot_that_is_approved_again_is_not_paid_again(scene: Scene):
    """Its amount stands in the books twice then, and X1 says so until somebody has reversed the line in suspense."""
    _, payout_id = scene.approved()
    reference = sent_after_the_dump(scene, payout_id)
    reconcile.compare(scene.now)
    switches.resume_payouts(actor="test", now=scene.now)

    payouts.send_payout(payout_id)
    scene.advance("20m")
    payouts.check_transfer(scene.attempt(payout_id).id)

    assert scene.transfers() == [(reference, "success")]
    assert scene.payout(payout_id).status == "paid"
    scene.assert_books()
    assert [each.code for each in invariants.x1(scene.client.balance())] == ["X1"]


def test_a_pot_that_was_approved_before_the_dump_is_found_to_be_paid(scene: Scene):
    """Nothing is left over when it is looked after before the comparison."""
    _, payout_id = scene.approved()
    reference = sent_after_the_dump(scene, payout_id)

    payouts.send_payout(payout_id)
    scene.advance("20m")
    payouts.check_transfer(scene.attempt(payout_id).id)

    assert scene.transfers() == [(reference, "success")]
    assert scene.payout(payout_id).status == "paid"
    scene.assert_in_step()

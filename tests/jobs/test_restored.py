"""What docs/operate.md says of a restore: what happened since the dump is found at Paystack; nobody is paid twice,
and nothing stands in the books twice.
"""

import pytest

from jobs import payouts, reconcile
from jobs.providers import payouts_provider
from models.actions import books, switches, transfers
from models.rules import accounts, codes
from models.tables.ledger import JournalEntry
from models.tables.money import Suspense
from tests.jobs.scene import Scene
from tests.support import circles


def sent_after_the_dump(scene: Scene, payout_id: int, *, more_kobo: int = 0) -> str:
    """The pot arrived, and these books, which were read back from a dump, know nothing of it. Its reference."""
    payout = scene.payout(payout_id)
    part = (payout.pot_number - 1) * 1000 + payout.part
    reference = codes.transfer_reference(payout.cycle.group_id, payout.cycle_id, payout.member_id, part, 1)
    provider = payouts_provider()
    recipient = provider.create_recipient("Ada Obi", scene.account_number(payout_id), payout.bank_account.bank_code)
    provider.transfer(reference, payout.net_kobo + more_kobo, recipient.code, "a pot")
    scene.client.end_transfer(reference, "success")
    return reference


def found_and_let_go(scene: Scene, payout_id: int, **sent: int) -> str:
    """The comparison has put it into suspense, and two people have let payouts go again. Its reference."""
    reference = sent_after_the_dump(scene, payout_id, **sent)
    reconcile.compare(scene.now)
    switches.resume_payouts(actor="test", now=scene.now)
    return reference


def lines() -> list[tuple[str, str, str]]:
    return [(row.reference, row.direction, row.status) for row in Suspense.select()]


def test_what_was_sent_since_the_dump_stops_all_payouts_and_is_in_suspense(scene: Scene):
    _, payout_id = scene.approved()
    reference = sent_after_the_dump(scene, payout_id)

    reconcile.compare(scene.now)

    assert switches.payouts_stopped() == "unknown_transfer"
    assert lines() == [(reference, "out", "open")]
    assert payouts.send_payout(payout_id) == "stopped"
    scene.assert_books()


def test_a_pot_that_is_approved_again_is_found_to_be_paid_and_stands_in_the_books_once(scene: Scene):
    _, payout_id = scene.approved()
    reference = found_and_let_go(scene, payout_id)

    payouts.send_payout(payout_id)
    scene.advance("20m")
    payouts.check_transfer(scene.attempt(payout_id).id)
    payouts.follow_transfer("paystack", reference)
    reconcile.compare(scene.now)

    assert scene.transfers() == [(reference, "success")]
    assert scene.payout(payout_id).status == "paid"
    assert lines() == [(reference, "out", "resolved")]
    assert books.balance(accounts.SUSPENSE_OUT) == 0
    assert JournalEntry.select().where(JournalEntry.kind == "transfer.known").count() == 1
    assert switches.payouts_stopped() is None
    scene.assert_in_step()


def test_it_is_found_to_be_paid_although_its_money_is_no_longer_there(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    """What has left need not be at Paystack a second time; our own float would hide that it is not."""
    monkeypatch.setattr(circles, "FLOAT", 500_00)
    _, payout_id = scene.approved()
    found_and_let_go(scene, payout_id)
    assert books.balance(accounts.PAYSTACK_BALANCE) < scene.payout(payout_id).net_kobo

    payouts.send_payout(payout_id)
    scene.advance("20m")
    payouts.check_transfer(scene.attempt(payout_id).id)

    assert scene.payout(payout_id).status == "paid"
    scene.assert_in_step()


@pytest.mark.parametrize("more_kobo", [1, -1])
@pytest.mark.parametrize("compared", [True, False])
def test_another_amount_than_ours_is_not_booked_as_the_pot(scene: Scene, more_kobo: int, compared: bool):
    """The dump knows of another pot than was sent: people have to look, and everything waits for them."""
    _, payout_id = scene.approved()
    reference = sent_after_the_dump(scene, payout_id, more_kobo=more_kobo)
    if compared:
        reconcile.compare(scene.now)
        switches.resume_payouts(actor="test", now=scene.now)

    payouts.send_payout(payout_id)
    scene.advance("20m")
    payouts.check_transfer(scene.attempt(payout_id).id)

    assert switches.payouts_stopped() == f"other_amount {reference}"
    assert scene.payout(payout_id).status == "in_flight"
    assert lines() == ([(reference, "out", "open")] if compared else [])
    assert scene.transfers() == [(reference, "success")]
    scene.assert_books()


def test_one_that_these_books_cannot_pay_for_stops_all_payouts_and_is_booked_once_they_can(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    """What it was paid with came in after the dump as well, and has not been found yet."""
    monkeypatch.setattr(books, "open_float", lambda *_: None)
    _, payout_id = scene.approved()
    monkeypatch.undo()
    scene.client.tune(opening_balance_kobo=10_000_000_00)
    reference = sent_after_the_dump(scene, payout_id, more_kobo=1_000_000_00)

    reconcile.compare(scene.now)
    assert (switches.payouts_stopped(), lines()) == ("unknown_transfer", [])
    scene.assert_books()

    books.open_float(2_000_000_00, scene.now)
    reconcile.compare(scene.now)
    assert lines() == [(reference, "out", "open")]
    scene.assert_books()


def test_one_that_came_back_meanwhile_is_sent_again_under_another_name(scene: Scene):
    _, payout_id = scene.approved()
    reference = found_and_let_go(scene, payout_id)
    scene.client.end_transfer(reference, "reversed")

    payouts.send_payout(payout_id)
    scene.advance("20m")
    payouts.check_transfer(scene.attempt(payout_id).id)

    assert [each.status for each in scene.attempts(payout_id)] == ["failed", "created"]
    assert lines() == [(reference, "out", "resolved")]
    scene.assert_in_step()


def test_one_that_came_back_before_it_was_approved_again_is_explained(scene: Scene):
    """Also of a transfer that nobody of us ever made: its money is back, so that the books say so."""
    _, payout_id = scene.approved()
    reference = found_and_let_go(scene, payout_id)
    scene.client.end_transfer(reference, "reversed")

    assert payouts.follow_transfer("paystack", reference) == "not_ours"
    assert payouts.follow_transfer("paystack", reference) == "not_ours"

    assert lines() == [(reference, "out", "resolved")]
    scene.assert_in_step()


@pytest.mark.parametrize("compared", [True, False])
def test_an_account_that_is_refused_now_does_not_make_the_transfer_a_failure(scene: Scene, compared: bool):
    """Else it would be sent to her once more, under the next reference."""
    _, payout_id = scene.approved()
    reference = sent_after_the_dump(scene, payout_id)
    if compared:
        reconcile.compare(scene.now)
        switches.resume_payouts(actor="test", now=scene.now)

    with scene.broken("paystack.recipient", "error_before_effect", 400):
        payouts.send_payout(payout_id)
    scene.advance("20m")
    payouts.check_transfer(scene.attempt(payout_id).id)

    assert scene.transfers() == [(reference, "success")]
    assert (len(scene.attempts(payout_id)), scene.payout(payout_id).status) == (1, "paid")
    scene.assert_in_step()


def test_one_that_has_become_ours_meanwhile_is_not_booked_as_unknown(scene: Scene):
    _, payout_id = scene.approved()
    reference = sent_after_the_dump(scene, payout_id)
    payouts.send_payout(payout_id)

    assert not transfers.unknown_transfer(reference, scene.payout(payout_id).net_kobo, scene.now)
    assert lines() == []


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

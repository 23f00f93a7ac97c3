"""Every kobo of a group and of the house, explained at each step of its life."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from models.actions import cycles, payments, penalties
from models.actions.payouts import approve_payout
from models.actions.short_pots import pay_short
from models.commands import ApprovePayout, PayShort
from models.queries.explain import GroupBooks, explain_group, house_totals
from models.rules import fees
from tests.support.circles import FLOAT, NAIRA, Circle, running_group, settle
from tests.support.undone import connected, undone

DAY = timedelta(days=1)
C = 5_000 * NAIRA


@pytest.fixture(scope="module")
def running(database, environ) -> Iterator[Circle]:
    """Three people; the first pot is Ada's."""
    with connected(database, environ):
        yield running_group(3)


@pytest.fixture
def circle(running) -> Iterator[Circle]:
    with undone():
        yield replace(running)


def explained(circle: Circle) -> GroupBooks:
    """The group's books, which have to add up whenever somebody looks; so does the house."""
    found = explain_group(circle.group_id)
    assert found.differences == ()
    house = house_totals()
    assert house.cash_kobo == house.members_kobo + house.suspense_kobo + house.float_kobo + house.earned_kobo
    return found


def test_a_group_that_has_just_started_is_owed_everything(circle):
    found = explained(circle)
    assert [(cycle.number, cycle.status, cycle.collects) for cycle in found.cycles] == [
        (1, "open", ("Ada Okafor",)),
        (2, "scheduled", ("Bisi Okafor",)),
        (3, "scheduled", ("Chidi Okafor",)),
    ]
    first = found.cycles[0]
    assert first.owed == (("Ada Okafor", C), ("Bisi Okafor", C), ("Chidi Okafor", C))
    assert (first.paid_in, first.paid_out, first.pot_kobo, first.held_kobo) == ((), (), 0, 0)
    assert (found.received_kobo, found.held_kobo, found.sent_kobo) == (0, 0, 0)


def test_it_says_who_paid_what_and_when(circle):
    payment = circle.pay("Bisi", 2_000 * NAIRA)
    (line,) = explained(circle).cycles[0].paid_in
    assert (line.who, line.turn, line.short_ref, line.paid_at) == ("Bisi Okafor", 2, payment.short_ref, circle.now)
    assert (line.contribution_kobo, line.collection_fee_kobo, line.late) == (2_000 * NAIRA, payment.fee_kobo, False)
    assert line.total_kobo == payment.received_kobo


def test_it_follows_a_pot_to_the_bank_and_back(circle):
    circle.all_pay()
    full = explained(circle)
    assert (full.held_kobo, full.cycles[0].held_kobo, full.cycles[0].pot_kobo) == (3 * C, 3 * C, 3 * C)
    attempt = circle.send(circle.approve_twice())
    on_its_way = explained(circle)
    assert (on_its_way.held_kobo, on_its_way.cycles[0].held_kobo) == (3 * C, 0)
    circle.arrive(attempt, fee_kobo=25 * NAIRA)
    sent = explained(circle)
    fee = fees.service_fee(3 * C, 100)
    assert (sent.sent_kobo, sent.service_fees_kobo, sent.held_kobo) == (3 * C - fee, fee, 0)
    (out,) = sent.cycles[0].paid_out
    assert (out.who, out.status, out.gross_kobo, out.service_fee_kobo, out.net_kobo, out.transfer_fee_kobo) == (
        "Ada Okafor", "paid", 3 * C, fee, 3 * C - fee, 25 * NAIRA,
    )  # fmt: skip
    assert out.bank.startswith("GTBank ***")
    assert len(out.bank) == len("GTBank ***") + 4
    circle.arrive(attempt, "reversed")
    back = explained(circle)
    assert (back.sent_kobo, back.held_kobo, back.cycles[0].paid_out[0].status) == (0, 3 * C - fee, "returned")


def test_it_follows_one_payment_into_two_cycles_and_a_late_fee(circle):
    circle.pay("Ada")
    circle.pay("Bisi")
    circle.now = circle.cycle(1).due_at + 2 * DAY
    cycles.pass_cutoffs(circle.now)
    for late in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(late, circle.now, checked_at=circle.now)
    pay_short(PayShort(circle.cycle(1).id), circle.context("Bisi"))
    approve_payout(ApprovePayout(circle.payout().id, circle.payout().payload_hash), circle.context("Chidi"))
    circle.arrive(circle.send())
    assert circle.cycle(2).status == "open"
    circle.pay("Chidi", 2 * C + 200 * NAIRA)
    found = explained(circle)
    first, second = found.cycles[0].paid_in[-1], found.cycles[1].paid_in[-1]
    assert (first.who, first.late, first.contribution_kobo, first.late_fee_kobo) == ("Chidi Okafor", True, C, 20_000)
    assert (second.who, second.late, second.contribution_kobo, second.late_fee_kobo) == ("Chidi Okafor", False, C, 0)
    assert first.short_ref == second.short_ref
    assert found.late_fees_kobo == 200 * NAIRA
    assert f"liab.penalty_pool:{circle.group_id}" in dict(found.balances)


def test_it_shows_what_became_a_members_own(circle):
    paid_twice = circle.ask("Ada")
    circle.pay("Ada")
    circle.settle(paid_twice)
    found = explained(circle)
    assert found.wallets_kobo == paid_twice.amount_kobo + paid_twice.fee_kobo
    assert {line.short_ref: line.wallet_kobo for line in found.cycles[0].paid_in}[
        paid_twice.short_ref
    ] == found.wallets_kobo
    assert house_totals().members_kobo == C + found.wallets_kobo


def test_money_that_cannot_be_placed_is_listed_apart(circle):
    foreign = circle.ask("Ada")
    circle.settle(foreign, 100_00, currency="GHS", fee_kobo=200)
    settle("ajo-c-999-1-deadbeef", 700 * NAIRA, circle.now)
    payments.payment_ended(circle.ask("Bisi").reference, "failed", circle.now)
    found = explained(circle)
    assert found.foreign == ((foreign.short_ref, 98_00, "GHS"),)
    assert found.received_kobo == 0
    assert house_totals().suspense_kobo == 700 * NAIRA


def test_a_whole_circle_comes_to_nothing_but_fees(circle):
    for _ in range(3):
        circle.all_pay()
        explained(circle)
        circle.pay_out()
        explained(circle)
        circle.now += 7 * DAY
    found = explained(circle)
    assert (found.status, found.held_kobo, found.balances) == ("completed", 0, ())
    assert found.sent_kobo + found.service_fees_kobo == found.pots_kobo == 9 * C
    assert [cycle.status for cycle in found.cycles] == ["settled"] * 3
    house = house_totals()
    assert (house.members_kobo, house.float_kobo) == (0, FLOAT)
    assert house.service_fees_kobo == found.service_fees_kobo
    assert house.cash_kobo == FLOAT + house.earned_kobo


def test_a_difference_is_said_in_words(circle):
    circle.pay("Ada")
    wrong = replace(explained(circle), pots_kobo=1)
    assert "into pots 1, by payment 500000" in wrong.differences

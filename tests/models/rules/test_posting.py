"""Postings: each one balances for any amounts, is named after its fact, and says what the chart of accounts says."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import accounts, posting
from models.rules.posting import Entry, Leg, Part, Unbalanced

kobo = st.integers(1, 10**11)
some = st.integers(0, 10**11)
kinds = st.sampled_from(["contribution", "deposit", "penalty", "unwinding"])
parts = st.lists(st.builds(Part, kinds, *[st.integers(1, 5)] * 3, some), max_size=6)

SIMPLE: dict[str, Callable[[int], Entry]] = {
    "due:1:2": lambda x: posting.obligation_raised(1, 2, x),
    "penalty:1:2:late": lambda x: posting.penalty_raised(1, 2, "late", 3, x),
    "settle:9": lambda x: posting.settled(9, x),
    "apply:1:3": lambda x: posting.wallet_applied(1, 3, 7, [Part("contribution", 1, 2, 9, x)]),
    "float:1": lambda x: posting.float_opened(1, x),
    "reserve:5": lambda x: posting.reserved(5, 2, x),
    "release:5": lambda x: posting.released(5, 2, x),
    "returned:ref": lambda x: posting.returned("ref", 7, x),
    "repay:5:1": lambda x: posting.repaid(5, 1, 7, x),
    "tfee:ref": lambda x: posting.transfer_fee_charged("ref", x),
    "close:1:2:contribution": lambda x: posting.obligation_closed(Part("contribution", 1, 2, 3, x)),
    "close:1:2:penalty:late": lambda x: posting.obligation_closed(Part("penalty", 1, 2, 3, x), "late"),
    "unwind:pot:2": lambda x: posting.pot_unwound(2, 3, x),
    "unwind:deposit:1": lambda x: posting.deposit_unwound(1, 3, x),
    "unwind:pool:3": lambda x: posting.pool_unwound(3, x),
    "claim:1": lambda x: posting.claim_raised(1, 3, x),
    "debt:1": lambda x: posting.debt_raised(1, 3, x),
    "reserve:6": lambda x: posting.claim_reserved(6, 3, 1, x),
    "release:6": lambda x: posting.claim_released(6, 3, 1, x),
    "xferunk:ref": lambda x: posting.unknown_transfer("ref", x),
    "suspense:5": lambda x: posting.transfer_known(5, "ref", x),
    "suspense:6": lambda x: posting.transfer_settled(6, "exp.loss", x),
}


def balanced(entry: Entry) -> bool:
    books: dict[str, int] = {}
    for leg in entry.legs:
        books[posting.book(leg.account)] = books.get(posting.book(leg.account), 0) + leg.amount
    return not any(books.values()) and all(leg.amount for leg in entry.legs) and list(entry.legs) == sorted(entry.legs)


def amounts(entry: Entry) -> dict[str, int]:
    return {leg.account: leg.amount for leg in entry.legs}


@pytest.mark.parametrize("idem", SIMPLE)
@given(x=kobo)
def test_a_simple_posting_balances_and_has_its_name(idem: str, x: int) -> None:
    entry = SIMPLE[idem](x)
    assert balanced(entry)
    assert entry.idem == idem


@pytest.mark.parametrize("idem", SIMPLE)
@pytest.mark.parametrize("x", [0, -1])
def test_nothing_and_less_than_nothing_cannot_be_posted(idem: str, x: int) -> None:
    with pytest.raises(Unbalanced):
        SIMPLE[idem](x)


@given(parts, some, some, some)
def test_any_receipt_balances(parts: list[Part], recovery: int, wallet: int, fee: int) -> None:
    received = sum(part.kobo for part in parts) + recovery + wallet
    if received == 0:
        return
    entry = posting.charge(
        "r", 7, received_kobo=received, provider_fee_kobo=min(fee, received - 1), parts=parts,
        recovery_kobo=recovery, wallet_kobo=wallet,
    )  # fmt: skip
    assert balanced(entry)
    assert entry.idem == "charge:r"
    assert sum(leg.amount for leg in entry.legs if leg.account.startswith("due.seat")) == -sum(p.kobo for p in parts)


@given(parts, some, st.integers(-100, 100).filter(bool))
def test_a_receipt_that_is_not_placed_in_full_cannot_be_made(parts: list[Part], wallet: int, off: int) -> None:
    received = sum(part.kobo for part in parts) + wallet + off
    with pytest.raises(Unbalanced):
        posting.charge(
            "r", 7, received_kobo=received, provider_fee_kobo=0, parts=parts, recovery_kobo=0, wallet_kobo=wallet
        )


def test_a_contribution_with_its_fee_and_what_is_over() -> None:
    entry = posting.charge(
        "r", 7, received_kobo=620_000, provider_fee_kobo=19_300,
        parts=[Part("contribution", 1, 2, 3, 500_000), Part("penalty", 1, 2, 3, 20_000)],
        recovery_kobo=17_800, wallet_kobo=82_200,
    )  # fmt: skip
    assert amounts(entry) == {
        "cash.paystack_clearing": 600_700,
        "exp.psp_fees": 19_300,
        "liab.pot:2": -500_000,
        "liab.penalty_pool:3": -20_000,
        "inc.fee_recovery": -17_800,
        "liab.wallet:7": -82_200,
        "due.contrib:2": 500_000,
        "due.penalty:3": 20_000,
        "due.seat:1": -520_000,
    }


def test_a_deposit_is_held_for_the_seat() -> None:
    entry = posting.charge(
        "r", 7, received_kobo=100, provider_fee_kobo=2, parts=[Part("deposit", 1, 2, 3, 100)],
        recovery_kobo=0, wallet_kobo=0,
    )  # fmt: skip
    assert amounts(entry) == {
        "cash.paystack_clearing": 98,
        "exp.psp_fees": 2,
        "liab.deposit:1": -100,
        "due.deposit:1": 100,
        "due.seat:1": -100,
    }


@pytest.mark.parametrize(("fee", "recovery", "wallet"), [(-1, 0, 100), (101, 0, 100), (0, -5, 105), (0, 105, -5)])
def test_no_part_of_a_receipt_is_negative(fee: int, recovery: int, wallet: int) -> None:
    with pytest.raises(Unbalanced):
        posting.charge(
            "r", 7, received_kobo=100, provider_fee_kobo=fee, parts=[], recovery_kobo=recovery, wallet_kobo=wallet
        )


def test_an_unknown_kind_of_obligation_is_a_bug() -> None:
    with pytest.raises(ValueError, match="not a kind"):
        posting.charge(
            "r", 7, received_kobo=1, provider_fee_kobo=0, parts=[Part("gift", 1, 2, 3, 1)],
            recovery_kobo=0, wallet_kobo=0,
        )  # fmt: skip


@given(kobo, some)
def test_what_cannot_be_placed_is_in_suspense_to_the_last_kobo(received: int, fee: int) -> None:
    entry = posting.charge_to_suspense("r", received_kobo=received, provider_fee_kobo=min(fee, received))
    assert balanced(entry)
    assert amounts(entry)["liab.suspense_in"] == -received
    assert entry.idem == "charge:r", "the same receipt cannot be both placed and in suspense"


@given(kobo, some, some)
def test_a_paid_payout_empties_its_clearing(gross: int, fee: int, transfer: int) -> None:
    fee = min(fee, gross)
    entry = posting.paid("ref", 5, gross_kobo=gross, service_fee_kobo=fee, transfer_fee_kobo=transfer)
    assert balanced(entry)
    legs = amounts(entry)
    assert legs["liab.payout_clearing:5"] == gross
    assert -legs.get("cash.paystack_balance", 0) == gross - fee + transfer
    assert -legs.get("inc.service_fee", 0) == fee


def test_a_payout_of_less_than_its_fee_cannot_be_posted() -> None:
    with pytest.raises(Unbalanced, match="never negative"):
        posting.paid("ref", 5, gross_kobo=10, service_fee_kobo=11, transfer_fee_kobo=0)


@given(kobo)
def test_a_return_and_a_repay_end_where_the_first_success_did(net: int) -> None:
    story = [
        posting.returned("ref", 7, net),
        posting.repaid(5, 1, 7, net),
        posting.paid("ref2", 5, gross_kobo=net, service_fee_kobo=0, transfer_fee_kobo=0),
    ]
    total: dict[str, int] = {}
    for entry in story:
        for leg in entry.legs:
            total[leg.account] = total.get(leg.account, 0) + leg.amount
    assert not any(total.values())


@given(kobo)
def test_the_waiver_of_an_unpaid_late_fee_is_its_exact_opposite(x: int) -> None:
    raised = posting.penalty_raised(1, 2, "late", 3, x)
    waived = posting.penalty_waived(1, 2, "late", 3, 7, unpaid_kobo=x)
    assert waived.reverses == raised.idem
    assert waived.kind == "penalty.waive"
    assert waived.legs == tuple(Leg(leg.account, -leg.amount) for leg in raised.legs)


@given(some, kobo)
def test_the_waiver_of_a_paid_late_fee_gives_the_money_back(unpaid: int, paid: int) -> None:
    entry = posting.penalty_waived(1, 2, "late", 3, 7, unpaid_kobo=unpaid, paid_kobo=paid)
    assert balanced(entry)
    assert entry.reverses is None
    assert amounts(entry)["liab.wallet:7"] == -paid
    assert amounts(entry).get("due.seat:1", 0) == -unpaid


@pytest.mark.parametrize(
    "legs",
    [
        (),
        (Leg("cash.bank", 1),),
        (Leg("cash.bank", 1), Leg("liab.pot:1", -2)),
        (Leg("cash.bank", 1), Leg("due.seat:1", -1)),
        (Leg("liab.pot:1", -1), Leg("cash.bank", 1)),
        (Leg("cash.bank", 1), Leg("cash.bank", -1)),
        (Leg("cash.bank", 0), Leg("liab.pot:1", 0)),
    ],
)
def test_an_entry_that_is_not_in_order_cannot_exist(legs: tuple[Leg, ...]) -> None:
    with pytest.raises(Unbalanced):
        Entry("any", "any", legs)


@pytest.mark.parametrize(
    ("account", "book", "sign"),
    [
        ("cash.paystack_clearing", "CASH", 1),
        ("recv.chargeback:4", "CASH", 1),
        ("asset.suspense_out", "CASH", 1),
        ("liab.pot:4", "CASH", -1),
        ("liab.suspense_in", "CASH", -1),
        ("inc.service_fee", "CASH", 0),
        ("exp.psp_fees", "CASH", 0),
        ("equity.float", "CASH", 0),
        ("due.seat:4", "DUE", 1),
        ("due.contrib:4", "DUE", 0),
    ],
)
def test_the_book_and_the_sign_of_an_account(account: str, book: str, sign: int) -> None:
    assert (posting.book(account), posting.sign(account)) == (book, sign)


def test_an_account_outside_the_chart_is_a_bug() -> None:
    with pytest.raises(ValueError, match="chart of accounts"):
        accounts.sign("liab.pocket:1")

"""One place says what a country is: its money, its numbers, its hour, its ways to pay."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from models import country, money, phones
from models.actions import books
from models.queries.readiness import in_other_money
from models.rules import fees, posting, schedule
from models.tables.ledger import Account
from tests.support.databases import Database
from tests.support.time import A_MONDAY_MORNING


@pytest.fixture
def ghana() -> Iterator[country.Country]:
    country.use("GH")
    yield country.home()
    country.use("NG")


def test_every_country_is_whole():
    for code, each in country.COUNTRIES.items():
        assert code == each.code == each.region
        assert set(each.least_charge) == set(each.pay_ways)
        assert ("mobile_money" in each.pay_ways) == bool(each.operators)
        assert code in fees.TARIFFS


def test_a_country_that_nobody_knows_is_a_bug():
    with pytest.raises(KeyError):
        country.use("XX")
    assert country.home().code == "NG"


def test_money_is_the_countrys(ghana):
    assert money.show(50_00) == "GHC50"
    assert [money.parse(text) for text in ("50", "GHS 50", "ghc50.50", "₵50")] == [50_00, 50_00, 50_50, 50_00]
    assert money.parse("N50") is None


def test_naira_is_read_in_nigeria_only():
    assert money.parse("N50") == 50_00
    assert money.parse("GHS 50") is None


def test_a_number_is_read_as_it_is_written_there(ghana):
    assert phones.parse("055 123 4987") == "+233551234987"
    assert phones.parse("08031234567") is None
    assert phones.local("+233551234987") == "0551234987"


def test_the_day_is_cut_off_by_the_clock_of_the_country(ghana):
    assert schedule.cutoff_at(date(2026, 11, 27)) == datetime(2026, 11, 27, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phone", "name"),
    [("+233551234987", "mtn"), ("+233201234567", "vod"), ("+233271234567", "atl"), ("+233231234567", None)],
)
def test_the_operator_is_guessed_from_her_number(ghana, phone: str, name: str | None):
    found = ghana.operator_of(phone)

    assert (found and found.type) == name


def test_ghana_pays_its_own_fee(ghana):
    assert fees.paystack_collection_fee(100_00) == 1_95
    assert fees.gross_up(100_00) == (1_99, 101_99)
    assert fees.transfer_fee(1_000_00) == 8_00


def test_the_books_have_one_money(db: Database):
    Account.insert(id="cash.paystack_balance", book="CASH", sign=1, currency="GHS").execute()
    with pytest.raises(Exception, match="the books are kept in GHS"):
        Account.insert(id="liab.suspense_in", book="CASH", sign=-1, currency="NGN").execute()
    Account.insert(id="liab.suspense_in:NGN", book="CASH", sign=-1, currency="NGN").execute()


def test_a_country_that_was_changed_is_noticed_before_it_does_harm(db: Database, ghana):
    country.use("NG")
    books.open_float(1_000_00, A_MONDAY_MORNING)
    assert in_other_money() == []

    country.use("GH")

    assert in_other_money() == ["the books are kept in NGN, and COUNTRY=GH has GHS"]
    with pytest.raises(ValueError, match="the country was changed"):
        books.post(posting.float_opened(2, 1_000_00), actor="test", now=A_MONDAY_MORNING)

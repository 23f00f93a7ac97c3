"""The books' only writer."""

from datetime import UTC, datetime

import pytest
from peewee import DatabaseError

from models.actions import books
from models.base import database, transaction
from models.rules import accounts, posting
from models.rules.posting import Entry, Leg
from models.tables.ledger import Account, Audit, JournalEntry, JournalLeg

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_it_writes_an_entry_with_its_legs_and_its_audit_row(db):
    entry_id = books.open_float(500, NOW)
    legs = [(leg.n, leg.account_id, leg.amount) for leg in JournalLeg.select().order_by(JournalLeg.n)]
    assert legs == [(1, "cash.paystack_balance", 500), (2, "equity.float", -500)]
    header = JournalEntry.get_by_id(entry_id)
    assert (header.kind, header.idem, header.actor, header.legs) == ("float", "float:1", "system", 2)
    assert header.effective_at == header.created_at == NOW
    assert Audit.get(Audit.entry == entry_id).subject == "float:1"


def test_it_writes_the_same_fact_once(db):
    assert books.open_float(500, NOW) is not None
    assert books.open_float(700, NOW) is None
    assert books.balance(accounts.PAYSTACK_BALANCE) == 500


def test_it_leaves_the_transaction_usable_when_somebody_else_was_faster(db, monkeypatch):
    """Both have looked, neither saw the entry; the second one's legs must vanish without a trace."""
    books.open_float(500, NOW)
    monkeypatch.setattr(JournalEntry, "select", _blind_once(JournalEntry.select))

    @transaction
    def second():
        assert books.open_float(500, NOW) is None
        return books.post(posting.float_opened(2, 5), actor="system", now=NOW)

    assert second() is not None
    assert books.balance(accounts.PAYSTACK_BALANCE) == 505


def _blind_once(select):
    calls = []

    def look(*fields):
        calls.append(fields)
        return select(*fields) if len(calls) > 1 else select(*fields).where(JournalEntry.id == 0)

    return look


def test_it_refuses_to_overdraw_and_then_nothing_has_happened(db):
    books.open_float(500, NOW)
    with pytest.raises(DatabaseError, match="overdrawn: cash.paystack_clearing"):
        books.post(posting.settled(1, 1), actor="system", now=NOW)
    assert books.balance(accounts.PAYSTACK_BALANCE) == 500
    assert JournalEntry.select().count() == 1


def test_it_opens_accounts_by_the_chart(db):
    books.open_float(500, NOW)
    assert [(row.id, row.book, row.sign) for row in Account.select().order_by(Account.id)] == [
        ("cash.paystack_balance", "CASH", 1),
        ("equity.float", "CASH", 0),
    ]


def test_it_refuses_an_account_outside_the_chart(db):
    with pytest.raises(ValueError, match="not in the chart"):
        Entry("test", "test:1", (Leg("cash.mine", 5), Leg("equity.float", -5)))


def test_it_keeps_other_currencies_on_accounts_of_their_own(db):
    entry = posting.charge_to_suspense("ajo-c-1-1-00000000", received_kobo=700, provider_fee_kobo=0)
    books.post(entry, actor="system", now=NOW, currency="GHS")
    rows = database.execute_sql("SELECT account_id, amount FROM account_balance ORDER BY 1").fetchall()
    assert rows == [("cash.paystack_clearing:GHS", 700), ("liab.suspense_in:GHS", -700)]
    assert Account.get_by_id("liab.suspense_in:GHS").currency == "GHS"


def test_it_links_a_reversal_to_what_it_reverses(db):
    raised = books.post(posting.penalty_raised(1, 2, "late", 3, 500), actor="system", now=NOW)
    waiver = posting.penalty_waived(1, 2, "late", 3, 4, unpaid_kobo=500)
    entry_id = books.post(waiver, actor="staff:1", now=NOW)
    assert JournalEntry.get_by_id(entry_id).reverses_id == raised
    assert books.balance(accounts.due_seat(1)) == 0

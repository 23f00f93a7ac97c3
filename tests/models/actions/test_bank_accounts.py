"""Payout accounts: the bank's word, her PIN, everybody told, and a day of waiting."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import policy
from models.actions import bank_accounts
from models.actions.bank_accounts import BankRow
from models.base import database
from models.commands import ConfirmBankAccount, LookUpAccount, Secret
from models.doorbell import Ring, collecting
from models.queries import people
from models.queries.due import due
from models.queries.facts import DatabaseFacts
from models.rules.refused import Refused
from models.tables.people import Bank, BankAccount
from tests.support.cast import ADA, BISI, DAYO, ask, do, form_group, register, told

LOOK_UP = LookUpAccount("058", "GTBank", Secret("0123456789"))


@pytest.fixture
def bisi(db, clock):
    register(BISI, clock())
    return BISI


def entered(person, now, name="BISI OLUFUNKE ALADE"):
    """An account that the bank has answered for; its id."""
    account_id = do(person, LOOK_UP, now)["bank_account_id"]
    assert bank_accounts.claim_lookup(account_id, now) == ("058", "0123456789")
    bank_accounts.account_resolved(account_id, name, now)
    return account_id


def test_entering_an_account_has_the_bank_asked(bisi, clock):
    with collecting() as rings:
        done = do(bisi, LOOK_UP, clock())
    assert rings == [Ring("look_up_account", done["bank_account_id"])]
    assert not done["ready"]
    assert Ring("look_up_account", done["bank_account_id"]) in due(clock())
    assert DatabaseFacts(bisi.phone, clock()).bank_account().status == "checking"


def test_the_answer_of_the_bank_is_there_for_the_hop_that_waits(bisi, clock):
    account_id = entered(bisi, clock())
    assert people.looked_up(account_id, bisi.member_id) == {
        "bank_account_id": account_id,
        "ready": True,
        "found": True,
        "bank_name": "GTBank",
        "account_number": "0123456789",
        "account_name": "BISI OLUFUNKE ALADE",
        "matches": True,
    }
    register(DAYO, clock())
    assert people.looked_up(account_id, DAYO.member_id) is None
    assert DatabaseFacts(DAYO.phone, clock()).bank_account() is None


@pytest.mark.parametrize("number", ["", "012345678", "01234567890", "01234x6789", "٠١٢٣٤٥٦٧٨٩"])
def test_an_account_number_has_ten_digits(bisi, clock, number):
    assert ask(bisi, replace(LOOK_UP, account_number=Secret(number)), clock()) == Refused("bad_account_number")
    assert BankAccount.select().count() == 0


def test_number_and_name_are_sealed(bisi, clock):
    entered(bisi, clock())
    (text,) = database.execute_sql("SELECT b::text FROM bank_account b").fetchone()
    for secret in ("0123456789", "OLUFUNKE"):
        assert secret not in text
        assert secret.encode().hex() not in text


def test_a_confirmed_account_waits_a_day_and_both_she_and_her_heads_are_told(db, clock):
    form_group(clock(), size=3)
    account_id = entered(BISI, clock())
    assert do(BISI, ConfirmBankAccount(account_id), clock()) == {"usable_on": "2026-03-03"}
    assert DatabaseFacts(BISI.phone, clock()).bank_account().status == "cooling"
    assert told(BISI, "S19")[0].facts == {"bank": "GTBank", "last4": "6789", "date": "Tue 3 Mar"}
    assert told(ADA, "S19h")[0].facts == {"who": "Bisi Alade", "group": "Mama Titi Ajo", "date": "Tue 3 Mar"}
    clock.set(clock() + policy.values().cooling_off - timedelta(microseconds=1))
    assert DatabaseFacts(BISI.phone, clock()).bank_account().status == "cooling"
    clock.set(clock() + timedelta(microseconds=1))
    assert DatabaseFacts(BISI.phone, clock()).bank_account().status == "usable"


def test_a_new_account_retires_the_old_one_only_when_it_is_confirmed(bisi, clock):
    first = entered(bisi, clock())
    do(bisi, ConfirmBankAccount(first), clock())
    second = entered(bisi, clock())
    assert BankAccount.get_by_id(first).status == "confirmed"
    do(bisi, ConfirmBankAccount(second), clock())
    assert [row.status for row in BankAccount.select().order_by(BankAccount.id)] == ["retired", "confirmed"]


def test_somebody_elses_account_is_not_taken(bisi, clock):
    account_id = entered(bisi, clock(), name="SANI MUSA")
    card = DatabaseFacts(bisi.phone, clock()).bank_account()
    assert (card.status, card.matches, card.account_name) == ("found", False, "SANI MUSA")
    assert ask(bisi, ConfirmBankAccount(account_id), clock()) == Refused("name_differs")


def test_only_an_account_that_the_bank_knows_and_that_is_hers_is_confirmed(bisi, clock):
    account_id = do(bisi, LOOK_UP, clock())["bank_account_id"]
    assert ask(bisi, ConfirmBankAccount(account_id), clock()) == Refused("gone")
    bank_accounts.account_resolved(account_id, None, clock())
    assert DatabaseFacts(bisi.phone, clock()).bank_account().status == "not_found"
    assert ask(bisi, ConfirmBankAccount(account_id), clock()) == Refused("gone")
    mine = entered(bisi, clock())
    register(DAYO, clock())
    assert ask(DAYO, ConfirmBankAccount(mine), clock()) == Refused("gone")


def test_a_look_up_is_made_by_one_worker_and_again_when_that_one_died(bisi, clock):
    account_id = do(bisi, LOOK_UP, clock())["bank_account_id"]
    assert bank_accounts.claim_lookup(account_id, clock()) is not None
    assert bank_accounts.claim_lookup(account_id, clock()) is None
    clock.set(clock() + bank_accounts.LEASE)
    assert bank_accounts.claim_lookup(account_id, clock()) is not None


def test_a_bank_that_cannot_be_asked_is_asked_later_and_not_for_ever(bisi, clock):
    account_id = do(bisi, LOOK_UP, clock())["bank_account_id"]
    tries = 0
    while Ring("look_up_account", account_id) in due(clock()):
        assert bank_accounts.claim_lookup(account_id, clock())
        bank_accounts.lookup_failed(account_id, clock())
        assert Ring("look_up_account", account_id) not in due(clock())
        clock.advance("1h")
        tries += 1
    assert tries == bank_accounts.LOOKUPS
    assert BankAccount.get_by_id(account_id).status == "not_found"


def test_an_answer_that_comes_twice_changes_nothing(bisi, clock):
    account_id = entered(bisi, clock())
    assert not bank_accounts.account_resolved(account_id, "SANI MUSA", clock())
    assert not bank_accounts.account_resolved(account_id, None, clock())
    assert DatabaseFacts(bisi.phone, clock()).bank_account().account_name == "BISI OLUFUNKE ALADE"


def test_the_banks_of_the_first_screen_are_there_from_the_start(bisi, clock):
    assert [bank.name for bank in DatabaseFacts(bisi.phone, clock()).banks()][:5] == [
        "GTBank", "Access", "First Bank", "UBA", "Zenith",
    ]  # fmt: skip


def test_the_providers_list_is_taken_over_and_our_short_names_stay(bisi, clock):
    listed = [BankRow("058", "Guaranty Trust Bank PLC"), BankRow("090001", "New Bank MFB")]
    assert bank_accounts.refresh_banks(listed, clock()) == 2
    assert [(bank.code, bank.name) for bank in DatabaseFacts(bisi.phone, clock()).banks()] == [
        ("058", "GTBank"), ("090001", "New Bank MFB"),
    ]  # fmt: skip
    assert Bank.get_by_id("044").active is False
    assert bank_accounts.refresh_banks([], clock()) == 0
    assert len(DatabaseFacts(bisi.phone, clock()).banks()) == 2

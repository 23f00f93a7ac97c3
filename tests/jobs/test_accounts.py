"""The bank is asked whose account it is, and which banks there are."""

import pytest

from bot.queue import wait_answer
from jobs import accounts
from jobs.schedule import run_by_hand
from models.commands import LookUpAccount, Secret
from models.tables.people import Bank, BankAccount
from tests.jobs.scene import Scene
from tests.support.cast import ADA, do, register

NUMBER = "0123456785"


@pytest.fixture
def account_id(scene: Scene) -> int:
    register(ADA, scene.now)
    return int(do(ADA, LookUpAccount("058", "GTBank", Secret(NUMBER)), scene.now)["bank_account_id"])


def status(account_id: int) -> str:
    return BankAccount.get_by_id(account_id).status


def test_the_name_comes_and_whoever_waits_is_told(scene: Scene, account_id: int):
    scene.client.name_account("058", NUMBER, "OKAFOR ADA NGOZI")

    assert accounts.look_up_account(account_id) == "Resolved"
    assert accounts.look_up_account(account_id) == "nothing to do"

    assert (status(account_id), BankAccount.get_by_id(account_id).matches) == ("found", True)
    assert wait_answer("look_up_account", account_id, 100)


def test_an_account_that_no_bank_knows(scene: Scene, account_id: int):
    scene.client.name_account("058", NUMBER, None)

    assert accounts.look_up_account(account_id) == "AccountNotFound"
    assert status(account_id) == "not_found"


@pytest.mark.parametrize("knob", ["rate_limited", "daily_limit", "lose_answer", "html_body"])
def test_a_bank_that_cannot_be_asked_now_is_asked_again(scene: Scene, account_id: int, knob: str):
    with scene.broken("paystack.resolve", knob, times=1):
        accounts.look_up_account(account_id)

    assert status(account_id) == "checking"
    assert wait_answer("look_up_account", account_id, 100)  # she is not kept waiting for nothing
    scene.advance("1m")
    accounts.look_up_account(account_id)
    assert status(account_id) == "found"


def test_the_list_of_banks_is_taken_over_and_what_is_gone_is_offered_no_more(scene: Scene):
    Bank.insert(
        code="000", name="Bank of Yesterday", short_name="Yesterday", rank=1, active=True, seen_at=scene.now
    ).on_conflict("IGNORE").execute()

    counts = run_by_hand("banks")

    assert counts["banks"] > 20
    assert Bank.get(Bank.code == "058").active
    assert not Bank.get(Bank.code == "000").active

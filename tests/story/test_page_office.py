"""The office beside the phones: two of the staff stand in for officers who do not answer, and the pot leaves.

Two phones are on the page, the panel is in two other browsers; what comes of it appears on the page by itself.
"""

from playwright.sync_api import Browser, Locator, expect

from bot.sandbox.story import script
from bot.sandbox.story.cast import ADA, BISI, CAST
from bot.sandbox.story.stage import Stage
from models.tables.money import Payout
from tests.story.desk import DESK, Desk
from tests.story.staff import two_of_the_office


def test_two_of_the_office_pay_the_pot_out(stage: Stage, browser: Browser):
    desk = Desk(browser.new_page(viewport=DESK), f"http://127.0.0.1:{stage.house.settings.sandbox_port}")
    desk.open(ADA, BISI)
    desk.transfers("none")
    for person in CAST[:-1]:
        script.pay(stage, person)
    desk.tells_on_whatsapp(BISI, stage)
    script.pay(stage, CAST[-1])
    desk.gets(ADA, "everybody has paid")
    desk.gets(BISI, "everybody has paid", by="chat")
    desk.move("The payout")

    finance, owner = two_of_the_office(browser, stage)
    finance.propose_payout("Both officers are travelling; the pot is full.")
    expect(desk.bench("bank")).to_contain_text("No pot has left yet")  # one yes is none
    owner.approve_payout("Called both of them, the account is hers.")
    desk.says(BISI, "hi")  # her 24 hours have ended while the time went on
    _it_hangs_fails_and_arrives(desk)

    desk.gets(ADA, "N24,750 from")
    desk.gets(ADA, "***6701")
    desk.gets(BISI, "N24,750 is on its way to Ada", by="chat")
    [payout] = Payout.select()
    assert payout.status == "paid"
    stage.check()
    assert (desk.loads, desk.complaints, finance.complaints, owner.complaints) == (1, [], [], [])
    assert desk.faults() == []


def _it_hangs_fails_and_arrives(desk: Desk) -> None:
    """The first transfer hangs until the bank refuses it; an hour later another one goes out, and that one arrives."""
    slip = _to_ada(desk)
    expect(slip).to_contain_text("on its way")
    slip.get_by_role("button", name="Fails", exact=True).click()
    expect(desk.page.locator("#bank .slip", has_text="failed")).to_contain_text(ADA.account_name)
    desk.move("+1 hour")
    slip = _to_ada(desk)
    slip.get_by_role("button", name="Arrives", exact=True).click()
    expect(desk.page.locator("#bank .slip", has_text="arrived")).to_contain_text(ADA.account_name)


def _to_ada(desk: Desk) -> Locator:
    return desk.bench("bank").locator(".slip.open", has_text=ADA.account_name)

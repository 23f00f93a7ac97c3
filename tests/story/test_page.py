"""The page of the phones in a browser: a circle is paid, the time goes on, the pot leaves, a test is saved and runs.

The whole house runs; only the browser's part is looked at here, for the same story on the phones is told beside this.
"""

from pathlib import Path

from playwright.sync_api import Browser, expect

from bot.sandbox.story import acts, script
from bot.sandbox.story.cast import ADA, BISI, CHIDI, EFE, FEMI
from bot.sandbox.story.stage import Stage
from models.rules.fees import gross_up
from tests.flows.play import read, replayed
from tests.story.desk import DESK, MOVED_MS, Desk


def test_a_week_on_the_page(stage: Stage, browser: Browser):
    desk = Desk(browser.new_page(viewport=DESK), f"http://127.0.0.1:{stage.house.settings.sandbox_port}")
    desk.open(BISI, CHIDI)
    desk.tells_on_whatsapp(BISI, stage)
    inspector = desk.bench("inspector")
    inspector.get_by_role("button", name="Begin here").click()
    expect(inspector).to_contain_text("since you began")
    _bisi_pays(desk)
    _the_inspector_knows(desk)
    _saved_and_run(desk)
    for person in (ADA, EFE, FEMI):
        script.pay(stage, person)
    _chidi_is_late(desk)
    _chidi_pays_when_his_code_has_run_out(desk, stage)
    _the_pot_leaves(desk, stage)
    stage.check()
    assert desk.faults() == []
    assert desk.complaints == []


def _bisi_pays(desk: Desk) -> None:
    """She dials, drops the line, comes back, and pays what her bank is told to wait for."""
    desk.main_menu(BISI)
    desk.choose(BISI, "Pay now")
    expect(desk.screen(BISI)).to_contain_text("Pay N5,000 to")
    desk.phone(BISI).locator('[data-do="drop"]').click()
    expect(desk.phone(BISI).locator(".lcd")).to_have_attribute("data-state", "dropped")
    desk.send(BISI, "*347*55#")
    desk.choose(BISI, "Continue")
    desk.choose(BISI, "Dial my bank code")
    desk.choose(BISI, "GTBank")
    desk.choose(BISI, "Yes")
    slip = desk.bench("bank").locator(".slip.open")
    expect(slip).to_contain_text("from Bisi")
    slip.get_by_role("button", name="Pay", exact=True).click()
    expect(desk.page.locator("#toast")).to_contain_text("Her bank: done, the money is sent.")
    desk.gets(BISI, "Received N5,000 for", by="chat")
    expect(desk.page.locator("#bank .slip").first).to_contain_text("paid")


def _the_inspector_knows(desk: Desk) -> None:
    desk.screen(BISI).click()
    inspector = desk.bench("inspector")
    expect(inspector.locator(".figure")).to_contain_text("Bisi")
    expect(inspector.locator(".state.here")).to_have_count(1)
    expect(inspector.locator(".said").first).to_contain_text("StartPayment")
    entry = inspector.locator(".entry", has_text="Payment received")
    expect(entry).to_contain_text("Pots")
    expect(inspector.locator("table", has_text="Cost")).to_contain_text("NGN")


def _saved_and_run(desk: Desk) -> None:
    """What she did, in the scene that was hers."""
    form = desk.bench("inspector").locator("form.save")
    form.locator("[name=flow]").select_option("contribute")
    form.locator("[name=scene]").select_option("Bisi owes N5,000")
    form.locator("[name=name]").fill("pays_after_a_drop")
    form.get_by_role("button", name="Save as test").click()
    told = desk.page.locator(".told")
    expect(told).to_contain_text("test_flow_transcripts.py -k pays_after_a_drop")
    path = Path(told.locator("code").first.inner_text())
    written, player = replayed(path)
    assert written == [f"{line.mark} {line.text}".rstrip() for line in read(path)]
    assert "> dial again" in written
    assert ("ussd", "StartPayment", "") in player.outcomes


def _chidi_is_late(desk: Desk) -> None:
    desk.move("The due date's reminder")
    desk.gets(CHIDI, "Today is the day, Chidi")
    desk.move("The due date's cut-off")
    desk.send(CHIDI, "*347*55#")
    expect(desk.screen(CHIDI)).to_contain_text("LATE")
    desk.move("The late fee")
    desk.gets(CHIDI, "a late fee of N200 is added")


def _chidi_pays_when_his_code_has_run_out(desk: Desk, stage: Stage) -> None:
    """The time goes on by a day, with its jobs, before his bank sends it."""
    owed_kobo = script.CONTRIBUTION_KOBO + script.LATE_FEE_KOBO
    acts.ask_for_code(stage.phone(CHIDI), CHIDI, owed_kobo, gross_up(owed_kobo)[0])
    slip = desk.bench("bank").locator(".slip.open", has_text="from Chidi")
    slip.get_by_role("button", name="Pay a day late").click()
    moving = desk.bench("time").locator(".moving .tag")
    expect(moving).to_have_text("moving")  # what stood there was the end of the move before
    expect(moving).to_have_text("done", timeout=MOVED_MS)
    desk.gets(CHIDI, "Received N5,200 for")


def _the_pot_leaves(desk: Desk, stage: Stage) -> None:
    """Ada's; it hangs at the bank until somebody there lets it go."""
    desk.transfers("none")
    bank = desk.bench("bank")
    for person in (FEMI, BISI):
        acts.look_at_payout(stage.phone(person), ADA)
        acts.approve(stage.phone(person), person)
    waiting = bank.locator(".slip.open", has_text=ADA.account_name)
    expect(waiting).to_contain_text("on its way")
    desk.gets(BISI, "everybody has paid")
    waiting.get_by_role("button", name="Arrives", exact=True).click()
    expect(bank.locator(".slip", has_text=ADA.account_name)).to_contain_text("arrived")
    desk.gets(BISI, f"is on its way to {ADA.first_name}")

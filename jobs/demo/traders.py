"""Balogun Traders, nearly done: nine of ten pots are collected, and the bank does not take the ninth.

Ify was away for two weeks, so two pots went out short. She has paid since; the rest of one waits for the officers, and
the rest of the other for Tunde, who lost his phone and froze his account. Wale's bank refuses his money three times.
"""

from typing import Final

from jobs.demo import circles
from jobs.demo.agenda import CUTOFF, FEES, MORNING, POTS, WEEK, Life
from jobs.demo.people import GOZIE, HALIMA, IFY, JUMOKE, OLA, PEJU, REMI, TUNDE, UCHE, WALE
from jobs.demo.stage import Stage
from models.account_commands import FreezeAccount
from models.commands import AskWaiver

NAME: Final = "Balogun Traders"
NAIRA: Final = 10_000
PEOPLE: Final = (GOZIE, HALIMA, JUMOKE, OLA, PEJU, REMI, TUNDE, UCHE, WALE, IFY)  # they collect in this order
OPENED: Final = 67
LAST_DUE: Final = 2  # days ago: of the ninth pot
RUN: Final = 9
SHORT: Final = (7, 8)  # without Ify


def life() -> Life:
    """From the first day to this morning."""
    here = Life()
    here.on(OPENED, "11:20", lambda stage: _open(stage, here))
    here.runs(_due(1) + WEEK, CUTOFF, "cycles")
    for number in range(1, RUN):
        if number in SHORT:
            _short_pot(here, number)
        else:
            here.full_pot(_due(number), number)
    here.payments(_due(RUN), RUN, IFY)
    here.runs(_due(8) - 1, MORNING, "reminders")
    here.on(3, "15:00", lambda stage: _ify_is_back(stage, here))
    here.on(3, "17:25", lambda stage: _tunde_loses_his_phone(stage))
    here.on(1, "11:05", lambda stage: _refused_by_the_bank(stage, here))
    return here


def today(stage: Stage, here: Life) -> None:
    """Ify, who was ill, asks that a late fee be taken off."""
    stage.do(IFY, AskWaiver(stage.seat_of(IFY, here.circle.group_id), "sickness"))


def _due(number: int) -> int:
    return LAST_DUE + (RUN - number) * WEEK


def _open(stage: Stage, here: Life) -> None:
    here.founded = circles.found(stage, NAME, NAIRA, circles.day(stage, -_due(1)), PEOPLE)


def _short_pot(here: Life, number: int) -> None:
    due = _due(number)
    here.payments(due, number, IFY)
    here.runs(due, CUTOFF, "cycles")
    here.runs(due - 1, POTS, "payouts")
    here.on(due - 1, "12:30", lambda stage: circles.pay_out_short(stage, here.circle))
    here.runs(due - 2, FEES, "late_fees")


def _ify_is_back(stage: Stage, here: Life) -> None:
    """She writes on WhatsApp, and pays for three cycles at once; the late fees are left."""
    stage.tell(f"/whatsapp/{IFY.phone}/say", text="Kedu")
    stage.work_off()
    circles.pay(stage, here.circle, (IFY,), {IFY: 3 * NAIRA})


def _tunde_loses_his_phone(stage: Stage) -> None:
    stage.do(TUNDE, FreezeAccount())
    stage.work_off()


def _refused_by_the_bank(stage: Stage, here: Life) -> None:
    """Three times, with the rests between them; after that somebody has to look."""
    usual = stage.ask("/tuning")["auto_transfer"]
    stage.tell("/tuning", "PUT", auto_transfer="failed")
    try:
        circles.pay_out(stage, here.circle)
        for _ in range(2):
            stage.wait(16)
            stage.run("payouts")
    finally:
        stage.tell("/tuning", "PUT", auto_transfer=usual)

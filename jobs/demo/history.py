"""Ten weeks in the life of a small cooperative: three circles, 26 people, 14 cycles.

Balogun Traders are nearly done, and the bank has refused their ninth pot; Mama Titi Ajo is in the middle, and one of
them is late; Sunday Sisters still look for people. Every list of the panel has something in it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bot import template_desk
from bot.settings import current
from bot.text import screens_of
from bot.twilio.client import Twilio
from jobs.demo import agenda, circles, mama_titi, office, sisters, staff, traders
from jobs.demo.people import ADA, CHIDI, EVERYBODY
from jobs.demo.stage import Stage
from jobs.providers import payouts_provider
from models.actions import books

# Quick, so that nobody waits for it; put back afterwards.
QUICK: Final = {"transfer_seconds": 0, "refund_seconds": 0, "report_seconds": 0, "approval_seconds": 0}
WEEKS: Final = 10
BEGINS: Final = 7 * WEEKS  # days ago


def play(stage: Stage, folder: Path, tell: Callable[[int], None]) -> None:
    """From ten weeks ago to the present. folder: where it is written down how to be one of the staff.

    tell: hears of each week that begins, from 1 on.
    """
    usual: dict[str, Any] = {name: value for name, value in stage.ask("/tuning").items() if name in QUICK}
    stage.tell("/tuning", "PUT", **QUICK)
    try:
        stage.go_to(BEGINS, "09:00")
        books.open_float(payouts_provider().balance(), stage.time)
        staff.hire(folder, stage.time)
        # So that news of the history goes by WhatsApp, too, to whoever wants it there.
        for _ in template_desk.provide(Twilio.from_settings(current()), screens_of(current()).offered):
            pass
        circles.register(stage, EVERYBODY)
        stage.run("templates")
        balogun, mama, sunday = traders.life(), mama_titi.life(), sisters.life()
        told = 0
        for scene in agenda.in_order((balogun, mama, sunday, office.life(mama, sunday))):
            if (week := min((BEGINS - scene.days_ago) // 7 + 1, WEEKS)) > told:
                tell(told := week)
            stage.go_to(scene.days_ago, scene.at)
            scene.act(stage)
        stage.go_home()
        traders.today(stage, balogun)
        mama_titi.today(stage, mama)
        sisters.today(stage, sunday)
        office.today(stage)
        _look(stage)
    finally:
        stage.forget_bells()
        stage.go_home()
        stage.tell("/tuning", "PUT", **usual)


def _look(stage: Stage) -> None:
    """Two look at their accounts by dialling, and our books are compared with the bank's."""
    for person in (ADA, CHIDI):
        stage.tell(f"/phones/{person.phone}/dial", code=stage.ussd_code)
        stage.tell(f"/phones/{person.phone}/hangup")
    stage.run("reconcile", "said")

"""Mama Titi Ajo, in the middle: four of eight pots are collected, and everybody has paid the fifth but Chidi.

On the way there Femi and Efe were late; Femi's late fee was taken off by the officers, Efe has paid hers. Kemi paid in
two parts, Ngozi more than she had to.
"""

from typing import Final

from jobs.demo import circles
from jobs.demo.agenda import APPROVED, CUTOFF, FEES, MORNING, POTS, WEEK, Life
from jobs.demo.people import ADA, BISI, CHIDI, EFE, FEMI, KEMI, LAMI, NGOZI, Person
from jobs.demo.stage import Stage
from models.account_commands import OpenReport, SetReminders
from models.commands import AnswerSwap, AskMoreTime, AskSwap, AskWaiver, DecideWaiver
from models.facts import WaiverTask

NAME: Final = "Mama Titi Ajo"
NAIRA: Final = 5_000
PEOPLE: Final = (ADA, BISI, EFE, FEMI, KEMI, LAMI, NGOZI, CHIDI)  # they collect in this order
OPENED: Final = 40
LAST_DUE: Final = 3  # days ago: of the fifth pot
RUN: Final = 5
LATE: Final = {3: FEMI, 4: EFE}


def life() -> Life:
    """From the first day to yesterday."""
    here = Life()
    here.on(OPENED, "17:40", lambda stage: _open(stage, here))
    here.runs(_due(1) + WEEK, CUTOFF, "cycles")
    here.on(_due(1) + 1, "18:00", lambda stage: _efe_on_whatsapp(stage))
    here.full_pot(_due(1), 1)
    here.payments(_due(2), 2, KEMI, NGOZI)
    here.on(_due(2) + 1, "10:10", lambda stage: _otherwise(stage, here))
    here.on(_due(2), APPROVED, lambda stage: circles.pay_out(stage, here.circle))
    for number, person in LATE.items():
        _late(here, number, person)
    here.on(_due(3) - 3, "19:30", lambda stage: _fee_taken_off(stage, here))
    here.on(_due(4) - 2, "14:00", lambda stage: _pay_fee(stage, here))
    _fifth(here)
    return here


def today(stage: Stage, here: Life) -> None:
    """Chidi asks for time, says that his payment is missing; Lami and Ngozi want to change places; Efe speaks."""
    group = here.circle.group_id
    stage.do(CHIDI, AskMoreTime(stage.seat_of(CHIDI, group), "two_days", "slow_sales"))
    stage.do(CHIDI, OpenReport("not_shown", "yesterday", stage.seat_of(CHIDI, group)))
    swap = stage.do(LAMI, AskSwap(stage.seat_of(LAMI, group), stage.seat_of(NGOZI, group)))
    stage.do(NGOZI, AnswerSwap(int(swap["swap_id"]), agree=True))
    stage.tell(f"/whatsapp/{EFE.phone}/send", kind="audio")
    stage.work_off()


def _due(number: int) -> int:
    return LAST_DUE + (RUN - number) * WEEK


def _open(stage: Stage, here: Life) -> None:
    here.founded = circles.found(stage, NAME, NAIRA, circles.day(stage, -_due(1)), PEOPLE)


def _efe_on_whatsapp(stage: Stage) -> None:
    """She likes it better there."""
    stage.tell(f"/whatsapp/{EFE.phone}/say", text="How far")
    stage.work_off()
    stage.do(EFE, SetReminders(channel="whatsapp"))


def _otherwise(stage: Stage, here: Life) -> None:
    """Kemi in two parts, after her bank said no; Ngozi a thousand too much, which is her own in her wallet."""
    (refused,) = circles.ask_for_codes(stage, here.circle, (KEMI,), {KEMI: 3_000})
    stage.tell("/paystack/pay", reference=refused, fail=True)
    stage.wait(20)
    stage.run("payment_check")
    circles.pay(stage, here.circle, (KEMI,), {KEMI: 3_000})
    circles.pay(stage, here.circle, (KEMI,), {KEMI: 2_000})
    circles.pay(stage, here.circle, (NGOZI,), amount=6_200_00, accept=True)


def _late(here: Life, number: int, person: Person) -> None:
    """One pays two days late, and is charged the fee; the officers wait for her."""
    due = _due(number)
    here.payments(due, number, person)
    here.runs(due, CUTOFF, "cycles")
    here.runs(due - 2, FEES, "late_fees")
    here.on(due - 2, "12:20", lambda stage: circles.pay(stage, here.circle, (person,)))
    here.on(due - 2, APPROVED, lambda stage: circles.pay_out(stage, here.circle))


def _fee_taken_off(stage: Stage, here: Life) -> None:
    """Femi was ill; both officers agree."""
    stage.do(FEMI, AskWaiver(stage.seat_of(FEMI, here.circle.group_id), "sickness"))
    for person in (ADA, BISI):
        task = next(task for task in stage.facts(person).home.tasks if isinstance(task, WaiverTask))
        stage.do(person, DecideWaiver(task.waiver_id, allow=True))
    stage.work_off()


def _pay_fee(stage: Stage, here: Life) -> None:
    seat = next(seat for seat in stage.facts(EFE).home.seats if seat.group_id == here.circle.group_id)
    circles.pay(stage, here.circle, (EFE,), {EFE: seat.due_kobo // 100})


def _fifth(here: Life) -> None:
    """Chidi does not pay, whatever he is told; the officers are asked what to do about it."""
    here.payments(_due(RUN), 1, CHIDI)
    for days in (_due(RUN) + 1, _due(RUN) - 1):
        here.runs(days, MORNING, "reminders")
    here.runs(_due(RUN), CUTOFF, "cycles")
    here.runs(1, FEES, "late_fees")
    here.runs(1, POTS, "payouts")

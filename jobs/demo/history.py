"""Three weeks in the life of a small cooperative, told so that every place of the panel has something to show.

A circle with two members late and a fee to be taken off, one whose pot waits for its approvals, one that has just
begun, one that still looks for people, one whose head has not arranged the turns, one that has drawn lots; money that
nobody can place, a report, a voice note, a swap.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from jobs import payments
from jobs.demo import circles
from jobs.demo.circles import Circle
from jobs.demo.people import (
    ADA,
    BISI,
    CHIDI,
    EFE,
    EVERYBODY,
    FEMI,
    GOZIE,
    HALIMA,
    IFY,
    JUMOKE,
    KEMI,
    LAMI,
    NGOZI,
    OLA,
    PEJU,
    REMI,
    SADE,
)
from jobs.demo.stage import Stage
from jobs.providers import payouts_provider
from models.account_commands import OpenReport
from models.actions import books
from models.commands import AskSwap, AskWaiver, InvitePhone
from models.rules import codes
from models.rules.schedule import local_date

UNKNOWN_REFERENCE: Final = codes.charge_reference(90_417, 1, "0a9e47c1")  # nobody has it
UNKNOWN_KOBO: Final = 5_000_00
NEWCOMER: Final = "+2348035559901"  # invited, and has not answered
# Quick, so that nobody waits for it; put back afterwards.
QUICK: Final = {"transfer_seconds": 0, "report_seconds": 0, "approval_seconds": 0}


@dataclass(frozen=True)
class Cast:
    """The circles that money moves in."""

    mama_titi: Circle
    balogun: Circle
    okada: Circle


def play(stage: Stage) -> None:
    """From three weeks ago to the present."""
    usual: dict[str, Any] = {name: value for name, value in stage.ask("/tuning").items() if name in QUICK}
    stage.tell("/tuning", "PUT", **QUICK)
    try:
        stage.go_to(18, "09:00")
        books.open_float(payouts_provider().balance(), stage.time)
        circles.register(stage, EVERYBODY)
        cast = _found(stage)
        _first_pots(stage, cast)
        _second_pots(stage, cast)
        _yesterday(stage, cast)
        stage.go_home()
        _today(stage, cast)
    finally:
        stage.go_home()
        stage.tell("/tuning", "PUT", **usual)


def _day(stage: Stage, days: int) -> date:
    """So many days after the present one."""
    return local_date(stage.end) + timedelta(days=days)


def _found(stage: Stage) -> Cast:
    mama_titi = circles.found(stage, "Mama Titi Ajo", 5_000, _day(stage, -10), (ADA, BISI, CHIDI, EFE, FEMI))
    balogun = circles.found(stage, "Balogun Traders", 20_000, _day(stage, -5), (GOZIE, HALIMA, IFY, JUMOKE))
    okada = circles.found(stage, "Okada Riders", 1_500, _day(stage, 1), (KEMI, LAMI, NGOZI, OLA, PEJU, REMI))
    stage.work_off()
    return Cast(mama_titi, balogun, okada)


def _first_pots(stage: Stage, cast: Cast) -> None:
    """Everybody pays, and the first ones collect."""
    stage.go_to(16, "19:00")
    stage.run("cycles")
    stage.go_to(12, "10:30")
    circles.pay(stage, cast.mama_titi, cast.mama_titi.people)
    circles.pay_out(stage, cast.mama_titi)
    stage.go_to(11, "19:00")
    stage.run("cycles")
    stage.go_to(7, "12:15")
    circles.pay(stage, cast.balogun, cast.balogun.people)
    circles.pay_out(stage, cast.balogun)


def _second_pots(stage: Stage, cast: Cast) -> None:
    """Chidi and Efe do not pay in time."""
    stage.go_to(5, "19:00")
    stage.run("cycles")
    stage.go_to(4, "08:40")
    circles.pay(stage, cast.mama_titi, (ADA, BISI, FEMI))
    stage.go_to(3, "09:05")
    stage.run("reminders")
    stage.go_to(3, "18:10")
    stage.run("cycles")
    stage.go_to(2, "09:05")
    stage.run("reminders")


def _yesterday(stage: Stage, cast: Cast) -> None:
    """The late fees, a full pot, people who look for a circle, and money that nobody knows."""
    stage.go_to(1, "01:05")
    stage.run("late_fees")
    stage.go_to(1, "10:05")
    stage.run("payouts")
    circles.pay(stage, cast.balogun, cast.balogun.people)
    circles.pay(stage, cast.okada, (KEMI, OLA))
    _gather(stage)
    _unknown_money(stage)
    stage.do(CHIDI, OpenReport("not_shown", "yesterday", stage.seat_of(CHIDI, cast.mama_titi.group_id)))
    stage.do(EFE, AskWaiver(stage.seat_of(EFE, cast.mama_titi.group_id), "sickness"))


def _gather(stage: Stage) -> None:
    """Circles that have not started: one looks for people, one for an order, one has drawn lots."""
    sisters = circles.found(stage, "Sunday Sisters", 10_000, _day(stage, 6), (SADE, ADA, NGOZI), seats=6)
    circles.ask_to_join(stage, sisters, PEJU)
    stage.do(SADE, InvitePhone(sisters.group_id, NEWCOMER))
    circles.found(
        stage, "Alaba Market", 50_000, _day(stage, 20), (REMI, HALIMA, OLA, FEMI), order="arranged", frequency="monthly"
    )
    circles.found(stage, "Kano Tailors", 2_500, _day(stage, 14), (LAMI, JUMOKE, KEMI), order="ballot")
    stage.work_off()


def _unknown_money(stage: Stage) -> None:
    """Somebody has paid under a reference that is in no row of ours."""
    payouts_provider().initialize(UNKNOWN_REFERENCE, UNKNOWN_KOBO, "agent@pos.example", {})
    stage.tell("/paystack/pay", reference=UNKNOWN_REFERENCE)
    payments.follow_payment("paystack", UNKNOWN_REFERENCE)
    stage.work_off()


def _today(stage: Stage, cast: Cast) -> None:
    """A swap is asked for, a code is not dialled yet, Ada looks at her account, Efe says something by voice."""
    okada = cast.okada.group_id
    stage.do(PEJU, AskSwap(stage.seat_of(PEJU, okada), stage.seat_of(REMI, okada)))
    circles.ask_for_codes(stage, cast.okada, (LAMI,))
    for person in (ADA, CHIDI):
        stage.tell(f"/phones/{person.phone}/dial", code=stage.ussd_code)
        stage.tell(f"/phones/{person.phone}/reply", text="0")
        stage.tell(f"/phones/{person.phone}/hangup")
    stage.tell(f"/whatsapp/{EFE.phone}/send", kind="audio")
    stage.run("reconcile", "said")

"""Sunday Sisters, forming: eight of ten seats are taken, somebody asks for the ninth, the head arranges the turns."""

from typing import Final

from jobs.demo import circles
from jobs.demo.agenda import Life
from jobs.demo.people import ADA, AISHA, BOLA, CHIKA, DUPE, EBELE, FUNKE, GRACE, SADE
from jobs.demo.stage import Stage
from models.commands import InvitePhone

NAME: Final = "Sunday Sisters"
NAIRA: Final = 15_000
PEOPLE: Final = (SADE, AISHA, BOLA, CHIKA, DUPE, EBELE, FUNKE, ADA)  # Ada has another circle already
SEATS: Final = 10
OPENED: Final = 6
FIRST_DUE: Final = 9  # days from now
NEWCOMER: Final = "+2348035559901"  # invited, and has not answered


def life() -> Life:
    """A week of looking for people."""
    here = Life()
    here.on(OPENED, "14:00", lambda stage: _open(stage, here))
    here.on(OPENED - 1, "16:20", lambda stage: _aisha_writes(stage))
    return here


def today(stage: Stage, here: Life) -> None:
    """Grace has the code; somebody else is invited."""
    circles.ask_to_join(stage, here.circle, GRACE)
    stage.do(SADE, InvitePhone(here.circle.group_id, NEWCOMER))
    stage.work_off()


def _open(stage: Stage, here: Life) -> None:
    first = circles.day(stage, FIRST_DUE)
    here.founded = circles.found(
        stage, NAME, NAIRA, first, PEOPLE, seats=SEATS, order="arranged", frequency="two_weekly"
    )


def _aisha_writes(stage: Stage) -> None:
    """In Hausa, on WhatsApp."""
    stage.tell(f"/whatsapp/{AISHA.phone}/say", text="Sannu")
    stage.work_off()

"""What the demo begins with, as it is described: three circles in different lives, and books that hold."""

import json
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from bot import clock
from bot.settings import Settings
from jobs.demo import mama_titi, people, sisters, staff, stage, traders, tries
from jobs.demo.people import CHIDI, GOZIE, HALIMA, IFY, LAMI, TUNDE
from models.actions.signing_in import Somebody
from models.doorbell import Ring
from models.queries import panel_needs
from models.queries.due import due
from models.queries.facts import DatabaseFacts
from models.queries.invariants import violations, warnings
from models.queries.people import member_id_of
from models.rules.staff import Role
from models.tables.accounts import Report
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group, Officer, Seat
from models.tables.ledger import JournalEntry
from models.tables.mail import Outbox
from models.tables.money import Payment, Payout, PayoutAttempt, Suspense
from models.tables.people import Member
from models.tables.requests import Waiver
from models.tables.staff import Staff
from tests.panel.browser import seeded

# A circle that was ended, a pot above the limit, a new number: not in the lives of these three.
SELDOM = {"debt", "limit", "number"}


@pytest.fixture(autouse=True)
def the_demo(demo: Settings) -> Settings:
    return demo


def cycles_of(name: str) -> Counter[str]:
    rows = Cycle.select(Cycle.status).join(Group).where(Group.name == name)
    return Counter(row.status for row in rows)


def test_26_people_and_14_cycles_in_three_circles() -> None:
    assert Member.select().count() == len(people.EVERYBODY) == 26
    assert Cycle.select().where(Cycle.status != "scheduled").count() == 14
    assert {row.name: row.status for row in Group.select()} == {
        sisters.NAME: "forming", mama_titi.NAME: "active", traders.NAME: "active"
    }  # fmt: skip
    assert Seat.select(Seat.member).where(Seat.status != "withdrawn").distinct().count() == 26


def test_one_circle_forms_and_somebody_asks_for_a_seat() -> None:
    seats = Counter(row.status for row in Seat.select().join(Group).where(Group.name == sisters.NAME))

    assert seats == {"accepted": 8, "requested": 1}


def test_one_is_in_the_middle_and_chidi_is_late() -> None:
    assert cycles_of(mama_titi.NAME) == {"settled": 4, "grace": 1, "scheduled": 3}
    owed = Obligation.select().join(Cycle).where((Obligation.kind == "contribution") & (Cycle.status == "grace"))
    late = [row.seat.member_id for row in owed if row.status == "pending"]
    assert late == [member_id_of(CHIDI.phone)]


def test_one_is_nearly_done_and_the_bank_has_refused_the_ninth_pot() -> None:
    assert cycles_of(traders.NAME) == {"settled": 6, "short_paid": 2, "closing": 1, "scheduled": 1}
    failed = Payout.get(Payout.status == "retry")
    assert (failed.cycle.number, failed.cycle.group.name) == (9, traders.NAME)
    assert [row.status for row in PayoutAttempt.select().where(PayoutAttempt.payout == failed.id)] == ["failed"] * 3


def test_the_books_hold() -> None:
    assert violations(clock.now()) == []
    assert [each.code for each in warnings(clock.now())] == ["L5"]  # the refused pot


def test_it_was_lived_by_people_with_habits() -> None:
    """By every way, at many hours, in five languages, by SMS and on WhatsApp, not always as it should be."""
    paid = list(Payment.select().where(Payment.status == "success"))
    assert {row.method for row in paid} == {"ussd", "bank_transfer", "link"}
    assert len({row.created_at.hour for row in paid}) >= 8
    assert {row.language for row in Member.select()} == {"en", "pcm", "yo", "ha", "ig"}
    kinds = {row.kind for row in JournalEntry.select(JournalEntry.kind).distinct()}
    assert {"float", "charge", "paid", "penalty", "penalty.waive", "charge.suspense", "suspense.return"} <= kinds
    assert Payment.select().where(Payment.status == "failed").exists()
    assert [row.status for row in Waiver.select().order_by(Waiver.id)] == ["waived", "asked"]
    channels = Counter(row.channel for row in Outbox.select().where(Outbox.status.in_(("sent", "delivered", "read"))))
    assert set(channels) >= {"africastalking-sms", "twilio-whatsapp"}
    assert Outbox.select().where(Outbox.cost.is_null(False)).exists()


def test_officers_and_staff_in_every_role(the_demo: Settings) -> None:
    officers = Counter(row.group.name for row in Officer.select())
    assert officers == {traders.NAME: 2, mama_titi.NAME: 2, sisters.NAME: 2}
    assert {row.role for row in Staff.select().where(Staff.status == "active")} == {role.value for role in Role}
    known = staff.colleagues(Path(the_demo.data_dir))
    assert {each.role for each in known} == {role.value for role in Role}
    assert len({each.password for each in known}) == 1


def test_the_queue_has_something_of_each_kind() -> None:
    row = Staff.get(Staff.role == "owner")
    owner = Somebody(row.id, row.name, Role.OWNER, bytes(row.phone_index), frozenset())

    found = {each.what for each in panel_needs.counts(owner, clock.now())}

    assert set(panel_needs.WHATS) - found == SELDOM


def test_what_can_be_tried_at_once(tmp_path: Path) -> None:
    """Chidi has something to pay; Gozie and Halima are asked for their yes."""
    tries.leave(tmp_path)
    left = json.loads((tmp_path / tries.FILE).read_text())

    owes = {phone: DatabaseFacts(phone, clock.now()).home.seats[0].due_kobo for phone in left["pay"]}
    tasks = {phone: DatabaseFacts(phone, clock.now()).home.tasks for phone in left["collect"]}

    assert left["collect"] == [GOZIE.phone, HALIMA.phone]
    assert all(owes.values())
    assert all(tasks.values())


def test_what_waits_for_people() -> None:
    assert Member.get_by_id(member_id_of(TUNDE.phone)).status == "frozen"
    assert [(row.reason, row.status) for row in Suspense.select().order_by(Suspense.id)] == [
        ("unknown_reference", "resolved"), ("unknown_reference", "open")
    ]  # fmt: skip
    assert [row.kind for row in Report.select()] == ["not_shown"]
    assert DatabaseFacts(IFY.phone, clock.now()).home.seats[0].due_kobo > 0
    assert clock.now() >= seeded.NOW


def test_what_arrives_while_we_look_for_work_is_worked_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider is as quick as we are: its message may come between our two questions."""
    scene = stage.Stage.now()

    def looked_for_slowly(now: datetime) -> list[Ring]:
        found = due(now)
        while (left := scene.ask("/pending"))["errands"] or left["sending"]:
            time.sleep(0.005)
        return found

    monkeypatch.setattr(stage, "due", looked_for_slowly)
    scene.tell(f"/whatsapp/{LAMI.phone}/say", text="How far")
    scene.work_off()

    assert due(scene.time) == []

"""What nobody answered comes to its end by the clock."""

import pytest

from jobs.schedule import run_by_hand
from models.actions import cycles, extensions, penalties, proposals, swaps, waivers
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.commands import AskMoreTime, AskSwap, AskWaiver, DecideMoreTime, Done
from models.queries.invariants import violations
from models.rules.staff import Role
from models.tables.mail import Outbox
from models.tables.requests import Extension, Swap, Waiver
from models.tables.staff import Proposal, Staff
from tests.jobs.scene import Scene
from tests.support.circles import Circle
from tests.support.panel import hire


@pytest.fixture
def circle(scene: Scene) -> Circle:
    return scene.circle(5)


def told(key: str) -> int:
    return Outbox.select().where(Outbox.text_key == key).count()


def ask_for_everything(circle: Circle) -> None:
    """Chidi wants more time, Dayo another turn; nobody answers."""
    asked = AskMoreTime(circle.seats["Chidi"], "week", "travel")
    assert extensions.ask_more_time(asked, circle.context("Chidi")) == Done()
    swap = AskSwap(circle.seats["Dayo"], circle.seats["Efe"])
    assert swaps.ask_swap(swap, circle.context("Dayo"))


def test_unanswered_questions_end_once(scene: Scene, circle: Circle):
    ask_for_everything(circle)
    assert run_by_hand("requests") == {"done": 0, "failed": 0, "left": 0}
    scene.advance("9d")

    assert run_by_hand("requests") == {"done": 2, "failed": 0, "left": 0}
    assert run_by_hand("requests") == {"done": 0, "failed": 0, "left": 0}

    assert (Swap.get().status, Extension.get().status) == ("expired", "expired")
    assert (told("S16x"), told("S18")) == (1, 1)
    assert violations(scene.now) == []


def test_a_question_about_a_late_fee_ends_with_the_fee(scene: Scene, circle: Circle):
    circle.now = scene.advance("6d")
    cycles.pass_cutoffs(circle.now)
    for row in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(row, circle.now, checked_at=circle.now)
    assert waivers.ask_waiver(AskWaiver(circle.seats["Chidi"], "travel"), circle.context("Chidi")) == Done()
    scene.advance("3d")

    assert run_by_hand("requests")["done"] == 1

    assert (Waiver.get().status, told("S42n")) == ("expired", 1)


def test_a_promise_that_was_broken_is_seen_also_after_days_without_a_clock(scene: Scene, circle: Circle):
    asked = AskMoreTime(circle.seats["Chidi"], "parts", "travel")
    extensions.ask_more_time(asked, circle.context("Chidi"))
    extensions.decide_more_time(DecideMoreTime(Extension.get().id, "allow"), circle.context("Ada"))
    scene.advance("6d")
    run_by_hand("cycles")

    assert run_by_hand("requests")["done"] == 1
    assert (Extension.get().status, told("S17b")) == ("broken", 1)
    assert violations(scene.now) == []


def test_what_nobody_of_the_staff_has_checked_is_over_after_two_days(scene: Scene, circle: Circle):
    circle.all_pay()
    maker = Staff.get_by_id(hire(Role.FINANCE, scene.now).staff_id)
    who = Somebody(maker.id, maker.name, Role.FINANCE, bytes(maker.phone_index), frozenset())
    wish = Wish("payout", f"payout:{circle.payout().id}", {}, "The officers are away")
    assert proposals.propose(wish, who, scene.now)
    assert run_by_hand("requests")["done"] == 0
    scene.advance("2d")

    assert run_by_hand("requests")["done"] == 1
    assert Proposal.get().status == "expired"

"""Reminders that can be answered with a digit, over a number that can be answered, and those that cannot."""

import re

import pytest

from flows import catalogue, intents
from jobs import outbox, prompting
from models.actions import mail
from models.queries.prompts import waiting
from models.sealing import keys
from models.tables.people import Member
from tests.jobs.scene import Scene
from tests.support.circles import Circle

FACTS = {
    **{"amt": "N5,000", "group": "Mama Titi Ajo", "name": "Chidi", "date": "Fri 27 Nov", "r": "5", "m": "12"},
    **{"n": "9", "pot": "N60,000", "date2": "Fri 18 Dec", "d": "27 Nov", "fee": "N200", "total": "N5,200"},
}
PHONE = "+2348031234567"


def remind(scene: Scene, key: str, **more: object) -> None:
    found = mail.queue_message(**{"text_key": key, "dedupe_key": f"{key}:{more}", "facts": FACTS, "phone": PHONE,
                                  "reminder": True, "now": scene.now} | more)  # fmt: skip
    assert found is not None
    outbox.send_mail(found)


def text(scene: Scene) -> str:
    return scene.client.inbox(PHONE)[-1].text


class TestTwoWays:
    """The number can be answered."""

    @pytest.mark.parametrize("key", prompting.DIGITS)
    def test_a_reminder_says_which_digits_it_knows_and_leaves_them(self, scene: Scene, key: str):
        remind(scene, key)
        [prompt] = waiting(PHONE, scene.now)

        assert set(re.findall(r"[Rr]eply (\d)", text(scene))) == set(prompt.choices)
        assert (prompt.text_key, prompt.about) == (key, "Mama Titi Ajo")
        assert {intents.Intent.read(choice.removeprefix("=")).name for choice in prompt.choices.values()} <= set(
            intents.INTENTS
        )

    def test_a_digit_is_about_her_seat_in_that_group(self, scene: Scene):
        circle: Circle = scene.circle()
        member_id, seat = circle.members["Chidi"], circle.seats["Chidi"]
        remind(scene, "S05", phone=None, member_id=member_id, group_id=circle.group_id)
        phone = keys().open(Member.get_by_id(member_id).phone_sealed, f"member.phone:{member_id}")

        [prompt] = [each for each in waiting(phone, scene.now) if each.text_key == "S05"]
        assert prompt.choices == {"1": f"=pay:{seat}", "2": f"=more_time:{seat}"}

    def test_what_was_not_sent_asks_for_nothing(self, scene: Scene):
        with scene.broken("africastalking.send", "rate_limited"), scene.broken("twilio.send", "rate_limited"):
            remind(scene, "S04")
        assert waiting(PHONE, scene.now) == []

    def test_a_receipt_asks_for_nothing(self, scene: Scene):
        remind(scene, "S33")
        assert waiting(PHONE, scene.now) == []


class TestOneWay:
    """A name stands as sender: nobody can answer it."""

    @pytest.fixture
    def our_environ(self, our_environ: dict[str, str]) -> dict[str, str]:
        return our_environ | {"SMS_TWO_WAY": "no"}

    @pytest.mark.parametrize("key", prompting.DIGITS)
    def test_nothing_is_said_of_answering(self, scene: Scene, key: str):
        remind(scene, key)
        assert not re.search(r"[Rr]eply|SMS STOP", text(scene))
        assert waiting(PHONE, scene.now) == []


def test_every_reminder_that_can_be_answered_has_its_digits():
    said = {key: set(re.findall(r"[Rr]eply (\d)", words)) for key, words in catalogue.DOMAINS["sms"]["en"].items()
            if key.startswith("S")}  # fmt: skip
    assert {key: digits for key, digits in said.items() if digits} == {
        key: set(digits) for key, digits in prompting.DIGITS.items()
    }

"""Whose customer a phone is: by how its number begins, unless it was given a network; the product is told its code."""

import pytest

from bot.sandbox.africastalking import networks
from tests.bot.sandbox.browser.listening import now_told
from tests.bot.sandbox.support import ADA, CODE, Sandbox
from tests.bot.sandbox.test_sandbox_ussd import HOPS
from tests.bot.sandbox.twilio_side import form_of

GLO = "+2348051234567"


@pytest.mark.parametrize(
    ("number", "code", "name"),
    [
        ("+2348031234567", "62130", "MTN"),
        ("+2349061234567", "62130", "MTN"),
        (GLO, "62150", "Glo"),
        ("+2348021234567", "62120", "Airtel"),
        ("+2348091234567", "62160", "9mobile"),
        ("+233551234567", "62001", "MTN"),
        ("+233201234567", "62002", "Telecel"),
        ("+233271234567", "62006", "AirtelTigo"),
        ("+254712345678", "63902", "Safaricom"),
        ("+4915112345678", "99999", "Athena"),
        ("+12", "99999", "Athena"),
    ],
)
def test_a_number_begins_like_its_network(number: str, code: str, name: str) -> None:
    assert networks.by_number(number) == code
    assert networks.name_of(code) == name


def test_a_code_that_nobody_knows_is_shown_as_it_is() -> None:
    assert networks.name_of("64007") == "64007"


def test_the_product_and_the_screen_are_told_of_it(sandbox: Sandbox) -> None:
    assert now_told(sandbox, "keypad", GLO)["network"] == "Glo"
    sandbox.client.dial(GLO, CODE)
    assert form_of(sandbox.called(HOPS)[-1])["networkCode"] == "62150"


def test_a_number_that_was_taken_along_has_its_new_network(sandbox: Sandbox) -> None:
    sandbox.client.phone(ADA, network_code="62120")
    assert now_told(sandbox, "keypad", ADA)["network"] == "Airtel"
    sandbox.client.dial(ADA, CODE)
    assert form_of(sandbox.called(HOPS)[-1])["networkCode"] == "62120"

"""Messages that came while nobody was at the door are taken in later, once, and the others not again."""

import pytest

from bot.channels.base import ChatMessage
from bot.hearing import from_body
from jobs import missed
from jobs.schedule import run_by_hand
from models.queries.heard import heard_of
from models.sealing import keys
from models.tables.mail import Inbox
from tests.jobs.scene import Scene

ADA, BISI = "+2348031234567", "+2348099999999"
WHATSAPP, SMS = "twilio-whatsapp", "twilio-sms"


def taken_in() -> list[tuple[str, ChatMessage]]:
    rows = Inbox.select().order_by(Inbox.id)
    bodies = [(row.provider, keys().open(row.body_sealed, f"inbox.body:{row.id}").encode("latin-1")) for row in rows]
    return [(provider, from_body(body)) for provider, body in bodies]


@pytest.fixture
def written(scene: Scene) -> list[str]:
    """Three messages that no door of ours has heard, for what is posted to us goes to a listener of the tests."""
    on_whatsapp = scene.client.whatsapp(ADA)
    sids = [on_whatsapp.say("I wan pay"), scene.client.sms_reply(BISI, "PAY", to="twilio")]
    sids.append(on_whatsapp.send_media("image", caption="teller"))
    scene.client.settle()
    scene.advance("3m")
    return sids


def test_what_was_missed_is_taken_in_once(scene: Scene, written: list[str]):
    assert run_by_hand("missed") == {"looked_at": 3, "missed": 3}
    assert run_by_hand("missed") == {"looked_at": 3, "missed": 0}

    found = {message.message_id: (provider, message) for provider, message in taken_in()}
    assert set(found) == set(written) == heard_of(WHATSAPP, written) | heard_of(SMS, written)
    provider, by_sms = found[written[1]]
    assert (provider, by_sms.phone, by_sms.text) == (SMS, BISI, "PAY")
    _, picture = found[written[2]]
    assert (picture.text, [each.content_type for each in picture.media]) == ("teller", ["image/png"])
    assert picture.media[0].url.startswith(scene.sandbox.url)
    assert Inbox.select().where(Inbox.repeats > 0).count() == 0


def test_what_may_be_at_the_door_in_this_moment_is_left_to_it(scene: Scene):
    scene.client.whatsapp(ADA).say("hello")

    assert missed.recall(scene.now) == {"looked_at": 0, "missed": 0}


def test_what_is_older_than_an_hour_is_left(scene: Scene, written: list[str]):
    scene.advance("1h")

    assert missed.recall(scene.now) == {"looked_at": 0, "missed": 0}


@pytest.mark.parametrize("knob", ["error_before_effect", "html_body", "truncated_json", "rate_limited", "lose_answer"])
def test_while_twilio_is_down_nothing_is_taken_in_and_nothing_breaks(scene: Scene, written: list[str], knob: str):
    with scene.broken("twilio.*", knob):
        assert missed.recall(scene.now) == {"looked_at": 0, "missed": 0}

    assert missed.recall(scene.now)["missed"] == 3

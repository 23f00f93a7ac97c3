"""The command that makes WhatsApp's templates, and the daily look whether they may still be used."""

import pytest
from flask.testing import FlaskCliRunner

from app import create_app
from bot.settings import current
from bot.templates import TEMPLATES
from bot.twilio.client import Twilio
from jobs import templates
from jobs.schedule import run_by_hand
from models.queries.contents import contents_of
from tests.jobs.scene import Scene

ALL = len(TEMPLATES)


@pytest.fixture
def type_in(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> FlaskCliRunner:
    """A terminal, in a house that has its templates in English only."""
    monkeypatch.setattr(templates, "_languages", lambda: ("en",))
    monkeypatch.setenv("COLUMNS", "120")
    return create_app(current()).test_cli_runner()


def test_it_makes_and_submits_them_and_says_what_to_do_next(scene: Scene, type_in: FlaskCliRunner):
    first = type_in.invoke(args=["templates"])
    scene.client.settle()
    second = type_in.invoke(args=["templates"])

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "ajo_due_soon_v1" in first.stdout
    assert "wait, and run this again" in first.stdout
    assert f"0 of {ALL} may be used; news whose template may not goes by SMS" in first.stdout
    assert f"{ALL} of {ALL} may be used" in second.stdout
    assert len(scene.client.templates()) == ALL


def test_what_was_rejected_says_why(scene: Scene, type_in: FlaskCliRunner):
    with scene.broken("twilio_content.approval", "approval", "rejected"):
        type_in.invoke(args=["templates"])
        scene.client.settle()

    assert "change its text, give it a new" in type_in.invoke(args=["templates"]).stdout


def test_while_twilio_is_down_it_says_so(scene: Scene, type_in: FlaskCliRunner):
    with scene.broken("twilio_content.*", "error_before_effect"):
        done = type_in.invoke(args=["templates"])

    assert done.exit_code == 0
    assert "not made" in done.stdout
    assert "Traceback" not in done.output


def test_the_daily_look_follows_whatsapps_word_and_makes_nothing(scene: Scene, type_in: FlaskCliRunner):
    assert run_by_hand("templates") == {}
    assert scene.client.templates() == []

    type_in.invoke(args=["templates"])
    scene.client.settle()
    assert run_by_hand("templates") == run_by_hand("templates") == {"approved": ALL}
    assert {each.status for each in contents_of(Twilio.from_settings(current()).account)} == {"approved"}
    assert len(scene.client.templates()) == ALL

"""`flask --app app staff`: the first owner, and the one who has lost her password or her phone."""

import re
from dataclasses import replace

import pytest

from app import create_app
from bot import clock as moved
from models.actions import staff
from models.rules.staff import Role
from models.tables.staff import Staff
from tests.support.panel import hire
from tests.support.time import A_MONDAY_MORNING

LINK = re.compile(r"/admin/set-up/(\S+)")
NEW = ["staff", "titi@ajo.example", "--name", "Titi", "--phone", "08099990001"]


@pytest.fixture
def type_in(settings, db, redis_client):
    app = create_app(replace(settings, answer_wait_ms=0))
    moved.set_to(A_MONDAY_MORNING)
    runner = app.test_cli_runner()
    yield lambda *words: runner.invoke(args=list(words))
    moved.plain()


def test_somebody_new_gets_a_link_that_opens(type_in):
    done = type_in(*NEW)
    assert done.exit_code == 0
    assert LINK.search(done.stdout)


def test_what_is_wrong_is_said(type_in):
    assert "--name and --phone are needed" in type_in("staff", "titi@ajo.example").stderr
    assert "is not a mobile number" in type_in(*NEW[:-1], "12").stderr
    assert "That is no e-mail address" in type_in("staff", "titi", *NEW[2:]).stderr


def test_who_has_an_account_needs_no_second_one(type_in):
    hire(Role.OWNER, moved.now(), email="titi@ajo.example")
    done = type_in(*NEW)
    assert done.exit_code == 1
    assert "use --lost" in done.stderr


def test_the_only_owner_who_has_lost_her_phone_gets_a_new_link(type_in):
    hire(Role.OWNER, moved.now(), email="titi@ajo.example")
    done = type_in("staff", " Titi@Ajo.example", "--lost")
    assert done.exit_code == 0, done.stderr
    assert LINK.search(done.stdout)
    assert "Nobody has an account" in type_in("staff", "nobody@ajo.example", "--lost").stderr


def test_where_nobody_is_left_to_agree_the_machine_gives_the_link_and_she_keeps_her_role(type_in):
    hire(Role.OWNER, moved.now(), email="titi@ajo.example")
    bisi = hire(Role.FINANCE, moved.now(), email="bisi@ajo.example")

    assert LINK.search(type_in("staff", "bisi@ajo.example", "--lost").stdout)
    assert Staff.get_by_id(bisi.staff_id).role == "finance"

    staff.disable(bisi.staff_id, actor="test", now=moved.now())
    assert "Without --lost" in type_in("staff", "bisi@ajo.example", "--lost").stderr
    assert LINK.search(type_in("staff", "bisi@ajo.example", *NEW[2:]).stdout)
    assert Staff.get_by_id(bisi.staff_id).role == "finance"

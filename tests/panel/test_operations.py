"""The machine as the staff see it: jobs, the queue to look at only, the trail and its chains, settings, switches."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import psycopg2
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from bot import clock as moved
from bot import process, queue
from bot.panel.settings_shown import shown
from bot.settings import TABLE, Settings, secrets_of
from jobs.schedule import PERIODIC
from models.actions import runs, switches, transfers
from models.actions.audit import note
from models.base import database
from models.rules.staff import Role
from models.tables.mail import Outbox
from tests.panel.conftest import SignIn
from tests.support.circles import running_group
from tests.support.databases import Database
from tests.support.panel import CSRF, KEY, hidden, send

HERE = "/admin/operations/"
BODY = "What is wrong is written here"


@pytest.fixture
def owner(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.OWNER, email="ada@ajo.example", phone="+2348099990001")


@pytest.fixture
def colleague(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.FINANCE, email="bisi@ajo.example", phone="+2348099990002", name="Bisi Ade")


# --- jobs -----------------------------------------------------------------------------------


def ran(name: str, *, error: str | None = None) -> None:
    now = moved.now()
    run_id = runs.claim_run(name, now, now)
    assert run_id is not None
    runs.finish_run(run_id, {"reminded": 12, "failed": 0}, 345, now, error)


def test_every_job_of_the_timetable_is_there_with_its_last_run(owner: FlaskClient) -> None:
    ran("reminders")

    page = owner.get(HERE).text

    assert all(f"/admin/operations/jobs/{job.name}" in page for job in PERIODIC)
    assert "reminded 12" in page
    assert "345 ms" in page


def test_what_failed_or_is_late_stands_first(owner: FlaskClient) -> None:
    ran("said")
    ran("late_fees", error="OperationalError")
    moved.advance("5m")

    page = owner.get(HERE).text.partition('id="jobs"')[2]

    assert page.index("OperationalError") < page.index(">bills<")
    assert "late</span>" in page.partition(">said<")[2].partition("</tr>")[0]


def test_a_jobs_runs_are_paged_by_key(owner: FlaskClient) -> None:
    for n in range(53):
        run_id = runs.claim_run("said", moved.now() - timedelta(minutes=n), moved.now())
        assert run_id is not None
        runs.finish_run(run_id, {}, 345, moved.now())

    first = owner.get("/admin/operations/jobs/said")
    assert first.text.count("345 ms") == 50
    more = first.text.split('href="?after=')[1].split('"')[0]

    assert owner.get(f"/admin/operations/jobs/said?after={more}").text.count("345 ms") == 3
    assert owner.get("/admin/operations/jobs/no-such-job").status_code == 404


def test_without_redis_the_page_says_so(owner: FlaskClient) -> None:
    here = process.redis_of()
    process.use_redis(process.connect_redis("redis://127.0.0.1:1/0"))
    try:
        page = owner.get(HERE)
    finally:
        process.use_redis(here)

    assert page.status_code == 200
    assert "Redis does not answer" in page.text


# --- the queue ------------------------------------------------------------------------------


def test_the_queue_can_be_looked_at(owner: FlaskClient) -> None:
    queue.charge(1)

    assert owner.get("/admin/jobs/0/data/queues.json").json["queues"][0]["count"] == 1
    assert owner.get("/admin/jobs/0/data/job/charge-1.json").json["description"] == "jobs.payments.charge(1)"
    for page in ("", "0/view/queues", "0/view/workers", "0/view/jobs", "0/view/job/charge-1"):
        assert owner.get(f"/admin/jobs/{page}").status_code == 200, page


@pytest.mark.parametrize(
    "path",
    [
        "requeue/ajo",
        "job/charge-1/delete",
        "job/charge-1/requeue",
        "queue/ajo/queued/empty",
        "queue/ajo/failed/empty",
        "queue/ajo/compact",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_and_nothing_in_it_can_be_changed(
    path: str, method: str, owner: FlaskClient, redis_client: redis.Redis
) -> None:
    queue.charge(1)
    before = sorted(redis_client.keys("rq:*"))
    csrf = hidden(owner.get(HERE), CSRF)

    answer = owner.open(f"/admin/jobs/{path}", method=method, data={"csrf": csrf})

    assert answer.status_code in (403, 404, 405)
    assert sorted(redis_client.keys("rq:*")) == before


def test_its_pages_have_a_policy_of_their_own(owner: FlaskClient) -> None:
    answer = owner.get("/admin/jobs/0/view/jobs")
    policy = answer.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]

    assert "unsafe-inline" not in policy
    assert "form-action 'none'" in policy
    assert ' style="' not in answer.text
    assert answer.text.count(f'nonce="{nonce}"') == 5
    assert nonce not in owner.get("/admin/jobs/0/view/jobs").text


def test_what_the_queue_asks_by_itself_keeps_nobody_signed_in(owner: FlaskClient) -> None:
    for _ in range(16):
        moved.advance("1m")
        answer = owner.get("/admin/jobs/0/data/queues.json")

    assert answer.location == "/admin/sign-in"


# --- the trail ------------------------------------------------------------------------------


def test_the_trail_is_looked_through(owner: FlaskClient) -> None:
    now = moved.now()
    note("payout.yes", "payout:77", actor="member:5", now=now, group_id=None, detail={"payload_hash": "abc"})
    note("payout.no", "payout:78", actor="member:6", now=now - timedelta(days=3))

    def found(query: str) -> tuple[bool, bool]:
        text = owner.get(f"/admin/audit/?{query}").text.partition("<tbody>")[2]
        return "payout:77" in text, "payout:78" in text

    assert found("") == (True, True)
    assert found("actor=member:5") == (True, False)
    assert found("verb=payout.") == (True, True)
    assert found("verb=payout%25yes") == (False, False), "what she types is no pattern"
    assert found("subject=payout:78") == (False, True)
    assert found("chain=group:1") == (False, False)
    assert found("since=2026-03-02") == (True, False)
    assert found("until=2026-03-01") == (False, True)
    assert found("since=yesterday") == (True, True)


def test_the_trail_is_paged_by_key(owner: FlaskClient) -> None:
    for n in range(60):
        note("test.note", f"thing:{n:02d}", actor="system", now=moved.now())

    first = owner.get("/admin/audit/?actor=system&verb=test.").text
    more = first.partition("after=")[2].partition('"')[0]
    second = owner.get(f"/admin/audit/?actor=system&verb=test.&after={more}").text

    assert first.count(">thing:") == 50
    assert second.count(">thing:") == 10
    assert 'name="actor" value="system"' in second


def test_names_of_the_staff_stand_in_the_trail(owner: FlaskClient) -> None:
    assert "Titi Ola" in owner.get("/admin/audit/?verb=staff.sign_in").text


def test_a_chain_that_holds(owner: FlaskClient) -> None:
    page = owner.get("/admin/audit/check?chain=house").text
    head = database.execute_sql("SELECT encode(hash, 'hex') FROM audit_head WHERE chain = 'house'").fetchone()[0]

    assert "It holds" in page
    assert head in page
    assert "They hold" in owner.get("/admin/audit/check").text
    assert "no such chain" in owner.get("/admin/audit/check?chain=group:99").text


def tampered(db: Database, sql: str) -> None:
    """As somebody would who owns the database."""
    with closing(psycopg2.connect(db.superuser_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE audit DISABLE TRIGGER USER; {sql}; ALTER TABLE audit ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit SET actor = 'staff:99' WHERE id = (SELECT min(id) FROM audit)",
        "DELETE FROM audit WHERE id = (SELECT min(id) FROM audit)",
        "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
    ],
)
def test_a_chain_that_somebody_has_touched(sql: str, owner: FlaskClient, db: Database) -> None:
    tampered(db, sql)

    assert "Broken" in owner.get("/admin/audit/check?chain=house").text
    assert "Broken" in owner.get("/admin/audit/check").text


def test_an_auditor_reads_the_trail_and_a_field_officer_does_not(signed_in: SignIn) -> None:
    auditor = signed_in(Role.AUDITOR)

    assert auditor.get("/admin/audit/").status_code == 200
    assert 'href="/admin/audit/"' in auditor.get("/admin/").text
    assert signed_in(Role.FIELD).get("/admin/audit/").status_code == 403


# --- settings -------------------------------------------------------------------------------


def test_settings_are_seen_and_secrets_are_not(owner: FlaskClient, settings: Settings) -> None:
    page = owner.get("/admin/operations/settings").text

    assert all(f"<code>{name}</code>" in page for name in TABLE)
    assert settings.ussd_code in page
    assert not [secret for secret in secrets_of(settings) if secret in page]
    assert settings.database_url not in page
    assert settings.redis_url not in page


def test_it_tells_a_secret_that_everybody_knows_from_one_of_our_own(settings: Settings) -> None:
    def told(ours: Settings, name: str) -> bool:
        return next(line.built_in for _, lines in shown(ours) for line in lines if line.name == name)

    assert told(settings, "SECRET_KEY")
    assert told(settings, "FIELD_KEYS")
    assert not told(replace(settings, secret_key="0123456789abcdef" * 2), "SECRET_KEY")


# --- switches -------------------------------------------------------------------------------


def pull(browser: FlaskClient, switch: str, why: str = BODY) -> str:
    send(browser, HERE, f"{HERE}switches/{switch}/pull", note=why)
    return browser.get(HERE).text


def test_one_person_stops_payouts_and_no_transfer_leaves(owner: FlaskClient) -> None:
    circle = running_group()
    circle.all_pay()
    payout = circle.approve_twice()

    page = pull(owner, "payouts")

    assert "Payouts are stopped" in page
    assert BODY in page
    assert transfers.reserve(payout.id, circle.now) == "stopped"


def test_a_transfer_that_was_reserved_does_not_leave_either(owner: FlaskClient) -> None:
    circle = running_group()
    circle.all_pay()
    payout = circle.approve_twice()
    assert transfers.reserve(payout.id, circle.now) == "reserved"

    pull(owner, "payouts")

    assert transfers.claim_attempt(payout.id, circle.now) is None


def test_why_is_asked(owner: FlaskClient) -> None:
    assert "in a few words" in pull(owner, "payouts", "x")
    assert switches.payouts_stopped() is None


def test_a_switch_that_is_pulled_stays_as_it_is(owner: FlaskClient, colleague: FlaskClient) -> None:
    pull(owner, "blasts", "the first reason")
    shown_before = {"csrf": hidden(colleague.get(HERE), CSRF), "key": hidden(colleague.get(HERE), KEY)}

    colleague.post(f"{HERE}switches/blasts/pull", data={**shown_before, "note": "another reason"})

    assert switches.blasts_stopped() == "the first reason"


@pytest.mark.parametrize(
    ("switch", "is_on"), [("payouts", switches.payouts_stopped), ("blasts", switches.blasts_stopped)]
)
def test_two_people_let_it_go_and_one_cannot(switch: str, is_on, owner: FlaskClient, colleague: FlaskClient) -> None:
    pull(owner, switch)
    lift = f"/admin/approvals/new/lift_{switch}_switch/switch:{switch}"
    assert lift in owner.get(HERE).text

    made = send(owner, lift, lift, note="It was a false alarm").location
    shown_hash = owner.get(made).text.partition('name="shown" value="')[2].partition('"')[0]
    alone = send(owner, HERE, f"{made}/approve", note="It was indeed", shown=shown_hash)
    assert alone.status_code == 303
    assert is_on()

    page = colleague.get(made)
    shown_hash = page.text.partition('name="shown" value="')[2].partition('"')[0]
    send(colleague, made, f"{made}/approve", note="It was indeed", shown=shown_hash)

    assert not is_on()


def test_the_switch_of_messages_holds_reminders(owner: FlaskClient, house: Flask) -> None:
    pull(owner, "blasts")

    assert "stopped" in owner.get(HERE).text
    assert not Outbox.select().where(Outbox.status == "sent").exists()

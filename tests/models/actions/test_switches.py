"""The switches: what they stop, that it waits and is not lost, and that the trail says who pulled them."""

from datetime import timedelta

from models.actions import mail, switches
from models.queries import due
from models.tables.ledger import Audit
from models.tables.mail import Outbox
from tests.support.databases import Database
from tests.support.time import A_MONDAY_MORNING as NOW

PHONE = "+2348031234567"


def decide(key: str, *, reminder: bool) -> int:
    found = mail.queue_message("S33", dedupe_key=key, facts={}, phone=PHONE, now=NOW, reminder=reminder)
    assert found is not None
    return found


def claimed() -> list[int]:
    return [each.outbox_id for each in mail.claim_mail(NOW)]


def test_it_holds_what_goes_to_many_and_lets_the_rest_go(db: Database) -> None:
    to_many, receipt = decide("many", reminder=True), decide("one", reminder=False)

    assert switches.stop_blasts("something is wrong", actor="staff:1", now=NOW)

    assert claimed() == [receipt]
    assert Outbox.get_by_id(to_many).status == "queued"


def test_nobody_rings_for_what_is_held(db: Database) -> None:
    decide("many", reminder=True)
    assert [ring.name for ring in due.due(NOW)] == ["send_mail"]

    switches.stop_blasts("something is wrong", actor="staff:1", now=NOW)

    assert due.due(NOW) == []


def test_what_was_held_goes_when_it_is_lifted(db: Database) -> None:
    to_many = decide("many", reminder=True)
    switches.stop_blasts("something is wrong", actor="staff:1", now=NOW)
    assert claimed() == []

    assert switches.resume_blasts(actor="staff:2", now=NOW)

    assert claimed() == [to_many]


def test_a_switch_is_pulled_once_and_knows_why_since_when_and_by_whom(db: Database) -> None:
    assert switches.stop_payouts("first", actor="staff:1", now=NOW)
    assert not switches.stop_payouts("second", actor="staff:2", now=NOW + timedelta(hours=1))

    found = switches.stopped(switches.PAYOUTS_STOPPED)
    assert found is not None
    assert (found.reason, found.since, found.by) == ("first", NOW, "staff:1")
    assert switches.resume_payouts(actor="staff:2", now=NOW)
    assert switches.stopped(switches.PAYOUTS_STOPPED) is None
    assert not switches.resume_payouts(actor="staff:2", now=NOW)


def test_her_own_words_stay_out_of_the_trail_which_nobody_can_mend(db: Database) -> None:
    switches.stop_payouts("Bisi Alade says so", actor="staff:1", now=NOW)
    switches.stop_blasts("unknown_transfer", actor="system", now=NOW)

    assert [(row.verb, row.detail) for row in Audit.select().order_by(Audit.id)] == [
        ("payouts.stop", {}),
        ("blasts.stop", {"reason": "unknown_transfer"}),
    ]

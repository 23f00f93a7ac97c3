"""What stands where a route of the panel has a parameter: one running group with all that the pages show.

A page with a new kind of parameter gets its line in `prepare`, under the parameter's name, or under
"endpoint.parameter" where the same name means something else there. Whatever stands here belongs to this one group (so
that a field officer who does not look after it must not see it), unless `OF_NO_GROUP` says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot import queue
from bot.panel.gate import form_key
from models.account_commands import OpenReport
from models.actions import attachments, blasts, proposals, reports
from models.actions.attachments import Sent
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.base import database
from models.rules.blasts import Audience
from models.rules.refused import Refused
from models.rules.staff import Role
from models.sealing import keys
from models.tables.people import Member
from models.tables.ways import Attachment
from tests.support.circles import NAIRA, Circle, running_group, settle
from tests.support.panel import hire

# Parameters that say nothing about a group: whoever may open the page may open it with any of these.
OF_NO_GROUP = frozenset({
    *("form", "kind", "name", "mark", "token", "code", "text_key", "language"),
    *("staff_id", "job", "switch"),
    *("instance_number", "job_id", "queue_name", "registry_name", "per_page", "order", "page"),
})  # fmt: skip


# Pages about the money of the house: for somebody who sees groups of her own they are not there.
OF_THE_HOUSE = frozenset({
    "panel.money_balance", "panel.money_fees", "panel.money_suspense", "panel.money_suspended",
})  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """The group and what to fill in, by the name of the parameter. asks: a page's query string, by its endpoint."""

    circle: Circle
    values: Mapping[str, object]
    asks: Mapping[str, Mapping[str, object]]


def prepare(now: datetime) -> Scene:
    """Everybody has paid but Efe; the first pot waits; one payment belongs to nobody."""
    circle = running_group()
    circle.all_pay(but=("Efe",))
    payment = circle.pay("Efe")
    settle("nobodys-reference", 5_000 * NAIRA, circle.now)
    payout_id = one("SELECT max(id) FROM payout")
    somebody = hire(Role.AUDITOR, now, email="somebody@ajo.example", phone="+2348099990055", name="Somebody Else")
    values: dict[str, object] = {
        "group_id": circle.group_id,
        "member_id": circle.members["Chidi"],
        "seat_id": circle.seats["Chidi"],
        "cycle_id": circle.cycle(1).id,
        "number": 1,
        "payment_id": payment.id,
        "payout_id": payout_id,
        "kind": "payout",
        "subject": f"payout:{payout_id}",
        "proposal_id": proposed(payout_id, somebody.staff_id, now),
        "obligation_id": one("SELECT max(id) FROM obligation"),
        "entry_id": one("SELECT max(id) FROM journal_entry WHERE group_id IS NOT NULL"),
        "account_id": f"liab.pot:{circle.cycle(1).id}",
        "suspense_id": one("SELECT max(id) FROM suspense"),
        "outbox_id": one("SELECT max(id) FROM outbox WHERE group_id IS NOT NULL"),
        "staff_id": somebody.staff_id,
        "attachment_id": attached(circle),
        "report_id": reported(circle),
        "blast_id": announced(circle.group_id, somebody.staff_id, now),
        "job": "reminders",
        "switch": "payouts",
        "instance_number": 0,
        "job_id": queued_job(),
        "queue_name": "ajo",
        "registry_name": "queued",
        "per_page": 8,
        "order": "asc",
        "page": 1,
        "form": "csv",
        "token": form_key(),
    }
    asks: dict[str, dict[str, object]] = {
        "panel.report_statement_of": {"phone": phone_of(circle.members["Chidi"])},
    }
    return Scene(circle, values, asks)


def proposed(payout_id: int, staff_id: int, now: datetime) -> int:
    """Somebody of the finances proposes that the pot be paid out."""
    effect = proposals.propose(Wish("payout", f"payout:{payout_id}", {}, "Everybody has paid"), maker(staff_id), now)
    assert not isinstance(effect, Refused), effect
    assert effect.facts is not None
    return int(effect.facts["proposal_id"])


def announced(group_id: int, staff_id: int, now: datetime) -> int:
    """A word to this group's members, not sent to all of them yet."""
    effect = blasts.announce("The meeting is at four.", Audience((group_id,)), maker(staff_id), now)
    assert not isinstance(effect, Refused), effect
    return one("SELECT max(id) FROM blast")


def attached(circle: Circle) -> int:
    """A picture that Chidi has sent."""
    picture = Sent("https://api.twilio.com/media/1", "image/jpeg")
    [found] = attachments.keep(
        channel="twilio-whatsapp", message_id="MM1", address="+2348030000000", phone="+2348030000000", sent=[picture],
        caption="I have paid", about="contribute.F1", now=circle.now,
    )  # fmt: skip
    assert attachments.claim(found, circle.now) is not None
    attachments.fetched(found, b"\xff\xd8\xff\xe0 a picture", circle.now)
    Attachment.update(member=circle.members["Chidi"], group=circle.group_id).where(Attachment.id == found).execute()
    return found


def reported(circle: Circle) -> int:
    """Chidi has told us that something is wrong."""
    reports.open_report(OpenReport("not_shown", "today", circle.seats["Chidi"]), circle.context("Chidi"))
    return one("SELECT max(id) FROM report")


def maker(staff_id: int) -> Somebody:
    """Somebody of the finances, with this account."""
    return Somebody(staff_id, "Somebody Else", Role.FINANCE, b"", frozenset())


def queued_job() -> str:
    """A job that waits in the queue."""
    queue.charge(1)
    return "charge-1"


def phone_of(member_id: int) -> str:
    """Her number, opened."""
    return keys().open(Member.get_by_id(member_id).phone_sealed, f"member.phone:{member_id}")


def one(sql: str) -> int:
    """The one number that a query answers with; 0 for none."""
    return int(database.execute_sql(sql).fetchone()[0] or 0)

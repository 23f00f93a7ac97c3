"""What one of the staff may do for a member without a second person: it takes nothing from anybody and is written down.

Freezing is one person's, because it has to be quick (security.md, 5.3); ending it takes two (`office_words`).
"""

from datetime import datetime, timedelta
from typing import Final

from models.actions import audit, freezing
from models.actions.forms import Effect
from models.actions.mail import queue_message
from models.actions.signing_in import Somebody
from models.base import database, transaction
from models.news_values import clock
from models.queries.mail import decided
from models.rules.refused import Refused
from models.rules.schedule import local_date
from models.tables.ledger import Audit
from models.tables.mail import Outbox
from models.tables.people import Member

UNLOCKS_EVERY: Final = timedelta(days=1)
RESENT_WITHIN: Final = timedelta(days=30)
# Codes that let somebody in, and what goes to the staff: never a second time.
NEVER_AGAIN: Final = frozenset({"S63", "S70", "S71", "S71n", "S72", "S72o", "S72d", "S74", "S74c"})
ENDED: Final = ("sent", "delivered", "read", "failed")


@transaction
def freeze(member_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """Stop her PIN, all changes and every payout to her. Done: member_frozen. Refused: not_active."""
    if not freezing.freeze(member_id, "S50o", actor=who.actor, now=now):
        return Refused("not_active")
    return Effect("member_frozen")


@transaction
def unlock(member_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """Let her try her PIN again, once a day: whoever guesses gets five tries more, not as many as she likes.

    The next lock is as long as it would have been. Done: pin_unlocked. Refused: pin_not_locked, unlocked_today.
    """
    # peewee takes the lock's own words here; its stubs know only the flag.
    row = Member.select().where(Member.id == member_id).for_update("FOR NO KEY UPDATE").get()  # type: ignore[arg-type]
    if row.pin_locked_until is None or row.pin_locked_until <= now:
        return Refused("pin_not_locked")
    subject = f"member:{member_id}"
    lately = (Audit.subject == subject) & (Audit.verb == "member.unlock") & (Audit.at > now - UNLOCKS_EVERY)
    if Audit.select().where(lately & Audit.entry.is_null() & Audit.subject.startswith("member:")).exists():
        return Refused("unlocked_today")
    Member.update(pin_failures=0, pin_locked_until=None).where(Member.id == member_id).execute()
    queue_message(
        "S20u",
        dedupe_key=f"pin_unlock:{member_id}:{now.isoformat()}",
        facts={"time": clock(now)},
        member_id=member_id,
        now=now,
    )
    audit.note("member.unlock", subject, actor=who.actor, now=now)
    return Effect("pin_unlocked")


@transaction
def resend(outbox_id: int, member_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """Send a message to her once more, to the number that is hers now. Once a day.

    Done: message_resent. Refused: gone (not hers), resend_secret, resend_reminder, still_on_its_way, message_too_old,
    resent_today.
    """
    row = Outbox.get_or_none(Outbox.id == outbox_id)
    if row is None or not _is_hers(row, member_id):
        return Refused("gone")
    if (refusal := _not_again(row, now)) is not None:
        return refusal
    first = row.dedupe_key.split(":")[1] if row.dedupe_key.startswith("resend:") else str(row.id)
    letter = decided(outbox_id)
    if letter is None:
        return Refused("gone")
    again = queue_message(
        row.text_key,
        dedupe_key=f"resend:{first}:{local_date(now)}",
        facts=letter.facts,
        member_id=member_id,
        group_id=row.group_id,
        expires_at=row.expires_at,
        now=now,
    )
    if again is None:
        return Refused("resent_today")
    detail = {"outbox": outbox_id, "again": again}
    audit.note("member.resend", f"member:{member_id}", actor=who.actor, now=now, detail=detail)
    return Effect("message_resent")


def _is_hers(row: Outbox, member_id: int) -> bool:
    """To her as a member, or to a number that was hers when it went."""
    if row.member_id is not None:
        return bool(row.member_id == member_id)
    found = database.execute_sql(
        """
        SELECT 1 FROM member WHERE id = %(id)s AND phone_index = %(index)s
        UNION ALL
        SELECT 1 FROM former_number WHERE member_id = %(id)s AND phone_index = %(index)s AND until_at > %(at)s
        """,
        {"id": member_id, "index": row.phone_index, "at": row.created_at},
    ).fetchone()
    return found is not None


def _not_again(row: Outbox, now: datetime) -> Refused | None:
    if row.kind != "news" or row.text_key in NEVER_AGAIN:
        return Refused("resend_secret")
    if row.reminder:
        return Refused("resend_reminder")  # it would say what is no longer so; there is a button that reminds her
    if row.status not in ENDED:
        return Refused("still_on_its_way")
    over = row.expires_at is not None and row.expires_at <= now
    return Refused("message_too_old") if over or row.created_at < now - RESENT_WITHIN else None

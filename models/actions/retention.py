"""What was said and sent is erased when its term is over (security.md, threat 26): words, numbers, pictures, voices.

The rows of messages stay, empty: when, over which way, at what cost, and that they were sent. Never touched here are
the books, what providers of payments have told, the audit trail and the consents.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from models.base import database, transaction

BATCH: Final = 500

# Each takes the oldest that still hold something; the index `<table>_kept` holds just these (migrations 0024 and 0028).
# What Paystack told stays for ever, so the index of events leaves it out, in the query's own words.
WORDS: Final = {
    "messages": """
        UPDATE outbox SET facts_sealed = '', phone_sealed = '',
               content_sealed = CASE WHEN kind = 'reply' THEN ''::bytea END
         WHERE id IN (SELECT id FROM outbox
                       WHERE facts_sealed <> '' AND created_at < %(before)s AND status NOT IN ('queued', 'sending')
                       ORDER BY created_at LIMIT %(most)s)
        """,
    "talks": """
        DELETE FROM said WHERE id IN (SELECT id FROM said WHERE at < %(before)s ORDER BY at LIMIT %(most)s)
        """,
    "steps": """
        UPDATE performed SET talk_sealed = '', outcome_sealed = ''
         WHERE key IN (SELECT key FROM performed WHERE talk_sealed <> '' AND at < %(before)s
                        ORDER BY at LIMIT %(most)s)
        """,
    "events": """
        UPDATE inbox SET body_sealed = ''
         WHERE id IN (SELECT id FROM inbox
                       WHERE body_sealed <> '' AND provider <> 'paystack' AND received_at < %(before)s
                         AND provider <> ALL(%(payments)s)
                         AND (done_at IS NOT NULL OR parked_at IS NOT NULL)
                       ORDER BY received_at LIMIT %(most)s)
        """,
}
# One that nobody has looked at waits for nobody any more.
FILES: Final = """
UPDATE attachment SET url_sealed = '', data_sealed = NULL, caption_sealed = NULL, address_sealed = '',
       done_at = coalesce(done_at, %(now)s)
 WHERE id IN (SELECT id FROM attachment
               WHERE url_sealed <> '' AND created_at < %(before)s AND (fetched_at IS NOT NULL OR refused IS NOT NULL)
               ORDER BY created_at LIMIT %(most)s)
"""


@transaction
def erase_words(what: str, before: datetime, payments: Sequence[str]) -> int:
    """A batch of one of `WORDS` that is older than this. payments: the providers of money. Returns how many."""
    values = {"before": before, "payments": list(payments), "most": BATCH}
    return int(database.execute_sql(WORDS[what], values).rowcount)


@transaction
def erase_files(before: datetime, now: datetime) -> int:
    """A batch of pictures, voice notes and other files that are older than this. Returns how many."""
    return int(database.execute_sql(FILES, {"before": before, "now": now, "most": BATCH}).rowcount)

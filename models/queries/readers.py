"""What is known, at the moment of sending, about those who are written to: what `models.rules.routes` decides by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.base import database
from models.phones import country
from models.rules.routes import WHATSAPP, Reader, window_until
from models.sealing import keys

# A number that was not there is there again when she has been heard from it since.
SQL = """
SELECT o.id, m.reminder_channel, seat.id, chat.id, chat.address_sealed, chat.heard_at, stop.phone_index IS NOT NULL,
       ARRAY(SELECT r.channel FROM channel_refusal r
              WHERE r.phone_index = o.phone_index AND (r.ended_at IS NULL OR r.ended_at > %(now)s)
                AND NOT (r.reason = 'unreachable' AND r.channel = %(whatsapp)s
                         AND coalesce(chat.heard_at > r.since, false)))
  FROM outbox o
  LEFT JOIN member m ON m.id = o.member_id
  LEFT JOIN LATERAL (SELECT s.id FROM seat s WHERE s.member_id = o.member_id AND s.group_id = o.group_id
                      ORDER BY s.turn NULLS LAST, s.id LIMIT 1) seat ON true
  LEFT JOIN opt_out stop ON stop.phone_index = o.phone_index AND stop.started_at IS NULL
  LEFT JOIN LATERAL (SELECT c.id, c.address_sealed, c.heard_at FROM chat c
                      WHERE c.phone_index = o.phone_index AND c.channel = %(whatsapp)s
                      ORDER BY c.heard_at DESC LIMIT 1) chat ON true
 WHERE o.id = ANY(%(ids)s)
"""


@dataclass(frozen=True)
class Addressee:
    """The reader of a message. seat_id: hers in the group that it is about. whatsapp: where she is to be found there:
    her number, or the id behind which she hides it.
    """

    reader: Reader
    seat_id: int | None = None
    whatsapp: str = field(default="", repr=False)


def of_messages(phones: dict[int, str], now: datetime) -> dict[int, Addressee]:
    """The readers of these messages (outbox ids, with their numbers), in one query."""
    values = {"ids": list(phones), "now": now, "whatsapp": WHATSAPP}
    rows: Sequence[tuple[int, str, int | None, int | None, memoryview, datetime, bool, list[str]]] = (
        database.execute_sql(SQL, values).fetchall() if phones else []
    )
    return {
        outbox_id: Addressee(
            Reader(
                country=country(phones[outbox_id]),
                prefers_whatsapp=preference == "whatsapp",
                opted_in=chat_id is not None and not stopped,
                window_until=window_until(heard_at),
                refused=frozenset(refused),
            ),
            seat_id,
            "" if chat_id is None else keys().open(address, f"chat.address:{chat_id}"),
        )
        for outbox_id, preference, seat_id, chat_id, address, heard_at, stopped, refused in rows
    }

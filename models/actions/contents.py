"""What we keep of the texts that were made at the messaging provider: their ids, and whether they may be used.

The provider is asked by others, outside any transaction; what came of it is written down here.
"""

from datetime import datetime
from typing import Final

from models.base import transaction
from models.queries.contents import GONE
from models.tables.contents import ContentTemplate

SESSION: Final = "session"


@transaction
def keep_content(
    account: str, name: str, language: str, *, digest: str, sid: str, now: datetime, status: str = SESSION
) -> str:
    """Write down a text that was just made. Two workers may have made it at once: the sid of the first one counts."""
    fields = {"digest": digest, "sid": sid, "status": status, "why": "", "created_at": now, "checked_at": now}
    ContentTemplate.insert(account=account, name=name, language=language, **fields).on_conflict(
        conflict_target=[ContentTemplate.account, ContentTemplate.name, ContentTemplate.language],
        update=fields,
        where=(ContentTemplate.status == GONE),
    ).execute()
    return str(ContentTemplate.get(_is(account, name, language)).sid)


@transaction
def content_gone(account: str, sid: str, now: datetime) -> bool:
    """The provider does not know it any more: the next who needs it makes it anew."""
    rows = ContentTemplate.update(status=GONE, checked_at=now).where(
        (ContentTemplate.account == account) & (ContentTemplate.sid == sid)
    )
    return bool(rows.execute())


@transaction
def content_judged(account: str, sid: str, status: str, why: str, now: datetime) -> bool:
    """What WhatsApp says of a template now."""
    rows = ContentTemplate.update(status=status, why=why, checked_at=now).where(
        (ContentTemplate.account == account) & (ContentTemplate.sid == sid)
    )
    return bool(rows.execute())


def _is(account: str, name: str, language: str) -> object:
    return (
        (ContentTemplate.account == account) & (ContentTemplate.name == name) & (ContentTemplate.language == language)
    )

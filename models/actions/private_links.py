"""One-time pages for what may not be typed in a chat: who may open one, and for how long.

The address holds a token of 128 bits that nobody keeps but her: here lies its mark. A page
goes on from one version of her chat; when the talk moves on elsewhere it is void.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models.base import transaction
from models.sealing import keys
from models.tables.chats import PrivateLink

LIFE: Final = timedelta(minutes=10)
POSTS: Final = 20  # answers that one page takes: enough for mistakes, too few for a program that tries
TOKEN_BYTES: Final = 16


@dataclass(frozen=True)
class Page:
    """A page that may be shown."""

    link_id: int
    chat_id: int
    version: int
    posts: int


def new_token() -> str:
    """What stands in the address of a new page: letters and digits, for a chat takes other signs for its own."""
    return secrets.token_hex(TOKEN_BYTES)


@transaction
def make(token: str, chat_id: int, version: int, now: datetime) -> None:
    """A page that goes on from this version of the chat. Those of earlier versions are void by that."""
    PrivateLink.insert(
        token_index=_index(token), chat=chat_id, version=version, made_at=now, expires_at=now + LIFE
    ).execute()


def find(token: str, now: datetime) -> Page | None:
    """The page of this token, None when it was used, has expired or never was."""
    row = PrivateLink.get_or_none(PrivateLink.token_index == _index(token))
    if row is None or row.used_at is not None or row.expires_at <= now:
        return None
    return Page(row.id, row.chat_id, row.version, row.posts)


@transaction
def count_post(page: Page, now: datetime) -> int:
    """Count an answer before it is looked at: which one it is, 0 when there have been too many."""
    counted = PrivateLink.update(posts=PrivateLink.posts + 1).where(
        (PrivateLink.id == page.link_id)
        & (PrivateLink.posts < POSTS)
        & PrivateLink.used_at.is_null()
        & (PrivateLink.expires_at > now)
    )
    return next((int(row.posts) for row in counted.returning(PrivateLink.posts).execute()), 0)


@transaction
def go_on(link_id: int, version: int, now: datetime, *, done: bool) -> None:
    """Her talk has taken a step on this page: it goes on from there, or it has served its time."""
    PrivateLink.update(version=version, used_at=now if done else None).where(PrivateLink.id == link_id).execute()


def _index(token: str) -> bytes:
    return keys().index(token, "private_link")

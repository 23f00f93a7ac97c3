"""Which texts the messaging provider has of us."""

from dataclasses import dataclass

from models.tables.contents import ContentTemplate

GONE = "gone"  # we had it, and the provider has not


@dataclass(frozen=True)
class Content:
    """A text at the provider. status: session (needs no approval), gone, or what WhatsApp says of a template."""

    name: str
    language: str
    digest: str
    sid: str
    status: str
    why: str


def contents_of(account: str) -> tuple[Content, ...]:
    """All that this account has and that we know of, by name."""
    rows = ContentTemplate.select().where((ContentTemplate.account == account) & (ContentTemplate.status != GONE))
    return tuple(_content(row) for row in rows.order_by(ContentTemplate.name, ContentTemplate.language))


def content(account: str, name: str, language: str) -> Content | None:
    """This one text."""
    row = ContentTemplate.get_or_none(
        (ContentTemplate.account == account)
        & (ContentTemplate.name == name)
        & (ContentTemplate.language == language)
        & (ContentTemplate.status != GONE)
    )
    return None if row is None else _content(row)


def _content(row: ContentTemplate) -> Content:
    return Content(row.name, row.language, row.digest, row.sid, row.status, row.why)

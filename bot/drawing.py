"""From a message to the file that goes with it: the words are looked up, the drawing is done in `bot.pictures`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from bot.pictures.poster import draw_poster
from bot.pictures.receipt import draw_receipt
from bot.pictures.statement import Payment, draw_statement
from bot.pictures.words import lines_of
from bot.settings import Settings
from flows import catalogue
from flows.forms import WHATSAPP, Picture
from flows.screens import MARK
from models import money
from models.queries.statements import StatementLine, payments_of
from models.rules.schedule import local_date

PNG, PDF = "image/png", "application/pdf"
CONTENT_TYPES = {"receipt": PNG, "poster": PNG, "statement": PDF}
ENDINGS = {PNG: "png", PDF: "pdf"}


@dataclass(frozen=True)
class File:
    """A file as it is served. name: what it is called where it is kept; it holds no name of a person."""

    data: bytes = field(repr=False)
    content_type: str
    name: str


def ending_of(kind: str) -> str:
    return ENDINGS[CONTENT_TYPES[kind]]


def is_document(kind: str) -> bool:
    """A document comes without words of ours beside it, a picture with them."""
    return CONTENT_TYPES.get(kind) == PDF


def drawn(picture: Picture, language: str, member_id: int | None, made_at: datetime, settings: Settings) -> File:
    """The file. Raises KeyError for a kind that nobody can draw."""
    values = _service(settings) | picture.words
    brand = lines_of("brand", language, values)[0].value
    if settings.training:  # at the head of every kind, and of each page, so that nobody shows it round as money
        brand = f"{brand} · {catalogue.text(MARK, language, WHATSAPP.name)}"
    match picture.kind:
        case "receipt":
            data = draw_receipt(lines_of("receipt", language, values), brand)
        case "poster":
            code = picture.words.get("code", "")
            data = draw_poster(lines_of("poster", language, values), brand, join_link(settings, code), code)
        case "statement":
            values["on"] = catalogue.date_of(local_date(made_at), language)
            lines = payments_of(int(picture.words["seat"]), member_id or 0)
            columns = [line.value for line in lines_of("columns", language, values)]
            rows = [_row(line, language) for line in lines]
            data = draw_statement(lines_of("statement", language, values), columns, rows, brand)
        case _:
            raise KeyError(picture.kind)
    ref = picture.words.get("ref") or picture.words.get("code") or local_date(made_at).isoformat()
    maker = "play" if settings.training else "ajo"
    return File(data, CONTENT_TYPES[picture.kind], f"{maker}-{picture.kind}-{ref}.{ending_of(picture.kind)}")


def join_link(settings: Settings, code: str) -> str:
    """Opens WhatsApp with "JOIN <code>" to us, ready to be sent."""
    return f"https://wa.me/{settings.twilio_whatsapp_from.lstrip('+')}?text={quote(f'JOIN {code}')}"


def _service(settings: Settings) -> dict[str, str]:
    return {"dial": settings.ussd_code.rstrip("#"), "help": settings.help_phone, "site": settings.site}


def _row(line: StatementLine, language: str) -> Payment:
    values: Mapping[str, str] = {}
    status = lines_of(line.status, language, values)[0].value
    return Payment(catalogue.date_of(line.on, language), line.short_ref, status, money.show(line.kobo))

"""Rows as a file for a spreadsheet, CSV or XLSX, written while they are read: a hundred thousand need no memory.

A cell that somebody typed stays what she typed: nothing in it becomes a formula (security.md, threat 23), and what
only looks like a number (a phone, a code with zeros, a reference like 12E45678) stays a text. Money is a decimal number
in naira. Which rows there are, and who may have them, is decided elsewhere.
"""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import xlsxwriter
from flask import Response, send_file, stream_with_context

from bot.settings import current
from models.rules import schedule

BOM: Final = "\ufeff"  # without it Excel takes UTF-8 for something else
CHUNK: Final = 32 * 1024  # of text, before it goes out
SHEET_ROWS: Final = 1_000_000  # a sheet of Excel ends at 1,048,576
LONGEST_CELL: Final = 32_000  # Excel's is 32,767
NAIRA: Final = Decimal(100)

# What begins a formula, also in the wide signs of a Japanese keyboard; blanks before it do not help.
FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
LIKE_A_NUMBER: Final = re.compile(r"[\d\s.,:/-]*\d(?:[eE]\d+)?[\s.%]*")
UNSAID: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")

CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    MONEY = "money"  # kobo
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"  # UTC, shown in Lagos


class Format(StrEnum):
    """What the file is. The value is the end of its name."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class Column:
    """A column with its heading. width: in signs, of a sheet."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 16


@dataclass(frozen=True)
class Table:
    """What is to be written: the name of the file without its end, the columns, and the rows as they come."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Any]]


def answer(table: Table, form: Format) -> Response:
    """The file as a download. Its rows are read while it goes out (CSV), or into a file that has no name (XLSX)."""
    if form is Format.CSV:
        pieces = (piece.encode() for piece in csv_pieces(table))
        sent = Response(stream_with_context(pieces), content_type=CSV_TYPE)
    else:
        sent = send_file(xlsx_file(table), mimetype=XLSX_TYPE)
    name = f"play-money-{table.name}" if current().training else table.name
    sent.headers["Content-Disposition"] = f'attachment; filename="{name}.{form.value}"'
    return sent


# --- CSV ------------------------------------------------------------------------------------------------------------


def csv_pieces(table: Table) -> Iterator[str]:
    """The file in pieces of some thousand signs."""
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    writer.writerow([column.title for column in table.columns])
    spell = [_CSV[column.kind] for column in table.columns]
    for row in table.rows:
        writer.writerow(["" if value is None else say(value) for say, value in zip(spell, row, strict=True)])
        if buffer.tell() >= CHUNK:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def text(value: object) -> str:
    """A text that no spreadsheet takes for a formula: one line, with an apostrophe before what would be one."""
    typed = str(value)
    line = UNSAID.sub(" ", typed)[:LONGEST_CELL]
    return f"'{line}" if FORMULA.match(typed) else line


def csv_text(value: object) -> str:
    """The same, and nothing that a spreadsheet would take for a number: a CSV has no other way to say so."""
    line = text(value)
    return f"'{line}" if LIKE_A_NUMBER.fullmatch(line) else line


def naira(kobo: int) -> Decimal:
    """Exactly, with two places."""
    return (Decimal(kobo) / NAIRA).quantize(Decimal("0.01"))


def _local(at: datetime) -> datetime:
    return at.astimezone(schedule.LAGOS).replace(tzinfo=None, microsecond=0)


def _day(on: date) -> date:
    return schedule.local_date(on) if isinstance(on, datetime) else on


_CSV: Final[dict[Kind, Callable[[Any], str]]] = {
    Kind.TEXT: csv_text,
    Kind.MONEY: lambda kobo: str(naira(kobo)),
    Kind.NUMBER: str,
    Kind.DAY: lambda on: _day(on).isoformat(),
    Kind.MOMENT: lambda at: _local(at).isoformat(" "),
}


# --- XLSX -----------------------------------------------------------------------------------------------------------


def xlsx_file(table: Table) -> Any:
    """The file, open and at its beginning. It has no name any more, so that nothing is left when it is closed."""
    file = tempfile.TemporaryFile(prefix="ajo-export-")  # noqa: SIM115 (whoever sends it closes it)
    try:
        _write(table, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write(table: Table, file: Any) -> None:
    """Row after row: constant_memory keeps one of them, and the sheets in files of its own until the end."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        put = _writers(book)
        writers = [put[column.kind] for column in table.columns]
        sheet = _sheet(book, table, 1)
        line = 0
        for count, row in enumerate(table.rows):
            if count and count % SHEET_ROWS == 0:
                sheet = _sheet(book, table, count // SHEET_ROWS + 1)
                line = 0
            line += 1
            for n, (write, value) in enumerate(zip(writers, row, strict=True)):
                if value is not None:
                    write(sheet, line, n, value)


def _sheet(book: Any, table: Table, number: int) -> Any:
    sheet = book.add_worksheet(f"{table.name[:24]} {number}" if number > 1 else table.name[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    for n, column in enumerate(table.columns):
        sheet.set_column(n, n, column.width)
    sheet.freeze_panes(1, 0)
    for n, column in enumerate(table.columns):
        sheet.write_string(0, n, column.title, head)
    return sheet


def _writers(book: Any) -> dict[Kind, Callable[[Any, int, int, Any], object]]:
    """How each kind is written. A text is always written as one, whatever it looks like."""
    plain = book.add_format({"num_format": "@"})
    money = book.add_format({"num_format": "#,##0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    return {
        Kind.TEXT: lambda sheet, row, column, value: sheet.write_string(row, column, text(value), plain),
        Kind.MONEY: lambda sheet, row, column, kobo: sheet.write_number(row, column, naira(kobo), money),
        Kind.NUMBER: lambda sheet, row, column, value: sheet.write_number(row, column, value),
        Kind.DAY: lambda sheet, row, column, on: sheet.write_datetime(row, column, _day(on), day),
        Kind.MOMENT: lambda sheet, row, column, at: sheet.write_datetime(row, column, _local(at), moment),
    }

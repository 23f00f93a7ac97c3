"""A receipt: what was received stands large, the rest in lines below it, the reference where one looks for it."""

from collections.abc import Sequence

from bot.pictures.ink import BOLD, DEEP, GOLD, GREEN, GREY, GROUND, INK, LINE, MEDIUM, MINT, PAPER, Sheet, lines_of
from bot.pictures.words import Line

WIDTH = 1080
MARGIN, INNER = 60, 120
HEAD = 470
ROW = 104
ROW_OF_TWO = 150
FOOT = 190

LABEL_SIZE, VALUE_SIZE = 32, 38
LABEL_ROOM = 330
VALUE_ROOM = WIDTH - 2 * INNER - LABEL_ROOM


def draw_receipt(lines: Sequence[Line], brand: str) -> bytes:
    """The first line is what it is, the second the amount, those with a label are rows, the rest the foot."""
    title, amount = (line.value for line in lines[:2])
    rows = [line for line in lines[2:] if line.label]
    notes = [line.value for line in lines[2:] if not line.label]
    heights = [_height(row) for row in rows]
    sheet = Sheet(WIDTH, HEAD + sum(heights) + FOOT + 2 * MARGIN, GROUND)
    bottom = sheet.height - MARGIN
    sheet.box((MARGIN, MARGIN, WIDTH - MARGIN, bottom), PAPER, radius=40)
    _head(sheet, brand, title, amount)
    y = MARGIN + HEAD
    for row, height in zip(rows, heights, strict=True):
        _row(sheet, row, y, height)
        y += height
        if row is not rows[-1]:
            sheet.pen.line((INNER, y, WIDTH - INNER, y), fill=LINE, width=2)
    _tear(sheet, y + 44)
    for n, note in enumerate(notes):
        size, fill = (34, GREEN) if n == 0 else (28, GREY)
        sheet.text(
            WIDTH / 2, y + 88 + 54 * n, note, size, weight=MEDIUM, fill=fill, anchor="ma", room=WIDTH - 2 * INNER
        )
    return sheet.png()


def _head(sheet: Sheet, brand: str, title: str, amount: str) -> None:
    bottom = MARGIN + HEAD - 40
    sheet.box((MARGIN, MARGIN, WIDTH - MARGIN, bottom), GREEN, radius=40)
    sheet.box((MARGIN, bottom - 40, WIDTH - MARGIN, bottom), GREEN)
    sheet.text(INNER, MARGIN + 52, brand, 44, weight=BOLD, fill=PAPER)
    sheet.tick(WIDTH - INNER - 44, MARGIN + 84, 44, DEEP, GOLD)
    sheet.text(INNER, MARGIN + 176, title, 40, weight=MEDIUM, fill=MINT, room=WIDTH - 2 * INNER)
    sheet.text(INNER, MARGIN + 232, amount, 132, weight=BOLD, fill=PAPER, room=WIDTH - 2 * INNER)


def _row(sheet: Sheet, row: Line, y: float, height: float) -> None:
    middle = y + height / 2
    sheet.text(INNER, middle, row.label, LABEL_SIZE, fill=GREY, anchor="lm", room=LABEL_ROOM - 20)
    values = _values(row)
    for n, value in enumerate(values):
        at = middle + (n - (len(values) - 1) / 2) * 50
        sheet.text(WIDTH - INNER, at, value, VALUE_SIZE, weight=MEDIUM, fill=INK, anchor="rm", room=VALUE_ROOM)


def _values(row: Line) -> list[str]:
    """On one line, or two; what is longer still is made smaller."""
    found = list(lines_of(row.value, VALUE_SIZE, MEDIUM, VALUE_ROOM))
    return found if len(found) <= 2 else [found[0], " ".join(found[1:])]


def _height(row: Line) -> int:
    return ROW if len(_values(row)) == 1 else ROW_OF_TWO


def _tear(sheet: Sheet, y: float) -> None:
    sheet.dots(y, INNER, WIDTH - INNER)
    for x in (MARGIN, WIDTH - MARGIN):
        sheet.pen.ellipse((x - 22, y - 22, x + 22, y + 22), fill=GROUND)

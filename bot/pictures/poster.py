"""A poster that invites: the group's name, its code large, and a square to scan that writes "JOIN <code>" to us."""

from collections.abc import Sequence

import segno
from PIL import Image

from bot.pictures.ink import (
    BOLD,
    DEEP,
    GOLD,
    GREEN,
    GREY,
    INK,
    MEDIUM,
    MINT,
    PAPER,
    REGULAR,
    Sheet,
    lines_of,
)
from bot.pictures.words import Line

WIDTH, HEIGHT = 1080, 1350
MARGIN, INNER = 50, 110
ROOM = WIDTH - 2 * INNER
QUIET = 4  # modules around the square, as the standard wants it
SQUARE = 430


def draw_poster(lines: Sequence[Line], brand: str, link: str, code: str) -> bytes:
    """Lines: what it is, the group, the terms, how to scan, how to dial; then labels with their values."""
    heading, group, terms, scan, *others = (line.value for line in lines)
    sheet = Sheet(WIDTH, HEIGHT, GREEN)
    sheet.box((0, 0, WIDTH, 400), DEEP)
    sheet.text(INNER, 56, brand, 44, weight=BOLD, fill=GOLD)
    sheet.text(INNER, 132, heading, 42, weight=MEDIUM, fill=MINT, room=ROOM)
    _name(sheet, group)
    sheet.box((MARGIN, 340, WIDTH - MARGIN, HEIGHT - MARGIN), PAPER, radius=40)
    sheet.text(WIDTH / 2, 384, terms, 38, weight=MEDIUM, fill=INK, anchor="ma", room=ROOM)
    _square(sheet, link, 446)
    sheet.text(WIDTH / 2, 446 + SQUARE + 18, scan, 34, fill=GREY, anchor="ma", room=ROOM)
    _code(sheet, code, 960)
    for n, words in enumerate(others):
        size, weight = (36, MEDIUM) if n == 0 else (30, REGULAR)
        sheet.text(WIDTH / 2, 1148 + 58 * n, words, size, weight=weight, fill=INK, anchor="ma", room=ROOM)
    return sheet.png()


def square(link: str) -> segno.QRCode:
    """The square itself: a quarter of it may be dirty and it still reads."""
    return segno.make(link, error="q", micro=False)


def _name(sheet: Sheet, group: str) -> None:
    words = list(lines_of(group, 84, BOLD, ROOM))
    size = 84 if len(words) == 1 else 60
    for n, line in enumerate(list(lines_of(group, size, BOLD, ROOM))[:2]):
        sheet.text(INNER, 196 + 66 * n, line, size, weight=BOLD, fill=PAPER, room=ROOM)


def _square(sheet: Sheet, link: str, y: int) -> None:
    matrix = [list(row) for row in square(link).matrix_iter(border=QUIET)]
    side = len(matrix)
    small = Image.new("RGB", (side, side), PAPER)
    for at, row in enumerate(matrix):
        for column, dark in enumerate(row):
            if dark:
                small.putpixel((column, at), (0x08, 0x32, 0x24))
    scale = SQUARE // side
    large = small.resize((side * scale, side * scale), Image.Resampling.NEAREST)
    sheet.image.paste(large, ((WIDTH - large.width) // 2, y + (SQUARE - large.height) // 2))


def _code(sheet: Sheet, code: str, y: int) -> None:
    sheet.box((INNER + 130, y, WIDTH - INNER - 130, y + 150), MINT, radius=30)
    spaced = f"{code[:3]} {code[3:]}" if len(code) == 6 else code
    sheet.text(WIDTH / 2, y + 75, spaced, 100, weight=BOLD, fill=GREEN, anchor="mm", room=ROOM - 320)

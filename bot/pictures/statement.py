"""A statement: all that she has paid into a group, as a document that can be printed."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fpdf import FPDF

from bot.pictures.ink import DEEP, GREEN, GREY, GROUND, INK, LINE, MEDIUM, PAPER, REGULAR, WIDTH_AXIS, font_file
from bot.pictures.ink import plain as clean
from bot.pictures.words import Line

FAMILY = "Noto"
WEIGHTS = {"": REGULAR, "B": MEDIUM}
# The Latin letters of our languages, their tones, and the signs of a text.
LETTERS = (range(0x20, 0x250), range(0x250, 0x2B0), range(0x300, 0x370), range(0x1E00, 0x1F00), range(0x2010, 0x2070))

# fpdf sets one letter after the other: what a font says about pairs of them is not asked, and slow to take apart.
LAYOUT = ("GSUB", "GPOS", "GDEF")

MARGIN = 18  # millimetres, as all lengths here
WIDE = 210 - 2 * MARGIN
ROW = 9.5
COLUMNS = (0.30, 0.28, 0.22, 0.20)
LOWEST = 262


@dataclass(frozen=True)
class Payment:
    """One row, in words: the day, the reference, how it stands, the amount."""

    day: str
    reference: str
    status: str
    amount: str


def draw_statement(lines: Sequence[Line], headings: Sequence[str], payments: Sequence[Payment], brand: str) -> bytes:
    """lines: the title, then what is said above the table (with a label) and below it (without)."""
    page = _Page(brand, lines[-1].value)
    page.add_page()
    page.heading(lines[0].value)
    for line in lines[1:]:
        if line.label:
            page.fact(line)
    page.ln(4)
    page.headings(headings)
    for n, payment in enumerate(payments):
        if page.get_y() > LOWEST:
            page.add_page()
            page.headings(headings)
        page.payment(payment, shaded=n % 2 == 1)
    return bytes(page.output())


class _Page(FPDF):
    """A4, with our band at the head and the number of the page at the foot."""

    def __init__(self, brand: str, note: str) -> None:
        super().__init__(format="A4")
        self._brand, self._note = clean(brand), clean(note)
        for style, weight in WEIGHTS.items():
            self.add_font(FAMILY, style, str(_cut_font(weight)))
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self.set_title(self._brand)
        self.set_creator(self._brand)

    def header(self) -> None:
        self.set_fill_color(GREEN)
        self.rect(0, 0, 210, 24, "F")
        self._pen("B", 15, PAPER)
        self.set_xy(MARGIN, 7)
        self.cell(WIDE, 10, self._brand)
        self.set_y(34)

    def footer(self) -> None:
        self._pen("", 8.5, GREY)
        self.set_xy(MARGIN, 280)
        self.cell(WIDE * 0.85, 6, self._note)
        self.cell(WIDE * 0.15, 6, str(self.page_no()), align="R")

    def heading(self, words: str) -> None:
        self._pen("B", 20, INK)
        self.cell(WIDE, 11, clean(words), new_x="LMARGIN", new_y="NEXT")
        self.ln(2)

    def fact(self, line: Line) -> None:
        self._pen("", 10.5, GREY)
        self.cell(42, 7, clean(line.label))
        self._pen("B", 10.5, INK)
        self.cell(WIDE - 42, 7, clean(line.value), new_x="LMARGIN", new_y="NEXT")

    def headings(self, words: Sequence[str]) -> None:
        self._pen("B", 9.5, DEEP)
        self._cells(words, fill=None)
        self.set_draw_color(GREEN)
        self.set_line_width(0.5)
        self.line(MARGIN, self.get_y(), MARGIN + WIDE, self.get_y())

    def payment(self, payment: Payment, *, shaded: bool) -> None:
        self._pen("", 10.5, INK)
        self._cells((payment.day, payment.reference, payment.status, payment.amount), fill=GROUND if shaded else PAPER)
        self.set_draw_color(LINE)
        self.set_line_width(0.2)
        self.line(MARGIN, self.get_y(), MARGIN + WIDE, self.get_y())

    def _cells(self, words: Sequence[str], fill: str | None) -> None:
        self.set_x(MARGIN)
        if fill is not None:
            self.set_fill_color(fill)
        last = len(words) - 1
        for n, (text, share) in enumerate(zip(words, COLUMNS, strict=True)):
            self.cell(WIDE * share, ROW, clean(text), align="R" if n == last else "L", fill=fill is not None)
        self.ln(ROW)

    def _pen(self, style: str, size: float, colour: str) -> None:
        self.set_font(FAMILY, style, size)
        self.set_text_color(colour)


@cache
def _cut_font(weight: int) -> Path:
    """The font in one weight and with our letters only: made once for this process, since fpdf reads files."""
    found = TTFont(font_file())
    for table in LAYOUT:
        del found[table]
    cutter = subset.Subsetter(subset.Options(notdef_outline=True))
    cutter.populate(unicodes=[each for letters in LETTERS for each in letters])
    cutter.subset(found)
    instancer.instantiateVariableFont(found, {"wght": weight, "wdth": WIDTH_AXIS}, inplace=True)
    path = Path(_folder().name) / f"{weight}.ttf"
    found.save(path)
    return path


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    """Gone with the process."""
    return tempfile.TemporaryDirectory(prefix="ajo-fonts-")

"""Pen and paper of the pictures: the letters of all our languages, our colours, lines that fit where they have to."""

import io
import unicodedata
from collections.abc import Iterator
from functools import cache

import fontpkg
from PIL import Image, ImageDraw, ImageFont

GREEN = "#0b6e4f"
DEEP = "#08503a"
MINT = "#e4f3ec"
GOLD = "#f4b740"
INK = "#17231e"
GREY = "#66756e"
LINE = "#dfe7e3"
PAPER = "#ffffff"
GROUND = "#f3f6f4"

REGULAR, MEDIUM, BOLD = 400, 600, 800
WIDTH_AXIS = 100  # not condensed
ELLIPSIS = "…"
SMALLEST = 18

Box = tuple[float, float, float, float]


@cache
def font_file() -> str:
    """Noto Sans: Latin with the dots of Yoruba and Igbo, the hooks of Hausa, and their tones."""
    return str(fontpkg.path("Noto Sans"))


@cache
def font(size: int, weight: int = REGULAR) -> ImageFont.FreeTypeFont:
    found = ImageFont.truetype(font_file(), size)
    found.set_variation_by_axes([weight, WIDTH_AXIS])
    return found


class Sheet:
    """A picture in the making. Places are in pixels; a text is placed by the left end of its baseline's line box."""

    def __init__(self, width: int, height: int, ground: str = GROUND) -> None:
        self.image = Image.new("RGB", (width, height), ground)
        self.pen = ImageDraw.Draw(self.image)
        self.width, self.height = width, height

    def box(self, box: Box, fill: str, radius: int = 0) -> None:
        self.pen.rounded_rectangle(box, radius, fill=fill)

    def text(self, x: float, y: float, words: str, size: int, *, weight: int = REGULAR, fill: str = INK,
             anchor: str = "la", room: float | None = None) -> None:  # fmt: skip
        """One line; smaller where it would be wider than `room`, and cut when it is too long even then."""
        words, size = fitted(words, size, weight, room)
        self.pen.text((x, y), words, font=font(size, weight), fill=fill, anchor=anchor)

    def dots(self, y: float, left: float, right: float, fill: str = LINE) -> None:
        """Where one would tear it off."""
        x = left
        while x < right:
            self.pen.ellipse((x, y - 2, x + 4, y + 2), fill=fill)
            x += 14

    def tick(self, x: float, y: float, radius: float, fill: str, ground: str) -> None:
        """A tick in a disc: it is in."""
        scale = 4  # drawn large and made small, so that its edges are smooth
        size = int(radius * 2 * scale)
        disc = Image.new("L", (size, size))
        ImageDraw.Draw(disc).ellipse((0, 0, size - 1, size - 1), fill=255)
        mark = Image.new("L", (size, size))
        points = [(0.27 * size, 0.52 * size), (0.44 * size, 0.68 * size), (0.74 * size, 0.35 * size)]
        ImageDraw.Draw(mark).line(points, fill=255, width=size // 10, joint="curve")
        place = (int(x - radius), int(y - radius))
        small = (int(radius * 2), int(radius * 2))
        self.image.paste(ground, place, disc.resize(small, Image.Resampling.LANCZOS))
        self.image.paste(fill, place, mark.resize(small, Image.Resampling.LANCZOS))

    def png(self) -> bytes:
        """As a file; flat colours, so that it stays small on a slow line."""
        out = io.BytesIO()
        self.image.quantize(colors=128, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        return out.getvalue()


def plain(words: str) -> str:
    """On one line, its letters put together, and nothing in it that cannot be seen."""
    seen = "".join(sign for sign in words if sign.isspace() or unicodedata.category(sign)[0] != "C")
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def width_of(words: str, size: int, weight: int = REGULAR) -> float:
    return font(size, weight).getlength(words)


def fitted(words: str, size: int, weight: int, room: float | None) -> tuple[str, int]:
    """The words and the size at which they fit."""
    words = plain(words)
    while room is not None and size > SMALLEST and width_of(words, size, weight) > room:
        size -= 2
    if room is not None and width_of(words, size, weight) > room:
        while words and width_of(words + ELLIPSIS, size, weight) > room:
            words = words[:-1].rstrip()
        words += ELLIPSIS
    return words, size


def lines_of(words: str, size: int, weight: int, room: float) -> Iterator[str]:
    """The words in lines that fit."""
    line = ""
    for word in plain(words).split(" "):
        longer = f"{line} {word}".strip()
        if line and width_of(longer, size, weight) > room:
            yield line
            line = word
        else:
            line = longer
    yield line

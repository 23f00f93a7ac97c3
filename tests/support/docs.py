"""The documentation as the tests read it: blocks of commands by heading, commands and names within sentences."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ("deploy", "go-live", "operate", "train", "add-a-language", "add-a-channel", "add-a-provider")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)


@cache
def page(name: str) -> str:
    """The text of one page, by its name without the ending."""
    return (ROOT / "docs" / f"{name}.md").read_text()


def blocks(name: str, heading: str = "") -> list[str]:
    """The blocks of commands of a page, or of what stands under one of its headings."""
    text = page(name)
    if heading:
        section = rf"^#+ {re.escape(heading)}$.*?(?=^#{{1,3}} |\Z)"
        found = re.search(section, _hidden(text), re.DOTALL | re.MULTILINE)
        assert found, f"{name}.md has no heading {heading}"
        text = text[found.start() : found.end()]
    return BLOCK.findall(text)


def code(name: str) -> list[str]:
    """What stands between backticks in the sentences and tables of a page."""
    return re.findall(r"`([^`\n]+)`", BLOCK.sub("", page(name)))


def commands(name: str) -> list[str]:
    """Every line of every block."""
    return [line for block in blocks(name) for line in block.splitlines() if line.strip()]


def _hidden(text: str) -> str:
    """The text with its blocks blanked, of the same length: a comment in a block is no heading."""
    return BLOCK.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)

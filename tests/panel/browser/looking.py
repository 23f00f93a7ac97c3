"""What a page has to be, whatever is on it: without errors, not wider than the screen, usable by everybody."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[2]
SHOTS = ROOT / ".screenshots"
AXE = FOLDER / "vendor" / "axe-core-4.14.1" / "axe.min.js"
GRAVE = ("serious", "critical")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HOW_WIDE = "() => [document.documentElement.scrollWidth, window.innerWidth]"
# What sticks out at the right, for whoever reads of a failure.
WHAT_IS_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1 && e.getClientRects().length)
  .filter(e => !e.closest('.scroll'))
  .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""


def keep(page: Page, name: str) -> Path:
    """A picture of the whole page."""
    SHOTS.mkdir(exist_ok=True)
    path = SHOTS / f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}.png"
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=path, full_page=True)
    return path


def faults(page: Page) -> list[str]:
    """What is wrong with the page that is open, a line each."""
    return too_wide(page) + barriers(page)


def too_wide(page: Page) -> list[str]:
    """Whether one has to move it sideways."""
    width, window = page.evaluate(HOW_WIDE)
    return [f"{width} px on a screen of {window}: {page.evaluate(WHAT_IS_WIDE)}"] if width > window else []


def barriers(page: Page) -> list[str]:
    """What axe calls serious or critical, when nothing moves: what rises into sight is pale for a moment.

    Its script is evaluated by the debugger: our CSP lets no other in.
    """
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(f"() => axe.run(document, {json.dumps(RULES)})")
    return [
        f"{each['impact']} {each['id']}: {each['help']}: {[node['html'][:140] for node in each['nodes'][:3]]}"
        for each in found["violations"]
        if each["impact"] in GRAVE
    ]


@cache
def _axe() -> str:
    """The script, if it is the one that we know."""
    text = AXE.read_bytes()
    known = dict(reversed(line.split()) for line in (AXE.parents[1] / "SHA256SUMS").read_text().splitlines())
    assert known[f"./{AXE.parent.name}/{AXE.name}"] == hashlib.sha256(text).hexdigest()
    return text.decode()

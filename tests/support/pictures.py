"""The README's pictures, made from the running program: `make pictures`. Not a test; a look at what newcomers see.

It runs a demo of its own on free ports, in a folder that goes away, and takes each picture from a browser.
"""

import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bot.sandbox import ports
from jobs.demo import staff
from jobs.demo.people import GOZIE
from tests.support import chromium

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
NAMES = ("phones", "pocket", "panel", "front")
DESK, POCKET = {"width": 1280, "height": 960}, {"width": 360, "height": 740}
COLOURS = 192  # enough for a page, and a third of the bytes
READY = "Ajo Secure is running"
SETTLED_MS = 2500
PATIENCE_MS = 120_000  # what the demo's history has left to do comes first


def main() -> None:
    """Make all of them anew."""
    program = chromium.found()
    if program is None:
        sys.exit(f"there is {chromium.NO_BROWSER}")
    FOLDER.mkdir(exist_ok=True)
    with demo() as env, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        web, phones = (f"http://127.0.0.1:{env[name]}" for name in ("PORT", "SANDBOX_PORT"))
        of_the_phones(browser, f"{phones}/sandbox?phone={quote(GOZIE.phone)}")
        of_the_panel(browser, web, Path(env["DATA_DIR"]))
        front = opened(browser, f"{web}/", POCKET)
        keep(front, "front")
        browser.close()


@contextmanager
def demo() -> Iterator[dict[str, str]]:
    """`make demo`, with what its processes have in their environment."""
    names = ("PORT", "SANDBOX_PORT", "POSTGRES_PORT", "REDIS_PORT")
    with tempfile.TemporaryDirectory(prefix="ajo-pictures-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may have to run as somebody else
        chosen = dict(zip(names, map(str, ports.some_free(4)), strict=True)) | {"DATA_DIR": f"{folder}/data"}
        log = Path(folder) / "log"
        with log.open("wb") as out:
            running = subprocess.Popen(
                [sys.executable, "-m", "bot.sandbox.demo"], cwd=ROOT, env={**os.environ, **chosen}, stdout=out,
                stderr=out, start_new_session=True,
            )  # fmt: skip
        try:
            while READY not in log.read_text(errors="replace"):
                if running.poll() is not None:
                    sys.exit(log.read_text(errors="replace")[-3000:])
                time.sleep(0.2)
            yield chosen
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(timeout=60)


def of_the_phones(browser: Browser, url: str) -> None:
    """An officer is asked for her yes, on all three phones."""
    page = opened(browser, url, DESK)
    page.locator("[data-do=send]").click()
    page.locator(".chat .compose button").last.click()
    page.locator(".chat .theirs").first.wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLED_MS)
    keep(page, "phones")
    page.set_viewport_size(POCKET)  # type: ignore[arg-type]
    page.locator(".guide > summary").click()
    page.locator("[data-show=chat]").click()
    page.wait_for_timeout(SETTLED_MS)
    keep(page, "pocket")


def of_the_panel(browser: Browser, web: str, folder: Path) -> None:
    """What the owner finds in the morning."""
    owner = staff.colleagues(folder)[0]
    page = opened(browser, f"{web}/admin/", DESK)
    page.get_by_label("E-mail").fill(owner.email)
    page.get_by_label("Password").fill(owner.password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("The six digits").fill(owner.code(datetime.now(UTC)))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")
    keep(page, "panel")


def opened(browser: Browser, url: str, size: dict[str, int]) -> Page:
    page = browser.new_page(viewport=size)  # type: ignore[arg-type]
    page.goto(url)
    return page


def keep(page: Page, name: str) -> None:
    page.evaluate("scrollTo(0, 0)")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    picture.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()

"""The browser of this machine: Debian's chromium, or whatever Chromium or Chrome is on the PATH."""

import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE_MS = 30_000  # several processes share few processors
NO_BROWSER = "no Chromium and no Chrome on this machine"
USUAL = Path("/usr/bin/chromium")


def found() -> str | None:
    """The program, or None."""
    if USUAL.exists():
        return str(USUAL)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def needed() -> str:
    """The program. Without one the test is skipped, which is said at the end of the run; with CI=true it fails."""
    program = found()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{NO_BROWSER}: the panel was not tested in a browser")
        pytest.skip(NO_BROWSER)
    return program

"""Writes .env.example, which is also the reference of all settings: `python -m bot.setting_example > .env.example`.

A test compares the two, so that no setting goes without its line.
"""

import sys
from collections.abc import Iterator

from bot.settings import TABLE, Setting

HEAD = """\
# Every setting of Ajo Secure. Written by `make env-example` from the table in bot/settings.py.
#
# A developer needs none of them: an empty one has the value that stands behind "else". Copy this file to .env to
# change some. Production reads the environment only, and does not start without those marked with [production]:
# they have no "else" there, and the published values below are refused.
# Secrets are random and each one different; `openssl rand -hex 32` makes a good one,
# `echo "1:$(openssl rand -base64 32)"` the first of FIELD_KEYS.
"""


def example() -> str:
    """The whole file."""
    return HEAD + "".join(f"\n{line}" for name, setting in TABLE.items() for line in _lines(name, setting)) + "\n"


def _lines(name: str, setting: Setting) -> Iterator[str]:
    yield ""
    yield f"# {setting.what}{' [production]' if setting.own else ''}"
    yield f"# else {setting.default}"
    yield f"{name}="


if __name__ == "__main__":
    sys.stdout.write(example())

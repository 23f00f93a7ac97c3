"""`python -m bench.exports`: how long a hundred thousand members take as a file, and how much memory.

Through the panel's own pages, as somebody who has signed in, from a database of the size that `bench` makes. It fails
when the memory of this process grows by more than `MOST_MEGABYTES`. --quick takes a tenth of the members.
"""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import psutil
import pyotp
from flask.testing import FlaskClient
from rich.console import Console

from app import create_app
from bench import population, report, servers
from bench.servers import Place
from bench.shape import Shape
from bot import process
from bot.settings import Settings
from models.actions import signing_in, staff
from models.migrations import migrate
from models.rules.refused import Refused
from models.rules.staff import TOTP_SECONDS, Role
from models.sealing import keys
from models.tables.staff import StaffSession

GROUPS, QUICK = 10_000, 1_000
DAYS = 7  # of the ledger: some hundred thousand legs
MOST_MEGABYTES = 64
MEGABYTE = 1024 * 1024
SAMPLES_EVERY = 64  # pieces of a file between two looks at the memory


@dataclass(frozen=True)
class Taken:
    """One file: how large, how long, and by how much the process grew while it went out."""

    name: str
    megabytes: float
    seconds: float
    first_byte_seconds: float
    grown_megabytes: float


def main(arguments: list[str]) -> int:
    """Fill, fetch each file, tell. 1 when one of them took too much memory."""
    parser = argparse.ArgumentParser(prog="python -m bench.exports", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="ten thousand members")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the database there, or use what is there")
    given = parser.parse_args(arguments)
    console = Console()
    with servers.somewhere(given.keep) as place:
        settings = Settings.from_env(place.environment)
        with (place.folder / "bench.log").open("w") as log, contextlib.redirect_stderr(log):
            process.wire(settings)
            found = _measure(place, settings, Shape(QUICK if given.quick else GROUPS), console)
    table = report.a_table("Files for a spreadsheet", "file", "MB", "seconds", "first byte", "memory grown (MB)")
    for each in found:
        table.add_row(
            each.name, f"{each.megabytes:.1f}", f"{each.seconds:.1f}", f"{each.first_byte_seconds:.2f}",
            f"{each.grown_megabytes:.1f}",
        )  # fmt: skip
    console.print(table)
    return int(any(each.grown_megabytes > MOST_MEGABYTES for each in found))


def _measure(place: Place, settings: Settings, shape: Shape, console: Console) -> list[Taken]:
    done = place.folder / "exports.filled"
    with servers.a_postgres(place, fast=True), servers.a_redis(place):
        if not done.exists():
            # In a process of its own, or what it leaves behind would hide what the files take.
            filling = get_context("fork").Process(target=_fill, args=(place, shape, console))
            filling.start()
            filling.join()
            if filling.exitcode:
                raise RuntimeError("the database could not be filled")
            done.touch()
        browser = _signed_in(create_app(settings), settings)
        since = date.today() - timedelta(days=DAYS)  # noqa: DTZ011 (roughly)
        _fetch(browser, "members.csv?group=1")  # what is loaded once is not what is measured
        _fetch(browser, "members.xlsx?group=1")
        files = ("members.csv", "members.xlsx", "arrears.csv", "arrears.xlsx")
        ledger = (f"ledger.csv?from={since}", f"ledger.xlsx?from={since}")
        return [_fetch(browser, file) for file in (*files, *ledger)]


def _fill(place: Place, shape: Shape, console: Console) -> None:
    migrate(place.environment["MIGRATE_DATABASE_URL"])
    population.fill(place.superuser_url, shape, datetime.now(UTC), lambda what: console.print(f"... {what}"))


def _signed_in(app: object, settings: Settings) -> FlaskClient:
    """An owner's browser. Her password and her code are not what is measured: her session is made for her."""
    now = datetime.now(UTC)
    name = f"bench-{int(now.timestamp())}@ajo.example"
    invited = staff.invite(email=name, phone="+2348099990001", name="Bench", role=Role.OWNER, actor="bench", now=now)
    assert not isinstance(invited, Refused)
    setup = staff.setup_of(invited.token, now)
    assert setup is not None
    code = pyotp.TOTP(setup.totp_secret).at(int(now.timestamp()) - TOTP_SECONDS)
    staff.finish_setup(invited.token, "three calm herons", code, now)
    entered = signing_in.sign_in(name, "three calm herons", "127.0.0.1", now)
    assert not isinstance(entered, Refused)
    StaffSession.update(proven=True).where(
        StaffSession.token_index == keys().index(entered.token, "staff session")
    ).execute()
    browser: FlaskClient = app.test_client()  # type: ignore[attr-defined]
    browser.set_cookie("__Host-panel" if settings.public_url.startswith("https") else "panel", entered.token)
    return browser


def _fetch(browser: FlaskClient, file: str) -> Taken:
    me = psutil.Process(os.getpid())
    before = most = me.memory_info().rss
    began = time.monotonic()
    answer = browser.get(f"/admin/exports/{file}")
    assert answer.status_code == 200, answer.text[:500]
    first = time.monotonic() - began
    size = 0
    for n, piece in enumerate(_pieces(answer)):
        size += len(piece)
        if n % SAMPLES_EVERY == 0:
            most = max(most, me.memory_info().rss)
    answer.close()
    most = max(most, me.memory_info().rss)
    return Taken(file, size / MEGABYTE, time.monotonic() - began, first, (most - before) / MEGABYTE)


def _pieces(answer: object) -> Iterator[bytes]:
    """As a server would send them: one after the other, none of them kept."""
    yield from answer.iter_encoded()  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

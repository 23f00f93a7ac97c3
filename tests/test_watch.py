"""deploy/watch, which wakes people: each kind of trouble is a line and exit 1, and nothing else is."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.docs import ROOT

READY = '{"reasons":[],"status":"ok"}'
STOPPED = '{"what": "all payouts are stopped", "event": "payouts", "level": "critical"}'
LOG = '{"what": "menu", "event": "turn", "level": "info"}'


class Watch:
    """The script in a folder of its own, whose programs say what they are told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("deploy", ".venv/bin", "bin", "backups"):
            (folder / name).mkdir(parents=True)
        shutil.copy(ROOT / "deploy/watch", folder / "deploy")
        self.says("bin/curl", READY)
        self.says("bin/journalctl", LOG)
        self.says(".venv/bin/flask", "ok: 66 checks", f"{LOG}\n")
        (folder / "backups/ajo-20261123T023000Z.dump.gpg").write_bytes(b"")

    def says(self, program: str, out: str, err: str = "", code: int = 0) -> None:
        path = self.folder / program
        (self.folder / "out").mkdir(exist_ok=True)
        said = self.folder / "out" / path.name
        said.write_text(f"{out}\n" if out else "")
        path.write_text(f"#!/bin/sh\ncat {said}\ncat >&2 <<'ERR'\n{err}\nERR\nexit {code}\n")
        path.chmod(0o755)

    def look(self) -> tuple[int, list[str]]:
        env = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "BACKUP_DIR": str(self.folder / "backups")}
        done = subprocess.run(
            [self.folder / "deploy/watch"], env=env, capture_output=True, text=True, check=False, timeout=120
        )
        return done.returncode, done.stdout.splitlines()


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


def test_all_is_well(watch: Watch):
    assert watch.look() == (0, ["all is well"])


def test_a_service_that_is_not_ready(watch: Watch):
    reasons = '{"reasons":["worker has not been heard of"],"status":"not ready"}'
    watch.says("bin/curl", reasons)

    assert watch.look() == (1, [f"readyz: {reasons}"])


def test_a_service_that_is_not_there(watch: Watch):
    watch.says("bin/curl", "", "curl: (7) Failed to connect", code=7)

    code, lines = watch.look()

    assert (code, lines[0]) == (1, "readyz: curl: (7) Failed to connect")


def test_books_that_are_broken_and_what_takes_too_long(watch: Watch):
    broken, late = (
        "I4 accounts on the wrong side of zero: liab.pot:1",
        "warning: L2 transfers without an outcome: ajo-p-1",
    )
    watch.says(".venv/bin/flask", f"{broken}\nX1 the provider's balance is not ours: 1 for 2", f"{late}\n{LOG}", code=1)

    code, lines = watch.look()

    assert code == 1
    assert {broken, late, "X1 the provider's balance is not ours: 1 for 2"} <= set(lines)
    assert LOG not in lines


def test_what_takes_too_long_although_the_books_are_right(watch: Watch):
    watch.says(".venv/bin/flask", "ok: 66 checks", "warning: L3 messages unsent for more than ten minutes: 7")

    assert watch.look() == (1, ["warning: L3 messages unsent for more than ten minutes: 7"])


def test_a_check_that_cannot_be_made(watch: Watch):
    watch.says(".venv/bin/flask", "", "Traceback (most recent call last):", code=1)

    assert watch.look() == (1, ["check: the books, or Paystack"])


def test_what_the_log_says_once(watch: Watch):
    watch.says("bin/journalctl", f"{LOG}\n{STOPPED}")

    assert watch.look() == (1, [f"log: {STOPPED}"])


def test_a_backup_that_was_not_made(watch: Watch):
    [dump] = (watch.folder / "backups").iterdir()
    os.utime(dump, (0, 0))

    assert watch.look() == (1, [f"backup: none for 26 hours in {watch.folder}/backups"])

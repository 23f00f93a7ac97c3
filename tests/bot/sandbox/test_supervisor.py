"""The demo's processes start in order, come back when they die, and leave nobody behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[3]
WAIT_SECONDS = 60


class Run:
    """One supervisor over stand-ins, and what it printed."""

    def __init__(self, folder: Path, *parts: str, stop_seconds: float = 30) -> None:
        self.folder = folder
        self.output = folder / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.supervised", str(folder), str(stop_seconds), *parts],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text()

    def until_ready(self) -> "Run":
        until(lambda: "READY" in self.said())
        return self

    def end(self, with_signal: int) -> int:
        self.process.send_signal(with_signal)
        return self.process.wait(timeout=WAIT_SECONDS)

    def pids(self, name: str) -> list[int]:
        """Under which pids a part has run."""
        file = self.folder / name
        return [int(line) for line in file.read_text().split()] if file.exists() else []


def until(true: Callable[[], object]) -> None:
    limit = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(*parts: str, **patience: float) -> Run:
        runs.append(Run(tmp_path, *parts, **patience))
        return runs[-1]

    yield start
    for each in runs:
        each.process.kill()
        each.process.wait()


def test_it_starts_one_after_the_other_and_says_when_all_are_ready(run: Callable[..., Run]):
    running = run("postgres:stays", "migrate:ends", "web:stays").until_ready()

    said = running.said()
    assert said.index("postgres started") < said.index("migrate started") < said.index("web started")
    assert running.end(signal.SIGINT) == 0


def test_while_one_is_heard_the_others_say_only_what_is_wrong(run: Callable[..., Run]):
    running = run("web:talks", "demo-data:listens").until_ready()
    usual, wrong = '{"level": "info"} of web', '{"level": "error"} of web'
    until(lambda: usual in running.said().partition("READY")[2])

    meanwhile = running.said().partition("demo-data started")[2].partition("READY")[0]
    assert wrong in meanwhile
    assert usual not in meanwhile


def test_it_stops_everything_when_a_part_does_not_come_up(run: Callable[..., Run]):
    running = run("postgres:stays", "migrate:fails", "web:stays")

    assert running.process.wait(timeout=WAIT_SECONDS) == 1
    assert "migrate has no table" in running.said()
    assert "migrate ended with code 1" in running.said()
    assert "READY" not in running.said()
    assert running.pids("web") == []
    assert all(gone(pid) for pid in running.pids("postgres"))


def test_it_starts_again_who_dies(run: Callable[..., Run]):
    running = run("clock:stays", "web:stays").until_ready()
    (first,) = running.pids("clock")

    os.kill(first, signal.SIGKILL)
    until(lambda: len(running.pids("clock")) == 2)

    assert "clock ended with code -9" in running.said()
    assert len(running.pids("web")) == 1
    assert running.end(signal.SIGTERM) == 0
    assert all(gone(pid) for pid in running.pids("clock") + running.pids("web"))


def test_it_leaves_nobody_behind_not_even_who_ignores_it(run: Callable[..., Run]):
    running = run("worker:forks and ignores", stop_seconds=1.5).until_ready()
    until(lambda: len(running.pids("worker")) == 2)

    running.end(signal.SIGINT)

    assert all(gone(pid) for pid in running.pids("worker"))


def test_it_stops_the_servers_after_the_programs_that_need_them(run: Callable[..., Run]):
    running = run("postgres!:says bye", "web:says bye").until_ready()

    running.end(signal.SIGTERM)

    assert running.said().index("web stops") < running.said().index("postgres stops")


def test_its_processes_end_even_when_it_is_killed(run: Callable[..., Run]):
    running = run("web:stays", "clock:stays").until_ready()

    running.end(signal.SIGKILL)

    until(lambda: all(gone(pid) for pid in running.pids("web") + running.pids("clock")))

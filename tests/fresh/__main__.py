"""`make fresh`: a clone of what is committed, in an empty folder with an empty home, runs `make demo` and `make test`.

Everything that a newcomer would do, with the time that each step takes; whatever was made goes away at the end. It
takes as long as all tests do, so it is not one of them: tests/test_fresh.py plays it with a small project instead.
Arguments are pytest's, for some of the tests only; `--no-tests` stops after the demo.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from rich.console import Console
from rich.status import Status
from rich.table import Table

from bot.sandbox import ports
from tests.fresh import first_pot
from tests.fresh.surroundings import Surroundings, run
from tests.support.demo import Demo

ROOT = Path(__file__).parents[2]
PORTS = ("PORT", "SANDBOX_PORT", "POSTGRES_PORT", "REDIS_PORT")
UP_SECONDS = 900  # the libraries are installed first, perhaps over a slow line
TESTS_SECONDS = 4 * 3600
POT_SECONDS = 180
POT, LIBRARIES = "a pot is paid", "the libraries are installed"
NO_TESTS = "--no-tests"
NEWCOMER = "+2348099999942"
DIALS = "*347*55#\n.\nq\n"
SEES = "Save in turns"
# By page: whose port, its path, and what stands on it.
PAGES = {
    "the public page": ("PORT", "/en", "Ajo"),
    "the phones": ("SANDBOX_PORT", "/sandbox", "<html"),
    "the panel": ("PORT", "/admin/", "<form"),
}


@dataclass
class Proof:
    """The stages so far: what each was, how long it took, what came of it."""

    console: Console
    rows: list[tuple[str, float, str, str]] = field(default_factory=list)
    failed: bool = False

    @contextmanager
    def stage(self, what: str) -> Iterator[Callable[[str], None]]:
        """One step: what it yields takes a word of detail. One that fails is told, and ends the proof as a whole."""
        began = time.monotonic()
        detail = [""]
        try:
            yield lambda word: detail.__setitem__(0, word)
        except BaseException as trouble:
            self.failed = True
            self._note(what, time.monotonic() - began, "[red]no[/red]", str(trouble).split("\n")[0][:80])
            self.console.print(str(trouble), style="red", markup=False, highlight=False)
            raise
        self._note(what, time.monotonic() - began, "[green]yes[/green]", detail[0])

    def took(self, what: str, seconds: float) -> None:
        """Part of a stage, which has its own line."""
        self._note(f"  {what}", seconds, "", "")

    def seconds_until(self, what: str) -> float:
        names = [name for name, *_ in self.rows]
        whole = [seconds for name, seconds, *_ in self.rows[: names.index(what) + 1] if not name.startswith(" ")]
        return sum(whole)

    def seconds_of(self, part: str) -> float:
        """Of a part that has its own line; none where it has not."""
        return next((seconds for name, seconds, *_ in self.rows if name.strip() == part), 0.0)

    def _note(self, what: str, seconds: float, verdict: str, detail: str) -> None:
        self.rows.append((what, seconds, verdict, detail))
        self.console.print(f"{verdict or '   '} {what} [dim]{seconds:.1f} s {detail}[/dim]")

    def table(self) -> Table:
        table = Table(title="A fresh clone with an empty home")
        for head in ("stage", "seconds", "held", ""):
            table.add_column(head, justify="right" if head == "seconds" else "left")
        for what, seconds, verdict, detail in self.rows:
            table.add_row(what, f"{seconds:.1f}", verdict, detail)
        return table


def main(arguments: list[str], project: Path = ROOT, console: Console | None = None) -> int:
    """Prove it. Returns the exit code: 0 when everything held."""
    proof = Proof(console or Console())
    began = time.monotonic()
    for name in (signal.SIGTERM, signal.SIGHUP):
        with suppress(ValueError):  # not the main thread: a test's business
            signal.signal(name, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="ajo-fresh-", ignore_cleanup_errors=True) as folder:
        place = Surroundings(Path(folder))
        place.prepare()
        try:
            _prove(proof, place, project, arguments)
        except (AssertionError, OSError, subprocess.SubprocessError, KeyboardInterrupt):
            proof.failed = True
        finally:
            place.end_all()
    proof.console.print(proof.table())
    verdict = "[red]It does not hold[/red]" if proof.failed else "[green]A fresh clone runs[/green]"
    proof.console.print(f"{verdict}, after {time.monotonic() - began:.0f} s")
    return 1 if proof.failed else 0


def _prove(proof: Proof, place: Surroundings, project: Path, arguments: list[str]) -> None:
    env = place.environment(os.environ, project)
    with proof.stage("git clone") as tell:
        tell(place.take(project, env))
    numbers = dict(zip(PORTS, map(str, ports.some_free(4)), strict=True))
    _play_demo(proof, place, env | numbers)
    if NO_TESTS not in arguments:
        with proof.stage("make test") as tell:
            tell(_test(proof.console, place, env, arguments))
            left = place.still_running()
            assert not left, f"still running: {_names(left)}"
    with proof.stage("the clone is as it was") as tell:
        strange = place.strange_in_clone(env)
        assert not strange, f"not committed and not ignored: {strange}"
        tell(f"in the home: {', '.join(place.left_in_home()) or 'nothing'}")


def _play_demo(proof: Proof, place: Surroundings, env: Mapping[str, str]) -> None:
    demo: Demo | None = None
    try:
        with proof.stage("make demo comes up"), proof.console.status("make demo") as status:
            demo = Demo(env, place.base / "demo.log", place.clone)
            _wait(proof, demo, place, status)
        for what, (port, path, words) in PAGES.items():
            with proof.stage(f"{what} answers") as tell:
                assert words in _page(f"http://{ports.LOOPBACK}:{env[port]}{path}"), f"{path} does not say {words}"
                tell(path)
        with proof.stage("a newcomer dials"):
            flask = [".venv/bin/flask", "--app", "app", "phone", NEWCOMER]
            assert SEES in run(flask, place.clone, env, typed=DIALS), "she does not see the first screen"
        first = proof.seconds_until("a newcomer dials")
        proof.console.print(f"[bold]From clone to first screen: {first:.0f} s[/bold]")
        proof.took("from clone to first screen", first)
        with proof.stage(POT) as tell:
            tell(first_pot.play(f"http://{ports.LOOPBACK}:{env['SANDBOX_PORT']}", place.clone / ".data"))
        with proof.stage("that is within three minutes") as tell:
            whole, libraries = proof.seconds_until(POT), proof.seconds_of(LIBRARIES)
            tell(f"{whole:.0f} s from clone to a paid pot, {libraries:.0f} s of them for the libraries")
            assert whole - libraries <= POT_SECONDS, f"{whole - libraries:.0f} s without the libraries"
    finally:
        if demo is not None and demo.process.poll() is None:
            with proof.stage("Ctrl-C leaves nobody"):
                left = {each.pid: each for each in (*demo.interrupt(), *place.still_running())}
                assert not left, f"still running: {_names(list(left.values()))}"


def _wait(proof: Proof, demo: Demo, place: Surroundings, status: Status) -> None:
    """Until its box is there; when the libraries have come is told on the way."""
    began = time.monotonic()
    installed = place.clone / ".venv" / ".ready"
    told = False

    def look() -> None:
        nonlocal told
        status.update(f"make demo: {_last_line(demo.printed())}")
        if not told and installed.exists():
            told = True
            proof.took(LIBRARIES, time.monotonic() - began)

    demo.wait_until_up(UP_SECONDS, meanwhile=look)
    look()  # it may have been faster than our looks


def _test(console: Console, place: Surroundings, env: Mapping[str, str], arguments: list[str]) -> str:
    """Run the tests, showing where they are. Returns pytest's last line."""
    log = place.base / "test.log"
    words = ["make", "-s", "test", *([f"ARGS={' '.join(arguments)}"] if arguments else [])]
    with log.open("wb") as out, console.status("make test") as status:
        tests = subprocess.Popen(
            words, cwd=place.clone, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        until = time.monotonic() + TESTS_SECONDS
        while tests.poll() is None and time.monotonic() < until:
            status.update(f"make test: {_last_line(log.read_text(errors='replace'))}")
            time.sleep(1)
    said = log.read_text(errors="replace")
    assert tests.returncode == 0, f"make test ended with {tests.returncode}\n{said[-6000:]}"
    return _last_line(said)


def _page(url: str) -> str:
    """A page as a browser on this machine would get it, past any proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=30) as answer:
        return str(answer.read().decode())


def _last_line(text: str) -> str:
    lines = [line for line in text[-4000:].splitlines() if line.strip()]
    return lines[-1].replace("[", "(").strip()[:100] if lines else ""


def _names(processes: list[psutil.Process]) -> str:
    found = []
    for process in processes:
        with suppress(psutil.Error):
            found.append(" ".join(process.cmdline())[:80])
    return "; ".join(found) or "processes that went meanwhile"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

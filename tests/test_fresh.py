"""The script of `make fresh`, played with small projects: what it proves and catches, and that it leaves nothing."""

import io
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from tests.fresh import __main__ as fresh
from tests.fresh.surroundings import MARK, Surroundings, run

ROOT = Path(__file__).parents[1]
# A program with the promises of ours: a page on each port, a phone, an end when it is interrupted.
SMALL = """
import http.server, os, sys, threading
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write(b"<html>Ajo<form>")
    def log_message(self, *_): pass
assert os.listdir(os.environ["HOME"]) == [], os.listdir(os.environ["HOME"])
assert "SECRET_OF_OURS" not in os.environ
for name in ("PORT", "SANDBOX_PORT"):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ[name])), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
print("Ajo Secure is running", flush=True)
try:
    threading.Event().wait()
except KeyboardInterrupt:
    pass
"""
MAKEFILE = """
demo:
\t@mkdir -p .venv/bin && printf '#!/bin/sh\\ncat >/dev/null\\necho Save in turns\\n' >.venv/bin/flask
\t@chmod +x .venv/bin/flask && touch .venv/.ready
\t@{before}
\t@exec {python} small.py
test:
\t@{test}
"""


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Console:
    """Where the script writes; whatever it makes is made under here."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("SECRET_OF_OURS", "734912")
    monkeypatch.setattr("tests.fresh.surroundings.GONE_SECONDS", 0.5)
    monkeypatch.setattr("tests.fresh.first_pot.play", lambda url, folder: "1 pot to a bank")
    return Console(file=io.StringIO(), width=120)


def project(folder: Path, before: str = ":", test: str = "echo 7 passed") -> Path:
    """A small one, committed."""
    folder.mkdir()
    (folder / "small.py").write_text(textwrap.dedent(SMALL))
    (folder / "Makefile").write_text(MAKEFILE.format(before=before, test=test, python=sys.executable))
    (folder / ".gitignore").write_text(".venv/\n")
    me = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*me, "commit", "-q", "-m", "feat: small"]):
        subprocess.run(["git", *words], cwd=folder, check=True, timeout=120)
    return folder


def said(console: Console) -> str:
    return console.file.getvalue()  # type: ignore[attr-defined]


def left_behind(tmp_path: Path) -> list[Path]:
    return list(tmp_path.glob("ajo-fresh-*"))


def test_a_project_that_holds_is_told_with_its_times(quiet: Console, tmp_path: Path) -> None:
    whole = project(tmp_path / "whole", test='echo "$(ARGS): 7 passed"')

    assert fresh.main(["-k", "words"], whole, quiet) == 0, said(quiet)
    for words in ("git clone", "the libraries are installed", "a newcomer dials", "a pot is paid",
                  "Ctrl-C leaves nobody", "-k words: 7 passed", "in the home: nothing",
                  "A fresh clone runs"):  # fmt: skip
        assert words in said(quiet)
    assert "from clone to first screen" in said(quiet)
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(
    ("before", "test", "told"),
    [
        ("false", "true", "it ended"),
        (":", "echo wrong && false", "make test ended with 2"),
        ("sleep 600 >/dev/null 2>&1 &", "true", "still running: sleep 600"),
        (":", "setsid sleep 601 >/dev/null 2>&1 &", "still running: sleep 601"),
        ("touch forgotten.txt", "true", "not committed and not ignored"),
        ("rm .venv/bin/flask && ln -s /bin/true .venv/bin/flask", "true", "does not see the first screen"),
    ],
)
def test_what_does_not_hold_is_said_and_ends_with_one(
    quiet: Console, tmp_path: Path, before: str, test: str, told: str
) -> None:
    broken = project(tmp_path / "broken", before, test)

    assert fresh.main([], broken, quiet) == 1
    assert told in said(quiet)
    assert "It does not hold" in said(quiet)
    assert left_behind(tmp_path) == []
    running = [each.info["cmdline"] for each in psutil.process_iter(["cmdline"])]
    assert [words for words in running if words in (["sleep", "600"], ["sleep", "601"])] == []


def test_a_pot_that_takes_too_long_is_said(quiet: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "POT_SECONDS", -1)

    assert fresh.main([fresh.NO_TESTS], project(tmp_path / "slow"), quiet) == 1
    assert "s without the libraries" in said(quiet)


def test_it_proves_what_is_committed(quiet: Console, tmp_path: Path) -> None:
    whole = project(tmp_path / "whole")
    (whole / "Makefile").write_text("demo:\n\tfalse\n")

    assert fresh.main([fresh.NO_TESTS], whole, quiet) == 0
    assert "make test" not in said(quiet)


def test_the_environment_is_bare_but_for_the_way_to_the_registry(tmp_path: Path) -> None:
    (tmp_path / "home" / ".config" / "pip").mkdir(parents=True)
    own = tmp_path / "home" / ".config" / "pip" / "pip.conf"
    own.touch()
    ours = {"PATH": f"{ROOT}/.venv/bin:/usr/bin", "HOME": str(tmp_path / "home"), "PIP_INDEX_URL": "https://index.example",
            "HTTPS_PROXY": "http://proxy.example", "DATABASE_URL": "postgresql://ours", "VIRTUAL_ENV": "x"}  # fmt: skip
    place = Surroundings(tmp_path / "fresh")

    env = place.environment(ours, ROOT)
    kept = {name: env.pop(name) for name in ("PIP_INDEX_URL", "HTTPS_PROXY", "PIP_CONFIG_FILE")}
    assert kept == {**{name: ours[name] for name in ("PIP_INDEX_URL", "HTTPS_PROXY")}, "PIP_CONFIG_FILE": str(own)}
    assert env == {"PATH": env["PATH"], "LANG": "C.UTF-8", "HOME": str(place.home), "TMPDIR": str(place.temporary),
                   MARK: place.mark}  # fmt: skip
    assert "/usr/bin" in env["PATH"].split(os.pathsep)


def test_our_own_clone_has_all_that_the_program_reads(tmp_path: Path) -> None:
    """The short form of `make fresh`: with libraries that are there already, the commands of a clone work."""
    place = Surroundings(tmp_path / "fresh")
    place.base.mkdir()
    place.prepare()
    env = place.environment(os.environ, ROOT)
    place.take(ROOT, env)
    began = time.monotonic()

    assert not [name for name in (".venv", ".data", ".env") if (place.clone / name).exists()]
    assert "bot.sandbox.demo" in run(["make", "-n", "demo"], place.clone, env)
    for words in (["flows", "check"], ["routes"], ["--help"]):
        run([sys.executable, "-m", "flask", "--app", "app", *words], place.clone, env)
    assert [each for each in place.strange_in_clone(env) if "__pycache__" not in each] == []
    assert time.monotonic() - began < 120

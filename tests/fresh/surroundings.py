"""What a newcomer's machine has, and nothing of ours: an empty home, a bare environment, a clone of what is committed.

How it is used stands in `__main__`; nothing here knows the demo.
"""

import os
import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MARK = "AJO_FRESH"  # a variable that every process which we start inherits: thereby it is found again
# How a machine reaches its package registry is its own business, and no part of what is proved.
OF_THE_MACHINE = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC", "CI")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
GONE_SECONDS = 10


@dataclass(frozen=True)
class Surroundings:
    """A folder for one proof: the clone, an empty home, and where temporary files go."""

    base: Path
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def clone(self) -> Path:
        return self.base / "ajo"

    @property
    def home(self) -> Path:
        return self.base / "home"

    @property
    def temporary(self) -> Path:
        return self.base / "tmp"

    def prepare(self) -> None:
        # PostgreSQL, which root may not run, has to reach it as somebody else.
        self.base.chmod(0o755)
        self.home.mkdir()
        self.temporary.mkdir(mode=0o1777)

    def environment(self, ours: Mapping[str, str], project: Path) -> dict[str, str]:
        """All that a process there finds."""
        folders = [each for each in ours.get("PATH", os.defpath).split(os.pathsep) if each]
        strange = [each for each in folders if not Path(each).resolve().is_relative_to(project.resolve())]
        kept = {name: value for name, value in ours.items() if _is_of_the_machine(name)}
        return {
            **kept,
            **_pip_of_the_user(ours),
            "PATH": os.pathsep.join(strange),
            "LANG": ours.get("LANG", "C.UTF-8"),
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            MARK: self.mark,
        }

    def take(self, project: Path, env: Mapping[str, str]) -> str:
        """Clone what is committed. Returns the commit."""
        run(["git", "clone", "--quiet", "--no-hardlinks", str(project), str(self.clone)], self.base, env)
        return run(["git", "log", "-1", "--format=%h %s"], self.clone, env).strip()

    def left_in_home(self) -> list[str]:
        return sorted(str(each.relative_to(self.home)) for each in self.home.iterdir())

    def strange_in_clone(self, env: Mapping[str, str]) -> list[str]:
        """What is there and neither committed nor ignored."""
        return run(["git", "status", "--porcelain"], self.clone, env).splitlines()

    def processes(self) -> Iterator[psutil.Process]:
        """Whoever runs and was started from here, also without a parent by now."""
        for process in psutil.process_iter():
            if process.pid != os.getpid() and self._is_ours(process):
                yield process

    def still_running(self) -> list[psutil.Process]:
        """Who has not gone after some seconds."""
        until = time.monotonic() + GONE_SECONDS
        while (left := list(self.processes())) and time.monotonic() < until:
            time.sleep(0.1)
        return left

    def end_all(self) -> None:
        """Whatever happened, nobody of ours stays."""
        for process in self.processes():
            with suppress(psutil.Error):
                process.kill()

    def _is_ours(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error, OSError):
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            if process.environ().get(MARK) == self.mark:
                return True
        with suppress(psutil.Error, OSError):
            return str(self.base) in " ".join(process.cmdline())
        return False


def run(words: list[str], folder: Path, env: Mapping[str, str], typed: str = "", seconds: float = 120) -> str:
    """What a command says. Raises AssertionError with its last words when it fails."""
    done = subprocess.run(
        words, cwd=folder, env=dict(env), input=typed, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, (
        f"{' '.join(words)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}"
    )
    return done.stdout


def _is_of_the_machine(name: str) -> bool:
    return name.startswith("PIP_") or name in OF_THE_MACHINE or name.lower() in PROXIES


def _pip_of_the_user(ours: Mapping[str, str]) -> dict[str, str]:
    """Pip's own file in the home that is left behind, as the setting that names it."""
    home = Path(ours.get("HOME", "/nonexistent"))
    settings = Path(ours.get("XDG_CONFIG_HOME") or home / ".config")
    found = [each for each in (settings / "pip" / "pip.conf", home / ".pip" / "pip.conf") if each.is_file()]
    return {"PIP_CONFIG_FILE": str(found[0])} if found and "PIP_CONFIG_FILE" not in ours else {}

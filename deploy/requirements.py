"""The part of requirements.lock that production needs, with its hashes: `python3 deploy/requirements.py`.

One lock file holds what production and development need, so that both have the same versions. This walks from
the dependencies in pyproject.toml along the lock file's own "# via" lines, and prints what it reaches. It needs nothing
but Python, because it runs before anything is installed.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==")
VIA = re.compile(r"^    #(?: via)?\s+([a-z0-9._-]+)")


def production(lock: str, project: str) -> str:
    """The blocks of the lock file that the project's own dependencies lead to."""
    blocks = dict(_blocks(lock))
    wanted = {_plain(line) for line in tomllib.loads(project)["project"]["dependencies"]}
    if missing := wanted - blocks.keys():
        raise LookupError(f"the lock file lacks {', '.join(sorted(missing))}: run make lock")
    users = {name: {found[1] for line in block if (found := VIA.match(line))} for name, block in blocks.items()}
    while more := {name for name, by in users.items() if by & wanted} - wanted:
        wanted |= more
    return "".join(line for name, block in blocks.items() if name in wanted for line in block)


def _blocks(lock: str) -> list[tuple[str, list[str]]]:
    """Each package with its lines."""
    found: list[tuple[str, list[str]]] = []
    for line in lock.splitlines(keepends=True):
        if begins := NAME.match(line):
            found.append((begins[1], []))
        if found:
            found[-1][1].append(line)
    return found


def _plain(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement)[0].strip().lower()


if __name__ == "__main__":
    sys.stdout.write(production((ROOT / "requirements.lock").read_text(), (ROOT / "pyproject.toml").read_text()))

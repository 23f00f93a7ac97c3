"""Stand-ins for what only the administrator of a machine has: `python tests/support/stand_ins.py NAME ARGUMENT...`.

`sudo` and `systemd-run` run what they are given, `systemctl` runs what the unit files say, with the paths of a real
machine replaced by those of the test (MACHINE, a JSON file). Everything else is only written down.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

MACHINE = json.loads(Path(os.environ["MACHINE"]).read_text())
UNITS, RUNNING = Path(MACHINE["units"]), Path(MACHINE["running"])
STOP_SECONDS = 30.0
PATIENCE_SECONDS = 120.0  # with a command that ends by itself


def placed(text: str) -> str:
    """A path of a real machine, where the test has it."""
    for ours, theirs in MACHINE["places"].items():
        text = text.replace(ours, theirs)
    return text


def note(name: str, arguments: list[str]) -> int:
    with Path(MACHINE["log"]).open("a") as log:
        log.write(shlex.join([name, *arguments]) + "\n")
    return 0


def sudo(arguments: list[str]) -> int:
    if arguments[0] == "-u":
        os.environ["PGUSER"] = arguments[1]
        arguments = arguments[2:]
    os.execvp(arguments[0], arguments)


def systemd_run(arguments: list[str]) -> int:
    properties = [each.removeprefix("--property=") for each in arguments if each.startswith("--property=")]
    command = [each for each in arguments if not each.startswith("--")]
    begin = arguments.index(command[0])
    words = [placed(each) for each in arguments[begin:]]
    return subprocess.run(words, **surroundings(properties), timeout=PATIENCE_SECONDS).returncode


def surroundings(lines: list[str]) -> dict[str, object]:
    """Folder and environment, from lines of a [Service] section."""
    env = {name: value for name, value in os.environ.items() if name in ("PATH", "MACHINE") or name.startswith("PG")}
    cwd = "/"
    for line in lines:
        name, _, value = placed(line).partition("=")
        if name == "EnvironmentFile":
            env |= dict(pairs(Path(value).read_text()))
        elif name == "Environment":
            env |= dict(part.split("=", 1) for part in shlex.split(value))
        elif name == "WorkingDirectory":
            cwd = value
        elif name == "User":
            env["PGUSER"] = value
        elif name == "StateDirectory":
            Path(placed(f"/var/lib/{value}")).mkdir(exist_ok=True)
    return {"cwd": cwd, "env": env}


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """The settings of a file as systemd reads it."""
    for line in text.splitlines():
        if line and line[0] not in "#;":
            name, _, value = line.partition("=")
            yield name, value.strip().strip('"')


def systemctl(arguments: list[str]) -> int:
    note("systemctl", arguments)
    verb, names = arguments[0], [each for each in arguments[1:] if not each.startswith("--")]
    names = [name if "." in name else f"{name}.service" for name in names]
    for name in names:
        if not (UNITS / name).exists():
            sys.exit(f"Unit {name} not found.")
        if verb in ("stop", "restart"):
            for each in parts_of(name):
                stop(each)
        if verb in ("start", "restart") or "--now" in arguments:
            start(name)
    return 0


def start(name: str) -> None:
    lines = (UNITS / name).read_text().splitlines()
    if name.endswith(".target"):
        for wanted in values(lines, "Wants"):
            for each in wanted.split():
                start(each)
    elif name.endswith(".timer"):
        assert (UNITS / name.replace(".timer", ".service")).exists(), name
    elif not (RUNNING / name).exists():
        begin(name, lines)


def begin(name: str, lines: list[str]) -> None:
    [command] = values(lines, "ExecStart")
    words = shlex.split(placed(command))
    if values(lines, "Type") == ["oneshot"]:
        done = subprocess.run(words, **surroundings(lines), check=False, timeout=PATIENCE_SECONDS)
        if done.returncode:
            sys.exit(f"Job for {name} failed with {done.returncode}.")
        return
    with (RUNNING.parent / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(words, **surroundings(lines), stdout=log, stderr=log, start_new_session=True)
    (RUNNING / name).write_text(str(process.pid))


def parts_of(name: str) -> list[str]:
    return [name] + [each.name for each in UNITS.iterdir() if f"PartOf={name}" in each.read_text().splitlines()]


def stop(name: str) -> None:
    """KillMode=mixed: the first process is asked to end, and ends the others."""
    pid = RUNNING / name
    if not pid.exists():
        return
    until = time.monotonic() + STOP_SECONDS
    try:
        process = psutil.Process(int(pid.read_text()))
        process.send_signal(signal.SIGTERM)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > until:
                sys.exit(f"{name} does not end")
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        pass
    pid.unlink()


def values(lines: list[str], name: str) -> list[str]:
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")]


ACTS = {"sudo": sudo, "systemd-run": systemd_run, "systemctl": systemctl}
# apt-get, git, pip and the like: it is enough that they were asked.
NOTED = ("apt-get", "git", "venv", "pip", "docker", "journalctl")

if __name__ == "__main__":
    asked, rest = sys.argv[1], sys.argv[2:]
    if asked == "pip":
        rest.append(f"({sys.stdin.read().count('==')} libraries)")
    sys.exit(ACTS[asked](rest) if asked in ACTS else note(asked, rest))

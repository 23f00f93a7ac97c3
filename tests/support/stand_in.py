"""Stands for a process of the demo: `python -m tests.support.stand_in FOLDER NAME BEHAVIOUR`.

It writes its pid into FOLDER/NAME and then behaves.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

FOLDER, NAME, BEHAVIOUR = Path(sys.argv[1]), sys.argv[2], sys.argv[3]


def note() -> None:
    with (FOLDER / NAME).open("a") as file:
        file.write(f"{os.getpid()}\n")


def say_bye(_signal: int, _frame: FrameType | None) -> None:
    print(f"{NAME} stops", flush=True)  # noqa: T201 (what the test reads)
    sys.exit()


if BEHAVIOUR == "fails":
    sys.exit(f"{NAME} has no table")
if BEHAVIOUR == "ends":
    note()
    sys.exit()
if BEHAVIOUR == "listens":
    before = len((FOLDER / "web").read_text())
    while len((FOLDER / "web").read_text()) < before + 50:
        time.sleep(0.02)
    sys.exit()
if BEHAVIOUR == "says bye":
    signal.signal(signal.SIGTERM, say_bye)
    signal.signal(signal.SIGINT, say_bye)
if BEHAVIOUR == "forks and ignores":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.setpgrp()  # as the workhorse of RQ does
note()
if BEHAVIOUR == "talks":
    while True:
        for level in ("info", "error"):
            print(f'{{"level": "{level}"}} of {NAME}', flush=True)  # noqa: T201
        note()
        time.sleep(0.02)
time.sleep(600)

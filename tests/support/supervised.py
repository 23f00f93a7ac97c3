"""A supervisor over stand-ins, as a program of its own because it lives by signals:
`python -m tests.support.supervised FOLDER SECONDS NAME:BEHAVIOUR...`: so many seconds has each to stop in peace.
A name that ends in "!" stops last.
"""

import os
import signal
import sys
from pathlib import Path

from bot.sandbox import supervisor
from bot.sandbox.supervisor import Part, Supervisor

FOLDER = Path(sys.argv[1])


def part(words: str) -> Part:
    name, _, behaviour = words.partition(":")
    name, last = name.removesuffix("!"), name.endswith("!")
    once = behaviour in ("fails", "ends", "listens")
    command = [sys.executable, "-m", "tests.support.stand_in", str(FOLDER), name, behaviour]
    return Part(
        name,
        command if once else [sys.executable, "-m", "bot.lifeline", *command],
        ready=None if once else (FOLDER / name).exists,
        once=once,
        stop_signal=signal.SIGINT if last else signal.SIGTERM,
        last_to_stop=last,
        heard=behaviour == "listens",
    )


supervisor.STOP_SECONDS = float(sys.argv[2])
parts = [part(words) for words in sys.argv[3:]]
sys.exit(Supervisor(parts, os.environ).run(lambda: print("READY", flush=True)))  # noqa: T201

"""Writes down what conversations say now: `python -m tests.flows.record tests/transcripts/menu/*.txt`.

Only the answers are written; what is heard, and what becomes of commands, stays as it
stands in the file. Read the difference before it is committed: it is the specification.
"""

import sys
from pathlib import Path

from tests.flows.play import rewritten


def main() -> None:
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(rewritten(path), encoding="utf-8")


if __name__ == "__main__":
    main()

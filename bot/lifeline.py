"""No orphans: a process that we start ends when the one who started it is gone, however that one ended.

`python -m bot.lifeline PROGRAM ARGUMENT...` becomes that program with this promise.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(with_signal: int = signal.SIGTERM) -> None:
    """Ask the kernel to signal this process when its parent dies. It survives exec, but no change of user.

    Only Linux has it; elsewhere a killed parent leaves its children behind.
    """
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
    if os.getppid() != parent:  # it died while we asked
        os.kill(os.getpid(), with_signal)


if __name__ == "__main__":
    die_with_parent()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 (no shell)

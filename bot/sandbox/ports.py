"""Which ports of this machine are free, and the sentence for one that is not."""

import atexit
import random
import socket
from collections.abc import Mapping

LOOPBACK = "127.0.0.1"

# Below the range from which Linux takes the port of a connection that goes out, and of a server that asks for any
# (ip_local_port_range, 32768 and up): between our choice and our server's start nobody gets one of these by chance.
CHOICE = range(20_000, 32_000)


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def some_free(count: int) -> list[int]:
    """Ports that nobody uses, all different, and this process's own until it ends.

    Our servers start seconds later and in other processes. Until then a UDP socket of the same number
    says to everybody who chooses here that the port is taken; TCP does not mind it, and it goes with us.

    Raises OSError if there are not so many.
    """
    mine: list[int] = []
    for port in random.sample(CHOICE, len(CHOICE)):
        if len(mine) < count and is_free(port) and _keep(port):
            mine.append(port)
    if len(mine) == count:
        return mine
    raise OSError(f"not {count} free port from {CHOICE.start} to {CHOICE.stop - 1}: end programs that listen there")


def complaints(wanted: Mapping[str, int]) -> list[str]:
    """A sentence for every setting whose port cannot be had, also when two settings want the same one."""
    found = []
    owner: dict[int, str] = {}
    for name, port in wanted.items():
        if port in owner:
            found.append(f"{name} and {owner[port]} are both {port}. Give one of them another port.")
        elif not is_free(port):
            found.append(
                f"Port {port} is taken by another program (or by another `make demo`). "
                f"Set {name} to a free one, for example {name}={_next_free(port)}."
            )
        owner.setdefault(port, name)
    return found


def _next_free(port: int) -> int:
    return next((each for each in range(port + 1, min(port + 100, 65536)) if is_free(each)), port + 1)


def _keep(port: int) -> bool:
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((LOOPBACK, port))
    except OSError:
        claim.close()
        return False
    atexit.register(claim.close)
    return True

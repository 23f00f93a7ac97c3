"""Which ports of this machine are free, and the sentence for one that is not."""

import socket
from collections.abc import Mapping

LOOPBACK = "127.0.0.1"


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
    """Ports that nobody uses at the moment, all different."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


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

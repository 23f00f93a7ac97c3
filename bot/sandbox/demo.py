"""`make demo`: everything on this machine, from nothing, with a phone to try it. Ctrl-C stops all of it.

What is run here and in which order; how it is run is `supervisor`'s.
"""

import http.client
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import redis
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from bot.sandbox import ports, postgres
from bot.sandbox.supervisor import Part, Supervisor
from bot.settings import Settings, load

PYTHON = sys.executable
FLASK = ".venv/bin/flask --app app"
WIDTH = 80
SLOWEST_SECONDS = 600.0  # ten weeks take a quarter of a minute, on a machine that does much else far longer
QUIET = ("env", "LOG_LEVEL=ERROR")  # thousands of lines that are about ten weeks ago


def main() -> int:
    """Run the demo until somebody stops it. Returns the exit code."""
    settings = load()
    wanted = {
        "PORT": settings.port,
        "SANDBOX_PORT": settings.sandbox_port,
        "POSTGRES_PORT": settings.postgres_port,
        "REDIS_PORT": settings.redis_port,
    }
    if complaints := ports.complaints(wanted):
        sys.stderr.write("".join(f"{sentence}\n" for sentence in complaints))
        return 1
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Supervisor(with_history(settings), environment(settings)).run(lambda: Console().print(welcome(settings)))


def with_history(settings: Settings) -> list[Part]:
    """All parts, and what only the demo has: ten weeks of history, played before the workers and the clock begin.

    They need the web process, which the sandbox calls, and open the books at their beginning, as `seed` would.
    """
    usual = {part.name: part for part in parts(settings)}
    usual["demo-data"] = replace(_once("demo-data", QUIET), patience=SLOWEST_SECONDS, heard=True)
    order = "postgres redis migrate sandbox web demo-data worker clock"
    return [usual[name] for name in order.split()]


def parts(settings: Settings) -> list[Part]:
    """The processes, in the order of their start."""
    return [
        Part(
            "postgres",
            [PYTHON, "-m", "bot.sandbox.services", "postgres"],
            ready=lambda: _postgres_ready(settings.postgres_port),
            stop_signal=signal.SIGINT,
            last_to_stop=True,
        ),
        Part(
            "redis",
            [PYTHON, "-m", "bot.sandbox.services", "redis"],
            ready=lambda: _redis_ready(settings.redis_port),
            last_to_stop=True,
        ),
        _once("migrate"),
        Part("sandbox", _with_us("-m", "bot.sandbox"), ready=lambda: ports.answers(settings.sandbox_port)),
        _once("seed"),
        Part(
            "web",
            _with_us("-m", "gunicorn", "--config", "bot/gunicorn.py", "app:create_app()"),
            ready=lambda: _web_ready(settings.port),
        ),
        Part("worker", _with_us("-m", "jobs.worker")),
        Part("clock", _with_us("-m", "jobs.clock")),
    ]


def environment(settings: Settings) -> dict[str, str]:
    """What the processes find: our own servers, whatever a .env file says of others."""
    return {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "APP_ENV": "development",
        "DATABASE_URL": postgres.url(settings.postgres_port),
        "MIGRATE_DATABASE_URL": postgres.url(settings.postgres_port, role="ajo_owner"),
        "REDIS_URL": f"redis://{ports.LOOPBACK}:{settings.redis_port}/0",
    }


def welcome(settings: Settings) -> Panel:
    """What to open, what to dial, and who can sign in with what: no more than fits on half a screen."""
    pin = _left(settings, "demo-tries.json", {}).get("pin")
    whose = f"everybody's PIN is [bold]{pin}[/]" if pin else "sign up with a name and a PIN of your own"
    phones = f"dial [bold]{settings.ussd_code}[/] on one of them; {whose}"
    rows = Table.grid(padding=(0, 2))
    rows.add_row("[bold]Phones[/]", f"http://{ports.LOOPBACK}:{settings.sandbox_port}/sandbox    open this first")
    rows.add_row("", phones)
    rows.add_row()
    rows.add_row("[bold]Panel[/]", f"{settings.public_url}/admin/")
    for emails, password in _who_signs_in(settings):
        rows.add_row("", emails)
        rows.add_row("", f"password  [bold]{password}[/]")
    rows.add_row("", f"code      {FLASK} staff-code owner")
    rows.add_row()
    rows.add_row("[bold]Next[/]", "the five steps on the page of the phones; the rest is in README.md")
    rows.add_row("[bold]Stop[/]", f"Ctrl-C; the data stays in {_near(settings.data_dir)}")
    about = "play money, to learn with" if settings.training else None
    return Panel(rows, title="Ajo Secure is running", subtitle=about, width=WIDTH, padding=(1, 2))


def _who_signs_in(settings: Settings) -> list[tuple[str, str]]:
    """E-mail addresses and their password; `demo-data` has written them down, one password for all of them."""
    found: dict[str, list[str]] = {}
    for each in _left(settings, "demo-staff.json", []):
        found.setdefault(each["password"], []).append(each["email"])
    return [
        (",\n".join(", ".join(emails[at : at + 2]) for at in range(0, len(emails), 2)), password)
        for password, emails in found.items()
    ]


def _left(settings: Settings, name: str, otherwise: Any) -> Any:
    """What `demo-data` has left in a file."""
    path = settings.data_dir / name
    return json.loads(path.read_text()) if path.exists() else otherwise


def _near(folder: Path) -> Path:
    """As it is seen from here."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def _once(command: str, before: Sequence[str] = ()) -> Part:
    """One of our commands, which has to end well. before: what starts it."""
    return Part(command, [*before, PYTHON, "-m", "flask", "--app", "app", command], once=True)


def _with_us(*arguments: str) -> list[str]:
    return [PYTHON, "-m", "bot.lifeline", PYTHON, *arguments]


def _postgres_ready(port: int) -> bool:
    try:
        psycopg2.connect(postgres.url(port), connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def _redis_ready(port: int) -> bool:
    """Also while it reads its file back it accepts connections, but does not answer."""
    client = redis.Redis(port=port, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _web_ready(port: int) -> bool:
    web = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        web.request("GET", "/healthz")
        return web.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()


if __name__ == "__main__":
    sys.exit(main())

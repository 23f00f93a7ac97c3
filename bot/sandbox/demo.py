"""`make demo`: everything on this machine, from nothing, with a phone to try it. Ctrl-C stops all of it.

What is run here and in which order; how it is run is `supervisor`'s.
"""

import http.client
import json
import os
import signal
import sys

import psycopg2
import redis
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from bot.sandbox import ports, postgres
from bot.sandbox.supervisor import Part, Supervisor
from bot.settings import Settings, load
from models.country import COUNTRIES

PYTHON = sys.executable


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
    """All parts, and what only the demo has: three weeks of history, played before the workers and the clock begin.

    They need the web process, which the sandbox calls, and open the books at their beginning: so `seed` comes after.
    """
    usual = {part.name: part for part in parts(settings)}
    usual["demo-data"] = _once("demo-data")
    # Submitted now; what WhatsApp says of them is asked by the daily look, so once the time is moved.
    usual["templates"] = _once("templates")
    order = "postgres redis migrate sandbox web demo-data seed worker clock templates"
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
    """What to open and what to dial."""
    flask = ".venv/bin/flask --app app"
    here = COUNTRIES[settings.country]
    by_bank = "there: dial the bank's code, or type: pay ACCOUNT"
    rows = Table.grid(padding=(0, 2))
    for what, how in (
        ("Phones, bank, clock", f"http://{ports.LOOPBACK}:{settings.sandbox_port}/sandbox    open this first"),
        ("The panel", f"{settings.public_url}/admin/"),
        *((each["role"], f"{each['email']}    password: {each['password']}") for each in _staff(settings)),
        ("", f"then the code of her phone: {flask} staff-code EMAIL"),
        ("Dial", f"on that page; or in a terminal: {flask} phone {here.a_phone}    then {settings.ussd_code}"),
        ("WhatsApp, SMS", "there, too: w hello, then tap 1; s 1 answers an SMS; --help tells the rest"),
        ("Pay", "there, type: approve (or decline)" if here.operators else by_bank),
        ("Is it well?", f"{settings.public_url}/readyz"),
        ("Move the time", f"{flask} clock advance 7d"),
        ("Check the books", f"{flask} check"),
        ("See a whole circle", "make story, or make story ARGS='--channel whatsapp --language yo'"),
        ("Stop", f"Ctrl-C; the data stays in {settings.data_dir}"),
    ):
        rows.add_row(f"[bold]{what}[/bold]", how)
    return Panel(rows, title="Ajo Secure is running", expand=False, padding=(1, 2))


def _once(command: str) -> Part:
    """One of our commands, which has to end well."""
    return Part(command, [PYTHON, "-m", "flask", "--app", "app", command], once=True)


def _staff(settings: Settings) -> list[dict[str, str]]:
    """Who may open the panel: `demo-data` has written it down."""
    path = settings.data_dir / "demo-staff.json"
    return list(json.loads(path.read_text())) if path.exists() else []


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

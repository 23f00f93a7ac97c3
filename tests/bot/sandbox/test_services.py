"""PostgreSQL and Redis come out of wheels, keep what they are told, and say clearly when they cannot have a port."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
import redis

from bot.sandbox import ports, postgres

ROOT = Path(__file__).parents[3]
WAIT_SECONDS = 30


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that PostgreSQL's user can reach, as the folder of a project usually is; pytest's own are private."""
    with tempfile.TemporaryDirectory(prefix="ajo-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def serving(server: str, folder: Path, port: int, ready: Callable[[], object]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.sandbox.services", server, f"--data={folder}", f"--port={port}"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(ready)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=WAIT_SECONDS) == 0


def until(true: Callable[[], object]) -> None:
    limit = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            true()
        except (psycopg2.OperationalError, redis.ConnectionError):
            assert time.monotonic() < limit, "waited in vain"
            time.sleep(0.05)
        else:
            return


def ask(url: str, sql: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else None


def test_postgresql_has_the_roles_of_production_and_keeps_its_data(folder: Path):
    (port,) = ports.some_free(1)
    owner, program = postgres.url(port, role="ajo_owner"), postgres.url(port)

    with serving("postgres", folder, port, lambda: ask(program, "SELECT 1")):
        ask(owner, "CREATE TABLE kept (word text)")
        ask(owner, "GRANT SELECT ON kept TO ajo_app")
        ask(owner, "INSERT INTO kept VALUES ('here')")
        assert ask(owner, "SHOW fsync") == ("on",)

    with serving("postgres", folder, port, lambda: ask(program, "SELECT 1")):
        assert ask(program, "SELECT word FROM kept") == ("here",)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(program, "DELETE FROM kept")


def test_redis_keeps_its_data(folder: Path):
    (port,) = ports.some_free(1)
    client = redis.Redis(port=port, decode_responses=True)

    with serving("redis", folder, port, client.ping):
        client.set("kept", "here")
    with serving("redis", folder, port, client.ping):
        assert client.get("kept") == "here"


@pytest.mark.parametrize(("server", "setting"), [("postgres", "POSTGRES_PORT"), ("redis", "REDIS_PORT")])
def test_a_taken_port_gives_a_clear_sentence(folder: Path, server: str, setting: str):
    with closing(socket.create_server(("127.0.0.1", 0))) as somebody:
        port = somebody.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "bot.sandbox.services", server, f"--data={folder}", f"--port={port}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} is taken by another program")
    assert f"Set {setting} to a free one" in done.stderr
    assert "Traceback" not in done.stderr


def test_all_complaints_about_ports_come_at_once():
    with closing(socket.create_server(("127.0.0.1", 0))) as somebody:
        taken = somebody.getsockname()[1]
        (free,) = ports.some_free(1)

        told = ports.complaints({"PORT": taken, "SANDBOX_PORT": free, "REDIS_PORT": free})

    assert len(told) == 2
    assert told[0].startswith(f"Port {taken} is taken")
    assert told[1] == f"REDIS_PORT and SANDBOX_PORT are both {free}. Give one of them another port."


def test_a_port_that_was_chosen_is_nobody_elses_until_its_server_starts():
    (port,) = ports.some_free(1)
    choose = f"from bot.sandbox import ports; ports.CHOICE = range({port}, {port} + 1); print(ports.some_free(1))"
    ask = [sys.executable, "-c", choose]
    another = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert f"not 1 free port from {port} to {port}" in another.stderr
    assert another.stdout == ""

    with closing(socket.create_server((ports.LOOPBACK, port))):
        assert ports.answers(port)


def test_the_demo_tells_about_taken_ports_before_it_starts_anything(tmp_path: Path):
    with closing(socket.create_server(("127.0.0.1", 0))) as somebody:
        taken = somebody.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "bot.sandbox.demo"],
            env={**os.environ, "POSTGRES_PORT": str(taken), "DATA_DIR": str(tmp_path / "data")},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    assert done.returncode == 1
    (proposed,) = re.findall(r"POSTGRES_PORT=(\d+)", done.stderr)
    assert taken < int(proposed) < taken + 100
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("module", ["bot.sandbox.services", "bot.sandbox.demo"])
def test_it_refuses_to_load_in_production(module: str):
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        env={"APP_ENV": "production"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 1
    assert "the sandbox does not load with APP_ENV=production" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else for PostgreSQL")
def test_root_can_run_it_from_a_private_folder(folder: Path, monkeypatch: pytest.MonkeyPatch):
    private = folder / "root-only"
    private.mkdir(mode=0o700)
    monkeypatch.setattr(postgres, "PUBLIC", folder / "lib")

    cluster = postgres.prepare(private)

    assert (private / "postgres").is_symlink()
    assert cluster.data.is_relative_to(folder / "lib")
    assert postgres.prepare(private) == cluster

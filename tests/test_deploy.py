"""A rehearsal of the documentation: every block of commands in deploy, go-live and operate, typed in as it stands, from
an empty PostgreSQL to a running service, its alerts, its backup and its restore. What needs root has stand-ins.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from bot.sandbox import postgres
from bot.settings import TABLE, Settings
from tests.support import docs
from tests.support.machine import REDIS_DATABASE, ROOT, Machine, machine
from tests.support.servers import Servers

SERVERS_OF_OTHERS = {
    "APP_ENV": "production",
    "PUBLIC_URL": "https://ajo.example.org",
    "DATABASE_URL": "postgresql://ajo:secret@127.0.0.1/ajo",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "USSD_CODE": "*347*55#",
    "AFRICASTALKING_URL": "https://api.africastalking.com",
    "AFRICASTALKING_USERNAME": "ajo",
    "AFRICASTALKING_API_KEY": "atsk_0123456789abcdef0123456789abcdef",
    "AFRICASTALKING_SENDER": "Ajo",
    "TWILIO_URL": "https://api.twilio.com",
    "TWILIO_CONTENT_URL": "https://content.twilio.com",
    "TWILIO_ACCOUNT_SID": "AC00112233445566778899aabbccddeeff",
    "TWILIO_AUTH_TOKEN": "00112233445566778899aabbccddeeff",
    "TWILIO_WHATSAPP_FROM": "+2347001234567",
    "TWILIO_SMS_FROM": "Ajo",
    "SMS_TWO_WAY": "no",
    "PAYSTACK_URL": "https://api.paystack.co",
    "PAYSTACK_SECRET_KEY": "sk_live_0123456789abcdef",
}


@pytest.fixture
def here(test_servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A machine whose PostgreSQL has none of our roles, in a folder that PostgreSQL's user can reach."""
    if shutil.which("gpg") is None:
        pytest.skip("no gpg on this machine, and backups are encrypted")
    monkeypatch.setattr(postgres, "PROVISION", ())
    redis.Redis(port=test_servers.redis_port, db=REDIS_DATABASE).flushdb()
    folder = Path(tempfile.mkdtemp(prefix="ajo-test-"))
    folder.chmod(0o755)
    try:
        with machine(folder, test_servers.redis_port) as made:
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Rehearsal:
    """Types in the blocks of a page and remembers which."""

    def __init__(self, here: Machine) -> None:
        self.here = here
        self.typed: list[str] = []

    def type_in(self, page: str, heading: str, number: int | None = None, **env: str) -> str:
        """All blocks under a heading, or the one of that number."""
        found = docs.blocks(page, heading)
        chosen = found if number is None else [found[number]]
        self.typed += chosen
        return "".join(self.here.type_in(block, **env) for block in chosen)


def test_the_secrets_that_the_page_makes_are_good_enough_for_production():
    [block] = docs.blocks("go-live", "2. The settings of production")
    made = subprocess.run(["bash", "-c", block], capture_output=True, text=True, check=True, timeout=120).stdout
    secrets = dict(line.split("=", 1) for line in made.splitlines())

    ours = {name: each.default for name, each in TABLE.items() if each.own and not each.secret}
    assert Settings.from_env({**ours, **SERVERS_OF_OTHERS, **secrets}).production


def test_the_pages_can_be_typed_in_from_the_first_line_to_the_last(here: Machine):
    do = Rehearsal(here)

    a_key_for_the_backups_is_made_elsewhere(do)
    a_machine_is_set_up(do)
    the_checks_before_the_first_member_pass(do)
    the_runbooks_work(do)
    a_release_is_made(do)
    a_dump_is_restored(do)
    the_containers_are_asked_for(do)

    every = [block for page in ("deploy", "go-live", "operate") for block in docs.blocks(page)]
    secrets = docs.blocks("go-live", "2. The settings of production")
    assert sorted(do.typed + secrets) == sorted(every)


def a_key_for_the_backups_is_made_elsewhere(do: Rehearsal) -> None:
    keys = do.here.keys
    keys.chmod(0o700)
    (keys / "none").write_text("\n")
    # Whoever does this by hand types a passphrase.
    (keys / "gpg.conf").write_text(f"batch\npinentry-mode loopback\npassphrase-file {keys / 'none'}\n")
    do.type_in("operate", "Backups")
    shutil.copy(do.here.desk / "ajo-secure-backup.pub", do.here.etc / "ajo-secure-backup.pub")


def a_machine_is_set_up(do: Rehearsal) -> None:
    program, database, units, _ = docs.blocks("deploy", "One machine with systemd")
    do.typed += [program, database, units]
    do.here.type_in(program)
    do.here.type_in(database, ROOT)
    with (do.here.etc / "ajo-secure/environment").open("a") as environment:
        environment.writelines(f"{name}={value}\n" for name, value in do.here.settings.items())

    said = do.here.type_in(units, ROOT)

    assert "0001_people_and_groups" in said
    assert "float: opened with" in said
    assert '"status":"ok"' in said
    assert "all is well" in said
    assert len(list(do.here.backups.glob("ajo-*.dump.gpg"))) == 1
    libraries = re.search(r"^pip .*\((\d+) libraries\)", do.here.asked(), re.MULTILINE)
    assert libraries
    assert int(libraries[1]) > 30
    assert "MIGRATE_DATABASE_URL" not in settings_of(do.here)  # the owner's login is only for `migrate`


def settings_of(here: Machine) -> dict[str, str]:
    """Those of the machine, for commands that are not given them by systemd."""
    lines = (here.etc / "ajo-secure/environment").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: value for name, value in given.items() if value} | {"FLASK_APP": f"{ROOT}/app.py"}


def the_checks_before_the_first_member_pass(do: Rehearsal) -> None:
    settings = settings_of(do.here)
    key = Settings.from_env(settings).callback_keys[0]
    said = do.type_in("go-live", "4. Before the first member", **settings, CALLBACK_KEY=key, PYTHONPATH=str(ROOT))

    assert "CON Welcome to Ajo" in said
    assert re.search(r"ok: \d+ checks", said)
    assert said.count("/admin/set-up/") == 2
    assert "may be used" in said


def the_runbooks_work(do: Rehearsal) -> None:
    settings = settings_of(do.here) | {"PYTHONPATH": str(ROOT)}
    for heading in ("The timetable", "Alerts", "Unknown transfer", "Fraud in 30 minutes"):
        do.type_in("operate", heading, **settings)

    assert "journalctl --unit 'ajo-secure-*'" in do.here.asked()
    assert trouble(do.here) == []
    do.here.type_in("systemctl stop ajo-secure.target")
    [line] = trouble(do.here)
    assert line.startswith("readyz: ")
    do.here.type_in("systemctl start ajo-secure.target")


def trouble(here: Machine) -> list[str]:
    """What deploy/watch tells of."""
    env = {**here.env, **settings_of(here), "BACKUP_DIR": str(here.backups)}
    done = subprocess.run(
        [ROOT / "deploy/watch"], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    lines = [line for line in done.stdout.splitlines() if line != "all is well"]
    assert (done.returncode == 1) is bool(lines)
    return lines


def a_release_is_made(do: Rehearsal) -> None:
    said = do.type_in("deploy", "One machine with systemd", 3)
    assert "nothing to do" in said
    assert '"status":"ok"' in said
    assert "git pull --ff-only" in do.here.asked()
    owner = (do.here.etc / "ajo-secure/owner").read_text().strip().partition("=")[2]
    both = settings_of(do.here) | {"MIGRATE_DATABASE_URL": owner, "PYTHONPATH": str(ROOT)}
    do.type_in("deploy", "Hosts with a Procfile", **both)


def a_dump_is_restored(do: Rehearsal) -> None:
    dump = max(do.here.backups.glob("ajo-*.dump.gpg"))
    shutil.copy(dump, do.here.desk / "ajo-20261123T023000Z.dump.gpg")
    assert b"PGDMP" not in dump.read_bytes()

    said = do.type_in("operate", "Restore")

    assert "nothing to do" in said  # the dump has its migrations
    assert len(re.findall(r"ok: \d+ checks", said)) == 2
    assert "float: opened before" in do.here.type_in("sudo ajo seed")


def the_containers_are_asked_for(do: Rehearsal) -> None:
    checkout = do.here.folder / "checkout"
    (checkout / "deploy").mkdir(parents=True)
    shutil.copy(ROOT / ".env.example", checkout)
    files, compose = docs.blocks("deploy", "Containers")
    do.typed += [files, compose]
    do.here.type_in(files, checkout)
    do.here.type_in(compose, checkout)

    assert (checkout / "deploy/owner").stat().st_mode & 0o077 == 0
    asked = [line for line in do.here.asked().splitlines() if line.startswith("docker compose")]
    assert all("--file deploy/compose.yaml" in line for line in asked)
    assert len(asked) == 4

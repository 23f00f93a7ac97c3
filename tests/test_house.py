"""The rules of the house that no linter knows: everything is registered, proven, told about, and nothing is hidden.

Parts are looked up by name, so that one that is missing fails its own test and no other.
"""

import ast
import inspect
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from bot.settings import TABLE

ROOT = Path(__file__).parents[1]
PACKAGES = ("models", "flows", "bot", "jobs")
PRODUCT = [ROOT / "app.py", *sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))]
EVERYTHING = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py"))]
LONGEST_MODULE = 400
# Modules that begin with a docstring have a reason to exist; a package may be a mere folder.
MAY_BE_EMPTY = "__init__.py"


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@cache
def tree_of(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(), file)


def calls_in(file: str) -> Iterator[str]:
    """The dotted names that a file calls."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def resolve(dotted: str) -> object:
    module, _, name = dotted.rpartition(".")
    return getattr(import_module(module), name)


def what_tests_say(folder: str) -> str:
    return "\n".join(path.read_text() for path in sorted((ROOT / "tests" / folder).rglob("test_*.py")))


def modules_of(package: str) -> list[ModuleType]:
    """The modules and subpackages directly in a package."""
    folder = ROOT / package.replace(".", "/")
    names = sorted(
        {path.stem for path in folder.glob("[!_]*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    )
    return [import_module(f"{package}.{name}") for name in names]


# --- what is registered --------------------------------------------------------------------------------------------


def test_every_flow_is_registered_under_its_name():
    flow_type = resolve("flows.flow.Flow")
    registered = resolve("flows.registry.FLOWS")
    written = {
        value.name: value
        for module in modules_of("flows")
        for value in vars(module).values()
        if isinstance(value, flow_type)
    }

    assert registered == written
    assert written


def test_every_flow_has_transcripts():
    lacking = [
        name for name in resolve("flows.registry.FLOWS") if not any((ROOT / "tests/transcripts" / name).glob("*.*"))
    ]

    assert lacking == []


def test_every_command_has_an_action_and_nothing_else_has():
    command = resolve("models.commands.Command")
    commands = {
        value
        for module in ("models.commands", "models.account_commands", "models.chat_commands")
        for value in vars(import_module(module)).values()
        if inspect.isclass(value) and issubclass(value, command) and value is not command
    }

    assert set(resolve("models.actions.registry.REGISTRY")) == commands


def test_every_command_is_tested():
    written = what_tests_say("models/actions")
    lacking = [each.__name__ for each in resolve("models.actions.registry.REGISTRY") if each.__name__ not in written]

    assert lacking == []


@pytest.mark.parametrize(
    ("package", "registry", "base"),
    [
        ("bot.channels", "bot.channels.registry.CHANNELS", "bot.channels.base.Channel"),
        ("bot.payments", "bot.payments.registry.PROVIDERS", "bot.payments.base.PaymentProvider"),
    ],
)
def test_every_adapter_is_registered_and_has_its_tables(package: str, registry: str, base: str):
    registered: dict[str, object] = resolve(registry)
    files = {module.__name__ for module in modules_of(package)} - {f"{package}.base", f"{package}.registry"}
    used = {make.__self__.__module__ for make in registered.values()}

    assert {file for file in files if not any(each == file or each.startswith(f"{file}.") for each in used)} == set()
    written = what_tests_say(package.replace(".", "/"))
    assert [file for file in files if file not in written] == []
    fixtures = {path.name for path in (ROOT / "tests/fixtures").iterdir()}
    assert [name for name in registered if not any(name.startswith(each) for each in fixtures)] == []


def test_every_periodic_job_has_its_own_name_and_a_test():
    jobs = resolve("jobs.schedule.PERIODIC")
    names = [job.name for job in jobs]
    written = what_tests_say("jobs")

    assert len(names) == len(set(names))
    assert [name for name in names if f'"{name}"' not in written and f"{name.replace('-', '_')}" not in written] == []


def test_every_job_that_may_be_asked_for_can_be_found():
    lacking = [path for path in resolve("bot.queue.JOBS").values() if not callable(resolve(path))]

    assert lacking == []


def test_every_migration_has_its_number():
    names = sorted(path.name for path in (ROOT / "models/migrations").glob("[0-9]*.py"))

    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


# --- what is told --------------------------------------------------------------------------------------------------


def test_the_readme_tells_about_settings_targets_and_commands():
    readme = (ROOT / "README.md").read_text()
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    settings = resolve("bot.settings.Settings").from_env({})
    commands = resolve("app.create_app")(settings).cli.commands

    assert ".env.example" in readme
    assert [target for target in targets if f"make {target}" not in readme] == []
    assert [name for name in commands if name not in readme] == []


def test_every_setting_says_what_it_is():
    assert [name for name, setting in TABLE.items() if len(setting.what) < 8] == []


def test_what_the_procfile_runs_is_there():
    for line in (ROOT / "Procfile").read_text().splitlines():
        for module in re.findall(r"python -m ([\w.]+)", line):
            assert find_spec(module) is not None
    assert callable(resolve("app.create_app"))


def test_the_lock_file_holds_every_dependency_with_hashes_and_no_addresses():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=]", line)[0].strip().lower() for line in wanted}
    lock = (ROOT / "requirements.lock").read_text()
    pinned = re.findall(r"^([a-z0-9._-]+)==\S+ \\\n    --hash=sha256:", lock, re.MULTILINE)

    assert names <= set(pinned)
    assert "://" not in lock
    assert len(pinned) == len(re.findall(r"^[a-z0-9]", lock, re.MULTILINE))


# --- how it is written ---------------------------------------------------------------------------------------------


def test_the_arrows_between_the_packages_point_down():
    done = subprocess.run(
        [shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout


def test_the_app_sees_no_rows():
    imported = [node.module for node in ast.walk(tree_of("app.py")) if isinstance(node, ast.ImportFrom)]

    assert [name for name in imported if (name or "").startswith("models.tables")] == []


@pytest.mark.parametrize("file", named(PRODUCT))
def test_no_function_imports_the_project(file: str):
    inside = [
        ast.unparse(node)
        for function in ast.walk(tree_of(file))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in (*PACKAGES, "app"))
        or (isinstance(node, ast.Import) and any(name.name.split(".")[0] in (*PACKAGES, "app") for name in node.names))
    ]

    assert inside == []


# The sandbox keeps the time of the providers, who know nothing of ours; and that our time was moved is noted with the
# real one.
ASK_FOR_THE_TIME = ("bot/clock.py", "bot/sandbox/", "models/actions/switches.py")


@pytest.mark.parametrize("file", [file for file in named(PRODUCT) if not file.startswith(ASK_FOR_THE_TIME)])
def test_only_the_clock_asks_for_the_time(file: str):
    asked = [
        call
        for call in calls_in(file)
        if re.search(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|localtime|gmtime))$", call)
    ]

    assert asked == []


@pytest.mark.parametrize("file", named(PRODUCT))
def test_nobody_prints(file: str):
    assert "print" not in list(calls_in(file))


@pytest.mark.parametrize("file", named(PRODUCT))
def test_every_module_says_what_it_is_for_and_stays_small(file: str):
    text = (ROOT / file).read_text()
    if file.endswith(MAY_BE_EMPTY) and not text:
        return

    assert ast.get_docstring(tree_of(file))
    assert text.count("\n") <= LONGEST_MODULE


@pytest.mark.parametrize("file", named(EVERYTHING))
def test_nothing_is_put_off_and_nothing_knows_this_machine(file: str):
    put_off = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    machine = re.compile(r"""["'](/ho""" + r"me|/ro" + r"ot|/wo" + r"rk)/")
    text = (ROOT / file).read_text()

    assert put_off.findall(text) == []
    assert machine.findall(text) == []

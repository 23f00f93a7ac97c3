"""What the documentation names is there: settings, jobs, commands, paths, pages of the panel, doors, checks, buttons.

That the commands of its blocks work is rehearsed in tests/test_deploy.py; here is what can be looked up.
"""

import re
import shlex
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from app import create_app
from bot.channels.registry import CHANNELS
from bot.payments.registry import PROVIDERS
from bot.settings import TABLE, Settings
from flows.catalogue import LANGUAGES
from jobs.schedule import BY_NAME, PERIODIC
from models.queries import invariants
from models.queries.checks_liveness import LIVENESS
from tests.support.docs import PAGES, ROOT, code, commands, page

CODE = [path for folder in ("models", "flows", "bot", "jobs") for path in (ROOT / folder).rglob("*.*")]
PRODUCT = [path for path in CODE if path.suffix in (".py", ".html") and not {"sandbox", "demo"} & {*path.parts}]
FOLDERS = ("models", "flows", "bot", "jobs", "tests", "deploy", "docs")
# What the reader puts her own in the place of.
OPEN = re.compile(r"NAME|PROVIDER|/ff\b")
# Variables of the files in deploy, which are no settings of the program.
OF_DEPLOY = re.compile(r"\b(AJO_HOST|BACKUP_[A-Z]+)\b")


@pytest.fixture(scope="module")
def application() -> Flask:
    return create_app(Settings.from_env({"APP_ENV": "test"}))


def words(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def all_code() -> str:
    return "\n".join(words(path) for path in CODE if path.suffix in (".py", ".html"))


# --- names ----------------------------------------------------------------------------------------------------------


def test_every_page_is_in_the_list_and_in_the_readme():
    found = {path.stem for path in (ROOT / "docs").glob("*.md")}

    assert found >= set(PAGES)
    assert [name for name in PAGES if f"docs/{name}.md" not in words(ROOT / "README.md")] == []


@pytest.mark.parametrize("name", PAGES)
def test_names_in_capitals_are_settings_or_names_in_the_code(name: str):
    capitals = {each for each in code(name) if re.fullmatch(r"[A-Z][A-Z0-9_]{3,}", each)}
    unknown = {each for each in capitals - TABLE.keys() if not OF_DEPLOY.fullmatch(each)}
    text = all_code() if unknown else ""

    assert sorted(each for each in unknown if not re.search(rf"\b{each}\b", text)) == []


def test_every_setting_that_production_asks_for_is_told():
    told = set(code("go-live"))

    assert [name for name, setting in TABLE.items() if setting.own and name not in told] == []
    assert [name for name in ("SECRET_KEY", "FIELD_KEYS") if name not in "".join(commands("go-live"))] == []


def test_the_timetable_is_the_real_one():
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]+) \|", page("operate").split("## Alerts")[0], re.MULTILINE)
    told = {job: when.strip() for names, when in rows for job in re.findall(r"`(\w+)`", names)}

    assert told.keys() == BY_NAME.keys()
    assert {name: told[name] for name in told} == {job.name: in_words(job.cron) for job in PERIODIC}


def in_words(cron: str) -> str:
    """As the page says it; a line that is new here needs its words."""
    minute, hour, *_ = cron.split()
    if minute.isdecimal() and hour.isdecimal():
        return f"{int(hour):02}:{int(minute):02}"
    return {
        "0 *": "every hour",
        "* *": "every minute",
        "* 8-19": "every minute from 08:00 to 19:59",
        "*/5 *": "every 5 minutes",
        "*/10 *": "every 10 minutes",
    }.get(f"{minute} {hour}", f"{minute} past every hour")


@pytest.mark.parametrize("name", PAGES)
def test_paths_are_there(name: str):
    paths = {each.partition("#")[0] for each in code(name) if each.partition("/")[0] in FOLDERS and "/" in each}
    paths |= {word for line in commands(name) for word in line.split() if word.startswith(("tests/", "deploy/"))}
    paths -= {"deploy/environment", "deploy/owner"}

    assert sorted(each for each in paths if not OPEN.search(each) and not list(ROOT.glob(each.strip('"')))) == []


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str):
    broken = []
    for target in re.findall(r"\]\(([^)]+)\)", page(name)):
        file, _, anchor = target.partition("#")
        if file.startswith("https://"):
            continue
        path = ROOT / "docs" / (file or f"{name}.md")
        if not path.exists() or (anchor and anchor not in anchors(words(path))):
            broken.append(target)

    assert broken == []


def anchors(text: str) -> set[str]:
    """As the headings of a page are named by whoever shows it."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_panel_are_there(name: str, application: Flask):
    router = application.url_map.bind("localhost")
    gone = []
    for path in {each for each in code(name) if each.startswith("/admin")}:
        try:
            router.match(path)
        except HTTPException as trouble:
            gone += [] if trouble.code == 308 else [path]

    assert gone == []


def test_the_doors_are_the_real_ones():
    told = set(re.findall(r"`/webhooks/([^`/]+)(/<CALLBACK_KEY>)?`", page("go-live")))
    doors = {(door, "/<CALLBACK_KEY>" if made.__self__.keyed else "") for made in CHANNELS.values()
             for door in made.__self__.doors}  # fmt: skip

    assert told == doors | {(provider, "") for provider in PROVIDERS}


def test_every_check_of_the_books_has_its_line_among_the_alerts():
    told = page("operate").partition("## Alerts")[2].partition("## Backups")[0]
    numbers = sorted(int(re.sub(r"\D", "", check.code)) for check in invariants.CHECKS)

    assert f"`I{numbers[0]}` to `I{numbers[-1]}`" in told
    assert {check.code[0] for check in invariants.CHECKS} == {"I"}
    assert set(re.findall(r"`warning: (L\d+)`", told)) == {check.code for check in LIVENESS}
    assert set(re.findall(r"`(X\d)`", told)) >= {"X1", "X2", "X3", "X4"}


@pytest.mark.parametrize(
    "said",
    [
        *("Freeze now", "Stop it now", "Disable", "Ask Paystack what it knows of it"),
        *("a transfer that is not ours; all payouts are stopped", "unknown_transfer", "has not been heard of"),
        *("does not answer", "is pending", "this program may"),
    ],
)
def test_words_that_the_runbooks_quote_are_those_of_the_program(said: str):
    assert said in page("operate")
    assert said in all_code()


# --- commands -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*PAGES, "../README"])
def test_our_commands_are_understood(name: str, application: Flask):
    lines = [*code(name), *commands(name)] if not name.startswith("..") else re.findall(r"`([^`\n]+)`", page(name))
    ours = [re.split(r"(?:\.venv/bin/)?flask --app app |sudo ajo ", line)[1:] for line in lines]
    typed = [words[0].split("#")[0] for words in ours if words and not words[0].startswith("NAME")]

    for line in typed:
        understood(application, line)
    assert typed or name == "add-a-channel"


def understood(application: Flask, line: str) -> None:
    """Parsed by the command that it names, and not run."""
    first, *rest = shlex.split(line)
    command = application.cli.commands[first]
    while rest and (inner := getattr(command, "commands", {}).get(rest[0])):
        command, rest = inner, rest[1:]
    command.make_context(first, rest, resilient_parsing=False)


def test_targets_of_make_are_there():
    targets = set(re.findall(r"^([a-z-]+):", words(ROOT / "Makefile"), re.MULTILINE))
    made = re.compile(r"^((?:[A-Z_]+=\S+ )*)make ([a-z-]+)")
    found = [match for name in PAGES for line in commands(name) if (match := made.match(line))]
    asked = {match[2] for match in found}
    set_before = {word.partition("=")[0] for match in found for word in match[1].split()}

    assert "demo" in asked
    assert set_before <= TABLE.keys()
    assert asked <= targets


def test_whatever_is_typed_is_rehearsed_or_looked_up():
    """The pages for whoever adds something have commands of these kinds only; the others are rehearsed."""
    kinds = {shlex.split(line)[0] for name in PAGES if name.startswith("add") for line in commands(name)}

    assert kinds == {"flask", "make"}


# --- one place for each thing ---------------------------------------------------------------------------------------


def naming(*spelt: str) -> set[str]:
    """The files of the product in which one of these stands as a word of its own, between quotation marks."""
    pattern = re.compile("|".join(f'"{word}"' for word in spelt))
    return {str(path.relative_to(ROOT)) for path in PRODUCT if pattern.search(words(path))}


def test_a_language_is_named_nowhere_else():
    told = page("add-a-language")
    drafts = [code for code in LANGUAGES if code not in ("en", "ha", "yo", "ig")]

    assert [file for file in naming(*drafts) if f"`{file}`" not in told] == []


def test_a_channel_is_named_nowhere_else():
    told = page("add-a-channel")
    others = [file for file in naming(*CHANNELS) if not file.startswith("bot/channels/")]

    assert [file for file in others if f"`{file}`" not in told] == []


def test_a_payment_provider_is_named_nowhere_else():
    told = page("add-a-provider")
    others = [file for file in naming(*PROVIDERS) if not file.startswith("bot/payments/paystack/")]

    assert [file for file in others if f"`{file}`" not in told] == []

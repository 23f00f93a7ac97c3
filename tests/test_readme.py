"""The README's promises, kept: `make demo` comes up, each command of the tour works beside it, Ctrl-C leaves nobody."""

import os
import re
import shlex
import subprocess
import urllib.request
from pathlib import Path

import pytest
from PIL import Image

from bot.sandbox import ports
from tests.support import docs, pictures
from tests.support.demo import Demo

ROOT = Path(__file__).parent.parent
BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
COMMANDS = [line.split("  #")[0].strip() for block in BLOCKS for line in block.splitlines() if line.strip()]
LARGEST_PICTURE = 200_000


@pytest.fixture
def demo_env(tmp_path: Path) -> dict[str, str]:
    names = ("PORT", "SANDBOX_PORT", "POSTGRES_PORT", "REDIS_PORT")
    chosen = dict(zip(names, map(str, ports.some_free(4)), strict=True))
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "MAKE", "MFLAGS"))}
    return {**mine, **chosen, "DATA_DIR": str(tmp_path / "data"), "APP_ENV": "development"}


def run(command: str, env: dict[str, str], typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        shlex.split(command), cwd=ROOT, env=env, input=typed, capture_output=True, text=True, timeout=120, check=False
    )


def test_it_names_commands_that_this_file_runs():
    """One block of make, one of flask, and every line of both is run below."""
    kinds = {shlex.split(command)[0] for command in COMMANDS}

    assert kinds == {"make", ".venv/bin/flask"}


def test_the_steps_of_its_tour_are_those_of_the_page():
    told = re.findall(r"^\d\. \*\*(.+?)\.\*\*", (ROOT / "README.md").read_text(), re.MULTILINE)
    guide = (ROOT / "bot" / "sandbox" / "browser" / "guide.py").read_text()

    assert told == re.findall(r'Step\("\w+", "([^"]+)"', guide)
    assert len(told) == 5


def test_its_pictures_are_those_that_are_made_from_the_running_program():
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text())

    assert sorted(shown) == sorted(f"docs/pictures/{name}.png" for name in pictures.NAMES)
    assert {path.stem for path in pictures.FOLDER.iterdir()} == set(pictures.NAMES)
    for name in shown:
        with Image.open(ROOT / name) as picture:
            assert picture.width in (pictures.DESK["width"], pictures.POCKET["width"])
        assert (ROOT / name).stat().st_size < LARGEST_PICTURE


def test_a_newcomer_gets_what_the_readme_says(demo_env: dict[str, str], tmp_path: Path):
    demo = Demo(demo_env, tmp_path / "demo.log", ROOT)
    try:
        demo.wait_until_up()
        each_command_of_the_tour_works(demo_env)
        a_second_demo_says_whose_port_is_taken(demo_env)
        assert demo.interrupt() == []

        again = Demo(demo_env | {"TRAINING": "yes"}, demo.log, ROOT)
        try:
            again.wait_until_up()
            assert "there are books already" in again.printed()
            a_house_to_learn_in_says_so_and_does_what_its_page_says(demo_env | {"TRAINING": "yes"})
        finally:
            assert again.interrupt() == []
    finally:
        if demo.process.poll() is None:
            for left in demo.interrupt():
                left.kill()


def each_command_of_the_tour_works(env: dict[str, str]) -> None:
    for command in (each for each in COMMANDS if each.startswith(".venv")):
        typed = "*347*55#\n1\n1\n.\nq\n" if " phone " in command else ""

        done = run(command, env, typed)

        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        if typed:
            assert "Save in turns with people you trust" in done.stdout
            assert "What name does your group call you?" in done.stdout


def a_house_to_learn_in_says_so_and_does_what_its_page_says(env: dict[str, str]) -> None:
    """docs/train.md, played: every command of it, and the mark on what people see."""
    for command in docs.commands("train"):
        if command.startswith(".venv"):
            done = run(command, env)
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert "PLAY MONEY" in run(".venv/bin/flask --app app phone +2348099999942", env, "*347*55#\n.\nq\n").stdout
    for page in ("/en", "/pcm/privacy", "/admin/sign-in"):
        with urllib.request.urlopen(f"http://127.0.0.1:{env['PORT']}{page}", timeout=30) as answer:
            assert "PLAY MONEY" in answer.read().decode(), page


def a_second_demo_says_whose_port_is_taken(env: dict[str, str]) -> None:
    done = run("make -s demo", env)

    assert done.returncode != 0
    assert f"Port {env['PORT']} is taken by another program" in done.stderr
    assert "Traceback" not in done.stderr

"""Save as test: what was said on a phone since a moment, written down as a transcript and put among the tests.

How it is worded and what is masked is the terminal phone's (`phone.notes`); here it is read from the store instead of
being heard, and what became of commands comes through the product's window. What nobody can know from outside is
the scene: it is chosen, and the recorder of the tests writes the answers of that scene anew.
"""

import difflib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flask import Response, jsonify, request

from bot.sandbox.browser import chat, inbox, window
from bot.sandbox.client import Sms, WhatsappChoice, WhatsappFile, WhatsappMessage
from bot.sandbox.control.reading import BadRequest, body, needed
from bot.sandbox.phone.notes import ACCOUNT, SMS, WHATSAPP, Notes
from bot.sandbox.world import World, world
from bot.settings import DEVELOPMENT
from flows.registry import FLOWS
from models import phones
from models.queries.performed import Deed

HOME: Final = Path(__file__).parents[3]
TESTS: Final = HOME / "tests" / "transcripts"
SCENES: Final = HOME / "tests" / "flows" / "cast.py"
ENDING: Final = ".saved.txt"  # a dot in its name: nobody asks for it on every other channel
PATIENCE_SECONDS: Final = 60
A_WHILE: Final = timedelta(hours=1)
# What an outcome may not be written down with, and what stands for it in the transcripts.
STAND_INS: Final = {"pin_hash": "2b$10$hash", "account_number": ACCOUNT}
NAME: Final = re.compile(r"[a-z][a-z0-9_]{2,40}")
SCENE: Final = re.compile(r'^    "([^"]+)": ', re.MULTILINE)

HOPS: Final = """
SELECT s.id, s.service_code, h.text, h.answer, h.error, h.took_ms, h.at
  FROM ussd_session s JOIN ussd_hop h ON h.session_id = s.id WHERE s.phone = ? AND h.phone = s.phone ORDER BY h.id
"""


@dataclass(frozen=True)
class Hop:
    """What the network showed after a hop."""

    screen: str
    ended: bool
    error: str | None


@dataclass(frozen=True)
class Happened:
    """One thing that was heard or said; done to notes by `tell`."""

    at: datetime
    what: str
    told: tuple[Any, ...]

    def tell(self, notes: Notes) -> None:
        getattr(notes, self.what)(self.at, *self.told)


def begin_here() -> Response:
    """From now on is what will be saved of this phone."""
    here, number = world(), _number(needed(body(), "phone", str))
    now = here.clock.stamp()
    with here.store.write() as db:
        db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (f"noted {number}", now))
    return jsonify(ok=True)


def download() -> Response:
    """The transcript as a file, with its scene left open."""
    text = transcript(world(), _number(request.args.get("phone", "")))
    answer = Response(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="transcript.txt"'
    return answer


def save() -> Response:
    """Among the tests, with its scene: then it is recorded, and what the scene says otherwise is told.

    While we are tested ourselves it goes into our own folder: those who count the tests would count it, too.
    """
    here, found = world(), body()
    number, flow, name = _number(needed(found, "phone", str)), needed(found, "flow", str), needed(found, "name", str)
    scene = needed(found, "scene", str)
    if flow not in _flows():
        raise BadRequest(f"there are no transcripts of {flow}")
    if not NAME.fullmatch(name):
        raise BadRequest("a name has three small letters or more, digits and _")
    if scene not in scenes():
        raise BadRequest(f"there is no scene {scene!r} in tests/flows/cast.py")
    folder = (TESTS if here.settings.app_env == DEVELOPMENT else here.settings.data_dir / "transcripts") / flow
    path = folder / f"{name}{ENDING}"
    if path.exists():
        raise BadRequest(f"{name}{ENDING} is there already")
    folder.mkdir(parents=True, exist_ok=True)
    said = transcript(here, number).replace("facts: ?", f"facts: {scene}")
    path.write_text(said, encoding="utf-8")
    if trouble := _record(path):
        path.unlink()
        raise BadRequest(f"it does not play in the scene {scene!r}: {trouble}")
    where = str(path.relative_to(HOME) if path.is_relative_to(HOME) else path)
    run = f".venv/bin/pytest -n 0 tests/flows/test_flow_transcripts.py -k {name}"
    return jsonify(path=where, run=run, differences=list(_differences(said, path.read_text(encoding="utf-8"))))


def state(here: World, number: str) -> dict[str, Any]:
    """For the panel: since when, what would be written, and what can be chosen."""
    return {
        "since": _since(here, number),
        "marked": here.store.row("SELECT 1 FROM setting WHERE name = ?", f"noted {number}") is not None,
        "lines": sum(1 for _ in happened(here, number)),
        "scenes": scenes(),
        "flows": _flows(),
    }


def _flows() -> list[str]:
    """The conversations that have transcripts."""
    return [name for name in FLOWS if (TESTS / name).is_dir()]


def scenes() -> list[str]:
    """Their names; none where the tests are not beside the program."""
    if not SCENES.is_file():
        return []
    return SCENE.findall(SCENES.read_text(encoding="utf-8").partition("SCENES: dict")[2])


def transcript(here: World, number: str) -> str:
    """Everything since the mark, worded. What became of commands is left out while the product is away."""
    since = _since(here, number)
    notes = Notes(since)
    for each in happened(here, number):
        each.tell(notes)
    try:
        told = window.ask(here, "deeds", phone=number, since=since.isoformat())["deeds"]
    except window.Away:
        told = []
    return notes.transcript([_deed(each) for each in told])


def happened(here: World, number: str) -> Iterator[Happened]:
    """On all channels, in the order of time."""
    since = _since(here, number)
    found = [*_dialled(here, number), *_chatted(here, number), *_texted(here, number)]
    return (each for each in sorted(found, key=lambda each: each.at) if each.at >= since)


def _dialled(here: World, number: str) -> Iterator[Happened]:
    ours, session, before = here.tuning.current().ussd_code, "", ""
    for row in here.store.rows(HOPS, number):
        heard = datetime.fromisoformat(row["at"])
        at = heard + timedelta(milliseconds=row["took_ms"])
        if row["id"] != session:
            deep = row["text"] and f"{ours.removesuffix('#')}*{row['text']}#"
            yield Happened(heard, "dialled", (deep or row["service_code"], ours))
        elif row["text"] == before:
            continue  # the network repeated it
        else:
            new = row["text"].removeprefix(before)
            yield Happened(heard, "heard", ("ussd", new.removeprefix("*") if before else new))
        session, before = row["id"], row["text"]
        shown = Hop(row["answer"][4:], row["answer"].startswith("END"), row["error"])
        yield Happened(at, "screen", (shown,))


def _chatted(here: World, number: str) -> Iterator[Happened]:
    for each in chat.shown(here, number)["messages"]:
        at = datetime.fromisoformat(each["at"])
        if each["mine"]:
            tapped = each["kind"] in ("button", "interactive")
            yield Happened(at, "heard", (WHATSAPP, f"tap {each['body']}" if tapped else each["body"]))
        else:
            choices = tuple(WhatsappChoice(**choice) for choice in each["choices"])
            files = tuple(WhatsappFile(**file, url="") for file in each["files"])
            parts = (each["id"], "", each["body"], choices, each["button"], each["template"], files, each["at"])
            yield Happened(at, "message", (WhatsappMessage(*parts, each["status"], each["price"]),))


def _texted(here: World, number: str) -> Iterator[Happened]:
    for each in inbox.shown(here, number)["messages"]:
        at = datetime.fromisoformat(each["at"])
        if each["mine"]:
            yield Happened(at, "heard", (SMS, each["text"]))
        else:
            yield Happened(
                at, "sms", (Sms(0, "", each["sender"], each["text"], each["segments"], each["at"], each["report"]),)
            )


def _deed(told: dict[str, Any]) -> Deed:
    done = {name: STAND_INS.get(name, value) for name, value in told["done"].items()}
    return Deed(datetime.fromisoformat(told["at"]), told["command"], done, told["refused"])


def _since(here: World, number: str) -> datetime:
    row = here.store.row("SELECT value FROM setting WHERE name = ?", f"noted {number}")
    return datetime.fromisoformat(row["value"]) if row else here.clock.now() - A_WHILE


def _number(text: str) -> str:
    found = phones.parse(text, world().country.region)
    if found is None:
        raise BadRequest("phone is no number")
    return found


def _record(path: Path) -> str:
    """Have the tests write the answers anew. Why they could not, or ""."""
    command = [sys.executable, "-m", "tests.flows.record", str(path)]
    try:
        ran = subprocess.run(
            command, cwd=HOME, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "it took too long"
    return "" if ran.returncode == 0 else (ran.stderr.strip().splitlines() or ["it broke"])[-1]


def _differences(said: str, recorded: str) -> Iterator[str]:
    """The lines that the scene has otherwise than the phone had."""
    for line in difflib.ndiff(said.splitlines(), recorded.splitlines()):
        if line[:1] in "+-":
            yield line

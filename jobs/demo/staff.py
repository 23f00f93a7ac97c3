"""Four people of the demo's staff, so that its panel can be opened: one in each role.

Their password is made by chance when the demo is made, one for all of them, and stands with the phones' secrets in a
file beside the demo's other data. Nobody else's password or secret is ever in a file.
"""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import pyotp

from models.actions import staff
from models.rules.refused import Refused
from models.rules.staff import TOTP_SECONDS, Role

FILE: Final = "demo-staff.json"
PEOPLE: Final = (
    ("owner@demo.example", "Titi Ola", "+2348035550091", Role.OWNER),
    ("finance@demo.example", "Musa Bako", "+2348035550092", Role.FINANCE),
    ("field@demo.example", "Yinka Ade", "+2348035550097", Role.FIELD),
    ("auditor@demo.example", "Hassan Umar", "+2348035550098", Role.AUDITOR),
)
SYLLABLES: Final = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "wi", "yo", "za")


@dataclass(frozen=True)
class Colleague:
    """Somebody of the demo's staff, with all that it takes to be her."""

    email: str
    role: str
    password: str
    totp_secret: str

    def code(self, now: datetime) -> str:
        """What her phone shows now."""
        return pyotp.TOTP(self.totp_secret).at(int(now.timestamp()))


def hire(folder: Path, now: datetime) -> list[Colleague]:
    """Invite all and set them up as they would themselves; those whom the file knows are there already."""
    known = colleagues(folder)
    password = known[0].password if known else _password()
    missing = [person for person in PEOPLE if person[0] not in {each.email for each in known}]
    hired = [_hired(*person, password, now) for person in missing]
    everybody = [*known, *(each for each in hired if each is not None)]
    (folder / FILE).write_text(json.dumps([asdict(each) for each in everybody], indent=2))
    (folder / FILE).chmod(0o600)
    return everybody


def colleagues(folder: Path) -> list[Colleague]:
    """Who is in the file."""
    path = folder / FILE
    return [Colleague(**each) for each in json.loads(path.read_text())] if path.exists() else []


def _hired(email: str, name: str, phone: str, role: Role, password: str, now: datetime) -> Colleague | None:
    """None for somebody who set herself up without us."""
    invited = staff.invite(email=email, phone=phone, name=name, role=role, actor="command:demo-data", now=now)
    if isinstance(invited, Refused):
        return None
    setup = staff.setup_of(invited.token, now)
    if setup is None:
        raise RuntimeError("an invitation of this moment is not valid")
    somebody = Colleague(email, role.value, password, setup.totp_secret)
    earlier = pyotp.TOTP(setup.totp_secret).at(int(now.timestamp()) - TOTP_SECONDS)  # this one's code is still hers
    finished = staff.finish_setup(invited.token, somebody.password, earlier, now)
    if isinstance(finished, Refused):
        raise RuntimeError(f"the demo's {email} is refused: {finished.why}")
    return somebody


def _password() -> str:
    """Five words of three syllables, to be typed from a screen: about 58 bits."""
    return " ".join("".join(secrets.choice(SYLLABLES) for _ in range(3)) for _ in range(5))

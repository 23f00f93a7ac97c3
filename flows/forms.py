"""What a channel can show, and a reply in the form that a chat shows it.

A conversation never knows its channel. The renderer asks here how many buttons there
are and how long a text may be; the engine asks whether a secret may be typed at all.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from flows.gsm import LIMIT


@dataclass(frozen=True)
class Form:
    """What one kind of channel can do. `name` is also the catalogue domain of its own wordings, where it has any.

    secrets: whether a PIN or an account number may be typed there. gsm: texts are folded to GSM 03.38 and cut to
    `longest` septets a page; otherwise `longest` counts characters. buttons and rows: how many choices a message may
    carry as buttons, or as lines of a list (0: choices are numbered lines of the text).
    """

    name: str
    longest: int
    secrets: bool = False
    gsm: bool = False
    pictures: bool = False
    buttons: int = 0
    button_title: int = 0
    rows: int = 0
    row_title: int = 0
    row_description: int = 0
    list_button: int = 0


USSD = Form("ussd", LIMIT, secrets=True, gsm=True)
SMS = Form("sms", LIMIT, gsm=True)
# conversations.md 1.3: Meta's limits, as Twilio passes them on.
WHATSAPP = Form(
    "whatsapp",
    1024,
    pictures=True,
    buttons=3,
    button_title=20,
    rows=10,
    row_title=24,
    row_description=72,
    list_button=20,
)

FORMS = {form.name: form for form in (USSD, SMS, WHATSAPP)}


@dataclass(frozen=True)
class Choice:
    """Something that can be tapped. `id` comes back when it is: the number of the line, as she would have typed it."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class Message:
    """A reply or a piece of news as a chat shows it.

    choices are buttons when `button` is empty, else the lines of a list that opens behind that label. A channel that
    has neither gets no choices: its numbered lines are in the body. picture: what is to be drawn (the kind and the
    words on it), for channels that show pictures.
    """

    body: str = field(repr=False)
    choices: tuple[Choice, ...] = ()
    button: str = ""
    picture: "Picture | None" = None

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Message":
        """Raises ValueError, KeyError or TypeError for what `to_json` did not write."""
        fields: dict[str, Any] = json.loads(text)
        picture = fields.pop("picture")
        choices = tuple(Choice(**choice) for choice in fields.pop("choices"))
        return cls(**fields, choices=choices, picture=Picture(**picture) if picture else None)


@dataclass(frozen=True)
class Picture:
    """A picture or document that goes with a message. kind: receipt | poster | statement; words: what it says.

    url: where the channel's provider fetches it, once the message is on its way.
    """

    kind: str
    words: dict[str, str] = field(repr=False)
    url: str = field(default="", repr=False)

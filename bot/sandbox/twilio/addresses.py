"""Twilio's addresses: a number for SMS, and behind `whatsapp:` a number or Meta's own id of a person who hides hers."""

import hashlib
import re
from dataclasses import dataclass

PREFIX = "whatsapp:"
WHATSAPP, SMS = "whatsapp", "sms"
NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
USER_ID = re.compile(r"[A-Z]{2}\.[0-9A-Za-z]{4,128}")


@dataclass(frozen=True)
class Address:
    """`who` is a number, or on WhatsApp the id of a person."""

    channel: str
    who: str

    def __str__(self) -> str:
        return PREFIX + self.who if self.channel == WHATSAPP else self.who


def read(raw: str) -> Address | None:
    """None for what is no address."""
    who = raw.removeprefix(PREFIX)
    channel = WHATSAPP if raw.startswith(PREFIX) else SMS
    good = NUMBER.fullmatch(who) or (channel == WHATSAPP and USER_ID.fullmatch(who))
    return Address(channel, who) if good else None


def user_id_of(number: str) -> str:
    """The id that Meta gives to the person behind a number: always the same, and telling nothing of the number."""
    return f"NG.{int(hashlib.sha256(number.encode()).hexdigest()[:13], 16):016d}"

"""What opens the inspector's window: made of our own secret, so that the stand-in with our settings has it, too."""

from typing import Final

from bot.security import fingerprint
from bot.settings import Settings

PREFIX: Final = "/inspect"
HEADER: Final = "X-Inspector"


def mark_of(settings: Settings) -> str:
    """What has to stand in the header."""
    return fingerprint(settings.secret_key.encode(), "inspector")

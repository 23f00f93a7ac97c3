"""What a browser calls itself, in three words: "Firefox on Linux". Enough for somebody to know her own in a list.

Browsers pretend to be each other, so the order of the names matters; what is unknown stays "A browser". Pure.
"""

from typing import Final

# The one that stands first among those that are there.
NAMES: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Opera Mini", "Opera Mini"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
UNKNOWN: Final = "A browser"


def name_of(agent: str) -> str:
    """From its User-Agent."""
    browser = next((name for sign, name in NAMES if sign in agent), UNKNOWN)
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return f"{browser} on {system}" if system else browser

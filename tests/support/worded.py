"""The facts of a message as an English reader sees them, for tests that say what somebody was told."""

from flows.screens import Screens
from models.news_values import NewsFacts

SCREENS = Screens(ussd_code="*347*55#", help_phone="08001234567", site="ajo.ng", whatsapp="+2348009876543")


def worded(facts: NewsFacts) -> dict[str, str]:
    """Each value spelt."""
    return {name: value if isinstance(value, str) else SCREENS.words(value, "en") for name, value in facts.items()}

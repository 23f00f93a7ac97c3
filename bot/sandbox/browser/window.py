"""The product's window, asked: what only it knows of a phone. See bot.inspector, which answers.

Only what is asked and how; what it looks like stands in the panels. The product may be away, and says so then.
"""

from typing import Any

import requests

from bot.inspector_key import HEADER, PREFIX, mark_of
from bot.sandbox.world import World

SECONDS = 6.0


class Away(Exception):
    """The product did not answer, or not as expected."""


def ask(here: World, what: str, **about: str) -> dict[str, Any]:
    """phone, deeds, entries, house, people or steps. Raises Away."""
    url, headers = f"{here.settings.public_url}{PREFIX}/{what}", {HEADER: mark_of(here.settings)}
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, params=about, headers=headers, timeout=SECONDS, allow_redirects=False)
            found = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError):
        raise Away("the product does not answer") from None
    if not isinstance(found, dict):
        raise Away(f"the product answers {answer.status_code}")
    return found

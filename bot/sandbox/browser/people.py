"""Who has a phone here: the numbers that anything was ever sent to or came from, with the names that are known."""

from dataclasses import dataclass

from bot.sandbox.world import World

NUMBERS = """
SELECT number FROM whatsapp_user UNION SELECT number FROM sms UNION SELECT phone FROM ussd_session
 UNION SELECT number FROM phone ORDER BY 1
"""
MOST = 60


@dataclass(frozen=True)
class Person:
    """A phone and whose it is; `name` is her number where nobody has told us another."""

    number: str
    name: str

    @property
    def initials(self) -> str:
        if self.name.startswith("+"):
            return self.number[-2:]
        return "".join(word[0] for word in self.name.split()[:2]).upper()


def known(here: World) -> list[Person]:
    """Everybody, in the order of their numbers."""
    rows = here.store.rows(NUMBERS)
    return [Person(row["number"], row["number"]) for row in rows if row["number"].startswith("+")][:MOST]


def of(number: str, among: list[Person]) -> Person:
    """One of them, or somebody new."""
    return next((each for each in among if each.number == number), Person(number, number))

"""Who has a phone here: the members with their names, as the product knows them, and whoever else has used one."""

from dataclasses import dataclass

from bot.sandbox.browser import window
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
    groups: tuple[str, ...] = ()
    member_id: int = 0

    @property
    def initials(self) -> str:
        """For a round mark."""
        if self.name == self.number:
            return self.number[-2:]
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    @property
    def short(self) -> str:
        """Her first name, or the end of her number."""
        return f"…{self.number[-4:]}" if self.name == self.number else self.name.split()[0]


def known(here: World) -> list[Person]:
    """Members first, as they came; then the numbers of others. While the product is away, numbers only."""
    try:
        found = window.ask(here, "people")["people"]
    except window.Away:
        found = []
    members = [Person(each["phone"], each["name"], tuple(each["groups"]), each["member_id"]) for each in found]
    named = {each.number for each in members}
    rows = here.store.rows(NUMBERS)
    others = [Person(row["number"], row["number"]) for row in rows if row["number"].startswith("+")]
    return [*members, *(each for each in others if each.number not in named)][:MOST]


def of(number: str, among: list[Person]) -> Person:
    """One of them, or somebody new."""
    return next((each for each in among if each.number == number), Person(number, number))

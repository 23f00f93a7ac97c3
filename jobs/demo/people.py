"""Who plays in the demo's history. A bank account's name is told to the sandbox's bank, so that it is her own."""

from dataclasses import dataclass
from typing import Final

PIN: Final = "7349"
BANKS: Final = (("058", "GTBank"), ("033", "UBA"), ("057", "Zenith"), ("011", "FirstBank"))
NAMES: Final = (
    *("Ada Okafor", "Bisi Adeyemi", "Chidi Eze", "Efe Omoruyi", "Femi Bello"),
    *("Gozie Ani", "Halima Sani", "Ify Nwosu", "Jumoke Ojo", "Kemi Balogun"),
    *("Lami Musa", "Ngozi Oyelaran-Bello", "Ola Ige", "Peju Aina", "Remi Oni", "Sade Cole"),
)


@dataclass(frozen=True)
class Person:
    """A member with her phone and her account at a bank."""

    number: int
    name: str

    @property
    def phone(self) -> str:
        return f"+23480355500{self.number:02d}"

    @property
    def account(self) -> str:
        return f"01{self.number:02d}3450{self.number:02d}"

    @property
    def bank(self) -> tuple[str, str]:
        return BANKS[self.number % len(BANKS)]

    @property
    def account_name(self) -> str:
        """As banks write it."""
        return " ".join(reversed(self.name.upper().split(" ")))


EVERYBODY: Final = tuple(Person(number, name) for number, name in enumerate(NAMES, start=1))
ADA, BISI, CHIDI, EFE, FEMI, GOZIE, HALIMA, IFY, JUMOKE, KEMI, LAMI, NGOZI, OLA, PEJU, REMI, SADE = EVERYBODY

"""Who plays in the demo's history: 26 people with their languages, and how each of them likes to pay.

A bank account's name is told to the sandbox's bank, so that it is her own.
"""

from dataclasses import dataclass
from typing import Final

PIN: Final = "7349"
BANKS: Final = (("058", "GTBank"), ("033", "UBA"), ("057", "Zenith"), ("011", "FirstBank"))
# Dialled at three banks, moved to an account that is there for an hour, by card on a page.
WAYS: Final = (("ussd", "737"), ("ussd", "966"), ("bank_transfer", ""), ("ussd", "919"), ("link", ""))
NAMES: Final = (
    *("Ada Okafor", "Bisi Adeyemi", "Chidi Eze", "Efe Omoruyi", "Femi Bello"),
    *("Gozie Ani", "Halima Sani", "Ify Nwosu", "Jumoke Ojo", "Kemi Balogun"),
    *("Lami Musa", "Ngozi Oyelaran-Bello", "Ola Ige", "Peju Aina", "Remi Oni", "Sade Cole"),
    *("Tunde Lawal", "Uche Obi", "Wale Dada", "Aisha Umar", "Bola Akin"),
    *("Chika Udo", "Dupe Kolade", "Ebele Okoro", "Funke Ayo", "Grace Peters"),
)
LANGUAGES: Final = {
    **dict.fromkeys(("Bisi Adeyemi", "Jumoke Ojo", "Dupe Kolade"), "yo"),
    **dict.fromkeys(("Lami Musa", "Aisha Umar"), "ha"),
    **dict.fromkeys(("Ify Nwosu", "Uche Obi", "Chika Udo"), "ig"),
    **dict.fromkeys(("Efe Omoruyi", "Kemi Balogun", "Wale Dada"), "pcm"),
}


@dataclass(frozen=True)
class Person:
    """A member with her phone and her account at a bank."""

    number: int
    name: str

    @property
    def phone(self) -> str:
        return f"+23480355500{self.number:02d}"

    @property
    def language(self) -> str:
        return LANGUAGES.get(self.name, "en")

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

    @property
    def way(self) -> tuple[str, str]:
        """How she pays, and by the code of which bank."""
        return WAYS[self.number % len(WAYS)]


EVERYBODY: Final = tuple(Person(number, name) for number, name in enumerate(NAMES, start=1))
ADA, BISI, CHIDI, EFE, FEMI, GOZIE, HALIMA, IFY, JUMOKE, KEMI, LAMI, NGOZI, OLA, PEJU, REMI, SADE = EVERYBODY[:16]
TUNDE, UCHE, WALE, AISHA, BOLA, CHIKA, DUPE, EBELE, FUNKE, GRACE = EVERYBODY[16:]

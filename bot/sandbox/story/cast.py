"""Who plays: five people with their phones, PINs and bank accounts, and Dayo, who belongs to nobody."""

from dataclasses import dataclass

GROUP = "Mama Titi Ajo"


@dataclass(frozen=True)
class Person:
    """`account` is hers at `bank`, whose code is `bank_code`; `account_name` is how the bank writes her name."""

    name: str
    phone: str
    pin: str
    bank: str
    bank_code: str
    account: str
    account_name: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def local_phone(self) -> str:
        """As people type it."""
        return "0" + self.phone.removeprefix("+234")


ADA = Person("Ada Obi", "+2348031234501", "7349", "GTBank", "058", "0123456701", "OBI ADA NGOZI")
BISI = Person("Bisi Adeyemi", "+2348031234502", "8264", "UBA", "033", "2098765402", "ADEYEMI BISI")
CHIDI = Person("Chidi Okafor", "+2348031234503", "5917", "Zenith", "057", "1012345603", "OKAFOR CHIDI EMEKA")
EFE = Person("Efe Okoro", "+2348031234504", "6082", "GTBank", "058", "0234567804", "OKORO EFE")
FEMI = Person("Femi Bello", "+2348031234505", "3971", "Sterling", "232", "0067890105", "BELLO FEMI DAVID")
CAST = (ADA, BISI, CHIDI, EFE, FEMI)

DAYO = "+2348031234599"  # an outsider, who must see nothing

"""What differs from country to country, in one table: money, numbers, time, ways to pay, wallets.

A deployment serves one country, because an account at the payment provider does and the
books have one currency. `home()` is that country; it is set once at start by `use`. Fees
are rules and stand in `models.rules.fees`. Amounts are whole sub-units (kobo, pesewas, cents).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from models import policy

LAGOS: Final = ZoneInfo("Africa/Lagos")


@dataclass(frozen=True)
class Operator:
    """A mobile-money operator. type: the provider's name for it. prefixes: of its numbers in E.164.

    A number may have been taken along to another operator, so a prefix is a guess that she confirms.
    voucher_dial: where its customers get the one-time code that some charges ask for, "" where none do.
    """

    type: str
    name: str
    prefixes: tuple[str, ...]
    voucher_dial: str = ""


@dataclass(frozen=True)
class Country:
    """The facts of one country.

    prefix: before an amount. typed: what people write before one, in lower case. region: of phone numbers;
    a_phone is one to try things with. pay_ways: how money comes in here, the usual way first. least_charge: the
    provider's floor for each of them. least_payment: what we ask for at least; a smaller debt is paid in full.
    bank_list: which of the provider's lists of banks is ours, and recipient_type what it calls an account in one of
    them; both are empty where that is unknown. pot_limit: the most that one pot may be; two of the staff may raise a
    group's to pot_cap at most.
    """

    code: str
    currency: str
    prefix: str
    typed: tuple[str, ...]
    region: str
    a_phone: str
    zone: ZoneInfo
    city: str
    pay_ways: tuple[str, ...]
    least_charge: Mapping[str, int]
    least_payment: int
    least_contribution: int
    pot_limit: int
    pot_cap: int
    bank_list: Mapping[str, str]
    recipient_type: str
    operators: tuple[Operator, ...] = ()

    def operator(self, name: str) -> Operator | None:
        """The operator of this type."""
        return next((each for each in self.operators if each.type == name), None)

    def operator_of(self, phone: str) -> Operator | None:
        """Whose number this probably is."""
        return next((each for each in self.operators if phone.startswith(each.prefixes)), None)


# Sources: providers.md 4.1 (ways to pay, floors, operators) and 7 (numbers). Paystack's contract for M-PESA is not
# among them: in Kenya there is the link, on whose page the provider offers what it has.
# Pots: what the best known customers may move in a day. Nigeria: N5 million for tier 3 (circle-rules.md 4.5); the cap
# is the largest pot that a group's terms can make, 30 times N500,000. Ghana: GHC25,000 a day for an enhanced
# mobile-money account, and GHC75,000 is the most that one may hold (Bank of Ghana, since 1 March 2024). Kenya:
# KES 250,000 in a transfer and 500,000 a day are M-PESA's; no pots are paid out there yet.
COUNTRIES: Final[Mapping[str, Country]] = {
    "NG": Country(
        code="NG",
        currency="NGN",
        prefix="N",
        typed=("ngn", "n", "₦"),
        region="NG",
        a_phone="+2348031234567",
        zone=LAGOS,
        city="Lagos",
        pay_ways=("ussd", "bank_transfer", "link"),
        least_charge={"ussd": 50_00, "link": 50_00, "bank_transfer": 100_00},
        least_payment=policy.LEAST_PAYMENT_KOBO,
        least_contribution=100_00,
        pot_limit=5_000_000_00,
        pot_cap=15_000_000_00,
        bank_list={"country": "nigeria", "currency": "NGN"},
        recipient_type="nuban",
    ),
    "GH": Country(
        code="GH",
        currency="GHS",
        prefix="GHC",
        typed=("ghs", "ghc", "gh₵", "gh¢", "₵", "¢"),
        region="GH",
        a_phone="+233551234567",
        zone=ZoneInfo("Africa/Accra"),
        city="Accra",
        pay_ways=("mobile_money", "link"),
        least_charge={"mobile_money": 10, "link": 10},
        least_payment=1_00,
        least_contribution=1_00,
        pot_limit=25_000_00,
        pot_cap=75_000_00,
        bank_list={"country": "ghana", "currency": "GHS", "type": "ghipss"},
        recipient_type="ghipss",
        operators=(
            Operator("mtn", "MTN", ("+23324", "+23325", "+23353", "+23354", "+23355", "+23359")),
            Operator("vod", "Telecel", ("+23320", "+23350"), voucher_dial="*110#"),
            Operator("atl", "AirtelTigo", ("+23326", "+23327", "+23356", "+23357")),
        ),
    ),
    "KE": Country(
        code="KE",
        currency="KES",
        prefix="KES ",
        typed=("kes", "ksh", "sh"),
        region="KE",
        a_phone="+254712345678",
        zone=ZoneInfo("Africa/Nairobi"),
        city="Nairobi",
        pay_ways=("link",),
        least_charge={"link": 1_00},
        least_payment=50_00,
        least_contribution=50_00,
        pot_limit=250_000_00,
        pot_cap=500_000_00,
        bank_list={},
        recipient_type="",
    ),
}

_home: list[Country] = [COUNTRIES["NG"]]


def use(code: str) -> None:
    """Make this the country of this process, once at start. One that is not in the table raises KeyError."""
    _home[:] = [COUNTRIES[code]]


def home() -> Country:
    """The country of this process."""
    return _home[0]

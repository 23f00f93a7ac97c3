"""What the {names} in the public texts stand for: this house's numbers, its country's laws, its fees.

Figures are computed by the rules that money itself obeys, so that no page can promise another fee than is taken.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from babel import Locale

from bot.settings import Settings
from flows import catalogue
from models import country
from models.money import BPS, show
from models.rules import fees, terms

# From when the terms and the privacy page hold as they stand; a change of what they promise changes it.
EDITION: Final = date(2026, 11, 23)

# The law on personal data, and who watches over it, by country.
DATA_LAW: Final = {
    "NG": ("Nigeria Data Protection Act 2023", "Nigeria Data Protection Commission (ndpc.gov.ng)"),
    "GH": ("Data Protection Act 2012 (Act 843)", "Data Protection Commission (dataprotection.org.gh)"),
    "KE": ("Data Protection Act 2019", "Office of the Data Protection Commissioner (odpc.go.ke)"),
}

# The circle of the example: so many people, and so many times the least that somebody may pay in.
PEOPLE: Final = 12
TIMES_THE_LEAST: Final = 50


def facts(settings: Settings, language: str) -> Mapping[str, str]:
    """The values for all pages in this language."""
    home = country.home()
    act, authority = DATA_LAW[home.code]
    amount = TIMES_THE_LEAST * home.least_contribution
    pot = terms.pot(amount, PEOPLE)
    return {
        "dial": settings.ussd_code.removesuffix("#"),
        "help": settings.help_phone,
        "whatsapp": settings.twilio_whatsapp_from,
        "operator": settings.operator,
        "pct": f"{fees.SERVICE_FEE_BPS * 100 / BPS:g}",
        "n": str(PEOPLE),
        "amt": show(amount),
        "pot": show(pot),
        "net": show(pot - fees.service_fee(pot, fees.SERVICE_FEE_BPS)),
        "months": str(settings.keep_messages_months),
        "months_files": str(settings.keep_files_months),
        "country": Locale.parse(language).territories.get(home.code, home.code),
        "act": act,
        "authority": authority,
        "date": f"{catalogue.day_month(EDITION, language, 'whatsapp')} {EDITION.year}",
    }

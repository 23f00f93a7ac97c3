"""What every screen may say about the service itself: the code to dial, the number for help, the site, its languages.

The texts and their rendering are the flows'; only these values come from the settings.
"""

from bot.settings import Settings
from flows import catalogue
from flows.screens import Screens


def screens_of(settings: Settings) -> Screens:
    """The renderer of this service's screens."""
    return Screens(
        ussd_code=settings.ussd_code,
        help_phone=settings.help_phone,
        site=settings.site,
        whatsapp=settings.twilio_whatsapp_from,
        offered=catalogue.offered(unreviewed=settings.offers_unreviewed),
        two_way=settings.sms_two_way,
        play=settings.training,
    )

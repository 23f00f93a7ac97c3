"""Over which channel everybody talks to Ajo in a story: the same five people, with other things in their hands."""

from bot.sandbox.client import SandboxClient
from bot.sandbox.story.cast import ADA, BISI, CHIDI, EFE, FEMI, Person
from bot.sandbox.story.chats import SmsHandset, WhatsappHandset
from bot.sandbox.story.handset import Handset

USSD, WHATSAPP, WHATSAPP_AND_DIAL, SMS, MIXED = "ussd", "whatsapp", "whatsapp-dial", "sms", "mixed"
CHANNELS = (USSD, WHATSAPP, WHATSAPP_AND_DIAL, SMS, MIXED)
CHATS = (WHATSAPP, WHATSAPP_AND_DIAL, MIXED)  # where somebody is on WhatsApp
# Every pair of them in one group: what one does the others see on another channel.
OF_EACH = {ADA: WHATSAPP, BISI: USSD, CHIDI: SMS, EFE: WHATSAPP_AND_DIAL, FEMI: USSD}


def handset(
    channel: str, client: SandboxClient, person: Person, code: str, *, language: str, disturbed: bool
) -> Handset:
    """What this person holds in her hand when the story is told over this channel."""
    name, number = person.first_name, person.phone
    match OF_EACH[person] if channel == MIXED else channel:
        case "whatsapp":
            return WhatsappHandset(client, name, number, code, language=language, disturbed=disturbed)
        case "whatsapp-dial":
            return WhatsappHandset(
                client, name, number, code, language=language, disturbed=disturbed, dials_secrets=True
            )
        case "sms":
            return SmsHandset(client, name, number, code, language=language, disturbed=disturbed, dials_secrets=True)
        case _:
            return Handset(client, name, number, code, language=language, disturbed=disturbed)

"""Every channel, one line each. A new one is a file beside this and a line here.

SESSIONS are answered on the request itself, CHATS later and by a message of their own.
"""

from collections.abc import Callable

from bot.channels.africastalking_sms import AfricasTalkingSms
from bot.channels.africastalking_ussd import AfricasTalkingUssd
from bot.channels.base import Billed, Channel, Incoming, Outgoing, Recalled, Windowed
from bot.channels.twilio_sms import TwilioSms
from bot.channels.twilio_whatsapp import TwilioWhatsapp
from bot.settings import Settings

SESSIONS: dict[str, Callable[[Settings], Incoming]] = {
    AfricasTalkingUssd.name: AfricasTalkingUssd.from_settings,
}
CHATS: dict[str, Callable[[Settings], Outgoing]] = {
    AfricasTalkingSms.name: AfricasTalkingSms.from_settings,
    TwilioSms.name: TwilioSms.from_settings,
    TwilioWhatsapp.name: TwilioWhatsapp.from_settings,
}
# Those of the chats where a message that nobody asked for may need an approved text.
WINDOWED: dict[str, Callable[[Settings], Windowed]] = {
    TwilioWhatsapp.name: TwilioWhatsapp.from_settings,
}
# Those of the chats that keep what people wrote while we were not there.
RECALLED: dict[str, Callable[[Settings], Recalled]] = {
    TwilioSms.name: TwilioSms.from_settings,
    TwilioWhatsapp.name: TwilioWhatsapp.from_settings,
}
# Those of the chats that tell only later what a message has cost.
BILLED: dict[str, Callable[[Settings], Billed]] = {
    TwilioSms.name: TwilioSms.from_settings,
    TwilioWhatsapp.name: TwilioWhatsapp.from_settings,
}
CHANNELS: dict[str, Callable[[Settings], Channel]] = {**SESSIONS, **CHATS}

"""How things look on the phone: a menu, an SMS, a WhatsApp message with its buttons, rows and pictures."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from bot.sandbox import prices
from bot.sandbox.client import Session, Sms, WhatsappFile, WhatsappMessage
from flows.gsm import COST, LIMIT, septets

WIDTH = 44
KILOBYTE = 1000


def menu_panel(session: Session, code: str) -> Panel:
    """What the network shows after a hop."""
    if session.error:
        return Panel(
            Text(session.screen), title="no connection", subtitle=session.error, border_style="red", width=WIDTH
        )
    title = "the end" if session.ended else code
    return Panel(Text(session.screen), title=title, subtitle=size(session.screen), border_style="cyan", width=WIDTH)


def sms_panel(sms: Sms) -> Panel:
    """An SMS, with its length and what it costs."""
    parts = "" if sms.segments == 1 else f", {sms.segments} parts"
    subtitle = ", ".join(filter(None, [size(sms.text) + parts, prices.said(sms.price)]))
    return Panel(Text(sms.text), title=f"SMS from {sms.sender}", subtitle=subtitle, border_style="green", width=WIDTH)


def whatsapp_panel(message: WhatsappMessage) -> Panel:
    """A message, numbered as `tap` counts."""
    lines: list[RenderableType] = [Text(_about(file), style="magenta") for file in message.media]
    lines.append(Text(message.body))
    if message.choices:
        lines.append(Text(f"\n{message.button} v" if message.button else "", style="bold"))
    for number, choice in enumerate(message.choices, start=1):
        mark = f" {number} " if message.button else f"[{number}]"
        lines.append(Text(f"{mark} {choice.title}", style="bold"))
        if choice.description:
            lines.append(Text(f"    {choice.description}", style="dim"))
    title = "WhatsApp (template)" if message.template else "WhatsApp"
    subtitle = ", ".join(filter(None, [f"{len(message.body)} characters", prices.said(message.price)]))
    return Panel(Group(*lines), title=title, subtitle=subtitle, border_style="bright_green", width=WIDTH)


def size(text: str) -> str:
    """How much of a screen it fills, in septets."""
    return f"{septets(text)}/{LIMIT}" if all(char in COST for char in text) else "not GSM-7"


def _about(file: WhatsappFile) -> str:
    name = f" {file.name}" if file.name else ""
    return f"<{file.content_type}{name}, {max(1, round(file.size / KILOBYTE))} kB>"

"""The lines of a member's timeline in words: what a message said, what an act was, and how it all ended."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from bot.panel import masked, words
from bot.settings import current
from bot.text import screens_of
from flows.forms import SMS, WHATSAPP
from flows.screens import Screens
from models.actions.serving import NEVER_AGAIN
from models.queries.panel_timeline import Line, Timeline
from models.rules import routes
from models.rules.schedule import local_date, show_time

_ = words.said

CHANNELS = {
    "ussd": "USSD", "africastalking-ussd": "USSD", "twilio-whatsapp": "WhatsApp", "twilio-sms": "SMS",
    "africastalking-sms": "SMS", "sandbox": "SMS", "test": "USSD", "": "SMS",
}  # fmt: skip

# What the audit trail calls an act, in words: all that is ever done by a member or to her.
VERBS = {
    "member.register": "Registered",
    "member.consent": "Agreed to a new wording",
    "member.freeze": "Account frozen",
    "member.unfreeze": "Account works again",
    "member.name": "Name set right",
    "member.number": "Has a new number",
    "number.start": "A new number is asked for; two vouchers are asked on their phones",
    "number.ask": "Another voucher is asked about the new number",
    "number.yes": "A voucher says yes to the new number",
    "number.no": "A voucher says NO to the new number",
    "number.unsure": "A voucher does not know the new number",
    "number.late": "A voucher's time to answer about the new number is over",
    "number.stop": "The change of number is stopped",
    "number.told": "Two told the office of the new number",
    "member.close": "Account closed",
    "member.unlock": "PIN lock lifted",
    "member.remind": "Reminded by the office",
    "member.resend": "A message was sent again",
    "pin.change": "Changed her PIN",
    "pin.lock": "PIN locked after wrong tries",
    "pin.reset": "Chose a new PIN",
    "vouch.ask": "Asked somebody to vouch for her",
    "vouch.given": "Vouched for somebody",
    "vouch.refused": "Did not vouch for somebody",
    "vouch.office": "The office vouched for her",
    "bank_account.enter": "Entered a payout account",
    "bank_account.confirm": "Confirmed a payout account",
    "payment.start": "Wants to pay",
    "group.open": "Opened a group",
    "group.invite": "Invited somebody",
    "group.start": "Started a group",
    "invitation.decline": "Declined an invitation",
    "report.open": "Reported a problem",
    "seat.leave": "Gave a seat back",
    "cycle.nudge": "Reminded those who have not paid",
    "cycle.remind": "Reminded those who have not paid",
    "cycle.pay_short": "Had a short pot paid out",
    "cycle.wait": "Let a short pot wait",
    "payout.yes": "Said yes to a payout",
    "payout.hold": "Held a payout",
    "call.ask": "Asked for a call",
    "whatsapp.link": "Linked her WhatsApp",
    "member.language": "Chose another language",
    "member.reminders": "Chose how she is reminded",
    "member.money_in_chat": "Chose whether a chat shows her money",
    "member.stop_reminders": "Said STOP to reminders",
    "member.start_reminders": "Wants reminders again",
    "payment.look_up": "A payment was looked up at the provider",
    "group.ask_head": "Asked to be the head of a group",
    "group.draft": "A group was prepared",
    "group.name": "A group got another name",
    "group.rules": "A group's rules were changed",
    "group.call_off": "Called a group off",
    "group.order_draft": "Arranged the turns, not yet for good",
    "group.arrange": "Arranged the turns",
    "group.draw": "The turns were drawn",
    "group.forming": "A group waits for members again",
    "group.ready": "A group is full",
    "group.complete": "A group is completed",
    "group.limit": "The limit of a group's pot was raised",
    "group.pause": "A group was paused",
    "group.resume": "A group goes on after a pause",
    "group.dissolve": "A group is being dissolved",
    "group.unwound": "A dissolved group is over",
    "seat.ask": "Asked to join a group",
    "seat.let_in": "Let somebody into a group",
    "seat.let_in_officer": "Let somebody into a group, as an officer",
    "seat.refuse": "Did not let somebody in",
    "cycle.open": "A cycle has begun",
    "penalty.add": "A late fee was added",
    "payout.open": "A pot waits for approval",
    "payout.withdraw": "A payout was taken back",
    "payout.look_up": "A payout was looked up at the bank",
    "payout.lost": "A transfer that Paystack had never seen was given up",
    "time.ask": "Asked for more time",
    "time.allow": "Gave somebody more time",
    "time.keep_fee": "Gave somebody more time, the late fee stays",
    "time.refuse": "Gave somebody no more time",
    "time.expire": "Nobody answered the wish for more time",
    "time.break": "The date of a promise has passed",
    "waiver.ask": "Asked for a late fee to be taken off",
    "waiver.yes": "Wants a late fee taken off",
    "waiver.no": "Let a late fee stay",
    "waiver.expire": "Nobody answered about a late fee",
    "swap.ask": "Asked for a swap of turns",
    "swap.agree": "Agreed to a swap of turns",
    "swap.do": "Turns were swapped",
    "swap.refuse": "Said no to a swap of turns",
    "swap.withdraw": "Took the wish for a swap back",
    "swap.expire": "Nobody answered the wish for a swap",
    "swap.void": "A swap is not possible any more",
    "report.answer": "A report was answered",
    "attachment.done": "What she sent was dealt with",
}


@dataclass(frozen=True)
class Shown:
    """A line as the page has it. text: what was said to her; typed: what she said."""

    line: Line
    text: str = field(repr=False)
    typed: str = field(repr=False)
    channel: str
    time: str
    once: bool  # is not sent again


@dataclass(frozen=True)
class Day:
    """The lines of one day."""

    on: datetime
    lines: tuple[Shown, ...]


def days(timeline: Timeline, *, whole: bool) -> list[Day]:
    """The timeline by days, the newest first."""
    found: list[tuple[datetime, list[Shown]]] = []
    for line in timeline.lines:
        if not found or local_date(found[-1][0]) != local_date(line.key.at):
            found.append((line.key.at, []))
        found[-1][1].append(shown(line, whole=whole))
    return [Day(on, tuple(lines)) for on, lines in found]


def shown(line: Line, *, whole: bool) -> Shown:
    """One line, everything in it that is not for these eyes masked."""
    text = line.said
    if line.what == "mail" and line.title:
        text = message(line)
    if line.what == "audit":
        text = VERBS.get(line.title) or line.title.replace(".", ": ").replace("_", " ").capitalize()
    return Shown(
        line=line,
        text=masked.seen(text, whole=whole),
        typed=masked.typed(line.heard, whole=whole),
        channel=CHANNELS.get(line.channel, line.channel),
        time=show_time(line.key.at),
        once=not line.title or line.title in NEVER_AGAIN,
    )


def message(line: Line) -> str:
    """What a message says, as its reader got it; "" for one that cannot be worded any more."""
    hidden = dict.fromkeys(masked.SECRET_FACTS.get(line.title, ()), masked.HIDDEN)
    form = WHATSAPP if line.channel == routes.WHATSAPP else SMS
    try:
        return _screens().news(line.title, line.language, form, arg="", **{**line.facts, **hidden}).body
    except (KeyError, ValueError, TypeError):
        return ""


@cache
def _screens() -> Screens:
    return screens_of(current())

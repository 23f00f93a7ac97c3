"""The plot: who does what when, from the first dial to the third pot.

Mama Titi's five save N5,000 a week. Ada, the head, and Femi, her officer, approve the pots; Chidi is late in the second
week. What an act looks like on the phone stands in `acts`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.sandbox.house import House
from bot.sandbox.story import acts
from bot.sandbox.story.cast import ADA, BISI, CAST, CHIDI, EFE, FEMI, GROUP, Person
from bot.sandbox.story.channels import CHATS, USSD
from bot.sandbox.story.chats import WhatsappHandset
from bot.sandbox.story.handset import Handset
from bot.sandbox.story.stage import QUICK, AfterStep, Narrate, Outcome, Stage
from flows.catalogue import ENGLISH
from models.money import show
from models.rules.fees import gross_up
from models.rules.schedule import LAGOS, show_date

CONTRIBUTION_KOBO = 500_000
LATE_FEE_KOBO = 20_000
MONDAY, FRIDAY = 0, 4


@dataclass(frozen=True)
class Calendar:
    """The days of the story, from a Monday morning on. `first_due` is a Friday."""

    monday: datetime

    @classmethod
    def after(cls, now: datetime) -> "Calendar":
        """Time only moves forward: the next Monday."""
        day = now.astimezone(LAGOS).date() + timedelta(days=1)
        while day.weekday() != MONDAY:
            day += timedelta(days=1)
        return cls(datetime.combine(day, time(9, 5), tzinfo=LAGOS))

    @property
    def first_due(self) -> datetime:
        return self.at(11, 18)

    def at(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A time of day, so many days after the Monday."""
        return self.monday.replace(hour=hour, minute=minute) + timedelta(days=days)


def play(
    house: House,
    narrate: Narrate,
    after_step: AfterStep = lambda done: None,
    *,
    disturbed: bool = False,
    channel: str = USSD,
    language: str = ENGLISH,
) -> Outcome:
    """Play all of it in an open house. Raises Unexpected at the first thing that is not as it should be.

    disturbed: somebody kills and empties things meanwhile, so people wait longer and answer twice if asked twice.
    channel: one of `channels.CHANNELS`. language: the one that everybody chooses.
    """
    stage = Stage(house, narrate, after_step, disturbed, channel, language)
    stage.sandbox.tune(**QUICK)
    for person in CAST:
        stage.sandbox.name_account(person.bank_code, person.account, person.account_name)
    calendar = Calendar.after(stage.now())
    stage.move_time_to(calendar.monday)
    form_group(stage, calendar)
    set_accounts(stage)
    stage.move_time_to(calendar.at(4, 18, 30))  # the cooling-off is over, and the first week begins
    first_week(stage)
    second_week(stage, calendar)
    third_week(stage)
    return stage.outcome()


def form_group(stage: Stage, calendar: Calendar) -> None:
    """Everybody gets in: the head, two by invitation, two by code; then everybody knows her turn."""
    ada = stage.phone(ADA)
    acts.register_anew(ada, ADA)
    stage.step("Ada is registered")
    stage.code = code = acts.open_group(ada, "5,000", len(CAST), calendar.first_due.date())
    stage.step(f"Ada has opened {GROUP}")
    acts.invite(ada, BISI, CHIDI)
    stage.step("Ada has invited Bisi and Chidi")
    for person in (BISI, CHIDI):
        acts.join_invited(stage.phone(person), person, ADA)
        stage.step(f"{person.first_name} has come by invitation")
    for person in (EFE, FEMI):
        acts.ask_to_join(stage.phone(person), person, code, ADA)
        ada.gets_sms(person.first_name, f"asks to join {GROUP}")
        stage.step(f"{person.first_name} asks to join with the code")
    acts.let_in(ada.dial(), EFE, "Let in").choose("Go on")
    stage.step("Ada has let Efe in")
    acts.let_in(ada, FEMI, "Let in as officer").choose("Finish")
    for turn, person in enumerate(CAST, start=1):
        on = show_date((calendar.first_due + timedelta(weeks=turn - 1)).date())
        stage.phone(person).gets_sms(f"Your turn is no. {turn}", on)
    stage.step("Ada has let Femi in as an officer, and everybody knows her turn")


def set_accounts(stage: Stage) -> None:
    for person in CAST:
        acts.set_account(stage.phone(person), person)
        stage.step(f"{person.first_name} has a payout account")
    if stage.channel in CHATS:
        stage.make_templates()
    for person in CAST:
        if isinstance(stage.phone(person), WhatsappHandset):
            acts.wants_news_on_whatsapp(stage.phone(person))
            stage.step(f"{person.first_name} wants to be told on WhatsApp")


def first_week(stage: Stage) -> None:
    """Everybody pays at once, and Ada collects."""
    for person, transfer in ((ADA, False), (BISI, True), (CHIDI, False), (EFE, True), (FEMI, False)):
        pay(stage, person, by_transfer=transfer)
    pay_out(stage, ADA, approvers=(FEMI, BISI))


def second_week(stage: Stage, calendar: Calendar) -> None:
    """Chidi is late: reminded, reminded again, charged, and then he pays. Bisi collects."""
    stage.move_time_to(calendar.at(16, 9, 1))
    for person in CAST:
        stage.phone(person).gets_sms(f"for {GROUP} is due", "in 2 days")
    stage.step("Everybody is reminded, two days before")
    for person in (ADA, BISI, EFE, FEMI):
        pay(stage, person)
    stage.move_time_to(calendar.at(17, 9, 1))
    stage.phone(BISI).gets_sms("tomorrow you collect N24,750")
    stage.step("Bisi is asked whether her account is right")
    stage.move_time_to(calendar.at(18, 9, 1))
    chidi = stage.phone(CHIDI)
    chidi.gets_sms(f"pay N5,000 to {GROUP} today to keep your turn")
    stage.step("Chidi is reminded on the day")
    stage.move_time_to(calendar.at(18, 18, 11))
    chidi.dial().shows("LATE").hang_up()
    stage.step("The cut-off has passed without Chidi")
    stage.move_time_to(calendar.at(19, 10, 1))
    chidi.gets_sms("was due", "Late fee N200 starts")
    for person in (ADA, FEMI):
        stage.phone(person).gets_sms("4 of 5 paid", "is short")
    stage.step("Chidi is told of the late fee, the officers of the short pot")
    acts.wait_a_day(stage.phone(ADA), BISI)
    stage.step("Ada gives it one more day")
    stage.move_time_to(calendar.at(20, 1, 1))
    chidi.gets_sms("a late fee of N200 is added", "You now owe N5,200")
    stage.step("The late fee is added at one in the night")
    pay(stage, CHIDI, CONTRIBUTION_KOBO + LATE_FEE_KOBO, by_transfer=True)
    pay_out(stage, BISI, approvers=(ADA, FEMI))


def third_week(stage: Stage) -> None:
    """Everybody pays in time again, and Chidi collects."""
    stage.advance("2d")
    for person in CAST:
        pay(stage, person)
    pay_out(stage, CHIDI, approvers=(FEMI, ADA))


def pay(stage: Stage, person: Person, owed_kobo: int = CONTRIBUTION_KOBO, *, by_transfer: bool = False) -> None:
    """Ask for a code or an account, pay at the bank, get the receipt."""
    phone, (fee_kobo, _) = stage.phone(person), gross_up(owed_kobo)
    if by_transfer:
        account = acts.ask_for_account(phone, person, owed_kobo, fee_kobo)
        stage.step(f"{person.first_name} has an account to send {show(owed_kobo)} to")
        stage.sandbox.pay(account_number=account)
    else:
        code = acts.ask_for_code(phone, person, owed_kobo, fee_kobo)
        stage.step(f"{person.first_name} has a code to pay {show(owed_kobo)} with")
        stage.sandbox.pay(ussd_code=code)
    stage.step(f"{person.first_name} has paid at the bank")
    phone.gets_sms(f"Received {show(owed_kobo)} for {GROUP}", person.first_name)
    stage.step(f"{person.first_name} has the receipt")


def pay_out(stage: Stage, recipient: Person, approvers: tuple[Person, Person]) -> None:
    """The pot is full: those who may approve do, nobody else can, and the recipient gets it."""
    for person in CAST:
        stage.phone(person).gets_sms("everybody has paid, N25,000 complete", f"{recipient.first_name} ")
    for person in approvers:
        stage.phone(person).gets_sms("N24,750 for", recipient.first_name, "waits for your yes")
    for phone in _others(stage, approvers):
        acts.is_not_asked(phone)
    stage.step(f"The pot is full; nobody but {approvers[0].first_name} and {approvers[1].first_name} is asked")
    first, second = (stage.phone(person) for person in approvers)
    acts.look_at_payout(first, recipient)
    stage.step(f"{first.name} looks at the payout")
    acts.approve(first, approvers[0]).shows("One more person must approve")
    acts.is_not_asked(first)
    stage.step(f"{first.name} has approved, and cannot do it twice")
    acts.look_at_payout(second, recipient)
    acts.approve(second, approvers[1]).shows("so did another person")
    stage.step(f"{second.name} has approved")
    stage.phone(recipient).gets_sms("N24,750 from", "sent to", f"***{recipient.account[-4:]}")
    for person in CAST:
        if person is not recipient:
            stage.phone(person).gets_sms(f"N24,750 is on its way to {recipient.first_name}")
    stage.step(f"{recipient.first_name} has N24,750, and everybody knows")


def _others(stage: Stage, approvers: tuple[Person, Person]) -> Iterator[Handset]:
    yield from (stage.phone(person) for person in CAST if person not in approvers)
    yield stage.outsider

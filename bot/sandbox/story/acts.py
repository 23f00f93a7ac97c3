"""What people do with their phones, each act from the first dial to the last screen or SMS.

Options are chosen by what the screens say. An act knows no plot: who does what when stands in `script`.
"""

import time
from datetime import date

from bot.sandbox.story.cast import GROUP, Person
from bot.sandbox.story.handset import Handset, Unexpected, first_of
from models.money import show

PATIENCE_SECONDS = 30.0
LANGUAGES = {"en": "English", "pcm": "Pidgin", "yo": "Yoruba", "ha": "Hausa", "ig": "Igbo"}
GROUP_CODE, ACCOUNT = r"\b\d{6}\b", r"\b\d{10}\b"
BANK_CODE = r"\*\d{3}\*[\d*]+\*\d+#"  # longer than ours


def register(phone: Handset, person: Person) -> Handset:
    """From the consent to "you are in"; what comes before depends on whether she was invited."""
    phone.shows("Ajo keeps your name").choose("I agree")
    phone.shows("What name").type(person.name)
    phone.shows(f"Hello {person.first_name}", "secret 4-digit PIN").type_pin(person.pin)
    return phone.shows("same PIN again").type_pin(person.pin)


def register_anew(phone: Handset, person: Person) -> Handset:
    """A first dial without an invitation."""
    phone.dial().shows("Welcome to Ajo").choose(LANGUAGES[phone.language])
    return register(phone, person).shows(f"Well done {person.first_name}")


def open_group(phone: Handset, contribution: str, size: int, first_on: date) -> str:
    """From "start a group" to its code."""
    phone.choose("Start a group").shows("Name your group").type(GROUP)
    phone.shows("How much will each person pay").type(contribution)
    phone.shows("How often?").choose("Every week")
    phone.shows("How many people").type(str(size))
    phone.shows("Who collects first?").choose("First to join")
    phone.shows("First payment day?").choose("Type a date").type(f"{first_on:%d%m}")
    phone.shows(GROUP, "5 people", "Each collects N24,750").choose("Create")
    code = phone.shows(f"{GROUP} is ready").finds(GROUP_CODE)
    if code is None:
        raise Unexpected(f"{phone.name} sees no group code:\n{phone.screen}")
    return code


def invite(phone: Handset, *invited: Person) -> None:
    """One number after the other, as people type them; the code for the others comes by SMS."""
    phone.choose("Invite by phone number")
    for person in invited:
        phone.shows("number").type(person.local_phone).shows("Invited", "of 5 asked")
    phone.choose("Done").shows(f"{GROUP} is ready")
    if phone.offers("SMS me the code"):  # a chat has it in writing already
        phone.choose("SMS me the code")
        phone.gets_sms(f"{GROUP}: the group code is")
    phone.choose("Finish").ended("Thank you")


def join_invited(phone: Handset, person: Person, head: Person) -> None:
    """The invitation stands on the very first screen."""
    phone.gets_sms(head.first_name, "invites you", GROUP)
    phone.dial().shows(f"{head.name} invites you to {GROUP}", "N5,000 weekly", "5 people").choose("Join")
    register(phone, person).shows("You promise N5,000 every week, 5 times").choose(f"Join {GROUP}")
    phone.ended(f"You are in {GROUP}")
    phone.gets_sms("Welcome to Ajo")
    phone.gets_sms("You are in", GROUP)


def ask_to_join(phone: Handset, person: Person, code: str, head: Person) -> None:
    """By the code that she was given, after a look at the rules."""
    register_anew(phone, person).choose("Join a group")
    phone.shows("6-digit group code").type(code)
    phone.shows(GROUP, f"Head: {head.first_name}", "You collect N24,750").choose("See rules")
    phone.shows("Pay by 6pm", "Late fee N200", "2 people approve").choose("Join")
    phone.shows("You promise N5,000 every week, 5 times").choose(f"Join {GROUP}")
    phone.ended("will let you in", "Nothing to pay yet")
    phone.gets_sms("Welcome to Ajo")


def let_in(phone: Handset, joiner: Person, how: str) -> Handset:
    """An officer decides about the one at the door."""
    phone.shows(joiner.first_name, f"asks to join {GROUP}").choose(how)
    return phone.shows("is in", "We sent an SMS")


def set_account(phone: Handset, person: Person) -> None:
    """Where her pot goes; the bank says the name, and she says that it is hers."""
    phone.dial().choose("My account").choose("Payout bank account")
    phone.shows("Your bank?").choose(person.bank)
    phone.shows("10-digit account number").type(person.account)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while phone.has("still asking your bank"):
        if time.monotonic() > deadline:
            raise Unexpected(f"{phone.name}'s bank never says whose account it is")
        phone.choose("Check again")
    phone.shows(person.account_name, "Is this you?").type_pin(person.pin)
    phone.ended("Saved")
    phone.gets_sms("Your Ajo payout bank is now", f"***{person.account[-4:]}")


def wants_news_on_whatsapp(phone: Handset) -> None:
    """She has written to us there, so we may tell her there, if she says so."""
    phone.dial().choose("My account").choose("Reminders").choose("By WhatsApp").shows("Reminders come by WhatsApp")


def ask_for_code(phone: Handset, person: Person, owed_kobo: int, fee_kobo: int) -> str:
    """Pay by the bank's own code: the code to dial."""
    phone.dial().choose("Pay now").shows(f"Pay {show(owed_kobo)} to {GROUP}").choose("Dial my bank code")
    if phone.has("Your bank?"):
        phone.choose("GTBank")
    _agree_to_cost(phone, owed_kobo, fee_kobo)
    sms = phone.gets_sms("Ajo: dial *", GROUP)
    return _same(phone, sms, BANK_CODE)


def ask_for_account(phone: Handset, person: Person, owed_kobo: int, fee_kobo: int) -> str:
    """Pay by bank transfer: the account to send to."""
    phone.dial().choose("Pay now").shows(f"Pay {show(owed_kobo)} to {GROUP}").choose("Bank transfer")
    _agree_to_cost(phone, owed_kobo, fee_kobo)
    sms = phone.gets_sms(f"Ajo: send {show(owed_kobo + fee_kobo)} to", GROUP)
    return _same(phone, sms, ACCOUNT)


def look_at_payout(phone: Handset, recipient: Person) -> None:
    """An officer is asked, and sees to whom the money would go."""
    phone.dial().shows(f"{GROUP}: pay N24,750 to {recipient.first_name}", "5 of 5 paid").choose("Approve")
    phone.shows(f"Send N24,750 to {recipient.account_name}", f"***{recipient.account[-4:]}", "Enter PIN")


def approve(phone: Handset, person: Person) -> Handset:
    """Her yes is her PIN."""
    return phone.type_pin(person.pin).ended("You approved")


def wait_a_day(phone: Handset, recipient: Person) -> None:
    """An officer is asked about a short pot and leaves it open."""
    phone.dial().shows(GROUP, recipient.first_name, "should get N24,750", "4 of 5 paid").choose("Wait 1 day")
    phone.shows("We ask you again tomorrow").choose("Finish")


def is_not_asked(phone: Handset) -> None:
    """Whoever has no say in a payout sees nothing of it, neither the amount nor a way to approve."""
    phone.dial().lacks("Approve", "pay N24,750", "Send N24,750").hang_up()


def _agree_to_cost(phone: Handset, owed_kobo: int, fee_kobo: int) -> None:
    phone.shows(f"Fee {show(fee_kobo)}", f"Total {show(owed_kobo + fee_kobo)}").choose("Yes")


def _same(phone: Handset, sms: str, pattern: str) -> str:
    """What the SMS has; the screen has the same, or says nothing of it."""
    found = first_of(pattern, sms)
    if found is None or phone.finds(pattern) not in (found, None):
        raise Unexpected(f"{phone.name} reads {sms!r}, and saw:\n{phone.screen}")
    return found

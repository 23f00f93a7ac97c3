"""Mobile money through the doors, in a house in Ghana with every process at work: from the dial to the receipt.

She dials, her operator asks her on her phone, Paystack's webhook comes in, the payment is looked up, the books and
her receipt follow.
"""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import redis

from bot import clock
from bot.sandbox.house import House, house
from bot.sandbox.story.handset import Handset
from bot.sandbox.story.stage import QUICK, reading_books
from models import country, policy
from models.actions import cycles, switches
from models.queries import invariants
from models.rules.schedule import zone
from models.tables.ledger import Account
from models.tables.money import Payment
from tests.bot.sandbox.support import eventually
from tests.support.cast import Person, join_invited, open_group, register

ABENA = Person("Abena Mensah", "+233551110005")
KOFI = Person("Kofi Owusu", "+233201110006")
YAW = Person("Yaw Boateng", "+233271110007")
GROUP = "Makola Susu"
FRIDAY = 4


@pytest.fixture(scope="module")
def accra() -> Iterator[House]:
    """A house in Accra on a Monday morning, where three people each owe GHC50."""
    folder = Path(tempfile.mkdtemp(prefix="ajo-accra-"))
    folder.chmod(0o755)
    with house(folder, PIN_ROUNDS="4", COUNTRY="GH") as opened, reading_books(opened):
        ours = opened.settings
        country.use(ours.country)
        memory = redis.Redis.from_url(f"redis://127.0.0.1:{ours.redis_port}/0")
        policy.configure(pin_rounds=ours.pin_rounds, pin_pepper=ours.pin_pepper)
        clock.configure(memory, switches.clock_offset, switches.set_clock_offset)
        opened.sandbox.tune(**QUICK)
        today = clock.now().astimezone(zone()).replace(hour=9, minute=5, second=0, microsecond=0)
        monday = today + timedelta(days=7 - today.weekday())
        assert opened.flask("clock", "set", monday.isoformat()).returncode == 0
        everybody_owes(monday + timedelta(days=FRIDAY))
        yield opened
        clock.plain()
        memory.close()
        country.use("NG")
    shutil.rmtree(folder, ignore_errors=True)


def everybody_owes(first_due: datetime) -> None:
    for person in (ABENA, KOFI, YAW):
        register(person, clock.now())
    formed = open_group(clock.now(), ABENA, size=3, contribution_kobo=50_00, start_on=first_due.date(), name=GROUP)
    for person in (KOFI, YAW):
        join_invited(formed, person, clock.now())
    assert cycles.start_due_groups(clock.now()) == 1


@pytest.fixture(autouse=True)
def nothing_is_broken(accra: House) -> Iterator[None]:
    yield
    accra.sandbox.take_knobs_away()
    accra.sandbox.settle()


def keypad(accra: House, person: Person) -> Handset:
    found = Handset(accra.sandbox, person.first_name, person.phone, accra.settings.ussd_code)
    found.read_all()
    return found


def newest(person: Person) -> Payment:
    return Payment.select().where(Payment.member == person.member_id).order_by(Payment.id.desc()).get()


def ended(person: Person, status: str) -> Payment:
    return eventually(lambda: newest(person), lambda payment: payment.status == status)


def assert_in_order(accra: House) -> None:
    assert invariants.violations(clock.now()) == []
    done = accra.flask("check", "--provider")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_contribution_is_paid_from_her_wallet(accra: House):
    abena = keypad(accra, ABENA)

    abena.dial().choose("Pay now").shows("Pay GHC50").choose("Mobile money")
    abena.shows("from MTN 0551110005", "Total GHC50.99").choose("Yes")
    abena.ended("Watch your phone: approve GHC50.99")
    eventually(lambda: newest(ABENA).status, lambda status: status == "pending")
    assert accra.sandbox.pay(phone=ABENA.phone) == ["success"]

    paid = ended(ABENA, "success")
    abena.gets_sms(GROUP, "GHC50", paid.short_ref)
    assert (paid.method, paid.currency, paid.received_kobo) == ("mobile_money", "GHS", 50_99)
    assert {row.currency for row in Account.select()} == {"GHS"}
    abena.dial("1").shows("You have paid GHC50").hang_up()
    assert_in_order(accra)


def test_a_no_is_followed_by_another_try_under_another_reference(accra: House):
    yaw = keypad(accra, YAW)
    yaw.dial("1").choose("Mobile money").shows("from AirtelTigo").choose("Yes").ended("Watch your phone")
    eventually(lambda: newest(YAW).status, lambda status: status == "pending")
    declined = newest(YAW)
    assert accra.sandbox.pay(phone=YAW.phone, fail=True) == ["failed"]

    yaw.dial("1").shows("still checking").choose("Check again").shows("did not go through").choose("Pay now")
    yaw.choose("Mobile money").choose("Yes").ended("Watch your phone")
    eventually(lambda: newest(YAW).status, lambda status: status == "pending")
    accra.sandbox.pay(phone=YAW.phone)

    paid = ended(YAW, "success")
    yaw.gets_sms(GROUP, "GHC50", paid.short_ref)
    assert paid.reference != declined.reference
    assert Payment.get_by_id(declined.id).status == "failed"
    assert_in_order(accra)


def test_one_operator_wants_a_voucher_first(accra: House):
    kofi = keypad(accra, KOFI)
    kofi.dial("1").choose("Mobile money").shows("from Telecel 0201110006").choose("Yes")
    kofi.ended("Telecel wants a voucher", "*110#")
    assert "*110#" in kofi.gets_sms(GROUP, "voucher")
    voucher = accra.sandbox.voucher(KOFI.phone)
    assert voucher is not None

    kofi.dial("1").choose("Type the voucher").type("0" * len(voucher)).shows("did not know that voucher")
    kofi.type(voucher).ended("Watch your phone: approve GHC50.99")
    accra.sandbox.pay(phone=KOFI.phone)

    paid = ended(KOFI, "success")
    kofi.gets_sms(GROUP, "GHC50", paid.short_ref)
    assert paid.voucher_sealed is None
    assert voucher not in accra.said("web") + accra.said("worker")
    assert_in_order(accra)

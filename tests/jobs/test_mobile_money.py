"""Mobile money in Ghana, by the jobs: asked once, under one reference, whatever becomes of an answer."""

from collections.abc import Iterator

import pytest
import redis

from bot import clock, process
from bot import settings as settings_module
from bot.queue import wait_answer
from bot.settings import Settings
from jobs import carrying, inbound, payments, providers, wording
from models import country
from models.actions import vouchers
from models.commands import Done, Secret, SubmitVoucher
from models.queries import invariants
from models.sealing import keys
from models.tables.ledger import JournalEntry
from models.tables.mail import Inbox
from models.tables.money import Payment
from models.tables.people import Member
from tests.bot.sandbox.conftest import running
from tests.bot.sandbox.support import Sandbox
from tests.jobs.scene import Scene
from tests.support.circles import Circle
from tests.support.databases import Database
from tests.support.replay import Replay
from tests.support.time import A_MONDAY_MORNING

CEDI = 100
FIFTY = 50 * CEDI
ABENA = "+233551234987"
CACHES = (providers.provider_named, carrying.rests, wording.channel_named, wording.screens)


@pytest.fixture(scope="module")
def accra(shared_product: Replay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("ghana"), shared_product, COUNTRY="GH") as sandbox:
        yield sandbox


@pytest.fixture
def scene(environ: dict[str, str], db: Database, redis_client: redis.Redis, accra: Sandbox) -> Iterator[Scene]:
    """A Monday in Accra."""
    accra.client.reset()
    accra.client.tune(report_seconds=0, retry_scale=0.0001, auto_transfer="none")
    theirs = ("SANDBOX_PORT", "USSD_CODE", "CALLBACK_KEY", "AFRICASTALKING_SENDER", "PAYSTACK_SECRET_KEY", "COUNTRY")
    settings = Settings.from_env(environ | {name: accra.environ[name] for name in theirs})
    settings_module.use(settings)
    process.wire(settings)
    for cached in CACHES:
        cached.cache_clear()
    found = Scene(accra, redis_client)
    found.set_time(A_MONDAY_MORNING)
    yield found
    clock.plain()
    country.use("NG")
    for cached in CACHES:
        cached.cache_clear()


@pytest.fixture
def circle(scene: Scene) -> Circle:
    """Chidi pays from an MTN number of Ghana."""
    circle = scene.circle(contribution_kobo=FIFTY)
    member_id = circle.members["Chidi"]
    Member.update(
        phone_sealed=keys().seal(ABENA, f"member.phone:{member_id}"), phone_index=keys().index(ABENA, "phone")
    ).where(Member.id == member_id).execute()
    return circle


def wish(scene: Scene, circle: Circle, operator: str = "mtn") -> int:
    payment_id = scene.wish(circle, kobo=FIFTY, method="mobile_money")
    Payment.update(bank_type=operator).where(Payment.id == payment_id).execute()
    return payment_id


def type_code(circle: Circle, payment_id: int, code: str) -> None:
    done = vouchers.submit_voucher(SubmitVoucher(payment_id, Secret(code)), circle.context("Chidi"))
    assert isinstance(done, Done)


def arrived(scene: Scene) -> None:
    """Paystack's webhook comes to the door and is followed."""
    scene.deliver()
    for row in Inbox.select().order_by(Inbox.id):
        inbound.process_event(row.id)


def assert_paid_once(scene: Scene, payment_id: int) -> None:
    payment = scene.payment(payment_id)
    assert (payment.status, payment.received_kobo, payment.provider_fee_kobo) == ("success", 50_99, 99)
    assert JournalEntry.select().where(JournalEntry.idem == f"charge:{payment.reference}").count() == 1
    assert len(scene.texts("S09", "S10")) == 1
    scene.assert_books()
    assert invariants.x1(scene.client.balance()) == []


def test_she_says_yes_and_the_webhook_books_it(scene: Scene, circle: Circle):
    payment_id = wish(scene, circle)

    assert payments.charge(payment_id) == "ApproveOnPhone"
    assert wait_answer("charge", payment_id, 100)
    assert scene.payment(payment_id).status == "pending"
    assert scene.texts("S21", "S21v", "S22", "S23") == []  # her operator asks her, not we
    scene.client.pay(phone=ABENA)
    arrived(scene)

    assert_paid_once(scene, payment_id)


def test_a_webhook_that_never_came_is_made_up_for_by_asking(scene: Scene, circle: Circle):
    payment_id = wish(scene, circle)
    payments.charge(payment_id)
    with scene.broken("webhook.charge.success", "drop"):
        scene.client.pay(phone=ABENA)

    payments.check_payment(payment_id)

    assert_paid_once(scene, payment_id)


def test_a_no_is_told_her(scene: Scene, circle: Circle):
    payment_id = wish(scene, circle)
    payments.charge(payment_id)
    scene.client.pay(phone=ABENA, fail=True)

    scene.advance("3m")
    payments.check_payment(payment_id)

    assert scene.payment(payment_id).status == "failed"
    assert len(scene.texts("S33")) == 1


def test_nothing_said_is_given_up_and_money_after_that_still_counts(scene: Scene, circle: Circle):
    payment_id = wish(scene, circle)
    payments.charge(payment_id)

    scene.advance("4m")
    payments.check_payment(payment_id)
    assert scene.payment(payment_id).status == "pending"
    scene.advance("12m")
    payments.check_payment(payment_id)
    assert scene.payment(payment_id).status == "abandoned"

    scene.client.pay(scene.payment(payment_id).reference)
    arrived(scene)
    assert_paid_once(scene, payment_id)


@pytest.mark.parametrize(
    ("knob", "value"),
    [("lose_answer", None), ("error_after_effect", 502), ("html_body", None), ("truncated_json", None)],
)
def test_with_a_lost_answer_she_is_asked_once_and_may_say_yes(
    scene: Scene, circle: Circle, knob: str, value: int | None
):
    payment_id = wish(scene, circle)
    with scene.broken("paystack.charge", knob, value, times=1):
        payments.charge(payment_id)
    assert scene.payment(payment_id).status == "sending"

    scene.advance("20s")
    payments.check_payment(payment_id)

    assert scene.payment(payment_id).status == "pending"  # nothing was lost that she needs
    assert [each["reference"] for each in scene.client.charges()] == [scene.payment(payment_id).reference]
    scene.client.pay(phone=ABENA)
    arrived(scene)
    assert_paid_once(scene, payment_id)


def test_a_request_that_was_lost_is_sent_again_under_its_reference(scene: Scene, circle: Circle):
    payment_id = wish(scene, circle)
    with scene.broken("paystack.charge", "lose_request", times=1):
        payments.charge(payment_id)

    scene.advance("20s")
    payments.check_payment(payment_id)

    assert [each["reference"] for each in scene.client.charges()] == [scene.payment(payment_id).reference]
    assert scene.payment(payment_id).status == "pending"


def test_a_wallet_that_the_operator_does_not_have_fails_at_once(scene: Scene, circle: Circle):
    payment_id = wish(scene, circle, "nobody")

    assert payments.charge(payment_id) == "ChargeRefused"

    assert scene.payment(payment_id).status == "failed"


# --- the voucher --------------------------------------------------------------------------------


def test_the_voucher_is_handed_over_and_then_she_is_asked(scene: Scene, circle: Circle):
    payment_id = wish(scene, circle, "vod")
    assert payments.charge(payment_id) == "VoucherWanted"
    assert scene.texts("S21v") == ["S21v"]

    type_code(circle, payment_id, scene.client.voucher(ABENA))
    assert payments.submit_voucher(payment_id) == "ApproveOnPhone"

    assert wait_answer("submit_voucher", payment_id, 100)
    assert scene.payment(payment_id).voucher_wanted_at is None
    scene.client.pay(phone=ABENA)
    arrived(scene)
    assert_paid_once(scene, payment_id)


def test_a_wrong_one_may_be_typed_again(scene: Scene, circle: Circle):
    payment_id = wish(scene, circle, "vod")
    payments.charge(payment_id)
    voucher = scene.client.voucher(ABENA)
    type_code(circle, payment_id, "0000" if voucher != "0000" else "1111")

    assert payments.submit_voucher(payment_id) == "ChargeRefused"

    assert scene.payment(payment_id).status == "pending"
    assert scene.payment(payment_id).voucher_wanted_at is not None
    type_code(circle, payment_id, voucher)
    assert payments.submit_voucher(payment_id) == "ApproveOnPhone"


def test_one_whose_answer_was_lost_is_not_sent_again(scene: Scene, circle: Circle):
    payment_id = wish(scene, circle, "vod")
    payments.charge(payment_id)
    type_code(circle, payment_id, scene.client.voucher(ABENA))
    with scene.broken("paystack.submit_otp", "lose_answer", times=1):
        assert payments.submit_voucher(payment_id) is None

    row = scene.payment(payment_id)
    assert (row.status, row.voucher_sealed, row.voucher_wanted_at) == ("pending", None, None)
    assert payments.submit_voucher(payment_id) == "nothing to do"
    scene.client.pay(phone=ABENA)
    payments.check_payment(payment_id)
    assert_paid_once(scene, payment_id)


def test_one_that_never_left_may_be_typed_again(scene: Scene, circle: Circle):
    payment_id = wish(scene, circle, "vod")
    payments.charge(payment_id)
    type_code(circle, payment_id, scene.client.voucher(ABENA))
    with scene.broken("paystack.submit_otp", "rate_limited", times=1):
        payments.submit_voucher(payment_id)

    assert scene.payment(payment_id).voucher_wanted_at is not None

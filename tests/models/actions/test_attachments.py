"""What people send us: noted once, kept sealed, put beside a payment when she says so, and dealt with once."""

import pytest

from models.actions import attachments
from models.actions.attachments import Sent
from models.chat_commands import TellOfPicture
from models.commands import Done
from models.doorbell import Ring, collecting
from models.queries import staff
from models.rules.refused import Refused
from models.rules.staff import Role
from models.sealing import keys
from models.tables.ways import Attachment
from tests.support.cast import ADA, BISI, DAYO, ask, form_group, register
from tests.support.circles import running_group
from tests.support.panel import hire

URL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
JPEG = b"\xff\xd8\xff\xe0 a picture"


def keep(person, now, n=1, *, content_type="image/jpeg", phone=None, caption=""):
    return attachments.keep(
        channel="twilio-whatsapp",
        message_id=f"MM{n}",
        address=person.phone,
        phone=person.phone if phone is None else phone,
        sent=[Sent(URL, content_type)],
        caption=caption,
        about="contribute.F1",
        now=now,
    )


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("image/jpeg", "picture"),
        ("image/webp", "picture"),
        ("audio/ogg", "voice"),
        ("application/pdf", "document"),
        ("text/vcard", "contact"),
        ("video/mp4", "other"),
        ("", "other"),
    ],
)
def test_what_came_is_told_by_its_type(content_type, kind):
    assert attachments.kind_of(content_type) == kind


def test_what_came_is_noted_once_and_rings(db, clock):
    register(ADA, clock())
    with collecting() as rings:
        [first] = keep(ADA, clock())
        assert keep(ADA, clock()) == ()
    assert rings == [Ring("fetch_media", first)]
    row = Attachment.get_by_id(first)
    assert (row.member_id, row.about, row.kind) == (ADA.member_id, "contribute.F1", "picture")


def test_a_stranger_and_somebody_who_hides_her_number_may_send_something_too(db, clock):
    keep(DAYO, clock(), 1)
    keep(DAYO, clock(), 2, phone="")
    assert [each.member_id for each in staff.waiting()] == [None, None]
    address = bytes(Attachment.get_by_id(row_id := staff.waiting()[0].row_id).address_sealed)
    assert keys().open(address, f"attachment.address:{row_id}") == DAYO.phone


def test_it_is_fetched_by_one_worker_and_kept_sealed(db, clock):
    [found] = keep(ADA, clock(), caption="my alert")
    claimed = attachments.claim(found, clock())
    assert claimed is not None
    assert (claimed.url, claimed.content_type, claimed.attempts) == (URL, "image/jpeg", 1)
    assert attachments.claim(found, clock()) is None  # in somebody's hands

    attachments.fetched(found, JPEG, clock())
    row = Attachment.get_by_id(found)
    assert JPEG not in bytes(row.data_sealed)
    assert row.size == len(JPEG)
    file = staff.file_of(found)
    assert file is not None
    assert (file.data, file.content_type, file.caption) == (JPEG, "image/jpeg", "my alert")
    clock.advance("1d")
    assert attachments.claim(found, clock()) is None


def test_a_worker_that_died_over_it_leaves_it_to_another_one(db, clock):
    [found] = keep(ADA, clock())
    attachments.claim(found, clock())
    clock.advance("3m")
    assert attachments.claim(found, clock()) is not None


def test_it_is_tried_again_ever_more_seldom_and_then_not_at_all(db, clock):
    [found] = keep(ADA, clock())
    tries = 0
    for _ in range(40):
        if attachments.claim(found, clock()) is not None:
            tries += 1
            attachments.not_fetched(found, "timeout", clock(), for_good=False)
        clock.advance("1h")
    assert tries == attachments.TRIES
    assert Attachment.get_by_id(found).refused == "timeout"
    assert staff.file_of(found) is None


def test_what_is_refused_for_good_is_not_asked_for_again_and_staff_see_why(db, clock):
    [found] = keep(ADA, clock())
    attachments.claim(found, clock())
    attachments.not_fetched(found, "too_large", clock(), for_good=True)
    clock.advance("1d")
    assert attachments.claim(found, clock()) is None
    assert [(each.refused, each.ready) for each in staff.waiting()] == [("too_large", False)]


# --- a receipt ------------------------------------------------------------------------------------------


@pytest.fixture
def group(db, clock):
    return form_group(clock(), size=3)


def test_a_picture_that_is_a_receipt_says_so_to_the_staff(group, clock):
    [found] = keep(BISI, clock())
    seat = group.seat_of(BISI, clock())
    assert ask(BISI, TellOfPicture(seat, is_receipt=True), clock()) == Done({"checking": False})

    [waits] = staff.waiting()
    assert (waits.row_id, waits.proof, waits.group_id, waits.payment_id) == (found, True, group.group_id, None)
    assert waits.name == BISI.name


def test_a_picture_that_is_none_says_that(group, clock):
    keep(BISI, clock())
    ask(BISI, TellOfPicture(group.seat_of(BISI, clock()), is_receipt=False), clock())
    assert [each.proof for each in staff.waiting()] == [False]


def test_only_her_own_last_picture_of_a_day_is_meant_and_only_for_her_own_seat(group, clock):
    seat = group.seat_of(BISI, clock())
    command = TellOfPicture(seat, is_receipt=True)
    assert ask(BISI, command, clock()) == Refused("gone")  # there is none
    keep(BISI, clock(), 1, content_type="audio/ogg")
    assert ask(BISI, command, clock()) == Refused("gone")  # a voice note is no receipt
    keep(BISI, clock(), 2)
    assert ask(ADA, command, clock()) == Refused("gone")  # hers is not Ada's, nor is the seat
    clock.advance("2d")
    assert ask(BISI, command, clock()) == Refused("gone")  # too long ago
    [older] = keep(BISI, clock(), 3)
    [newer] = keep(BISI, clock(), 4)
    ask(BISI, command, clock())
    assert (Attachment.get_by_id(older).proof, Attachment.get_by_id(newer).proof) == (None, True)


def test_a_receipt_for_a_payment_on_its_way_lets_the_bank_be_asked_once_more(db):
    circle = running_group(3)
    payment = circle.ask("Bisi")
    context = circle.context("Bisi")
    attachments.keep(
        channel="twilio-whatsapp", message_id="MM1", address=context.phone, phone="", sent=[Sent(URL, "image/png")],
        caption="", about="", now=circle.now,
    )  # fmt: skip
    Attachment.update(member=circle.members["Bisi"]).execute()
    with collecting() as rings:
        done = attachments.tell_of_picture(TellOfPicture(circle.seats["Bisi"], is_receipt=True), context)

    assert done == Done({"checking": True})
    assert Ring("check_payment", payment.id) in rings
    assert staff.waiting()[0].payment_id == payment.id


# --- the queue of the staff ------------------------------------------------------------------------------


def test_the_queue_has_the_oldest_first_and_what_is_dealt_with_leaves_it_once(db, clock):
    [first] = keep(ADA, clock(), 1)
    clock.advance("1h")
    [second] = keep(ADA, clock(), 2)
    assert [each.row_id for each in staff.waiting()] == [first, second]

    by = hire(Role.FINANCE, clock()).staff_id
    assert attachments.looked_at(first, by, clock())
    assert not attachments.looked_at(first, by, clock())
    assert [each.row_id for each in staff.waiting()] == [second]

"""What is written about a new number before it is decided: to those who are asked, the old phone, and the staff.

After the change `renumbering` writes to both numbers.
"""

from collections.abc import Mapping
from datetime import datetime

from models.actions.mail import queue_message
from models.phones import mask_local
from models.queries.people import first_name, known_as, name_of
from models.rules import office
from models.sealing import keys
from models.tables.groups import Group
from models.tables.people import Member
from models.tables.staff import Staff


def to_voucher(member_id: int, word_id: int, voucher: int, group_id: int, phone: str, now: datetime) -> None:
    """S51q: whether it is her number, to be answered on her own phone."""
    queue_message(
        "S51q",
        dedupe_key=f"office_word:{word_id}:{voucher}",
        facts={
            "who": known_as(name_of(member_id)),
            "group": Group.get_by_id(group_id).name,
            "phone": mask_local(phone),
        },
        member_id=voucher,
        group_id=group_id,
        expires_at=now + office.ASKED_FOR,
        now=now,
    )


def to_those_who_told(member_id: int, word_id: int, groups: Mapping[int, str], now: datetime) -> None:
    """S51p at once: whoever never said so calls the office before the second of two has looked."""
    for voucher, group in groups.items():
        queue_message(
            "S51p",
            dedupe_key=f"office_word:{word_id}:{voucher}",
            facts={"who": known_as(name_of(member_id)), "group": group},
            member_id=voucher,
            now=now,
        )


def to_old_number(member_id: int, word_id: int, phone: str, now: datetime) -> None:
    """S51o: whoever still has her old phone hears of it before anything has changed."""
    member = Member.get_by_id(member_id)
    queue_message(
        "S51o",
        dedupe_key=f"office_word:{word_id}:old",
        facts={"name": first_name(name_of(member_id)), "phone": mask_local(phone)},
        phone=keys().open(member.phone_sealed, f"member.phone:{member_id}"),
        language=member.language,
        now=now,
    )


def to_staff(staff_id: int, word_id: int, now: datetime) -> None:
    """S73: somebody who was asked said no; nobody's name goes into an SMS for that."""
    staff = Staff.get_by_id(staff_id)
    queue_message(
        "S73",
        dedupe_key=f"office_word:{word_id}:no",
        facts={"name": staff.name.split(" ")[0]},
        phone=keys().open(staff.phone_sealed, f"staff.phone:{staff_id}"),
        now=now,
    )

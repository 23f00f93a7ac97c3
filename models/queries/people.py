"""Members by number and by name, and their payout accounts. Names are opened here and nowhere kept."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from models.facts import BankAccountCard
from models.rules.schedule import local_date
from models.sealing import keys
from models.tables.chats import Chat
from models.tables.people import BankAccount, Member

# What SMS texts leave room for (the longest values of the screens).
MOST_FIRST_NAME: Final = 12
MOST_KNOWN_AS: Final = 13


def member_id_of(phone: str) -> int | None:
    """The member with this number."""
    row = Member.select(Member.id).where(Member.phone_index == keys().index(phone, "phone")).get_or_none()
    return None if row is None else int(row.id)


def names_of(member_ids: Iterable[int]) -> dict[int, str]:
    """Full names by member id."""
    query = Member.select(Member.id, Member.name_sealed).where(Member.id.in_(list(member_ids)))
    return {row.id: open_name(row.id, row.name_sealed) for row in query}


def name_of(member_id: int) -> str:
    """The full name of a member who exists."""
    return names_of([member_id])[member_id]


def first_name(name: str) -> str:
    """As a message addresses her."""
    return name.split(" ")[0][:MOST_FIRST_NAME]


def known_as(name: str) -> str:
    """As a group speaks of its head: 'Mama Titi' in full, a long name by its first word."""
    return name if len(name) <= MOST_KNOWN_AS else name.split(" ")[0][:MOST_KNOWN_AS]


def called(names: dict[int, str]) -> dict[int, str]:
    """First names for a list; who shares hers with another gets the initial of the next name too."""
    short = {member: first_name(name) for member, name in names.items()}
    shared = {name for name, times in Counter(short.values()).items() if times > 1}
    return {member: _with_initial(names[member]) if name in shared else name for member, name in short.items()}


def is_on_whatsapp(phone: str) -> bool:
    """Whether she has written to us there: only then may we write to her."""
    mine = (Chat.phone_index == keys().index(phone, "phone")) & Chat.channel.endswith("whatsapp")
    return bool(Chat.select().where(mine).exists())


def open_name(member_id: int, sealed: bytes | memoryview) -> str:
    """A name as a row holds it."""
    return keys().open(sealed, f"member.name:{member_id}")


def mark_of(beginning: str) -> bytes:
    """By what a beginning of a word of a name is kept, to find her by."""
    return keys().index(beginning, "name")


def bank_account(member_id: int, now: datetime) -> BankAccountCard | None:
    """Her payout account: the newest one that she has neither retired nor had refused by the bank."""
    row = (
        BankAccount.select()
        .where((BankAccount.member == member_id) & (BankAccount.status != "retired"))
        .order_by(BankAccount.id.desc())
        .first()
    )
    return None if row is None else _card(row, now)


def looked_up(bank_account_id: int, member_id: int) -> dict[str, Any] | None:
    """The data of LookUpAccount's `Done` as it stands by now, for a hop that waits for the bank. None: not hers."""
    row = BankAccount.get_or_none((BankAccount.id == bank_account_id) & (BankAccount.member == member_id))
    if row is None:
        return None
    return {
        "bank_account_id": row.id,
        "ready": row.status != "checking",
        "found": row.status in ("found", "confirmed"),
        "bank_name": row.bank_name,
        "account_number": keys().open(row.number_sealed, f"bank_account.number:{row.id}"),
        "account_name": _account_name(row),
        "matches": bool(row.matches),
    }


def _with_initial(name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{first[: MOST_FIRST_NAME - 2]} {rest[0]}" if rest else first_name(name)


def _card(row: BankAccount, now: datetime) -> BankAccountCard:
    waits = row.usable_at is None or row.usable_at > now
    return BankAccountCard(
        bank_account_id=row.id,
        status=("cooling" if waits else "usable") if row.status == "confirmed" else row.status,
        bank=row.bank_name,
        last4=row.last4,
        account_number=keys().open(row.number_sealed, f"bank_account.number:{row.id}"),
        account_name=_account_name(row),
        matches=bool(row.matches),
        usable_on=None if row.usable_at is None else local_date(row.usable_at),
    )


def _account_name(row: BankAccount) -> str:
    if row.account_name_sealed is None:
        return ""
    return keys().open(row.account_name_sealed, f"bank_account.account_name:{row.id}")

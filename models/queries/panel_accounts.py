"""What the accounts of the books are called: whose pot, whose wallet, of which group. For the panel's pages."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from models.base import database
from models.queries.people import names_of

BY_CYCLE = ("liab.pot", "due.contrib")
BY_SEAT = ("liab.deposit", "due.seat", "due.deposit", "due.claim")
BY_MEMBER = ("liab.wallet", "liab.payout_returned", "recv.chargeback")
BY_GROUP = ("liab.penalty_pool", "due.penalty", "liab.unwinding", "due.unwinding")
BY_PAYOUT = ("liab.payout_clearing",)


@dataclass(frozen=True)
class Owner:
    """Whose an account is. The parts that say nothing are empty."""

    group_id: int | None = None
    group: str = ""
    cycle: int | None = None
    member_id: int | None = None
    member: str = field(default="", repr=False)
    payout_id: int | None = None
    payout: str = ""


def owners(accounts: Iterable[str]) -> dict[str, Owner]:
    """By account; one query for each kind of owner, however many accounts there are."""
    wanted: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for account in set(accounts):
        family, _, rest = account.partition(":")
        number = rest.partition(":")[0]
        if number.isdecimal():
            wanted[family][int(number)] = account
    found: dict[str, Owner] = {}
    for families, ask in ((BY_CYCLE, _cycles), (BY_SEAT, _seats), (BY_MEMBER, _members), (BY_GROUP, _groups),
                          (BY_PAYOUT, _payouts)):  # fmt: skip
        ids = {number for family in families for number in wanted[family]}
        known = ask(sorted(ids)) if ids else {}
        for family in families:
            found |= {account: known[number] for number, account in wanted[family].items() if number in known}
    return found


def _cycles(ids: list[int]) -> dict[int, Owner]:
    rows = database.execute_sql(
        "SELECT c.id, g.id, g.name, c.number FROM cycle c JOIN savings_group g ON g.id = c.group_id"
        " WHERE c.id = ANY(%s)",
        (ids,),
    ).fetchall()
    return {cycle_id: Owner(group_id, name, number) for cycle_id, group_id, name, number in rows}


def _seats(ids: list[int]) -> dict[int, Owner]:
    rows = database.execute_sql(
        "SELECT s.id, g.id, g.name, s.member_id FROM seat s JOIN savings_group g ON g.id = s.group_id"
        " WHERE s.id = ANY(%s)",
        (ids,),
    ).fetchall()
    names = names_of(row[3] for row in rows)
    return {seat: Owner(group_id, name, member_id=who, member=names[who]) for seat, group_id, name, who in rows}


def _members(ids: list[int]) -> dict[int, Owner]:
    return {member_id: Owner(member_id=member_id, member=name) for member_id, name in names_of(ids).items()}


def _groups(ids: list[int]) -> dict[int, Owner]:
    rows = database.execute_sql("SELECT id, name FROM savings_group WHERE id = ANY(%s)", (ids,)).fetchall()
    return {group_id: Owner(group_id, name) for group_id, name in rows}


def _payouts(ids: list[int]) -> dict[int, Owner]:
    rows = database.execute_sql(
        """
        SELECT p.id, p.short_ref, p.member_id, g.id, g.name, c.number
          FROM payout p JOIN cycle c ON c.id = p.cycle_id JOIN savings_group g ON g.id = c.group_id
         WHERE p.id = ANY(%s)
        """,
        (ids,),
    ).fetchall()
    names = names_of(row[2] for row in rows)
    return {
        payout_id: Owner(group_id, name, number, who, names[who], payout_id, ref)
        for payout_id, ref, who, group_id, name, number in rows
    }

"""A member's name set right. The bank's name for her payout account must be hers, so that is looked at again."""

from datetime import datetime

from models.actions import audit, name_words, payouts
from models.actions.mail import queue_message
from models.base import transaction
from models.queries.people import first_name
from models.rules import names
from models.sealing import keys
from models.tables.people import BankAccount, Member


@transaction
def set_name(member_id: int, name: str, *, actor: str, now: datetime) -> None:
    """From now on she is called so, and S55 tells her."""
    sealed = keys().seal(name, f"member.name:{member_id}")
    Member.update(name_sealed=sealed).where(Member.id == member_id).execute()
    name_words.write(member_id, name)
    _match_again(member_id, name)
    payouts.look_again(member_id, now)
    queue_message(
        "S55",
        dedupe_key=f"name:{member_id}:{now.isoformat()}",
        facts={"name": first_name(name), "text": name},
        member_id=member_id,
        now=now,
    )
    audit.note("member.name", f"member:{member_id}", actor=actor, now=now)


def _match_again(member_id: int, name: str) -> None:
    live = BankAccount.select().where(
        (BankAccount.member == member_id) & BankAccount.status.in_(("found", "confirmed"))
    )
    for account in live.where(BankAccount.account_name_sealed.is_null(False)):
        theirs = keys().open(account.account_name_sealed or b"", f"bank_account.account_name:{account.id}")
        BankAccount.update(matches=names.account_name_matches(name, theirs)).where(
            BankAccount.id == account.id
        ).execute()

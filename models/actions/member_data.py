"""What a member may ask about her own data: a copy, and her name set right. Closing is in `closing`."""

from models import news_values
from models.account_commands import CorrectName, SendMyData
from models.actions import naming, vouching
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import database, transaction
from models.commands import Done
from models.money import show
from models.queries.people import first_name, name_of
from models.rules import names, schedule
from models.rules.refused import Refused
from models.tables.groups import Seat
from models.tables.people import BankAccount, Consent, Member

# Seats that nobody but she ever knew of.
NEVER_IN = ("invited", "requested", "waiting", "refused", "withdrawn")


@transaction
def send_my_data(command: SendMyData, context: Context) -> Outcome:
    """S58 who she is to us, S58a her money, S58b what she can do about it. Each is one segment; once a day."""
    member = Member.get_by_id(context.member)
    consent = Consent.select().where(Consent.member == member.id).order_by(Consent.version.desc()).first()
    agreed_at = member.created_at if consent is None else consent.given_at
    mine = {
        "text": name_of(member.id),
        "language": news_values.words(f"LANG_{member.language}"),
        "date": news_values.day(schedule.local_date(agreed_at)),
    }
    for key, facts in (("S58", mine), _money_facts(member.id), ("S58b", {})):
        dedupe_key = f"data:{member.id}:{schedule.local_date(context.now)}:{key}"
        queue_message(key, dedupe_key=dedupe_key, facts=facts, member_id=member.id, now=context.now)
    return Done()


@transaction
def correct_name(command: CorrectName, context: Context) -> Outcome:
    """Ask for another name. The name is what a payout account is held against, so somebody else has to say yes."""
    name = names.member_name(command.name)
    if isinstance(name, Refused):
        return name
    if name == name_of(context.member):
        return Refused("same_name")
    known = Seat.select().where((Seat.member == context.member) & Seat.status.not_in(NEVER_IN)).exists()
    if not known:
        naming.set_name(context.member, name, actor=context.actor, now=context.now)
        return Done({"name": first_name(name), "who": ""})
    outcome = vouching.ask("name", name, context)
    return Done({"name": first_name(name), **outcome.data}) if isinstance(outcome, Done) else outcome


def _money_facts(member_id: int) -> tuple[str, news_values.NewsFacts]:
    """S58a, or S58n without a payout account."""
    groups, paid_in, collected = database.execute_sql(
        """
        SELECT (SELECT count(DISTINCT group_id) FROM seat WHERE member_id = %(me)s AND status <> ALL(%(never)s)),
               (SELECT coalesce(sum(received_kobo - fee_kobo), 0) FROM payment
                 WHERE member_id = %(me)s AND status = 'success'),
               (SELECT coalesce(sum(net_kobo), 0) FROM payout WHERE member_id = %(me)s AND status = 'paid')
        """,
        {"me": member_id, "never": list(NEVER_IN)},
    ).fetchone()
    facts = {"n": str(groups), "bal": show(int(paid_in)), "pot": show(int(collected))}
    account = BankAccount.get_or_none((BankAccount.member == member_id) & (BankAccount.status == "confirmed"))
    if account is None:
        return "S58n", facts
    return "S58a", facts | {"bank": account.bank_name, "last4": account.last4}

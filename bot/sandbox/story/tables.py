"""What the story came to, as tables: each cycle, the house's own money, what the phones saw. Every kobo from the books.

The figures are those of `models.queries.explain`; here they are only laid out.
"""

from collections.abc import Iterator
from datetime import datetime

from rich.console import RenderableType
from rich.table import Table

from bot.sandbox.story.cast import CHIDI
from bot.sandbox.story.stage import Outcome
from flows.gsm import COST, septets
from models.money import show
from models.queries.explain import CycleBooks, GroupBooks
from models.rules.schedule import LAGOS, show_date, show_time


def all_of(outcome: Outcome) -> Iterator[RenderableType]:
    """All tables, in the order in which they are read."""
    yield from (_cycle(cycle) for cycle in outcome.books.cycles if cycle.paid_in)
    yield _group(outcome.books)
    yield _house(outcome)
    yield _phones(outcome)
    yield _late_one(outcome)


def _cycle(cycle: CycleBooks) -> Table:
    title = f"Cycle {cycle.number}, due {show_date(cycle.due_on)}, {cycle.status}"
    table = Table("Who", "Paid", "Ref", title=title, title_justify="left")
    for name in ("Contribution", "Late fee", "Collection fee", "Total"):
        table.add_column(name, justify="right")
    for line in cycle.paid_in:
        kobo = (line.contribution_kobo, line.late_fee_kobo, line.collection_fee_kobo, line.total_kobo)
        when = _moment(line.paid_at) + (" [red]late[/red]" if line.late else "")
        table.add_row(line.who, when, line.short_ref, *(show(each) if each else "" for each in kobo))
    table.add_section()
    sums = [
        sum(getattr(line, name) for line in cycle.paid_in)
        for name in ("contribution_kobo", "late_fee_kobo", "collection_fee_kobo", "total_kobo")
    ]
    table.add_row("[bold]all[/bold]", "", "", *(f"[bold]{show(each)}[/bold]" for each in sums))
    for out in cycle.paid_out:
        when = _moment(out.paid_at) if out.paid_at else ""
        sentence = f"{show(out.gross_kobo)} - {show(out.service_fee_kobo)} service fee = {show(out.net_kobo)}"
        table.caption = f"{out.who} got {sentence} into {out.bank}, {when}, ref {out.short_ref}"
        table.caption_justify = "left"
    return table


def _group(books: GroupBooks) -> Table:
    table = Table("In", "", "Out", "", title=f"{books.name}: all of its money", title_justify="left")
    received = (
        ("into pots", books.pots_kobo),
        ("late fees, the group's", books.late_fees_kobo),
        ("collection fees, put on the payers", books.collection_fees_kobo),
        ("received", books.received_kobo),
    )
    gone = (
        ("sent to banks", books.sent_kobo),
        ("service fees", books.service_fees_kobo),
        ("still in pots", books.held_kobo),
        ("into pots", books.sent_kobo + books.service_fees_kobo + books.held_kobo),
    )
    for (what, kobo), (other, other_kobo) in zip(received, gone, strict=True):
        table.add_row(what, show(kobo), other, show(other_kobo))
    return table


def _house(outcome: Outcome) -> Table:
    house = outcome.house
    table = Table("The house", "", title="Where all money is", title_justify="left")
    table.add_column(justify="right")
    for name, kobo in (
        ("our float", house.float_kobo),
        ("service fees", house.service_fees_kobo),
        ("collection fees from payers", house.collection_fees_kobo),
        ("Paystack's fees, for payments and transfers", -house.provider_fees_kobo),
        ("members' money", house.members_kobo),
        ("nobody's yet (suspense)", house.suspense_kobo),
    ):
        table.add_row(name, "", show(kobo))
    table.add_section()
    table.add_row("cash by our books", "", show(house.cash_kobo))
    table.add_row("balance that Paystack names", "", show(outcome.provider_balance_kobo))
    return table


def _phones(outcome: Outcome) -> Table:
    table = Table("Phone", title="What the phones saw", title_justify="left")
    for name in ("Dialled", "Screens", "Longest", "SMS"):
        table.add_column(name, justify="right")
    table.add_column("Last SMS", max_width=80)
    for name, seen in outcome.seen.items():
        sms = outcome.sms[name]
        longest = max(septets(each.screen) for each in seen if all(char in COST for char in each.screen))
        dialled = sum(each.heard.startswith("*347") for each in seen)
        table.add_row(name, str(dialled), str(len(seen)), f"{longest}/160", str(len(sms)), sms[-1].text if sms else "")
    return table


def _late_one(outcome: Outcome) -> Table:
    table = Table("#", "SMS", title=f"Everything that {CHIDI.first_name}'s phone got", title_justify="left")
    for number, sms in enumerate(outcome.sms[CHIDI.first_name], start=1):
        table.add_row(str(number), sms.text)
    return table


def _moment(at: datetime) -> str:
    return f"{show_date(at.astimezone(LAGOS).date())} {show_time(at)}"

"""Money: where it is and whose it is, with Paystack's own count beside ours; fees by month; deposits.

Every amount is a link to the lines of which it is the sum (`money_books`). A field officer has the figures of her
groups; what belongs to the house alone does not exist for her.
"""

from typing import Any

from flask import abort, render_template

from bot import clock
from bot.panel import money_filters, money_words, paystack
from bot.panel.gate import Panel
from bot.panel.menu import Place
from bot.panel.money_filters import Filters
from bot.panel.pages import money_books, money_payments, money_payouts, money_suspense
from bot.panel.telling import sentences
from models import money as amounts
from models.actions.signing_in import Somebody
from models.queries import invariants, panel_accounts, panel_money, panel_suspense
from models.queries.panel_scope import groups_of
from models.rules.accounts import PAYSTACK_BALANCE
from models.rules.staff import Right, own_groups_only

PLACES = (Place("Money", "/admin/money", Right.SEE),)
PAGE_OF_DEPOSITS = 50


def add(panel: Panel) -> None:
    """The overview and what belongs to it; the other pages of the place are in modules of their own."""
    sentences(**money_words.SENTENCES)
    panel.routes.context_processor(_known)
    for more in (money_payments, money_payouts, money_suspense, money_books):
        more.add(panel)

    @panel.page("/money", Right.SEE)
    def money_overview(who: Somebody) -> Any:
        groups, now = groups_of(who), clock.now()
        if groups is not None:
            return render_template("panel/money_groups.html", o=panel_money.overview_of_groups(groups, now))
        return render_template(
            "panel/money.html", o=panel_money.overview(now), waiting=panel_suspense.waiting(), balance=None
        )

    @panel.page("/money/balance", Right.SEE)
    def money_balance(who: Somebody) -> Any:
        """Paystack's count beside ours: a page of its own, and a part of the overview for those with scripts."""
        for_the_house(who)
        theirs = paystack.balance(clock.now())
        ours = panel_money.balance_of(PAYSTACK_BALANCE)
        expected = theirs.kobo is not None and not invariants.x1(theirs.kobo)
        return render_template("panel/money_balance.html", theirs=theirs, ours=ours, expected=expected)

    @panel.page("/money/fees", Right.SEE)
    def money_fees(who: Somebody) -> Any:
        for_the_house(who)
        filters = Filters.from_request(who)
        months = panel_money.fee_months(filters.until)
        return render_template(
            "panel/money_fees.html",
            months=months[: panel_money.MONTHS],
            further=months[panel_money.MONTHS - 1].since if len(months) > panel_money.MONTHS else None,
            in_all=panel_money.fees_in_all(),
        )

    @panel.page("/money/deposits", Right.SEE)
    def money_deposits(who: Somebody) -> Any:
        filters = Filters.from_request(who)
        found = panel_money.deposits(groups_of(who), filters.after_id, PAGE_OF_DEPOSITS)
        page = found[:PAGE_OF_DEPOSITS]
        return render_template(
            "panel/money_deposits.html",
            deposits=page,
            owners=panel_accounts.owners(each.what for each in page),
            total=panel_money.deposits_total(groups_of(who)),
            more=f"?after={page[-1].what.partition(':')[2]}" if len(found) > len(page) else "",
        )


def for_the_house(who: Somebody) -> None:
    """What concerns the house as a whole does not exist for a field officer."""
    if own_groups_only(who.role):
        abort(404)


def _known() -> dict[str, Any]:
    """What the templates of these pages use besides."""
    return {
        "mw": money_words,
        "explained": money_filters.explained,
        "in_currency": amounts.show,
        "of_house": lambda somebody: somebody is not None and not own_groups_only(somebody.role),
        "has_deposits": panel_money.has_deposits,
    }

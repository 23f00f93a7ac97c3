"""The books: what makes an amount, entry by entry, and the journal itself.

The sum at the foot of an explanation is taken from the lines, not from the balance that is kept; where both
can be compared they are.
"""

from typing import Any

from flask import abort, render_template

from bot.panel import money_words
from bot.panel.gate import Panel
from bot.panel.money_filters import Filters
from models.actions.signing_in import Somebody
from models.queries import panel_accounts, panel_books, panel_money, panel_sheets
from models.queries.panel_scope import groups_of
from models.rules import figures
from models.rules.staff import Right


def add(panel: Panel) -> None:
    """An amount taken apart, the journal, one entry."""

    @panel.page("/money/explain/<account_id>", Right.SEE)
    def money_explain(who: Somebody, account_id: str) -> Any:
        """account_id: an account, a family of them, or a sum that the overview shows."""
        figure, groups = figures.figure(account_id), groups_of(who)
        if figure is None or (groups is not None and not _hers(figure, groups)):
            abort(404)
        filters = Filters.from_request(who)
        found = panel_books.lines(figure, filters.which, groups, filters.after_line)
        page = found[: panel_books.PAGE]
        kobo, lines = panel_books.total(figure, filters.which, groups)
        last = page[-1] if len(found) > len(page) else None
        return render_template(
            "panel/money_explain.html",
            what=account_id,
            title=money_words.figure(account_id),
            filters=filters,
            rows=page,
            owners=panel_accounts.owners([*(line.account for line in page), account_id]),
            total_kobo=kobo,
            count=lines,
            page_kobo=sum(line.kobo for line in page),
            kept_kobo=None if groups is not None or filters.which != Filters(currency=filters.currency).which
            else panel_money.kept(figure, filters.currency),
            more=filters.query(f"{last.entry_id}-{last.n}") if last else "",
        )  # fmt: skip

    @panel.page("/money/journal", Right.SEE)
    def money_journal(who: Somebody) -> Any:
        filters, groups = Filters.from_request(who), groups_of(who)
        found = panel_books.entries(
            groups,
            which=filters.which,
            account=filters.account,
            kinds=(filters.kind,) if filters.kind else (),
            after=filters.after_id,
        )
        page = found[: panel_books.PAGE]
        more = filters.query(page[-1].entry_id) if len(found) > len(page) else ""
        choices = panel_sheets.choices(groups, filters.group)
        return render_template("panel/money_journal.html", entries=page, filters=filters, groups=choices, more=more)

    @panel.page("/money/journal/<int:entry_id>", Right.SEE)
    def money_entry(who: Somebody, entry_id: int) -> Any:
        found = panel_books.entry(entry_id, groups_of(who))
        if found is None:
            abort(404)
        owners = panel_accounts.owners(leg.account for leg in found.legs)
        return render_template("panel/money_entry.html", e=found, owners=owners)


def _hers(figure: figures.Figure, groups: list[int]) -> bool:
    """Whether a field officer may see it: accounts of her groups, what came in and went out for them."""
    if figure.account:
        owner = panel_accounts.owners([figure.account]).get(figure.account)
        if owner is None or owner.group_id not in groups:
            return False
    mine = (*figures.OF_GROUPS, *figures.OWED)
    return set(figure.families) <= set(mine) or figure in (figures.SUMS["received"], figures.SUMS["sent"])

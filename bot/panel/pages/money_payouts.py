"""Payouts: a list that can be narrowed down, and one with its transfers, who has approved it and what Paystack knows.

Approving is `approvals`' business; this place shows what is going on.
"""

from typing import Any

from flask import abort, render_template, request

from bot import clock
from bot.heeding import heed_transfer
from bot.panel import looking_up, money_words, paystack
from bot.panel.gate import Panel
from bot.panel.money_filters import ROOT, Filters
from bot.panel.telling import tell
from bot.payments.base import TransferStatus
from models.actions import audit, forms
from models.actions.forms import Effect
from models.actions.signing_in import Somebody
from models.queries import panel_books, panel_payouts, panel_sheets
from models.queries.panel_payouts import PAGE
from models.queries.panel_scope import groups_of
from models.rules.staff import Right

LIST = f"{ROOT}/payouts"


def add(panel: Panel) -> None:
    """The list, one, and asking about its transfer."""

    @panel.page("/money/payouts", Right.SEE)
    def money_payouts(who: Somebody) -> Any:
        filters, groups = Filters.from_request(who), groups_of(who)
        since, until = filters.times
        found = panel_payouts.payouts(
            groups,
            state=filters.state,
            group_id=filters.group,
            since=since,
            until=until,
            sought=looking_up.sought(filters.q, who),
            after=filters.after_id,
        )
        page = found[:PAGE]
        return render_template(
            "panel/money_payouts.html",
            payouts=page,
            filters=filters,
            states=panel_payouts.STATES,
            groups=panel_sheets.choices(groups, filters.group),
            more=filters.query(page[-1].payout_id) if len(found) > len(page) else "",
        )

    @panel.page("/money/payouts/<int:payout_id>", Right.SEE)
    def money_payout(who: Somebody, payout_id: int) -> Any:
        groups = groups_of(who)
        life = panel_payouts.payout(payout_id, groups)
        if life is None:
            abort(404)
        entries = panel_books.entries(groups, payout_id=payout_id)
        return render_template("panel/money_payout.html", p=life, line=life.line, entries=entries)

    @panel.page("/money/payouts/<int:payout_id>/look-up", Right.SERVE, methods=("POST",))
    def money_payout_look_up(who: Somebody, payout_id: int) -> Any:
        """Ask with nothing open, then act upon the answer, once for each form. Nothing is ever sent from here."""
        life = panel_payouts.payout(payout_id, groups_of(who))
        if life is None or life.sent is None:
            abort(404)
        where, now = f"{LIST}/{payout_id}", clock.now()
        seen = paystack.transfer(life.sent.reference)
        if seen is None:
            return tell(Effect("not_reachable", done=False), where)

        def act() -> Effect:
            result = heed_transfer(seen, now)
            detail = {"reference": seen.reference, "seen": seen.status.value, "result": result}
            group_id = life.line.group_id
            audit.note("payout.look_up", f"payout:{payout_id}", actor=who.actor, now=now, group_id=group_id,
                       detail=detail)  # fmt: skip
            if seen.status is TransferStatus.NOT_FOUND:
                return Effect("looked_up_none", done=False)
            return Effect("looked_up", facts={"word": money_words.SEEN[seen.status.value][0]})

        return tell(forms.once(request.form.get("key", ""), "look_up", who, now, act), where)

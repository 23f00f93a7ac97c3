"""Payments in: a list that can be narrowed down, the life of one, and what Paystack knows of it, asked now."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from bot import clock
from bot.heeding import heed_payment
from bot.panel import looking_up, money_words, paystack, words
from bot.panel.gate import Panel
from bot.panel.money_filters import ROOT, Filters
from bot.panel.telling import tell
from bot.payments.base import PaymentStatus, Verified
from models.actions import audit, forms
from models.actions.forms import Effect
from models.actions.signing_in import Somebody
from models.queries import panel_books, panel_payments, panel_sheets
from models.queries.panel_payments import PAGE
from models.queries.panel_scope import groups_of
from models.rules.staff import Right, own_groups_only

LIST = f"{ROOT}/payments"


def add(panel: Panel) -> None:
    """The list, one, and asking about it."""

    @panel.page("/money/payments", Right.SEE)
    def money_payments(who: Somebody) -> Any:
        filters, groups = Filters.from_request(who), groups_of(who)
        since, until = filters.times
        found = panel_payments.payments(
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
            "panel/money_payments.html",
            payments=page,
            filters=filters,
            states=panel_payments.STATES,
            groups=panel_sheets.choices(groups, filters.group),
            more=filters.query(page[-1].payment_id) if len(found) > len(page) else "",
        )

    @panel.page("/money/payments/<int:payment_id>", Right.SEE)
    def money_payment(who: Somebody, payment_id: int) -> Any:
        groups = groups_of(who)
        life = panel_payments.payment(payment_id, groups)
        if life is None:
            abort(404)
        entries = panel_books.entries(groups, payment_id=payment_id)
        return render_template("panel/money_payment.html", p=life, line=life.line, entries=entries)

    @panel.page("/money/payments/<int:payment_id>/look-up", Right.SERVE, methods=("POST",))
    def money_payment_look_up(who: Somebody, payment_id: int) -> Any:
        life = panel_payments.payment(payment_id, groups_of(who))
        if life is None:
            abort(404)
        return _look_up(life.line.reference, who, f"{LIST}/{payment_id}", f"payment:{payment_id}", life.line.group_id)

    @panel.page("/money/look-up", Right.SERVE, methods=("POST",))
    def money_look_up(who: Somebody) -> Any:
        """By a reference that somebody reads out: it may be none of ours, so this is for the whole house."""
        if own_groups_only(who.role):
            abort(404)
        reference = request.form.get("reference", "").strip()
        if not panel_payments.ANY_REFERENCE.fullmatch(reference):
            return tell(Effect("odd_reference", done=False), LIST)
        found = panel_payments.by_reference(reference)
        where = LIST if found is None else f"{LIST}/{found}"
        return _look_up(reference, who, where, "payment:unknown" if found is None else f"payment:{found}", None)


def _look_up(reference: str, who: Somebody, where: str, subject: str, group_id: int | None) -> Response:
    """Ask with nothing open, then act upon the answer, once for each form."""
    seen, now = paystack.payment(reference), clock.now()
    if seen is None:
        return tell(Effect("not_reachable", done=False), where)
    act = _heeding(seen, who, subject, group_id)
    effect = forms.once(request.form.get("key", ""), "look_up", who, now, act)
    unknown = effect.key == "looked_up_suspense"
    return tell(effect, f"{ROOT}/suspense" if unknown else where)


def _heeding(seen: Verified, who: Somebody, subject: str, group_id: int | None) -> Callable[[], Effect]:
    def act() -> Effect:
        now = clock.now()
        result = heed_payment(paystack.NAME, seen, now)
        detail = {"reference": seen.reference, "seen": seen.status.value, "result": result}
        audit.note("payment.look_up", subject, actor=who.actor, now=now, group_id=group_id, detail=detail)
        if seen.status is PaymentStatus.NOT_FOUND:
            return Effect("looked_up_none", done=False)
        if result in ("suspense", "wrong_domain"):
            return Effect("looked_up_suspense", facts={"amount": words.naira(seen.amount_kobo)})
        return Effect("looked_up", facts={"word": money_words.SEEN[seen.status.value][0]})

    return act

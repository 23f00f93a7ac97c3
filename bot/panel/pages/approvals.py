"""Approvals: what waits for a second person, one page for each with exactly what is approved, and what has been.

Nothing is decided here: the buttons are shown to those who may press them, and the actions ask again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from bot import clock
from bot.panel import code_again, proposed, typed
from bot.panel.gate import Panel, own_group
from bot.panel.menu import Place
from bot.panel.pages import approvals_kinds
from bot.panel.proposed import Matter
from bot.panel.telling import sentences, tell
from models.actions import proposal_rights, proposals
from models.actions.forms import Effect, once
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.queries import panel_queue
from models.queries.panel_queue import PAGE, Proposed
from models.queries.panel_scope import groups_of
from models.rules import proposals as rules
from models.rules.refused import Refused
from models.rules.staff import Right

PLACES = (Place("Approvals", "/admin/approvals/", Right.SEE),)
HERE: Final = "/admin/approvals/"

# Why she may not check it, or why it cannot be done; the same words after a form and beside a missing button.
WHY: Final[dict[str, str]] = {
    "short_note": "Write down why, in a few words. In a year somebody will ask.",
    "long_note": "Keep the note under 500 letters.",
    "waits_already": "Somebody has proposed this already; it waits for a second person.",
    "own_proposal": "You have proposed this yourself. Somebody else has to check it.",
    "let_her_in": "You gave the one who proposed this the link to her account. Somebody else has to check it. "
    "Where nobody else may, a link of the machine makes her free of you: flask --app app staff, with --lost.",
    "same_person": "The account that proposed this has your phone number. Two different people have to agree.",
    "conflict": "This is your own matter, or of a group in which you save. Somebody else has to decide it.",
    "over": "Its 48 hours are over. Propose it again if it is still wanted.",
    "changed": "It is not what was proposed any more. Nothing was done: refuse it, and propose it anew.",
    "answered": "The officers of the group have answered this already.",
}
# Why the code of her phone was not taken, beside its field.
CODE: Final[dict[str, str]] = {
    "no_code": "Type the six digits that your authenticator app shows now: a yes needs your phone.",
    "wrong": "That code was not right, or has been used: each works once. Wait for the next one, and type that.",
    "locked": "Locked after too many failures, for 15 minutes or longer. Wait, or ask an owner to unlock you.",
    "too_many": "Too many failures from this network. Wait 15 minutes and try again.",
}
sentences(
    **WHY,
    proposed="Proposed. Somebody else has to check it within 48 hours.",
    proposal_withdrawn="Taken back. Nothing was done.",
    proposal_refused="Refused. Nothing was done.",
    payout_approved="Approved: payout {ref} goes on its way.",
    fee_waived="Done: the late fee of {amount} is taken off, and she is told.",
    payouts_lifted="Done: pots are paid out again.",
    blasts_lifted="Done: messages to many go out again.",
)


def add(panel: Panel) -> None:
    """The lists, then the pages on which something is decided."""
    for kind, shown in approvals_kinds.SHOWN.items():
        proposed.show(kind, shown)

    @panel.page("/approvals/", Right.SEE)
    def approvals(who: Somebody) -> Any:
        now, groups = clock.now(), groups_of(who)
        found = panel_queue.waiting(groups, now, request.args.get("after", ""))
        pots = panel_queue.asking_payouts(groups, now, request.args.get("pots", ""))
        return render_template(
            "panel/approvals.html",
            found=found[:PAGE],
            more=f"?after={found[PAGE - 1].key}" if len(found) > PAGE else "",
            pots=pots[:PAGE],
            more_pots=f"?pots={pots[PAGE - 1].key}" if len(pots) > PAGE else "",
            shown=proposed.shown,
        )

    @panel.page("/approvals/history", Right.SEE)
    def approvals_history(who: Somebody) -> Any:
        kind, status = request.args.get("kind", ""), request.args.get("status", "")
        after = typed.number(request.args.get("after", ""))
        found = panel_queue.history(groups_of(who), kind=kind, status=status, after=after)
        more = f"?kind={kind}&status={status}&after={found[PAGE - 1].proposal_id}" if len(found) > PAGE else ""
        return render_template(
            "panel/approvals_history.html",
            found=found[:PAGE],
            more=more,
            kind=kind,
            status=status,
            kinds=proposed.SHOWN,
            shown=proposed.shown,
        )

    @panel.page("/approvals/<int:proposal_id>", Right.SEE)
    def approval(who: Somebody, proposal_id: int) -> Any:
        return _page(panel, who, _found(who, proposal_id))

    _add_forms(panel)


def _add_forms(panel: Panel) -> None:
    @panel.page("/approvals/new/<kind>/<subject>", Right.PROPOSE, methods=("GET", "POST"))
    def approval_new(who: Somebody, kind: str, subject: str) -> Any:
        """The first of two, for whatever needs nothing but a note."""
        if not proposed.shown(kind).open:
            abort(404)
        if request.method == "GET":
            return _new(who, kind, subject, clock.now())
        wish = Wish(kind, subject, {}, request.form.get("note", ""))
        effect = _once("approval.propose", who, lambda now: proposals.propose(wish, who, now))
        made = (effect.facts or {}).get("proposal_id")
        return tell(effect, f"{HERE}{made}" if made else request.path)

    @panel.page("/approvals/<int:proposal_id>/approve", Right.CHECK, methods=("POST",))
    def approval_approve(who: Somebody, proposal_id: int) -> Any:
        found = _found(who, proposal_id)
        if (refusal := code_again.refusal(panel)) is not None:
            return _page(panel, who, found, why_code=CODE[refusal.why]), 422
        shown, note = request.form.get("shown", ""), request.form.get("note", "")
        effect = _once("approval.check", who, lambda now: proposals.check(proposal_id, shown, note, who, now))
        return _back(effect, proposal_id)

    @panel.page("/approvals/<int:proposal_id>/refuse", Right.CHECK, methods=("POST",))
    def approval_refuse(who: Somebody, proposal_id: int) -> Any:
        _found(who, proposal_id)
        note = request.form.get("note", "")
        effect = _once("approval.refuse", who, lambda now: proposals.refuse(proposal_id, note, who, now))
        return _back(effect, proposal_id)

    @panel.page("/approvals/<int:proposal_id>/withdraw", Right.PROPOSE, methods=("POST",))
    def approval_withdraw(who: Somebody, proposal_id: int) -> Any:
        _found(who, proposal_id)
        effect = _once("approval.withdraw", who, lambda now: proposals.withdraw(proposal_id, who, now))
        return _back(effect, proposal_id)


def _page(panel: Panel, who: Somebody, found: Proposed, *, why_code: str = "") -> str:
    """why_code: why the code of her phone was not taken; what she had written is still there."""
    now = clock.now()
    standing = proposal_rights.standing(found.proposal_id, who, now)
    matter = Matter(found.subject, found.wanted, found.facts, found.group_id, who)
    return render_template(
        "panel/approval.html", found=found, standing=standing, why=WHY, over=found.expires_at <= now,
        code_asked=code_again.asked(panel), why_code=why_code, note=request.form.get("note", ""),
        **_matter(found.kind, matter),
    )  # fmt: skip


def _new(who: Somebody, kind: str, subject: str, now: datetime) -> Any:
    """What she is about to propose, as the second one will see it."""
    about = proposal_rights.preview(kind, subject, {}, who, now)
    if isinstance(about, Refused):
        if about.why == "gone":
            abort(404)
        return render_template("panel/approval_not.html", why=WHY.get(about.why, ""), title=proposed.shown(kind).title)
    own_group(who, about.group_id)
    return render_template(
        "panel/approval_new.html",
        waits=panel_queue.waiting_for(kind, subject, now),
        risk_kobo=about.risk_kobo,
        most=rules.MOST_NOTE,
        **_matter(kind, Matter(subject, {}, about.facts, about.group_id, who)),
    )


def _matter(kind: str, matter: Matter) -> Mapping[str, Any]:
    """What the templates of the kinds may use."""
    shown = proposed.shown(kind)
    return {
        "shown": shown,
        "matter": matter,
        "preview": shown.preview(matter),
        "where": shown.where(matter),
        "label": proposed.label,
    }


def _found(who: Somebody, proposal_id: int) -> Proposed:
    found = panel_queue.proposal(proposal_id, groups_of(who))
    if found is None:
        abort(404)
    return found


def _once(what: str, who: Somebody, act: Any) -> Effect:
    now = clock.now()
    return once(request.form.get("key", ""), what, who, now, lambda: act(now))


def _back(effect: Effect, proposal_id: int) -> Response:
    """To the queue when it is settled, else to the page that says why not."""
    return tell(effect, HERE if effect.done else f"{HERE}{proposal_id}")

"""Who works here, and as what: invited, unlocked, sent home; and when everybody last signed in.

A link is shown once, to the owner who made it; she hands it over herself. Roles that decide about money
are given by two (models/actions/staff_care.py).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from flask import abort, render_template, request, url_for

from bot import clock
from bot.logs import typed_secret
from bot.panel import code_again, proposed, typed
from bot.panel.gate import Panel
from bot.panel.menu import Place
from bot.panel.proposed import Matter, Shown
from bot.panel.telling import SENTENCES, sentences, tell
from bot.panel.words import said
from bot.settings import current
from models.actions import proposals, staff_care
from models.actions.forms import Effect, once
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.actions.staff import Invited
from models.actions.staff_care import Newcomer
from models.queries import panel_staff
from models.queries.panel_staff import PAGE, Colleague
from models.rules.refused import Refused
from models.rules.staff import Right, Role

PLACES = (Place("Staff", "/admin/staff/", Right.STAFF),)
HERE: Final = "/admin/staff/"

# What a role is, in the words of those who choose one.
ROLES: Final[dict[str, str]] = {
    Role.OWNER: "Owner: everything, and who works here",
    Role.FINANCE: "Finance: money, and the second yes",
    Role.FIELD: "Field officer: her own groups",
    Role.AUDITOR: "Auditor: reads everything, phone numbers masked",
}
WORDS: Final[dict[str, str]] = {
    "staff.sign_in": "signed in",
    "staff.lock": "was locked after five failures",
    "staff.unlock": "was unlocked",
    "staff.invite": "was invited",
    "staff.new_link": "got a new link",
    "staff.set_up": "set herself up",
    "staff.sign_out": "was signed out of her browsers",
    "staff.password": "changed her password",
    "staff.recovery": "made new recovery codes",
    "staff.disable": "was disabled",
    "staff.role": "got another role",
    "staff.group": "looks after a group",
    "staff.no_group": "looks after a group no more",
}
# What the second person reads when she is asked for the role again.
LINK_NOTE: Final = "A new link: password or phone lost. Call her and ask before you say yes."
# Why a link was not made: the code of her phone.
NO_LINK: Final[dict[str, str]] = {
    "no_code": "link_no_code", "wrong": "link_wrong_code", "locked": "link_locked", "too_many": "link_too_many",
}  # fmt: skip
sentences(
    link_no_code="No link was made: type the six digits that your authenticator app shows now.",
    link_wrong_code="No link was made: that code was not right, or has been used. Wait for the next one.",
    link_locked="No link was made: locked after too many failures, for 15 minutes or longer.",
    link_too_many="No link was made: too many failures from this network. Wait 15 minutes and try again.",
    staff_invited="{name} is invited.",
    staff_invited_role="{name} is invited, as an auditor for now: a second person has to agree to the role.",
    staff_linked="A new link is made. Until she uses it, nobody can sign in as her.",
    staff_linked_role="A new link is made. Until she uses it, nobody can sign in as her, and she is an auditor until a "
    "second person has agreed to her role again.",
    staff_unlocked="Unlocked: she may try again.",
    staff_signed_out="She is signed out of {n} browsers.",
    staff_disabled="She may not sign in any more, and is out of every browser.",
    group_given="{group} is hers to look after.",
    group_taken="She does not look after it any more.",
    role_changed="Done: {name} has her new role from now on.",
    bad_email="That is no e-mail address.",
    bad_phone="That is no mobile number.",
    bad_name="A name has 2 to 40 letters.",
    no_role="Choose a role.",
    same_role="She has that role already.",
    is_disabled="She is disabled. Invite her again, with her e-mail: a second person agrees to what she was.",
    nobody_agrees="Nobody else is here who could agree to her role, so nothing was done. On the machine it can be: "
    "flask --app app staff her@address --lost gives her a link; by --name, --phone, --role somebody new is let in.",
    active_already="She has an account already. Give her a new link on her page if she has lost her password or phone.",
    not_locked="She is not locked.",
    not_signed_in="She is signed in nowhere.",
    yourself="Not yourself: another owner can do that.",
    last_owner="She is the only owner. Make somebody else one first.",
    not_field="Only field officers look after groups; the others see them all.",
    no_such_group="No group has that code.",
    has_group="She looks after it already.",
)


def _matter(matter: Matter) -> Colleague | None:
    return panel_staff.person(matter.facts["staff_id"], clock.now())


def _her_page(matter: Matter) -> str:
    return f"{HERE}{matter.facts['staff_id']}"


SHOWN: Final = Shown(
    "Another role for one of the staff", "Approve the role", "panel/proposed/role.html", _matter, _her_page
)


def add(panel: Panel) -> None:
    """The list, a person's page, and what is done about her."""
    proposed.show("staff_role", SHOWN)

    @panel.page("/staff/", Right.STAFF)
    def staff_list(who: Somebody) -> Any:
        people = panel_staff.people(clock.now(), _after())
        return render_template(
            "panel/staff.html",
            people=people[:PAGE],
            more=f"?after={people[PAGE - 1].staff_id}" if len(people) > PAGE else "",
            happenings=panel_staff.happenings(limit=10)[:10],
            roles=ROLES,
            words=WORDS,
            alone=not staff_care.somebody_else_checks(who.staff_id),
            code_asked=code_again.asked(panel),
        )

    @panel.page("/staff/sign-ins", Right.STAFF)
    def staff_sign_ins(who: Somebody) -> Any:
        found = panel_staff.happenings(None, _after())
        more = url_for("panel.staff_sign_ins", after=found[PAGE - 1].audit_id) if len(found) > PAGE else ""
        return render_template("panel/staff_sign_ins.html", happenings=found[:PAGE], more=more, words=WORDS)

    @panel.page("/staff/<int:staff_id>", Right.STAFF)
    def staff_person(who: Somebody, staff_id: int) -> Any:
        person = _person(staff_id)
        return render_template(
            "panel/staff_person.html",
            person=person,
            groups=panel_staff.groups_of_officer(staff_id),
            happenings=panel_staff.happenings(staff_id, limit=20)[:20],
            roles=ROLES,
            words=WORDS,
            now=clock.now(),
            code_asked=code_again.asked(panel),
        )

    _add_links(panel)
    _add_forms(panel)


def _add_links(panel: Panel) -> None:
    """What makes a link answers with a page of its own: the link stands nowhere else, and is not shown again.

    Whoever has a link is somebody's colleague a minute later, so it takes the code of the phone, as a yes does.
    """

    @panel.page("/staff/invite", Right.STAFF, methods=("POST",))
    def staff_invite(who: Somebody) -> Any:
        if (refusal := code_again.refusal(panel)) is not None:
            return tell(Effect(NO_LINK[refusal.why], done=False), f"{HERE}#invite")
        typed = request.form
        newcomer = Newcomer(
            *(typed.get(name, "").strip() for name in ("email", "phone", "name", "role", "note")),
        )
        return _linked("staff.invite", who, lambda now: staff_care.take_in(newcomer, who, now), HERE)

    @panel.page("/staff/<int:staff_id>/link", Right.STAFF, methods=("POST",))
    def staff_link(who: Somebody, staff_id: int) -> Any:
        person = _person(staff_id)
        if (refusal := code_again.refusal(panel)) is not None:
            return tell(Effect(NO_LINK[refusal.why], done=False), f"{HERE}{person.staff_id}")

        where = f"{HERE}{person.staff_id}"
        return _linked("staff.link", who, lambda now: staff_care.new_link(staff_id, LINK_NOTE, who, now), where)


def _linked(what: str, who: Somebody, act: Callable[[datetime], tuple[Effect, Invited] | Refused], back: str) -> Any:
    """The link is not part of the outcome that is kept: sent twice, the form shows none."""
    made: list[Invited] = []
    now = clock.now()

    def once_only() -> Effect | Refused:
        found = act(now)
        if isinstance(found, Refused):
            return found
        effect, invited = found
        made[:] = [invited]
        return effect

    effect = once(request.form.get("key", ""), what, who, now, once_only)
    if not effect.done or not made:
        return tell(effect, back)
    [invited] = made
    with typed_secret(invited.token):
        link = f"{current().public_url.rstrip('/')}{url_for('panel.set_up', token=invited.token)}"
        sentence = said(SENTENCES[effect.key], **(effect.facts or {}))
        person = _person(invited.staff_id)
        return render_template("panel/staff_link.html", person=person, link=link, sentence=sentence)


def _add_forms(panel: Panel) -> None:
    @panel.page("/staff/<int:staff_id>/unlock", Right.STAFF, methods=("POST",))
    def staff_unlock(who: Somebody, staff_id: int) -> Any:
        return _done("staff.unlock", who, staff_id, lambda now: staff_care.unlock(staff_id, who, now))

    @panel.page("/staff/<int:staff_id>/sign-out", Right.STAFF, methods=("POST",))
    def staff_sign_out(who: Somebody, staff_id: int) -> Any:
        return _done("staff.sign_out", who, staff_id, lambda now: staff_care.sign_out(staff_id, who, now))

    @panel.page("/staff/<int:staff_id>/disable", Right.STAFF, methods=("POST",))
    def staff_disable(who: Somebody, staff_id: int) -> Any:
        return _done("staff.disable", who, staff_id, lambda now: staff_care.disable(staff_id, who, now))

    @panel.page("/staff/<int:staff_id>/groups", Right.STAFF, methods=("POST",))
    def staff_give_group(who: Somebody, staff_id: int) -> Any:
        code = request.form.get("code", "")
        return _done("staff.group", who, staff_id, lambda now: staff_care.give_group(staff_id, code, who, now))

    @panel.page("/staff/<int:staff_id>/groups/<int:group_id>/take", Right.STAFF, methods=("POST",))
    def staff_take_group(who: Somebody, staff_id: int, group_id: int) -> Any:
        return _done("staff.no_group", who, staff_id, lambda now: staff_care.take_group(staff_id, group_id, who, now))

    @panel.page("/staff/<int:staff_id>/role", Right.STAFF, methods=("POST",))
    def staff_role(who: Somebody, staff_id: int) -> Any:
        wish = Wish(
            "staff_role",
            f"staff:{staff_id}",
            {"role": request.form.get("role", "")},
            request.form.get("note", ""),
        )
        return _done("staff.role", who, staff_id, lambda now: proposals.propose(wish, who, now))


def _done(what: str, who: Somebody, staff_id: int, act: Callable[[datetime], Effect | Refused]) -> Any:
    """One effect, and back to her page."""
    _person(staff_id)
    now = clock.now()
    effect = once(request.form.get("key", ""), what, who, now, lambda: act(now))
    return tell(effect, f"{HERE}{staff_id}")


def _person(staff_id: int) -> Colleague:
    return panel_staff.person(staff_id, clock.now()) or abort(404)


def _after() -> int | None:
    return typed.number(request.args.get("after", ""))

"""A new number: the staff starts it, two who save with her answer on their own phones, two of the staff decide.

A no stops it, "I do not know" and silence ask for somebody else. After the second yes it is handed to a colleague of
whoever started it, with what both have said and when. What happens then is `renumbering`'s. Only where the phones of
two cannot be asked are two enough who told the office (`tell_office`), and that stands in the proposal.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models.actions import audit, number_news, office_words, proposal_rights, proposals
from models.actions.forms import Effect
from models.actions.office_kinds import NUMBER, number_refusal
from models.actions.proposals import Wish
from models.actions.proposing import About
from models.actions.signing_in import Somebody
from models.base import database, move, next_id, transaction
from models.queries.number_changes import asked_about, can_ask, waits_for_two, without_phones
from models.queries.office import groups_of_member, knowing, value_of
from models.queries.panel_scope import groups_of
from models.rules import finding, office
from models.rules import proposals as proposal_rules
from models.rules.refused import Refused
from models.tables.accounts import Vouch
from models.tables.finding import OfficeWord
from models.tables.people import Member


@transaction
def start(
    member_id: int, value: str, vouchers: Sequence[int], note: str, who: Somebody, now: datetime
) -> Effect | Refused:
    """Ask two. value: the new number, as it was typed. Done: number_asked.

    Refused: short_note, long_note, bad_new_number, gone, number_taken, number_of_staff, two_vouchers, voucher_unfit,
    not_allowed, conflict, number_under_way, waits_already.
    """
    phone = _may_begin(member_id, value, vouchers, note, who, now)
    if isinstance(phone, Refused):
        return phone
    askable = can_ask(member_id, now, phone=phone, groups=groups_of(who))
    if not set(vouchers) <= set(askable):
        return Refused("voucher_unfit")
    word_id = office_words.write_down(member_id, "number", phone, who, now, vouchers=list(vouchers), note=note.strip())
    for voucher in vouchers:
        _ask(member_id, word_id, voucher, askable[voucher].group_id, phone, now)
    number_news.to_old_number(member_id, word_id, phone, now)
    _note("start", member_id, word_id, who.actor, now)
    return Effect("number_asked")


@transaction
def ask_another(member_id: int, voucher: int, who: Somebody, now: datetime) -> Effect | Refused:
    """Somebody else in the place of one who does not know or has not answered. Done: number_asked_another.

    Refused: gone (nobody is missing), voucher_unfit, conflict.
    """
    word = _locked(member_id)
    if word is None or _stage(word.id, now) != "short":
        return Refused("gone")
    phone = value_of(word)
    askable = can_ask(member_id, now, phone=phone, groups=groups_of(who))
    asked = {each.member_id: each for each in asked_about(word.id, now)}
    if voucher not in askable or voucher in asked:
        return Refused("voucher_unfit")
    if (refusal := _own_matter(member_id, [voucher], who)) is not None:
        return refusal
    _lapse(word, now)
    standing = [each for each in asked if asked[each].answer in ("asked", "yes")]
    OfficeWord.update(vouchers=[*standing, voucher, *(set(asked) - set(standing))]).where(
        OfficeWord.id == word.id
    ).execute()
    _ask(member_id, word.id, voucher, askable[voucher].group_id, phone, now)
    _note("ask", member_id, word.id, who.actor, now)
    return Effect("number_asked_another")


@transaction
def stop(member_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """It is not wanted any more, or what a no was about has been looked into. Done: number_stopped. Refused: gone."""
    word = _locked(member_id)
    if word is None:
        return Refused("gone")
    close_questions(word.id, now)
    _end(word.id, "stopped", now)
    _note("stop", member_id, word.id, who.actor, now)
    return Effect("number_stopped")


@transaction
def hand_on(member_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """Propose what two have said yes to, where it could not be done of itself. Done: word_proposed. Refused: gone, and
    whatever `proposals.propose` and the kind say."""
    word = _locked(member_id)
    if word is None or _stage(word.id, now) != "ready":
        return Refused("gone")
    return propose(word, who, now)


@transaction
def tell_office(
    member_id: int, value: str, vouchers: Sequence[int], note: str, who: Somebody, now: datetime
) -> Effect | Refused:
    """Propose it on the word of two who told the office, as the phones of two cannot be asked. Done: word_proposed.

    Refused: as in `start`, said_no, ask_first, and whatever `proposals.propose` says.
    """
    phone = _may_begin(member_id, value, vouchers, note, who, now)
    if isinstance(phone, Refused):
        return phone
    why = without_phones(member_id, now)
    if isinstance(why, Refused):
        return why
    groups = {each.member_id: each.group for each in knowing(member_id, groups_of(who))}
    if not set(vouchers) <= set(groups):
        return Refused("two_vouchers")
    with database.savepoint() as saved:
        word_id = office_words.write_down(
            member_id, "number", phone, who, now,
            vouchers=list(vouchers), note=note.strip(), without=why, ended_at=now, ended_why="proposed",
        )  # fmt: skip
        outcome = proposals.propose(Wish(NUMBER.name, f"member:{member_id}", {"word": word_id}, note), who, now)
        if isinstance(outcome, Refused):
            saved.rollback()
    if isinstance(outcome, Refused):
        return outcome
    number_news.to_those_who_told(member_id, word_id, {each: groups[each] for each in vouchers}, now)
    number_news.to_old_number(member_id, word_id, phone, now)
    _note("told", member_id, word_id, who.actor, now)
    return Effect("word_proposed", facts=outcome.facts)


def propose(word: OfficeWord, who: Somebody, now: datetime) -> Effect | Refused:
    """Hand it to a colleague: the questions are used up, and the change waits as a proposal."""
    with database.savepoint() as saved:
        wish = Wish(NUMBER.name, f"member:{word.member_id}", {"word": word.id}, word.note)
        outcome = proposals.propose(wish, who, now)
        if isinstance(outcome, Refused):
            saved.rollback()
    if isinstance(outcome, Refused):
        return outcome
    for row in Vouch.select(Vouch.id).where((Vouch.word == word.id) & (Vouch.status == "given")):
        move(Vouch, row.id, "given", "used", ended_at=now)
    close_questions(word.id, now)
    _end(word.id, "proposed", now)
    return Effect("word_proposed", facts=outcome.facts)


# --- time goes by ---------------------------------------------------------------------------------------------------


def to_lapse(now: datetime) -> list[int]:
    """Changes in which somebody has not answered in time, or whose yes is too old by now."""
    over = (Vouch.purpose == "number") & Vouch.status.in_(("asked", "given")) & (Vouch.expires_at <= now)
    return [row.word_id for row in Vouch.select(Vouch.word).where(over).distinct().order_by(Vouch.word)]


@transaction
def lapse(word_id: int, now: datetime) -> bool:
    """Close what is too old; the change waits until somebody else is asked, or it is stopped."""
    word = OfficeWord.select().where(OfficeWord.id == word_id).for_update().get()
    if not _lapse(word, now):
        return False
    _note("late", word.member_id, word_id, "system", now)
    return True


def _lapse(word: OfficeWord, now: datetime) -> bool:
    over = Vouch.status.in_(("asked", "given")) & (Vouch.expires_at <= now)
    ended = Vouch.update(status="expired", ended_at=now).where((Vouch.word == word.id) & over)
    return bool(ended.execute())


# --- pieces ---------------------------------------------------------------------------------------------------------


def _may_begin(
    member_id: int, value: str, vouchers: Sequence[int], note: str, who: Somebody, now: datetime
) -> str | Refused:
    """The number in E.164. Two at once for one member wait for each other."""
    if (refusal := proposal_rules.note_refusal(note)) is not None:
        return refusal
    phone = finding.phone_in(value)
    if not phone:
        return Refused("bad_new_number")
    # peewee takes the lock's own words here; its stubs know only the flag.
    lock: Any = "FOR NO KEY UPDATE"
    member = Member.select().where(Member.id == member_id).for_update(lock).get()
    for refusal in (
        office.state_refusal("number", member.status),
        number_refusal(phone),
        None if len(set(vouchers)) == office.VOUCHERS == len(vouchers) else Refused("two_vouchers"),
        Refused("two_vouchers") if member_id in vouchers else None,
        _own_matter(member_id, vouchers, who),
        Refused("number_under_way") if _locked(member_id) is not None else None,
        Refused("waits_already") if waits_for_two(member_id, now) is not None else None,
    ):
        if refusal is not None:
            return refusal
    return phone


def _own_matter(member_id: int, vouchers: Sequence[int], who: Somebody) -> Refused | None:
    """Neither starts what she could not propose."""
    about = About({}, members=frozenset({member_id, *vouchers}), groups=groups_of_member(member_id))
    return proposal_rights.first(NUMBER, about, who)


def _ask(member_id: int, word_id: int, voucher: int, group_id: int, phone: str, now: datetime) -> None:
    Vouch.insert(
        id=next_id(Vouch),
        member=member_id,
        group=group_id,
        purpose="number",
        status="asked",
        asked_at=now,
        expires_at=now + office.ASKED_FOR,
        voucher=voucher,
        word=word_id,
    ).execute()
    number_news.to_voucher(member_id, word_id, voucher, group_id, phone, now)


def _locked(member_id: int) -> OfficeWord | None:
    """Her change that is under way, for us alone."""
    live = (OfficeWord.purpose == "number") & OfficeWord.ended_at.is_null()
    word: OfficeWord | None = OfficeWord.select().where((OfficeWord.member == member_id) & live).for_update().first()
    return word


def _stage(word_id: int, now: datetime) -> str:
    return office.stage([each.answer for each in asked_about(word_id, now)])


def close_questions(word_id: int, now: datetime) -> None:
    """Nobody has to answer any more."""
    live = (Vouch.word == word_id) & Vouch.status.in_(("asked", "given"))
    Vouch.update(status="expired", ended_at=now).where(live).execute()


def _end(word_id: int, why: str, now: datetime) -> None:
    OfficeWord.update(ended_at=now, ended_why=why).where(OfficeWord.id == word_id).execute()


def _note(what: str, member_id: int, word_id: int, actor: str, now: datetime) -> None:
    audit.note(f"number.{what}", f"member:{member_id}", actor=actor, now=now, detail={"word": word_id})

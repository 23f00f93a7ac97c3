"""Whatever is typed, in whatever order, and whatever the facts are: a valid screen, and never an exception.

The facts are made up at random within what the queries promise (and a little beyond, where
names come from a bank); commands come back done or refused at random.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from flows import gsm
from flows.catalogue import LANGUAGES
from flows.check import refusals
from flows.cutting import units
from flows.engine import MAX_COMMANDS, Engine, Heard, Intent, Outcome, Said, Talk, is_secret
from flows.forms import SMS, USSD, WHATSAPP, Form, Message
from flows.intents import INTENTS
from flows.screens import Screens
from flows.talk import Step
from models.commands import Command, Done
from models.facts import (
    ArrangeTask,
    BankAccountCard,
    BankChoice,
    GroupCard,
    Home,
    Invitation,
    JoinTask,
    Me,
    Money,
    MoreTime,
    PaymentLine,
    PayoutTask,
    SeatCard,
    ShortPotTask,
    SwapChoices,
    SwapDecisionTask,
    SwapPartner,
    SwapTask,
    TimeOffer,
    TimeTask,
    Turn,
    WaiverTask,
    WhoPaid,
)
from models.rules import codes, names, terms
from models.rules.extensions import KINDS, REASONS
from models.rules.refused import Refused
from models.rules.vouching import PURPOSES
from models.vouches import VouchCard, VouchTask
from tests.flows.cast import Known

SCREENS = Screens(ussd_code="*347*55#", help_phone="08001234567", site="ajo.example", whatsapp="+2348009876543")
ENGINE = Engine(SCREENS)

LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzẹọṣɗƙàéABCNŌ '-", min_size=2, max_size=20)
A_NAME = LETTERS.map(names.member_name).filter(bool)
A_GROUP = st.one_of(LETTERS, st.text(max_size=16)).map(names.group_name).filter(bool)
A_BANKS_WORD = st.text(max_size=60)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
KOBO = st.integers(min_value=0, max_value=500_000_00)
POT = st.integers(min_value=0, max_value=15_000_000_00)
SMALL = st.integers(min_value=0, max_value=30)
SEATS = st.integers(min_value=3, max_value=30)
IDS = st.integers(min_value=1, max_value=4)
CODE = codes.group_code(48_291)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


TERMS = st.builds(
    terms.terms_of,
    st.integers(min_value=100, max_value=500_000).map(lambda naira: naira * 100),
    st.sampled_from(["daily", "weekly", "two_weekly", "monthly"]),
    SEATS,
    st.sampled_from(["ballot", "joined", "arranged"]),
    DAYS,
    service_fee_bps=st.integers(min_value=0, max_value=200),
)
CARDS = st.builds(
    GroupCard,
    group_id=IDS,
    code=st.just(CODE),
    name=A_GROUP,
    head=A_NAME,
    status=st.sampled_from(["forming", "ready", "active", "paused", "completed", "cancelled"]),
    taken=SMALL,
    rules_version=IDS,
    terms=TERMS,
)
SEAT = st.builds(
    SeatCard,
    seat_id=IDS,
    group_id=IDS,
    group=A_GROUP,
    code=st.just(CODE),
    head=A_NAME,
    head_is_me=st.booleans(),
    officer=st.booleans(),
    seat_status=st.sampled_from(["requested", "waiting", "accepted", "active", "in_arrears", "defaulted", "completed"]),
    group_status=st.sampled_from(["forming", "ready", "active", "active", "paused", "completed", "cancelled"]),
    contribution_kobo=KOBO,
    frequency=st.sampled_from(["daily", "weekly", "two_weekly", "monthly"]),
    seats=SEATS,
    taken=SMALL,
    cycle_id=maybe(IDS),
    cycle_number=SMALL,
    cycles=SEATS,
    due_on=maybe(DAYS),
    due_kobo=POT,
    late_fee_kobo=KOBO,
    fee_to_come_kobo=KOBO,
    late_since=maybe(DAYS),
    next_due_on=maybe(DAYS),
    next_paid=st.booleans(),
    next_left_kobo=KOBO,
    paid_count=SMALL,
    position=maybe(SMALL),
    collect_on=maybe(DAYS),
    collect_kobo=POT,
    collected=st.booleans(),
    collects_now=st.booleans(),
    pending_payment_id=maybe(IDS),
    pending_kobo=POT,
    paused_until=maybe(DAYS),
)
TASKS = st.one_of(
    st.builds(SwapTask, IDS, A_GROUP, A_NAME, DAYS, DAYS, POT),
    st.builds(SwapDecisionTask, IDS, A_GROUP, A_NAME, A_NAME, DAYS, DAYS),
    st.builds(
        TimeTask, IDS, A_GROUP, A_NAME, st.sampled_from(KINDS), POT, DAYS, st.sampled_from(REASONS), st.booleans()
    ),
    st.builds(WaiverTask, IDS, A_GROUP, A_NAME, KOBO, st.sampled_from(REASONS)),
    st.builds(
        PayoutTask,
        payout_id=IDS,
        payload_hash=st.sampled_from(["a", "b"]),
        group=A_GROUP,
        recipient=A_NAME,
        net_kobo=POT,
        due_on=DAYS,
        paid_count=SMALL,
        seats=SEATS,
        bank=st.sampled_from(["GTBank", "Stanbic IBTC"]),
        last4=st.just("6789"),
        account_name=A_BANKS_WORD,
        cycle_id=IDS,
    ),
    st.builds(
        ShortPotTask,
        cycle_id=IDS,
        group=A_GROUP,
        recipient=A_NAME,
        full_kobo=POT,
        in_kobo=POT,
        due_on=DAYS,
        paid_count=SMALL,
        seats=SEATS,
    ),
    st.builds(JoinTask, IDS, A_GROUP, A_NAME, SMALL, SEATS, st.booleans()),
    st.builds(VouchTask, IDS, st.sampled_from(PURPOSES), A_GROUP, A_NAME, A_NAME),
    st.builds(
        ArrangeTask,
        IDS,
        A_GROUP,
        st.lists(A_NAME, min_size=1, max_size=30).map(lambda people: tuple(enumerate(people, 1))),
    ),
)
ME = st.builds(
    Me,
    phone=st.just("+2348031110002"),
    member_id=maybe(st.just(2)),
    name=A_NAME,
    language=st.sampled_from([*LANGUAGES, "xx"]),
    pin_locked=st.booleans(),
    frozen=st.booleans(),
    money_in_chat=st.booleans(),
)
ACCOUNT = st.builds(
    BankAccountCard,
    bank_account_id=IDS,
    status=st.sampled_from(["checking", "found", "not_found", "cooling", "usable"]),
    bank=st.sampled_from(["GTBank", "Stanbic IBTC"]),
    last4=st.just("6789"),
    account_number=st.just("0123456789"),
    account_name=A_BANKS_WORD,
    matches=st.booleans(),
    usable_on=maybe(DAYS),
)
VOUCH = st.builds(VouchCard, IDS, st.booleans(), st.just("") | A_NAME)
PEOPLE = st.lists(A_NAME, max_size=30).map(tuple)
SWAP_CHOICES = st.builds(
    SwapChoices,
    number=SMALL,
    on=maybe(DAYS),
    obstacle=st.sampled_from(["", "", "", "behind", "collected", "too_close", "asked_already", "not_running"]),
    decider=A_NAME,
    partners=st.lists(st.builds(SwapPartner, IDS, SMALL, A_NAME, DAYS), max_size=30).map(tuple),
    open_swap_id=maybe(IDS),
    open_with=st.just("") | A_NAME,
    open_on=maybe(DAYS),
    open_agreed=st.booleans(),
)
MORE_TIME = st.builds(
    MoreTime,
    decider=A_NAME,
    amount_kobo=KOBO,
    due_on=maybe(DAYS),
    asked=st.sampled_from(["", "waiting", "answered"]),
    offers=st.lists(st.builds(TimeOffer, st.sampled_from(KINDS), DAYS, KOBO, maybe(DAYS)), max_size=3).map(tuple),
    fee_kobo=KOBO,
    fee_asked=st.booleans(),
    fee_paid=st.booleans(),
)


@st.composite
def worlds(draw) -> Known:
    me = draw(ME)
    card = draw(CARDS)
    member = me.registered
    return Known(
        home=Home(
            me=me if member else replace(me, name=""),
            seats=tuple(draw(st.lists(SEAT, max_size=3, unique_by=lambda seat: seat.seat_id))) if member else (),
            invitation=draw(maybe(st.builds(Invitation, IDS, A_NAME, st.sampled_from(["en", "ha"]), st.just(card)))),
            tasks=tuple(draw(st.lists(TASKS, max_size=2))) if member else (),
        ),
        now=draw(st.sampled_from([datetime(2026, month, 28, 17, 30, tzinfo=UTC) for month in range(1, 13)])),
        cards=(card,),
        balance=draw(st.builds(Money, POT, SMALL, SEATS, POT, maybe(SMALL), POT, maybe(DAYS), st.booleans())),
        paid=draw(
            st.builds(WhoPaid, st.sampled_from([1, 2, 3]), SMALL, SEATS, SMALL, SEATS, st.booleans(), PEOPLE, PEOPLE)
        ),
        rotation=tuple(draw(st.lists(st.builds(Turn, SMALL, DAYS, A_NAME, st.booleans(), st.booleans()), max_size=30))),
        lines=tuple(
            draw(st.lists(st.builds(PaymentLine, DAYS, POT, st.sampled_from(["ok", "late", "checking"])), max_size=30))
        ),
        bank_list=tuple(draw(st.lists(st.builds(BankChoice, st.just("058"), A_NAME), max_size=130))),
        last_wallet=draw(st.sampled_from(["", "mtn", "vod", "x"])),
        last_bank=draw(st.sampled_from(["", "737", "919", "1"])),
        account=draw(maybe(ACCOUNT)),
        swap=draw(maybe(SWAP_CHOICES)),
        time=draw(maybe(MORE_TIME)),
        knows_her=draw(st.just("") | A_NAME),
        vouches=tuple((purpose, draw(VOUCH)) for purpose in draw(st.sets(st.sampled_from(PURPOSES)))),
    )


TYPED = st.one_of(
    st.sampled_from(["1", "2", "3", "4", "5", "6", "7", "8", "0", "00", "98", "99", "", "100"]),
    st.sampled_from(["1", "2", "3", "7304", "7305", "0000", CODE, "0123456789", "08031234567", "5000", "2711", "12"]),
    st.sampled_from(
        ["Ngozi Bello", "😀😀", "9" * 10_000, "\x00\x1b[2J", "1*2*3", "{help}", "CON 1", "END", "%s", "\u202e0"]
    ),
    st.text(max_size=200),
)

A_DONE = {
    "AskSwap": A_NAME.map(lambda name: {"swap_id": 1, "who": name}),
    "AnswerSwap": st.fixed_dictionaries({"agreed": st.booleans(), "who": A_NAME, "decider": A_NAME}),
    "DecideSwap": st.fixed_dictionaries({"allowed": st.booleans(), "who": A_NAME, "name": A_NAME}),
    "DecideMoreTime": st.fixed_dictionaries(
        {"who": A_NAME, "verdict": st.sampled_from(["allow", "keep_fee", "refuse"])}
    ),
    "DecideWaiver": st.fixed_dictionaries(
        {"who": A_NAME, "allow": st.booleans(), "approvals": st.sampled_from([0, 1, 2]), "needed": st.just(2)}
    ),
    "PreparePin": st.just({"pin_hash": "2b$10$hash"}),
    "RegisterMember": A_NAME.map(lambda name: {"member_id": 2, "name": name}),
    "OpenGroup": st.just({"group_id": 1, "code": CODE}),
    "InvitePhone": st.just({"masked": "0803***4567", "asked": 30, "of": 30}),
    "DeclineInvitation": A_NAME.map(lambda name: {"head": name}),
    "JoinGroup": st.fixed_dictionaries({"seat_id": IDS, "let_in": st.booleans(), "waiting": st.booleans()}),
    "DecideJoiner": st.fixed_dictionaries(
        {"name": A_NAME, "verdict": st.sampled_from(["let_in", "let_in_officer", "refuse"])}
    ),
    "LeaveGroup": A_GROUP.map(lambda name: {"group": name}),
    "StartPayment": st.fixed_dictionaries(
        {
            "payment_id": IDS,
            "ready": st.booleans(),
            "failed": st.booleans(),
            "total_kobo": POT,
            "fee_kobo": KOBO,
            "short_ref": st.just("R48213"),
            "voucher": st.booleans(),
            "pay_code": st.just("*966*000*12345678#"),
            "account_number": st.just("0123456789"),
            "bank_name": st.just("Paystack-Titan"),
            "account_name": A_BANKS_WORD,
            "until": st.just("2026-11-23T15:30:00+00:00"),
        }
    ),
    "SubmitVoucher": st.fixed_dictionaries({"total_kobo": POT, "wrong": st.booleans(), "failed": st.booleans()}),
    "CheckPayment": st.sampled_from([{"status": status} for status in ("success", "pending", "failed")]),
    "LookUpAccount": st.fixed_dictionaries(
        {
            "bank_account_id": IDS,
            "ready": st.booleans(),
            "found": st.booleans(),
            "matches": st.booleans(),
            "bank_name": st.just("Stanbic IBTC"),
            "account_number": st.just("0123456789"),
            "account_name": A_BANKS_WORD,
        }
    ),
    "ConfirmBankAccount": DAYS.map(lambda day: {"usable_on": day.isoformat()}),
    "ApprovePayout": st.sampled_from([{"approvals": n, "needed": 2} for n in (1, 2)]),
    "PayShort": st.sampled_from([{"approvals": n, "needed": 2} for n in (1, 2)]),
    "CorrectName": st.fixed_dictionaries({"name": A_NAME, "who": st.just("") | A_NAME}),
    "UseKept": st.sampled_from([{"used_kobo": 500_000, "left_kobo": left} for left in (0, 17_800)]),
    "SendKept": st.just({"sent_kobo": 500_000}),
    "OpenReport": st.booleans().map(lambda again: {"ref": "R4K7M2XQ", "again": again}),
    "AskVouch": A_NAME.map(lambda name: {"who": name}),
    "AnswerVouch": st.fixed_dictionaries({"name": A_NAME, "purpose": st.sampled_from(PURPOSES)}),
    "SayNumber": A_NAME.map(lambda name: {"name": name}),
    "NudgeGently": SMALL.map(lambda sent: {"sent": sent}),
    "RemindUnpaid": SMALL.map(lambda sent: {"sent": sent}),
}


def outcome_of(command: Command, draw) -> Outcome:
    name = type(command).__name__
    reasons = [f"{why}_{n}" if why == "wrong_pin" else why for n, why in enumerate(refusals(type(command)), 2)]
    if draw(st.integers(min_value=0, max_value=3)) == 0:
        return Outcome(name, Refused(draw(st.sampled_from([*reasons, "something_new"]))))
    return Outcome(name, Done(draw(A_DONE.get(name, st.just({})))))


LINK = "https://ajo.example/s/AbCdEfGhIjKlMnOpQrStUv"


def is_in_order(step: Step, form: Form = USSD) -> None:
    assert (step.reply is None) != (step.command is None)
    assert Talk.from_json(step.talk.to_json()) == step.talk
    if step.reply is None:
        assert isinstance(step.command, Command)
        return
    if form.buttons:
        is_a_card(step, form)
    else:
        is_a_screen(step, form)


def is_a_screen(step: Step, form: Form) -> None:
    text = SCREENS.ussd(step.reply) if form is USSD else SCREENS.message(step.reply, form).body
    assert text.strip()
    assert gsm.septets(text) <= gsm.LIMIT
    assert "".join(SCREENS.chunks(step.reply, form)) == SCREENS.body(step.reply, form)
    assert all(gsm.septets(page) <= gsm.LIMIT for page in SCREENS.pages(step.reply, form))
    if step.reply.end:
        assert SCREENS.page_count(step.reply, form) == 1


def is_a_card(step: Step, form: Form) -> None:
    """Within the limits of the network, whole over its pages, and nothing of a secret in it."""
    reply = step.reply
    message = SCREENS.message(reply, form, private=LINK)
    is_within_limits(message, form)
    assert Message.from_json(message.to_json()) == message
    if reply.secret:
        assert LINK in message.body
        return
    pages = [SCREENS.message(replace(reply, page=page), form) for page in range(SCREENS.page_count(reply, form))]
    for page in pages:
        is_within_limits(page, form)
    for piece in SCREENS.chunks(reply, form):
        assert any(piece.rstrip() in page.body for page in pages)
    tapped = {choice.id for page in pages for choice in page.choices}
    if reply.picks:
        assert len({each for each in tapped if each not in ("0", "00", "98")}) >= len(reply.rows)
    if reply.end:
        assert len(pages) == 1


def is_within_limits(message: Message, form: Form) -> None:
    titles, ids = [choice.title for choice in message.choices], [choice.id for choice in message.choices]
    assert message.body.strip()
    assert units(message.body) <= form.longest
    assert len(set(titles)) == len(titles)
    assert len(set(ids)) == len(ids)
    assert all(title.strip() for title in titles)
    if message.button:
        assert 0 < len(ids) <= form.rows
        assert units(message.button) <= form.list_button
        assert max(map(units, titles)) <= form.row_title
        assert all(units(choice.description) <= form.row_description for choice in message.choices)
    else:
        assert len(ids) <= form.buttons
        assert all(units(title) <= form.button_title for title in titles)


@st.composite
def messages(draw, step: Step, form: Form) -> Said:
    """What may come in a chat: words, a choice that is shown, one that is not, a button of an old message."""
    shown = SCREENS.message(step.reply, form).choices if step.reply else ()
    kind = draw(st.integers(min_value=0, max_value=5))
    if kind == 0 and shown:
        choice = draw(st.sampled_from(shown))
        return Said(choice.title, choice.id)
    if kind == 1:
        return Said(draw(st.text(max_size=24)), draw(st.sampled_from(["1", "2", "7", "98", "0", "00", "", "=", "x"])))
    if kind == 2:
        name, arg = draw(st.sampled_from([*INTENTS, "gone"])), draw(st.sampled_from(["", "1", "2", "99", CODE, "x"]))
        return Said("", f"={Intent(name, arg)}")
    return Said(draw(st.sampled_from(WORDS) | TYPED))


WORDS = [
    "menu",
    "hi",
    "PAY",
    "pay 3000",
    "NEXT",
    "STOP",
    "START",
    "HELP",
    f"JOIN {CODE}",
    "Pay now",
    "histry",
    "yes",
    "?",
]


def performed(step: Step, facts: Known, form: Form, draw) -> Step:
    done = 0
    while step.command:
        done += 1
        assert done <= MAX_COMMANDS
        step = ENGINE.step(step.talk, outcome_of(step.command, draw), facts, form)
        is_in_order(step, form)
    return step


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_anything_goes(data):
    facts = data.draw(worlds())
    step = ENGINE.start(facts)
    is_in_order(step)
    for _ in range(data.draw(st.integers(min_value=1, max_value=14))):
        if data.draw(st.integers(min_value=0, max_value=5)) == 0:
            facts = data.draw(worlds())
        again = data.draw(st.integers(min_value=0, max_value=12)) == 0
        typed = data.draw(TYPED)
        before = step.talk
        step = ENGINE.start(facts, before) if again else ENGINE.step(before, Heard(typed), facts)
        assert step == (ENGINE.start(facts, before) if again else ENGINE.step(before, Heard(typed), facts))
        is_in_order(step)
        if step.command and is_secret(before):
            assert not typed.strip() or len(typed) < 4 or typed not in step.talk.to_json()
        step = performed(step, facts, USSD, data.draw)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from([WHATSAPP, SMS]))
def test_anything_goes_in_a_chat(data, form):
    """Whatever is written or tapped, and also on from another kind of channel; no PIN is heard there."""
    facts = data.draw(worlds())
    step = ENGINE.listen(None, Said(data.draw(st.sampled_from(WORDS))), facts, None, form)
    is_in_order(step, form)
    for _ in range(data.draw(st.integers(min_value=1, max_value=12))):
        if data.draw(st.integers(min_value=0, max_value=5)) == 0:
            facts = data.draw(worlds())
        silent = data.draw(st.integers(min_value=0, max_value=8)) == 0
        said = data.draw(messages(step, form))
        talk, previous = (None, step.talk) if silent else (step.talk, None)
        before = step.talk
        step = ENGINE.listen(talk, said, facts, previous, form)
        assert step == ENGINE.listen(talk, said, facts, previous, form)
        is_in_order(step, form)
        if talk is not None and is_secret(before):
            assert step.command is None
        step = performed(step, facts, form, data.draw)


@settings(max_examples=100, deadline=None)
@given(
    worlds(),
    st.sampled_from([*INTENTS, "gone"]),
    st.sampled_from(["", "1", "x", CODE]),
    st.sampled_from([USSD, WHATSAPP]),
)
def test_an_intent_performs_nothing_and_passes_no_pin(facts, name, arg, form):
    step = ENGINE.begin(Intent(name, arg), facts, form)

    is_in_order(step, form)
    assert step.command is None
    assert not step.talk.pin_ok


@settings(max_examples=100, deadline=None)
@given(worlds(), st.lists(TYPED, max_size=20), st.booleans())
def test_a_replay_never_asks_for_a_command(facts, typed, shortcut):
    step = ENGINE.replay(typed, facts, shortcut=shortcut)

    assert step.command is None
    assert not step.talk.pin_ok
    is_in_order(step)


def test_every_command_that_tells_something_has_its_answers():
    silent = {"CheckPin", "ChangePin", "SendConsentText", "SendGroupCode", "ArrangeOrder", "HoldPayout", "WaitOneDay"}
    silent |= {"SetLanguage", "SetReminders", "ShowMoneyInChat", "SendMyData", "CloseAccount", "ResetPin"}
    silent |= {"SendBalance", "SendStatement", "FreezeAccount", "AskCall"}
    silent |= {"WithdrawSwap", "AskMoreTime", "AskWaiver", "AgreeAgain"}
    silent |= {"AnswerPrompt", "SendLinkCode", "ConfirmLink", "TellOfPicture"}
    every = {each.__name__ for each in Command.__subclasses__() if each.__module__.startswith("models.")}

    assert every == silent | set(A_DONE)

"""The cast and the scenes of the transcripts: what a conversation finds when it asks for facts.

Ada organises, Bisi pays, Chidi is late, Dayo is an outsider. They save in Balogun Ajo:
five people, N5,000 every week, from Friday 27 November 2026. A scene is named in the
words in which a transcript asks for it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from models.chat_commands import OpenPrompt
from models.facts import (
    ArrangeTask,
    BankAccountCard,
    BankChoice,
    Ending,
    GroupCard,
    Home,
    Invitation,
    JoinTask,
    Kept,
    Me,
    Money,
    MoreTime,
    PaymentLine,
    PayoutTask,
    Quote,
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
from models.rules import codes, fees, terms
from models.vouches import VouchCard, VouchTask

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FIRST = date(2026, 11, 27)
N = 100

CODE = codes.group_code(48_291)
OTHER_CODE = codes.group_code(12_345)


@dataclass(frozen=True)
class Known:
    """Facts that are simply there: the same questions as the database answers, answered from values."""

    home: Home
    now: datetime = NOW
    cards: tuple[GroupCard, ...] = ()
    balance: Money | None = None
    paid: WhoPaid | None = None
    rotation: tuple[Turn, ...] = ()
    lines: tuple[PaymentLine, ...] = ()
    bank_list: tuple[BankChoice, ...] = ()
    last_bank: str = ""
    last_wallet: str = ""
    account: BankAccountCard | None = None
    is_kept: Kept = Kept(0)
    knows_her: str = "Ada"
    swap: SwapChoices | None = None
    time: MoreTime | None = None
    vouches: tuple[tuple[str, VouchCard], ...] = ()
    prompted: tuple[OpenPrompt, ...] = ()

    def prompts(self) -> tuple[OpenPrompt, ...]:
        return self.prompted

    def voucher(self) -> str:
        return self.knows_her

    def vouch(self, purpose: str) -> VouchCard | None:
        return dict(self.vouches).get(purpose)

    def group_by_code(self, code: str) -> GroupCard | None:
        return next((card for card in self.cards if card.code == code), None)

    def group_card(self, group_id: int) -> GroupCard | None:
        return next((card for card in self.cards if card.group_id == group_id), None)

    def money(self, seat_id: int) -> Money:
        return self.balance or Money(0, 0, 5, 0, None, 0, None, False)

    def who_paid(self, seat_id: int) -> WhoPaid:
        return self.paid or WhoPaid(2, 0, 5, 0, 5, False)

    def turns(self, seat_id: int) -> tuple[Turn, ...]:
        return self.rotation

    def payments(self, seat_id: int) -> tuple[PaymentLine, ...]:
        return self.lines

    def banks(self) -> tuple[BankChoice, ...]:
        return self.bank_list

    def last_bank_type(self) -> str:
        return self.last_bank

    def last_operator(self) -> str:
        return self.last_wallet

    def bank_account(self) -> BankAccountCard | None:
        return self.account

    def kept(self) -> Kept:
        return self.is_kept

    def quote(self, amount_kobo: int) -> Quote:
        fee, total = fees.gross_up(amount_kobo)
        return Quote(amount_kobo, fee, total)

    def swaps(self, seat_id: int) -> SwapChoices:
        return self.swap or SwapChoices(0, None, "not_running", "")

    def more_time(self, seat_id: int) -> MoreTime:
        return self.time or MoreTime("Ada")


# --- people and their group -----------------------------------------------------------------------------------------

ADA = Me("+2348031110001", 1, "Ada Obi")
BISI = Me("+2348031110002", 2, "Bisi Ade")
CHIDI = Me("+2348031110003", 3, "Chidi Eze")
DAYO = Me("+2348031110004")
ABENA = Me("+233551110005", 5, "Abena Mensah")
KOFI = Me("+233201110006", 6, "Kofi Owusu")
AFIA = Me("+233231110007", 7, "Afia Boateng")  # of an operator that has no mobile money

TERMS = terms.terms_of(5_000 * N, "weekly", 5, "ballot", FIRST)
CARD = GroupCard(7, CODE, "Balogun Ajo", "Ada", "forming", 3, 1, TERMS)
OTHER_CARD = GroupCard(
    8, OTHER_CODE, "Owo Ile", "Efe", "forming", 4, 1, terms.terms_of(20_000 * N, "monthly", 12, "joined", FIRST)
)

SEAT = SeatCard(
    seat_id=11,
    group_id=7,
    group="Balogun Ajo",
    code=CODE,
    head="Ada",
    head_is_me=False,
    officer=False,
    seat_status="active",
    group_status="active",
    contribution_kobo=5_000 * N,
    frequency="weekly",
    seats=5,
    taken=5,
    cycle_id=31,
    cycle_number=2,
    cycles=5,
    due_on=date(2026, 12, 4),
    due_kobo=5_000 * N,
    late_fee_kobo=0,
    fee_to_come_kobo=0,
    late_since=None,
    next_due_on=date(2026, 12, 11),
    next_paid=False,
    next_left_kobo=5_000 * N,
    paid_count=3,
    position=4,
    collect_on=date(2026, 12, 18),
    collect_kobo=24_750 * N,
    collected=False,
    collects_now=False,
    pending_payment_id=None,
    pending_kobo=0,
)
PAID_SEAT = replace(SEAT, due_kobo=0, due_on=date(2026, 12, 11), paid_count=4)
FORMING_SEAT = replace(
    SEAT,
    seat_status="accepted",
    group_status="forming",
    taken=3,
    cycle_id=None,
    cycle_number=0,
    due_on=None,
    due_kobo=0,
    next_due_on=None,
    next_left_kobo=0,
    paid_count=0,
    position=None,
    collect_on=None,
)
HEAD_SEAT = replace(SEAT, seat_id=10, head_is_me=True, officer=True, head="Ada", position=1, due_kobo=0)
FORMING_HEAD = replace(FORMING_SEAT, seat_id=10, head_is_me=True, officer=True)

NAMES = ("Ada", "Efe", "Musa", "Bisi", "Chidi")
ROTATION = tuple(
    Turn(number, FIRST + timedelta(weeks=number - 1), name, name == "Bisi", number == 1)
    for number, name in enumerate(NAMES, 1)
)
BANKS = tuple(
    BankChoice(code, name)
    for code, name in (
        ("044", "Access"),
        ("050", "Ecobank"),
        ("070", "Fidelity"),
        ("011", "First Bank"),
        ("214", "FCMB"),
        ("058", "GTBank"),
        ("030", "Heritage"),
        ("082", "Keystone"),
        ("50211", "Kuda"),
        ("999992", "OPay"),
        ("999991", "PalmPay"),
        ("076", "Polaris"),
        ("221", "Stanbic IBTC"),
        ("232", "Sterling"),
        ("033", "UBA"),
        ("032", "Union Bank"),
        ("215", "Unity"),
        ("035", "Wema"),
        ("057", "Zenith"),
    )
)
FOUND = BankAccountCard(51, "found", "GTBank", "6789", "0123456789", "BISI T ADE", True, None)
PAYOUT = PayoutTask(
    61, "a1b2", "Balogun Ajo", "Efe", 24_750 * N, date(2026, 12, 4), 5, 5, "UBA", "4321", "EFE J BELLO", 31
)
SHORT = ShortPotTask(31, "Balogun Ajo", "Efe", 24_750 * N, 14_850 * N, date(2026, 12, 4), 3, 5)
JOINER = JoinTask(12, "Balogun Ajo", "Dayo", 3, 5, True)
PLAIN_JOINER = JoinTask(13, "Balogun Ajo", "Musa", 4, 5, False)
VOUCH = VouchTask(81, "pin", "Balogun Ajo", "Bisi Ade", "")
NUMBER = replace(VOUCH, purpose="number", name="0805***2345")
FROZEN = replace(BISI, frozen=True)
ASKED, GIVEN = VouchCard(81, given=False, who="Ada"), VouchCard(81, given=True, who="Ada")
MAY_SWAP = SwapChoices(
    4,
    date(2026, 12, 18),
    "",
    "Ada",
    (SwapPartner(14, 3, "Musa", date(2026, 12, 11)), SwapPartner(15, 5, "Chidi", date(2026, 12, 25))),
)
MAY_WAIT = MoreTime(
    "Ada",
    5_000 * N,
    date(2026, 12, 4),
    offers=(
        TimeOffer("two_days", date(2026, 12, 6)),
        TimeOffer("week", date(2026, 12, 11)),
        TimeOffer("parts", date(2026, 12, 11), 2_500 * N, date(2026, 12, 4)),
    ),
)
SWAP = SwapTask(81, "Balogun Ajo", "Chidi", date(2026, 12, 18), date(2026, 12, 25), 24_750 * N)
SWAP_AGREED = SwapDecisionTask(82, "Balogun Ajo", "Chidi", "Bisi", date(2026, 12, 25), date(2026, 12, 18))
MORE_TIME = TimeTask(83, "Balogun Ajo", "Chidi", "two_days", 5_000 * N, date(2026, 12, 6), "slow_sales", True)
LATE_FEE = WaiverTask(84, "Balogun Ajo", "Chidi", 200 * N, "sickness")
ARRANGE = ArrangeTask(7, "Balogun Ajo", ((10, "Ada"), (11, "Bisi"), (12, "Chidi"), (13, "Efe")))


def member(me: Me, *seats: SeatCard, **more: object) -> Known:
    """A member with these seats, in a world where the groups and the banks are known."""
    home_fields = {name: more.pop(name) for name in ("invitation", "tasks") if name in more}
    world = {"cards": (CARD, OTHER_CARD), "bank_list": BANKS, "rotation": ROTATION, **more}
    return Known(Home(me, seats, **home_fields), **world)


BISI_OWES = member(
    BISI,
    SEAT,
    balance=Money(5_000 * N, 1, 5, 5_000 * N, 4, 24_750 * N, date(2026, 12, 18), False),
    paid=WhoPaid(2, 2, 5, 3, 5, False, ("Ada", "Efe", "Musa"), ()),
    lines=(PaymentLine(date(2026, 11, 27), 5_000 * N, "ok"),),
)
PAUSED_SEAT = replace(
    SEAT,
    group_status="paused",
    due_on=date(2026, 12, 11),
    next_due_on=date(2026, 12, 18),
    collect_on=date(2026, 12, 25),
    paused_until=date(2026, 12, 4),
)
PAUSED = replace(
    BISI_OWES,
    home=Home(BISI, (PAUSED_SEAT,)),
    rotation=tuple(at if at.done else replace(at, on=at.on + timedelta(weeks=1)) for at in ROTATION),
)
ENDING_SEAT = replace(
    SEAT,
    group_status="dissolving",
    cycle_id=None,
    due_on=None,
    due_kobo=0,
    next_due_on=None,
    next_left_kobo=0,
    paid_count=0,
    collect_on=None,
    ending=Ending("members", 10_000 * N, 4_000 * N),
)
OWES_AT_THE_END = replace(
    ENDING_SEAT, due_on=date(2026, 12, 11), due_kobo=15_000 * N, collected=True, ending=Ending("unpaid", 0, 0)
)
LATE_PAUSED_SEAT = replace(
    PAUSED_SEAT,
    seat_id=15,
    due_kobo=5_200 * N,
    due_on=date(2026, 11, 20),
    late_fee_kobo=200 * N,
    late_since=date(2026, 11, 20),
    position=5,
)
CHIDI_LATE = member(
    CHIDI,
    replace(SEAT, seat_id=15, due_kobo=5_200 * N, late_fee_kobo=200 * N, late_since=date(2026, 12, 4), position=5),
)
CEDI_SEAT = replace(
    SEAT,
    group="Makola Susu",
    contribution_kobo=50_00,
    due_kobo=50_00,
    next_left_kobo=50_00,
    collect_kobo=247_50,
)
ABENA_OWES = member(ABENA, CEDI_SEAT)
KOFI_OWES = member(KOFI, CEDI_SEAT)
INVITED = Invitation(91, "Ada", "en", CARD)


def _who_paid(**changes: object) -> Known:
    return replace(BISI_OWES, paid=replace(BISI_OWES.paid, **changes))


def _seat(**changes: object) -> Known:
    return replace(BISI_OWES, home=replace(BISI_OWES.home, seats=(replace(SEAT, **changes),)))


def _card(**changes: object) -> Known:
    return member(BISI, cards=(replace(CARD, **changes), OTHER_CARD))


def _swaps(**changes: object) -> Known:
    return replace(BISI_OWES, swap=replace(MAY_SWAP, **changes))


def _time(**changes: object) -> Known:
    return replace(BISI_OWES, time=replace(MAY_WAIT, **changes))


def _account(**changes: object) -> Known:
    return replace(BISI_OWES, account=replace(FOUND, **changes))


SCENES: dict[str, Known] = {
    "Abena owes GHC50": ABENA_OWES,
    "Abena took her number along to Telecel": replace(ABENA_OWES, last_wallet="vod"),
    "Abena's last payment is pending": member(ABENA, replace(CEDI_SEAT, pending_payment_id=71, pending_kobo=50_00)),
    "Kofi owes GHC50": KOFI_OWES,
    "Kofi's operator waits for a voucher": member(
        KOFI, replace(CEDI_SEAT, pending_payment_id=72, pending_kobo=50_00, pending_wants_voucher=True)
    ),
    "Afia owes GHC50": member(AFIA, CEDI_SEAT),
    "a new number": Known(Home(DAYO), cards=(CARD, OTHER_CARD)),
    "Dayo has registered": member(Me(DAYO.phone, 4, "Dayo Bello")),
    "Dayo, not registered, is invited by Ada": Known(Home(DAYO, invitation=INVITED), cards=(CARD,)),
    "Dayo has registered and is invited": member(Me(DAYO.phone, 4, "Dayo Bello"), invitation=INVITED),
    "Dayo's invitation is gone": Known(Home(DAYO), cards=(CARD,)),
    "Bisi is in no group": member(BISI),
    "N5,000 is kept for Bisi": member(BISI, is_kept=Kept(5_000 * N)),
    "N5,000 is on its way to Bisi": member(BISI, is_kept=Kept(0, 5_000 * N)),
    "Bisi is in no group and is invited by Ada": member(BISI, invitation=INVITED),
    "the rules of the group have changed": _card(rules_version=2, terms=replace(TERMS, late_fee_kobo=500 * N)),
    "the group is full": _card(taken=5),
    "the group has started": _card(status="active", taken=5),
    "the group is gone": member(BISI, cards=()),
    "Bisi owes N5,000": BISI_OWES,
    "Bisi owes and pays from UBA": replace(BISI_OWES, last_bank="919"),
    "Bisi agreed to an older wording": member(replace(BISI, consent_version=1), SEAT),
    "Bisi has agreed to the new wording": member(replace(BISI, consent_version=2), SEAT),
    "Ada agreed to an older wording and Dayo asks": member(replace(ADA, consent_version=1), HEAD_SEAT, tasks=(JOINER,)),
    "Bisi has paid": replace(BISI_OWES, home=Home(BISI, (PAID_SEAT,))),
    "Bisi has paid for the last time": _seat(
        due_kobo=0, due_on=None, next_due_on=None, next_left_kobo=0, cycle_number=5
    ),
    "Bisi has paid and paid early": _seat(due_kobo=0, due_on=date(2026, 12, 11), next_paid=True, next_left_kobo=0),
    "Bisi has paid a part early": _seat(due_kobo=0, due_on=date(2026, 12, 11), next_left_kobo=3_000 * N),
    "Bisi's last payment is pending": _seat(pending_payment_id=71, pending_kobo=5_000 * N),
    "Bisi collects this week": _seat(collects_now=True, collect_on=date(2026, 12, 4), due_kobo=0),
    "Bisi has collected": replace(
        BISI_OWES, balance=Money(20_000 * N, 4, 5, 0, 4, 24_750 * N, date(2026, 12, 18), True)
    ),
    "Bisi's turn is not set": replace(BISI_OWES, balance=Money(0, 0, 5, 0, None, 24_750 * N, None, False)),
    "Bisi has not paid in yet": replace(BISI_OWES, lines=()),
    "Bisi has paid often": replace(
        BISI_OWES,
        lines=tuple(
            PaymentLine(date(2026, 11, 27) - timedelta(weeks=week), (5_000 + 500 * (week == 2)) * N, status)
            for week, status in enumerate(("checking", "ok", "late", "ok", "ok", "ok", "ok", "ok", "ok"))
        ),
    ),
    "the group hides names": _who_paid(privacy=1, paid=(), i_paid=True),
    "the group shows all": _who_paid(privacy=3, unpaid=("Bisi", "Chidi")),
    "nobody has paid": _who_paid(paid=(), paid_count=0),
    "the group is large": _who_paid(
        paid_count=24,
        seats=30,
        paid=tuple(f"{name}{n}" for n in range(6) for name in ("Ngozi", "Bola", "Titi", "Uche")),
    ),
    "Bisi's group is forming": member(BISI, FORMING_SEAT, rotation=()),
    "Bisi's group is ready": member(
        BISI, replace(FORMING_SEAT, group_status="ready", taken=5, position=4, next_due_on=FIRST)
    ),
    "Bisi's group is ready without a date": member(BISI, replace(FORMING_SEAT, group_status="ready", taken=5)),
    "Bisi's group is full": member(BISI, replace(FORMING_SEAT, taken=5), rotation=()),
    "Bisi asked to join": member(BISI, replace(FORMING_SEAT, seat_status="requested")),
    "Bisi's group is over": _seat(group_status="completed", seat_status="completed", due_kobo=0, due_on=None),
    "Bisi has two groups": member(
        BISI,
        SEAT,
        replace(PAID_SEAT, seat_id=21, group_id=8, group="Owo Ile", head="Efe", cycles=12, seats=12),
        balance=BISI_OWES.balance,
    ),
    "Bisi was reminded of two groups": member(
        BISI,
        SEAT,
        replace(SEAT, seat_id=21, group_id=8, group="Owo Ile", head="Efe", cycles=12, seats=12),
        prompted=(
            OpenPrompt(2, "S05", "Owo Ile", {"1": "=pay:21", "2": "=more_time:21"}),
            OpenPrompt(1, "S07", "Balogun Ajo", {"1": "=pay:11", "2": "=more_time:11", "3": "=report:11"}),
        ),
    ),
    "somebody hides her number": Known(Home(Me(""))),
    "Bisi has many seats": member(
        BISI,
        SEAT,
        replace(SEAT, seat_id=22, due_kobo=0, due_on=date(2026, 12, 11)),
        replace(FORMING_SEAT, seat_id=23, group_id=9, group="Ilupeju Women"),
        replace(FORMING_SEAT, seat_id=24, group_id=10, group="Yaba Tailors", seat_status="requested"),
        replace(SEAT, seat_id=25, group_id=11, group="Old Friends", group_status="completed", due_kobo=0),
        replace(
            SEAT,
            seat_id=26,
            group_id=12,
            group="Mile 12 Traders",
            contribution_kobo=500_000 * N,
            next_left_kobo=500_000 * N,
        ),
    ),
    "Bisi has left": member(BISI),
    "Chidi is late": CHIDI_LATE,
    "Chidi is late and has most of it": member(
        CHIDI, replace(SEAT, due_kobo=500 * N, fee_to_come_kobo=50 * N, late_since=date(2026, 12, 4))
    ),
    "Chidi is late and his fee is waived": member(CHIDI, replace(SEAT, late_since=date(2026, 12, 4)), time=MAY_WAIT),
    "Bisi's group ends and she gets money back": replace(BISI_OWES, home=Home(BISI, (ENDING_SEAT,))),
    "Bisi's group ends and she shows her money in chats": replace(
        BISI_OWES, home=Home(replace(BISI, money_in_chat=True), (ENDING_SEAT,))
    ),
    "Bisi's group ends and she owes it": replace(BISI_OWES, home=Home(BISI, (OWES_AT_THE_END,))),
    "Bisi's group ends and she is even": member(BISI, replace(ENDING_SEAT, ending=Ending("office", 0, 0))),
    "Bisi has two groups, one ends": member(BISI, SEAT, replace(ENDING_SEAT, seat_id=21, group_id=8, group="Owo Ile")),
    "Ada's group ends, and a part of it waits for her yes": member(
        ADA, replace(ENDING_SEAT, seat_id=10, head_is_me=True, officer=True), tasks=(replace(PAYOUT, claim=True),)
    ),
    "Bisi's group is paused": PAUSED,
    "Bisi's group is paused and she owes nothing more": replace(
        PAUSED,
        home=Home(
            BISI, (replace(PAUSED_SEAT, due_kobo=0, due_on=None, next_due_on=None, next_left_kobo=0, cycle_number=5),)
        ),
    ),
    "Bisi's group is paused, others have not paid": replace(PAUSED, paid=replace(BISI_OWES.paid, i_paid=True)),
    "Bisi has two groups, both paused, one late": member(
        BISI, PAUSED_SEAT, replace(LATE_PAUSED_SEAT, seat_id=21, group_id=8, group="Owo Ile")
    ),
    "Chidi is late in a paused group": member(
        CHIDI, LATE_PAUSED_SEAT, time=replace(MAY_WAIT, fee_kobo=200 * N, offers=())
    ),
    "Bisi has no bank account": BISI_OWES,
    "Bisi's bank account is used": _account(status="usable"),
    "Bisi's bank account is new": _account(status="cooling", usable_on=date(2026, 11, 24)),
    "Bisi's bank is still asked": _account(status="checking"),
    "Bisi's bank knows her": _account(),
    "Bisi's bank names another": _account(matches=False, account_name="MUSA IBRAHIM"),
    "Bisi's bank does not know the number": _account(status="not_found", account_name=""),
    "Bisi's account is frozen": member(FROZEN, SEAT),
    "Bisi's account is frozen, she has two groups": member(FROZEN, SEAT, replace(SEAT, seat_id=21, group="Owo Ile")),
    "Bisi's account is frozen, she is in no group": member(FROZEN, knows_her=""),
    "Bisi's account is frozen and Ada is asked": member(FROZEN, SEAT, vouches=(("unfreeze", ASKED),)),
    "Ada's account is frozen": member(replace(ADA, frozen=True), HEAD_SEAT, tasks=(PAYOUT,)),
    "nobody knows Bisi": replace(BISI_OWES, knows_her=""),
    "Ada is asked if it is Bisi": replace(BISI_OWES, vouches=(("pin", ASKED),)),
    "Ada has said that it is Bisi": replace(BISI_OWES, vouches=(("pin", GIVEN),)),
    "Bisi shows her money in chats": replace(BISI_OWES, home=Home(replace(BISI, money_in_chat=True), (SEAT,))),
    "Bisi shows her money in chats and has collected": replace(
        BISI_OWES,
        home=Home(replace(BISI, money_in_chat=True), (SEAT,)),
        balance=Money(20_000 * N, 4, 5, 0, 4, 24_750 * N, date(2026, 12, 18), True),
    ),
    "Bisi shows her money in chats and has no turn": replace(
        BISI_OWES,
        home=Home(replace(BISI, money_in_chat=True), (SEAT,)),
        balance=Money(0, 0, 5, 0, None, 24_750 * N, None, False),
        lines=(),
    ),
    "Bisi speaks Yoruba": replace(BISI_OWES, home=Home(replace(BISI, language="yo"), (SEAT,))),
    "Bisi has closed her account": Known(Home(Me(BISI.phone)), cards=(CARD,)),
    "Bisi has paid, others have not": _who_paid(i_paid=True),
    "Bisi has paid, others have not, and the group shows all": _who_paid(i_paid=True, privacy=3, unpaid=("Chidi",)),
    "Ada is asked about a PIN": member(ADA, HEAD_SEAT, tasks=(VOUCH,)),
    "Ada has a payout to approve and is asked about a PIN": member(ADA, HEAD_SEAT, tasks=(PAYOUT, VOUCH)),
    "Ada is asked about a freeze": member(ADA, HEAD_SEAT, tasks=(replace(VOUCH, purpose="unfreeze"),)),
    "Ada has a payout to approve and is asked about a number": member(ADA, HEAD_SEAT, tasks=(PAYOUT, NUMBER)),
    "Chidi is asked about a number": member(CHIDI, SEAT, tasks=(NUMBER,)),
    "Chidi's account is frozen and he is asked": member(replace(CHIDI, frozen=True), SEAT, tasks=(NUMBER,)),
    "Ada is asked about a name": member(ADA, HEAD_SEAT, tasks=(replace(VOUCH, purpose="name", name="Bisola Ade"),)),
    "Bisi may swap with two": replace(_swaps(), time=MAY_WAIT),
    "Bisi may swap with many": _swaps(
        partners=tuple(
            SwapPartner(40 + n, n, f"{name}{n}", date(2026, 12, 11) + timedelta(weeks=n))
            for n, name in enumerate(("Oluwadamilola", "Musa", "Efe", "Chidi", "Ngozi", "Uche"), 5)
        )
    ),
    "Bisi has asked Musa to swap": _swaps(open_swap_id=80, open_with="Musa", open_on=date(2026, 12, 11)),
    "Bisi has agreed to swap with Chidi": _swaps(open_with="Chidi", open_on=date(2026, 12, 25), open_agreed=True),
    "nobody can swap with Bisi": _swaps(partners=()),
    "Bisi is behind and cannot swap": _swaps(obstacle="behind", partners=()),
    "Bisi's turn is too close to swap": _swaps(obstacle="too_close", partners=()),
    "Bisi's money is on its way": _swaps(obstacle="collected", partners=()),
    "Bisi's group does not run": _swaps(obstacle="not_running", on=None, partners=()),
    "Bisi is asked to swap": replace(_swaps(), home=Home(BISI, (SEAT,), tasks=(SWAP,))),
    "Bisi, in two groups, is asked to swap": replace(
        _swaps(), home=Home(BISI, (SEAT, replace(PAID_SEAT, seat_id=21, group_id=8, group="Owo Ile")), tasks=(SWAP,))
    ),
    "Bisi may ask for time": _time(),
    "Bisi may only ask for two days": _time(offers=MAY_WAIT.offers[:1]),
    "Bisi may only pay in parts": _time(offers=MAY_WAIT.offers[2:]),
    "Bisi has asked for time": _time(asked="waiting", offers=()),
    "Bisi has had her answer": _time(asked="answered", offers=()),
    "Bisi owes nothing": replace(BISI_OWES, home=Home(BISI, (PAID_SEAT,)), time=MoreTime("Ada")),
    "Bisi has paid a late fee": replace(BISI_OWES, home=Home(BISI, (PAID_SEAT,)), time=MoreTime("Ada", fee_paid=True)),
    "Chidi is late and may ask": replace(CHIDI_LATE, time=replace(MAY_WAIT, fee_kobo=200 * N)),
    "Chidi has asked about his late fee": replace(
        CHIDI_LATE, time=replace(MAY_WAIT, fee_kobo=200 * N, fee_asked=True, offers=(), asked="answered")
    ),
    "Chidi owes only a late fee": replace(CHIDI_LATE, time=MoreTime("Ada", fee_kobo=200 * N)),
    "Ada owes and may ask Bisi": member(
        ADA, replace(HEAD_SEAT, due_kobo=5_000 * N), time=replace(MAY_WAIT, decider="Bisi")
    ),
    "Ada is asked for time": member(ADA, HEAD_SEAT, tasks=(MORE_TIME,)),
    "Ada is asked for two parts by one who has a late fee": member(
        ADA, HEAD_SEAT, tasks=(replace(MORE_TIME, kind="parts", reason="unsaid", may_keep_fee=False),)
    ),
    "Ada is asked about a late fee": member(ADA, HEAD_SEAT, tasks=(LATE_FEE,)),
    "Ada is to decide a swap": member(ADA, HEAD_SEAT, tasks=(SWAP_AGREED,)),
    "Ada has three requests": member(ADA, HEAD_SEAT, tasks=(SWAP_AGREED, MORE_TIME, LATE_FEE)),
    "Ada's group is forming": member(ADA, FORMING_HEAD, rotation=()),
    "Ada heads a running group": member(ADA, HEAD_SEAT),
    "Ada has a payout to approve": member(
        ADA, HEAD_SEAT, tasks=(PAYOUT,), paid=WhoPaid(2, 2, 5, 5, 5, True, NAMES, ())
    ),
    "the payout has changed": member(ADA, HEAD_SEAT, tasks=(replace(PAYOUT, payload_hash="c3d4", last4="9999"),)),
    "an approver without a seat": member(ADA, tasks=(PAYOUT,)),
    "Ada has a short pot": member(ADA, HEAD_SEAT, tasks=(SHORT,)),
    "Ada has two pots to decide": member(ADA, HEAD_SEAT, tasks=(PAYOUT, SHORT)),
    "Ada is alone in her group": member(ADA, replace(FORMING_HEAD, taken=1), rotation=()),
    "Ada has people at the door": member(ADA, FORMING_HEAD, tasks=(JOINER, PLAIN_JOINER)),
    "Ada has one person at the door": member(ADA, FORMING_HEAD, tasks=(PLAIN_JOINER,)),
    "Ada has turns to arrange": member(ADA, FORMING_HEAD, tasks=(ARRANGE,)),
    "Ada has nothing left to do": member(ADA, HEAD_SEAT),
}

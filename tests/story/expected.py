"""What the books must hold after the story, worked out from the rules alone: nothing here asks the product.

Accounts are named after people and cycles, amounts are kobo, debit is positive.
"""

from collections import Counter, defaultdict

PEOPLE = ("Ada", "Bisi", "Chidi", "Efe", "Femi")  # the order in which they came, and so of their turns
CYCLES_OPENED = 4
CYCLES_PAID = 3

C = 5_000_00
POT = 5 * C
SERVICE_FEE = POT // 100
NET = POT - SERVICE_FEE
TRANSFER_FEE = 25_00  # of an amount from N5,001 to N50,000
LATE_FEE = 200_00
FLOAT = 50_000_00

Legs = tuple[tuple[str, int], ...]
Entry = tuple[str, Legs]


def paystack_fee(kobo: int) -> int:
    """1.5 %, half a kobo rounded up, and N100 from N2,500; the cap of N2,000 is far away."""
    return (kobo * 3 + 100) // 200 + (100_00 if kobo >= 2_500_00 else 0)


def asked(kobo: int) -> int:
    """The least whole naira of which this is left after Paystack's fee."""
    total = kobo
    while total - paystack_fee(total) < kobo:
        total += 100
    return total


def entries() -> Counter[Entry]:
    """Every journal entry of the story, but for the moves between Paystack's two pockets."""
    found = [entry("float", ("cash.paystack_balance", FLOAT), ("equity.float", -FLOAT))]
    for cycle in range(1, CYCLES_OPENED + 1):
        found += [entry("due", (f"due.seat:{who}", C), (f"due.contrib:{cycle}", -C)) for who in PEOPLE]
    for cycle in range(1, CYCLES_PAID + 1):
        found += [charge(who, cycle, late=(who, cycle) == ("Chidi", 2)) for who in PEOPLE]
        found += payout(cycle)
    found.append(entry("penalty", ("due.seat:Chidi", LATE_FEE), ("due.penalty:group", -LATE_FEE)))
    return Counter(found)


def charge(who: str, cycle: int, *, late: bool) -> Entry:
    owed = C + (LATE_FEE if late else 0)
    total = asked(owed)
    fee = paystack_fee(total)
    legs = [
        ("cash.paystack_clearing", total - fee),
        ("exp.psp_fees", fee),
        ("inc.fee_recovery", owed - total),
        (f"liab.pot:{cycle}", -C),
        (f"due.contrib:{cycle}", C),
        (f"due.seat:{who}", -owed),
    ]
    if late:
        legs += [("liab.penalty_pool:group", -LATE_FEE), ("due.penalty:group", LATE_FEE)]
    return entry("charge", *legs)


def payout(cycle: int) -> list[Entry]:
    clearing = f"liab.payout_clearing:{cycle}"
    return [
        entry("reserve", (f"liab.pot:{cycle}", POT), (clearing, -POT)),
        entry(
            "paid",
            (clearing, POT),
            ("cash.paystack_balance", -NET - TRANSFER_FEE),
            ("inc.service_fee", -SERVICE_FEE),
            ("exp.psp_fees", TRANSFER_FEE),
        ),
    ]


def entry(kind: str, *legs: tuple[str, int]) -> Entry:
    return kind, tuple(sorted(legs))


def balances() -> dict[str, int]:
    """What stands in the accounts once Paystack has made everything transferable; empty ones are left out."""
    sums: defaultdict[str, int] = defaultdict(int)
    for (_, legs), times in entries().items():
        for account, kobo in legs:
            sums[account.replace("paystack_clearing", "paystack_balance")] += kobo * times
    return {account: kobo for account, kobo in sums.items() if kobo}


# --- what the phones got, by words that each text alone has --------------------------------------------------------

INVITED = "invites you to save"
WELCOME = "Welcome to Ajo"
IN_WAITING = "We tell you your turn"
TURN = "Your turn is no."
GROUP_CODE = "the group code is"
AT_THE_DOOR = "asks to join"
BANK = "Your Ajo payout bank"
BANK_OF_MEMBER = "has a new payout bank"
CODE = "Ajo: dial *"
ACCOUNT = "Ajo: send"
RECEIPT = "Received N5,000 for"
RECEIPT_LATE = "Received N5,200 for"
FULL = "everybody has paid"
APPROVE = "waits for your yes"
GONE = "is on its way to"
SENT = "N24,750 from Mama Titi Ajo sent to"
SOON = "in 2 days"
TOMORROW = "tomorrow you collect"
TODAY = "to keep your turn"
OVERDUE = "Late fee N200 starts"
SHORT = "is short"
LATE = "a late fee of N200 is added"

EVERYBODY = Counter({WELCOME: 1, TURN: 1, BANK: 1, FULL: 3, GONE: 2, SENT: 1, SOON: 1, RECEIPT: 3})
SMS = {
    "Ada": EVERYBODY + Counter(
        {GROUP_CODE: 1, AT_THE_DOOR: 2, BANK_OF_MEMBER: 4, CODE: 3, APPROVE: 2, SHORT: 1}
    ),
    "Bisi": EVERYBODY + Counter({INVITED: 1, IN_WAITING: 1, CODE: 2, ACCOUNT: 1, APPROVE: 1, TOMORROW: 1}),
    "Chidi": EVERYBODY - Counter({RECEIPT: 1}) + Counter(
        {INVITED: 1, IN_WAITING: 1, CODE: 2, ACCOUNT: 1, TODAY: 1, OVERDUE: 1, LATE: 1, RECEIPT_LATE: 1}
    ),
    "Efe": EVERYBODY - Counter({SENT: 1}) + Counter({GONE: 1, IN_WAITING: 1, CODE: 2, ACCOUNT: 1}),
    "Femi": EVERYBODY - Counter({SENT: 1}) + Counter({GONE: 1, IN_WAITING: 1, CODE: 3, APPROVE: 3, SHORT: 1}),
}  # fmt: skip
KINDS = sorted({kind for each in SMS.values() for kind in each})


# --- the rows beside the books -------------------------------------------------------------------------------------

# By transfer: the rest pay by their bank's code.
TRANSFERS = {("Bisi", 1), ("Efe", 1), ("Chidi", 2)}


def rows() -> dict[str, Counter[tuple[object, ...]]]:
    """What `books.ROWS` must find. Days are counted from the first due day."""
    days = [(1, "settled", 0), (2, "settled", 7), (3, "settled", 14), (4, "open", 21), (5, "scheduled", 28)]
    paid = [(who, cycle, (who, cycle) == ("Chidi", 2)) for cycle in range(1, CYCLES_PAID + 1) for who in PEOPLE]
    return {
        "group": Counter([("active",)]),
        "cycles": Counter(days),
        "seats": Counter((who, turn, "active") for turn, who in enumerate(PEOPLE, start=1)),
        "obligations": Counter(
            [(who, cycle, "contribution", C, C, "paid_late" if late else "paid") for who, cycle, late in paid]
            + [(who, CYCLES_OPENED, "contribution", C, 0, "pending") for who in PEOPLE]
            + [("Chidi", 2, "penalty", LATE_FEE, LATE_FEE, "paid_late")]
        ),
        "payments": Counter(_payment(*each) for each in paid),
        "payouts": Counter(
            (cycle, who, 1, POT, SERVICE_FEE, NET, "paid", 1, 2)
            for cycle, who in enumerate(PEOPLE[:CYCLES_PAID], start=1)
        ),
        "suspense": Counter(),
    }


def _payment(who: str, cycle: int, late: bool) -> tuple[object, ...]:
    owed = C + (LATE_FEE if late else 0)
    method = "bank_transfer" if (who, cycle) in TRANSFERS else "ussd"
    return (who, cycle, method, owed, asked(owed) - owed, asked(owed), paystack_fee(asked(owed)), "success")

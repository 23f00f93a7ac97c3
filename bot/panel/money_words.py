"""What the money pages call things: accounts, entries, states and reasons, in English sentences that are translated.

A state is a word with a tone (see the macro `tag`): colour is never alone.
"""

from datetime import date
from typing import Final

from models.queries.panel_accounts import Owner
from models.rules.schedule import MONTHS

# Family or sum -> (what it is called, what it means).
FIGURES: Final[dict[str, tuple[str, str]]] = {
    "cash": ("All money that is there", "At Paystack and at our bank."),
    "members": ("Belongs to members", "What members could ask for today, all of it together."),
    "suspense": (
        "Belongs to nobody yet",
        "It came, and nobody knows whose it is; or it left, and nobody knows why.",
    ),
    "ours": ("Ours", "Our own float and what we have earned, less what we have paid."),
    "earned": ("Earned", "Fees that we took, less what Paystack took and what we lost."),
    "received": ("Came in", "Payments as Paystack received them, before its fee."),
    "sent": ("Sent to members", "Payouts that have left, less those that a bank sent back."),
    "cash.paystack_clearing": ("On its way at Paystack", "Confirmed by Paystack, not yet transferable."),
    "cash.paystack_balance": ("Paystack balance", "Transferable now, as we have counted it."),
    "cash.bank": ("Our bank", "Settled to our own bank account."),
    "recv.chargeback": ("Chargebacks", "Disputed money that was lost; the member owes it."),
    "liab.pot": ("Pots", "Contributions that wait to be paid out."),
    "liab.deposit": ("Deposits", "Security deposits that are held."),
    "liab.wallet": ("Members' credit", "What was paid over a debt, and refunds: it is the member's own."),
    "liab.penalty_pool": ("Late fees of groups", "They stay with the group."),
    "liab.unwinding": ("Groups that end", "Held for those whom a group owes that is being dissolved."),
    "liab.payout_clearing": ("Reserved for payouts", "Has left the pot and is on its way to a bank."),
    "liab.payout_returned": ("Sent back by a bank", "Owed to the member, to be paid once more."),
    "liab.refund_clearing": ("Refunds on their way", "Given back, not yet confirmed."),
    "liab.suspense_in": ("Arrived, nobody's yet", "Money that could not be placed."),
    "asset.suspense_out": ("Left, not by us", "Transfers at Paystack that we never made."),
    "inc.service_fee": ("Service fees", "Our part of the pots."),
    "inc.penalty": ("Late fees of ours", "Late fees that do not stay with a group."),
    "inc.fee_recovery": ("Collection fees", "What members paid on top for Paystack's fee."),
    "exp.psp_fees": ("Paystack's fees", "What Paystack kept of payments and took for transfers."),
    "exp.loss": ("Losses", "What we have covered."),
    "equity.float": ("Our float", "Our own money at Paystack; it carries the fees that we take on ourselves."),
    "due.seat": ("Owed by members", "Contributions and late fees that are not paid yet."),
    "due.contrib": ("Owed to cycles", "The other side of contributions that are owed."),
    "due.penalty": ("Owed as late fees", "The other side of late fees that are owed."),
    "due.deposit": ("Owed as deposits", "The other side of deposits that are owed."),
    "due.unwinding": ("Owed by groups that end", "Claims less debts; always what such a group holds."),
    "due.claim": ("Claims on a group that ends", "What it still owes to a seat."),
}

KINDS: Final[dict[str, str]] = {
    "due": "Contribution became due",
    "due.close": "No longer owed: the group ends",
    "unwind.pot": "Shared out of a pot: the group ends",
    "unwind.deposit": "Shared out of a deposit: the group ends",
    "unwind.pool": "Shared out of late fees: the group ends",
    "unwind.claim": "Gets back: the group ends",
    "unwind.debt": "Owes: the group ends",
    "penalty": "Late fee",
    "penalty.waive": "Late fee taken off",
    "penalty.refund": "Late fee given back",
    "charge": "Payment received",
    "charge.suspense": "Received, could not be placed",
    "settle": "Became transferable",
    "apply": "Paid from her credit",
    "pool": "Late fees shared out",
    "float": "Our float",
    "reserve": "Payout reserved",
    "release": "Payout given up",
    "paid": "Payout sent",
    "returned": "Payout came back",
    "repay": "Payout reserved again",
    "repay.release": "Payout kept for her again",
    "transfer.fee": "Fee of a failed transfer",
    "transfer.unknown": "Transfer that is not ours",
    "transfer.known": "Transfer explained: ours, or come back",
    "transfer.settled": "Transfer explained by two people",
    "suspense.assign": "Found to be a member's",
    "suspense.return": "Given back to the sender",
    "correction": "Correction",
}

PAYMENT: Final[dict[str, tuple[str, str]]] = {
    "created": ("Being asked for", ""),
    "sending": ("Asking Paystack", ""),
    "pending": ("Waiting for her money", "warn"),
    "success": ("Paid", "good"),
    "failed": ("Failed", "bad"),
    "abandoned": ("Not paid", ""),
    "disputed": ("Disputed", "bad"),
    "charged_back": ("Charged back", "bad"),
    "refunding": ("Being given back", "warn"),
    "refunded": ("Given back", ""),
}
METHODS: Final = {"ussd": "Bank code", "bank_transfer": "Bank transfer", "link": "Link"}

PAYOUT: Final[dict[str, tuple[str, str]]] = {
    "held": ("Held", "warn"),
    "awaiting_approval": ("Waits for two yeses", "warn"),
    "approved": ("Approved", "good"),
    "reserved": ("Reserved", ""),
    "in_flight": ("On its way", ""),
    "retry": ("Failed, will be tried again", "bad"),
    "paid": ("Paid", "good"),
    "returned": ("Came back", "bad"),
    "cancelled": ("Given up", ""),
}
ATTEMPT: Final[dict[str, tuple[str, str]]] = {
    "created": ("About to be sent", ""),
    "sending": ("Being sent", ""),
    "pending": ("Sent, no word yet", ""),
    "unknown": ("Nobody knows yet", "warn"),
    "manual": ("Waits for somebody at Paystack", "warn"),
    "success": ("Arrived", "good"),
    "failed": ("Failed", "bad"),
    "reversed": ("Sent back by the bank", "bad"),
}
HELD: Final[dict[str, str]] = {
    "no_account": "She has no payout account yet.",
    "name_differs": "The name on her account is not hers.",
    "cooling_off": "Her account is new; it may be used after its time of rest.",
    "officer": "An officer has asked to wait.",
    "again": "It came back from the bank. It is sent again when two have said yes.",
    "frozen": "Her account is frozen.",
    "new_pin": "Her PIN is new; nothing of hers leaves until it has rested.",
    "account_changed": "She has another account by now.",
    "above_limit": "It is more than one pot of this group may be. Two of the staff have to raise its limit.",
}

PARTS: Final[dict[str, str]] = {
    "contribution": "Contribution",
    "penalty": "Late fee",
    "deposit": "Deposit",
    "unwinding": "Owed because the group ends",
    "recovery": "Paystack's fee, paid by her",
    "wallet": "Her credit",
    "suspense": "Could not be placed",
}

SUSPENSE: Final[dict[str, str]] = {
    "unknown_reference": "The reference is none of ours.",
    "wrong_currency": "It is not in naira.",
    "wrong_domain": "Play money of Paystack's test mode. It does not exist and is not in the books.",
    "paid_after_failure": "Paystack said that it had failed, and paid it all the same, when another had been sent.",
    "unknown_transfer": "A transfer at Paystack that we never made. All payouts were stopped.",
}
WHY: Final[dict[str, str]] = {
    "metadata": "Paystack remembers her",
    "charge": "Asked to pay this amount then",
    "said": "Said that she had paid",
    "owed": "Owes exactly this",
    "asked": "Owes this with the fee",
    "sought": "You looked for her",
}

SEEN: Final[dict[str, tuple[str, str]]] = {
    "success": ("Paid", "good"),
    "failed": ("Failed", "bad"),
    "abandoned": ("Not paid", ""),
    "pending": ("Open", "warn"),
    "reversed": ("Given back", "bad"),
    "not_found": ("Not known there", "bad"),
    "manual": ("Waits for somebody at Paystack", "warn"),
    "unknown": ("No clear answer", "warn"),
}

STATES: Final[dict[str, str]] = {
    "open": "Open",
    "success": "Paid",
    "failed": "Failed",
    "abandoned": "Not paid",
    "other": "Disputed or given back",
    "waiting": "Waits for people",
    "going": "On its way",
    "trouble": "Needs somebody",
    "paid": "Paid",
    "cancelled": "Given up",
}

PROPOSED: Final[dict[str, str]] = {
    "suspense_assign": "To be placed",
    "suspense_return": "Given back to the sender",
    "suspense_out": "What it was",
}
# What a transfer was that this program has not made (models/actions/suspense_out.py).
WAS: Final[dict[str, str]] = {
    "bank": "Somebody of us has moved our own money to our bank account",
    "loss": "It is lost: the house carries it, not the members",
}

# What became of a form of these pages; `telling` fills in the values.
SENTENCES: Final[dict[str, str]] = {
    "not_reachable": "Paystack does not answer just now. Nothing was changed; try again in a few minutes.",
    "looked_up": "Asked Paystack just now: {word}. What it says is written down below.",
    "looked_up_none": "Paystack does not know that reference.",
    "looked_up_suspense": "Paystack has {amount} under that reference. It waits under Suspense now.",
    "odd_reference": "That is no reference of Paystack's: letters, digits and dashes, 6 to 50 of them.",
    "not_placeable": "This money cannot be placed from here.",
    "no_seat": "That seat owes nothing here and cannot take it.",
    "no_refund_ref": "Give the refund's own number at Paystack, 4 to 60 signs.",
    "no_balance": "Our Paystack balance in the books is less than that. Compare the balances first.",
    "suspense_assigned": "It is placed, and she has her receipt.",
    "suspense_returned": "The return is in the books.",
    "suspense_settled": "It is in the books. Payouts stay stopped until two people let them go again.",
    "no_such_kind": "Choose what it was.",
    "ours_after_all": "A payout of ours bears this reference. It is settled when that payout is.",
}

# Who writes entries. A person is named by her number: whose it is stands on her own page and in the audit.
ACTORS: Final[dict[str, str]] = {
    "provider:paystack": "Paystack",
    "system": "By itself",
    "member": "Member {n}",
    "staff": "Staff {n}",
}


def actor(text: str) -> str:
    """'Paystack' for 'provider:paystack', 'Member 12' for 'member:12'; what is in no list stands as it is."""
    kind, _, n = text.partition(":")
    if text in ACTORS:
        return ACTORS[text]
    return ACTORS[kind].format(n=n) if kind in ACTORS else "By itself" if kind == "job" else text


def figure(what: str) -> tuple[str, str]:
    """Name and meaning of a figure or an account."""
    return FIGURES.get(what.partition(":")[0], (what, ""))


def owner(found: Owner | None) -> str:
    """'Mama Titi, cycle 3'; "" for an account that belongs to nobody in particular."""
    if found is None:
        return ""
    cycle = f"cycle {found.cycle}" if found.cycle else ""
    return ", ".join(part for part in (found.payout, found.member, found.group, cycle) if part)


def month(first: date) -> str:
    """'Mar 2026'."""
    return f"{MONTHS[first.month - 1]} {first.year}"

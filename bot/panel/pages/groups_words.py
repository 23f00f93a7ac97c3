"""How the groups' pages say things: states, kinds of entries and messages, and what became of a form.

The English sentences stand here, once for all pages of groups; what they are about is the pages' own.
"""

from typing import Any, Final

from bot.panel import telling, text_names
from bot.panel.words import said as _
from models.rules import schedule, terms

STATES: Final = {
    "draft": (_("waits for its head"), "warn"),
    "forming": (_("forming"), "warn"),
    "ready": (_("ready to start"), "good"),
    "active": (_("running"), "good"),
    "paused": (_("paused"), "warn"),
    "dissolving": (_("being dissolved"), "bad"),
    "completed": (_("completed"), ""),
    "cancelled": (_("cancelled"), ""),
}
FILTERS: Final = {
    "": _("All states"),
    "forming": _("Forming"),
    "ready": _("Ready to start"),
    "running": _("Running"),
    "paused": _("Paused"),
    "completed": _("Completed"),
    "cancelled": _("Cancelled"),
}
SEATS: Final = {
    "paid": (_("paid"), "good"),
    "owing": (_("owing"), "warn"),
    "late": (_("late"), "bad"),
    "in": (_("in"), "good"),
    "asks": (_("asks to join"), "warn"),
    "waits": (_("on the waiting list"), ""),
    "left": (_("left"), ""),
    "over": (_("completed"), ""),
}
ROLES: Final = {"head": _("head"), "officer": _("officer"), "": ""}
FREQUENCIES: Final = {
    "daily": _("every day"),
    "weekly": _("every week"),
    "two_weekly": _("every 2 weeks"),
    "monthly": _("every month"),
}
ORDERS: Final = {
    "ballot": _("by ballot"),
    "joined": _("as they join"),
    "arranged": _("as the head arranges it"),
}
ROUNDS: Final = {
    "done": _("done"),
    "now": _("now"),
    "next": _("next"),
    "later": _("later"),
    "cancelled": _("cancelled"),
}
PRIVACY: Final = {
    1: _("Members see how many have paid, no names."),
    2: _("Members see the names of those who have paid."),
    3: _("Members see who has paid and who has not."),
}
ENTRIES: Final = {
    "due": _("Contribution became due"),
    "due.close": _("No longer owed: the group ends"),
    "unwind.pot": _("From the pot, for all who get something back"),
    "unwind.deposit": _("From a deposit, for all who get something back"),
    "unwind.pool": _("From the late fees, for all who get something back"),
    "unwind.claim": _("Gets back, because the group ends"),
    "unwind.debt": _("Owes, because the group ends"),
    "penalty": _("Late fee"),
    "penalty.waive": _("Late fee taken off"),
    "penalty.refund": _("Late fee given back"),
    "charge": _("Payment received"),
    "charge.suspense": _("Payment that could not be placed"),
    "suspense.assign": _("Payment placed by two people"),
    "suspense.return": _("Payment sent back"),
    "apply": _("Paid from her credit"),
    "pool": _("Late fees shared out"),
    "reserve": _("Payout set aside"),
    "release": _("Payout given up, back into the pot"),
    "paid": _("Payout arrived"),
    "returned": _("Payout sent back by the bank"),
    "repay": _("Payout set aside to be sent again"),
    "repay.release": _("Payout kept for her again"),
    "transfer.fee": _("Fee of a transfer"),
    "transfer.unknown": _("Transfer that we did not order"),
    "transfer.known": _("Transfer found to be ours"),
}
LETTERS: Final = {
    "queued": (_("waits"), ""),
    "sending": (_("being sent"), ""),
    "sent": (_("sent"), ""),
    "delivered": (_("delivered"), "good"),
    "read": (_("read"), "good"),
    "failed": (_("not delivered"), "bad"),
    "unknown": (_("not known"), "warn"),
    "suppressed": (_("not sent"), "warn"),
}

# Why a form cannot be taken: beside the field that it is about.
FIELDS: Final = {
    "bad_name": "name",
    "bad_amount": "amount",
    "bad_size": "seats",
    "bad_start": "start_on",
    "head_unknown": "head_phone",
    "head_frozen": "head_phone",
    "seats_taken": "seats",
}
WHY: Final = {
    "bad_name": _("Take 2 to 16 letters, digits, spaces or & - ' and at least one letter."),
    "bad_amount": _("Take whole naira, from N100 to N500,000."),
    "bad_size": _("A group has {least} to {most} people.", least=terms.SIZES[0], most=terms.SIZES[-1]),
    "bad_start": _("The first payment needs a full day's notice, and lies within a year."),
    "bad_choice": _("Choose how often, and who collects first."),
    "head_unknown": _("Nobody with this number is a member. She has to register first: by dialling, with her own PIN."),
    "head_frozen": _("This member's account is frozen or not active. She cannot lead a group now."),
    "someone_asks": _("Somebody is asking to join. The head has to answer first, because she asked by the old rules."),
    "seats_taken": _("More people are in than there would be seats."),
    "nothing_new": _("Nothing was changed."),
    "not_sure": _("The promises of those who are in will be void. Tick the box if that is what is wanted."),
}

telling.sentences(
    group_drafted=_("{group} is prepared. Its head is asked by SMS; the group forms when she accepts with her PIN."),
    rules_changed_now=_("The rules are changed. The head is asked first, then the {n} who were in are asked again."),
    group_named=_("The group is called {group} now."),
    head_asked=_("She is asked by SMS. The group forms when she accepts with her PIN."),
    group_called_off=_("The group will not start. Those who were asked are told."),
    order_kept=_("The order is kept as a draft. It is not in force yet."),
    order_in_force=_("The order is in force, and everybody is told her turn."),
    order_drawn=_("The order is set, and everybody is told her turn."),
    not_forming=_("That can be changed only while the group forms."),
    not_draft=_("The head has accepted already: the group is no draft any more."),
    seats_changed=_("Somebody has joined or left in the meantime. Look at the order again."),
    not_arranged=_("In this group the order is not arranged."),
    not_drawn=_("In this group the order is arranged: put it into force instead."),
    not_full=_("The group is not full yet."),
    head_unknown=WHY["head_unknown"],
    head_frozen=WHY["head_frozen"],
)


def about(text_key: str) -> str:
    """What a message is about."""
    return _(text_names.name_of(text_key))


def cut_off(hour: int) -> str:
    """'6pm'."""
    return schedule.show_hour(hour)


def known() -> dict[str, Any]:
    """What every template of groups may use."""
    return {
        "STATES": STATES, "SEATS": SEATS, "ROLES": ROLES, "FREQUENCIES": FREQUENCIES, "ORDERS": ORDERS,
        "ROUNDS": ROUNDS, "PRIVACY": PRIVACY, "ENTRIES": ENTRIES, "LETTERS": LETTERS, "FILTERS": FILTERS,
        "about": about, "cut_off": cut_off,
    }  # fmt: skip

"""How each kind of proposal is shown: its title, the page of its matter, and what the two see before they agree.

A module of pages that lets somebody propose something adds its kind with `show`. A kind that nobody has described is
shown by its facts alone: what is approved is never hidden.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from models.actions.signing_in import Somebody

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Matter:
    """What `preview` may need: the subject with what was chosen and what was found, and who looks."""

    subject: str
    wanted: Facts
    facts: Facts
    group_id: int | None
    who: Somebody

    @property
    def row_id(self) -> int:
        tail = self.subject.rpartition(":")[2]
        return int(tail) if tail.isdecimal() else 0


@dataclass(frozen=True)
class Shown:
    """One kind on the pages.

    title: an English sentence of a few words, for lists. done: what the button does. template: what is approved, with
    `matter` and `preview` (what the function of that name has read). where: the page of the matter itself.
    open: it may be proposed on the page of all kinds, since nothing has to be chosen for it.
    """

    title: str
    done: str = "Approve"
    template: str = "panel/proposed/plain.html"
    preview: Callable[[Matter], Any] = lambda _matter: None
    where: Callable[[Matter], str] = lambda _matter: ""
    open: bool = False


SHOWN: Final[dict[str, Shown]] = {}

# What the facts of a kind are called where no template names them.
LABELS: Final[dict[str, str]] = {
    "amount_kobo": "Amount",
    "gross_kobo": "In the pot",
    "fee_kobo": "Service fee",
    "net_kobo": "Paid out",
    "kobo": "Amount",
    "wallet_kobo": "Kept for her",
    "member_id": "Member",
    "recipient_id": "Recipient",
    "staff_id": "Staff",
    "seat_id": "Seat",
    "group_id": "Group",
    "cycle_id": "Cycle",
    "reason": "Reason",
    "reference": "Reference",
    "provider": "Provider",
    "currency": "Currency",
    "role": "Role",
    "people": "People",
    "text": "Text",
}


def show(kind: str, shown: Shown) -> None:
    """Describe a kind. Two descriptions of one are a mistake."""
    if SHOWN.setdefault(kind, shown) != shown:
        raise ValueError(f"{kind} is described twice")


def shown(kind: str) -> Shown:
    """How a kind is shown."""
    return SHOWN.get(kind) or Shown(kind.replace("_", " ").capitalize())


def label(name: str) -> str:
    """What a fact is called."""
    return LABELS.get(name) or name.removesuffix("_kobo").removesuffix("_id").replace("_", " ").capitalize()

"""What narrows a list of the money pages down, read from an address and written into one.

What cannot be read is left out rather than refused: an address that somebody has typed is no form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import quote, urlencode

from flask import request

from bot.panel import group_asked, typed
from models.actions.signing_in import Somebody
from models.country import home
from models.queries.panel_books import Which
from models.queries.panel_money import Amount
from models.rules.figures import day_begins, day_ends

ROOT = "/admin/money"
MOST_TEXT = 60


@dataclass(frozen=True)
class Filters:
    """Of a list: a state, a group, days (both in it), a text, and after which row it goes on."""

    state: str = ""
    group: int | None = None
    since: date | None = None
    until: date | None = None
    q: str = ""
    kind: str = ""
    account: str = ""
    currency: str = field(default_factory=lambda: home().currency)
    after: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Filters":
        """From the query of an address. day=... is one day; from=...&to=... are several."""
        day = typed.day(args.get("day", ""))
        return cls(
            state=args.get("state", "")[:MOST_TEXT],
            group=typed.number(args.get("group", "")),
            since=day or typed.day(args.get("from", "")),
            until=day or typed.day(args.get("to", "")),
            q=args.get("q", "").strip()[:MOST_TEXT],
            kind=args.get("kind", "")[:MOST_TEXT],
            account=args.get("account", "").strip()[:MOST_TEXT],
            currency=args.get("currency", "")[:3].upper() or home().currency,
            after=args.get("after", "")[:MOST_TEXT],
        )

    @classmethod
    def from_request(cls, who: Somebody) -> "Filters":
        """Of the address that was asked for."""
        found, group_id = cls.read(request.args), group_asked.by_code(who, request.args)
        return found if group_id is None else replace(found, group=group_id)

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out by them."""
        return self != Filters(after=self.after)

    @property
    def after_id(self) -> int | None:
        """The row after which the list goes on."""
        return typed.number(self.after)

    @property
    def after_line(self) -> tuple[int, int] | None:
        """'17-2': the entry and the line after which it goes on."""
        entry, _, n = self.after.partition("-")
        first, second = typed.number(entry), typed.number(n)
        return None if first is None or second is None else (first, second)

    @property
    def which(self) -> Which:
        """The same for the books."""
        return Which(self.group, *self.times, self.currency)

    @property
    def times(self) -> tuple[datetime | None, datetime | None]:
        """From the first midnight to the last."""
        return (
            None if self.since is None else day_begins(self.since),
            None if self.until is None else day_ends(self.until),
        )

    def query(self, after: str | int = "") -> str:
        """'?state=paid&after=17'; "" when nothing is narrowed down."""
        one_day = self.since is not None and self.since == self.until
        values = {
            "state": self.state,
            "group": self.group,
            "day": self.since if one_day else None,
            "from": None if one_day else self.since,
            "to": None if one_day else self.until,
            "q": self.q,
            "kind": self.kind,
            "account": self.account,
            "currency": "" if self.currency == home().currency else self.currency,
            "after": after,
        }
        written = urlencode({name: str(value) for name, value in values.items() if value})
        return f"?{written}" if written else ""


def explained(amount: Amount) -> str:
    """The page that takes an amount apart into the lines of which it is the sum."""
    wanted = Filters(since=amount.since, until=amount.until, currency=amount.currency)
    return f"{ROOT}/explain/{quote(amount.what, safe=':')}{wanted.query()}"

"""The money of the house at a glance: where it is, whose it is, what is ours, and what moved this month.

Every amount here names the figure that it is (`models.rules.figures`), so that its page can list the lines which
make it. A field officer's are those of her own groups, and only of accounts that belong to a group.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from models.base import database
from models.country import home
from models.queries import panel_books
from models.queries.panel_books import Which
from models.rules import figures
from models.rules.accounts import FEE_RECOVERY, FLOAT, PSP_FEES, SERVICE_FEE
from models.rules.figures import Figure, day_begins, day_ends
from models.rules.schedule import local_date

MONTHS: Final = 12


@dataclass(frozen=True)
class Amount:
    """One amount of a page. what: its figure. since, until: of a time only, both days in it."""

    what: str
    kobo: int
    currency: str = field(default_factory=lambda: home().currency)
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Overview:
    """cash = members + suspense + ours, always. foreign: money of other kinds. month: what moved in it."""

    cash: tuple[Amount, ...]
    members: tuple[Amount, ...]
    suspense: tuple[Amount, ...]
    ours: tuple[Amount, ...]
    sums: dict[str, Amount]
    owed: Amount
    month: tuple[Amount, ...]
    foreign: tuple[Amount, ...]

    @property
    def agrees(self) -> bool:
        """Whether what is there is what is somebody's."""
        return self.sums["cash"].kobo == sum(self.sums[name].kobo for name in ("members", "suspense", "ours"))


def overview(now: datetime) -> Overview:
    """Of the whole house, from the balances that the database keeps."""
    stands, foreign = _stands()

    def part(families: tuple[str, ...], always: tuple[str, ...] = ()) -> tuple[Amount, ...]:
        wanted = [name for name in families if stands.get(name) or name in always]
        return tuple(Amount(name, figures.shown_sign(name) * stands[name]) for name in wanted)

    sums = {
        name: Amount(name, figures.SUMS[name].sign * sum(stands[each] for each in figures.SUMS[name].families))
        for name in ("cash", "members", "suspense", "ours")
    }
    return Overview(
        cash=part(figures.CASH, figures.CASH[:2]),
        members=part(figures.OF_MEMBERS, ("liab.pot", "liab.payout_clearing", "liab.wallet")),
        suspense=part(figures.SUSPENSE, figures.SUSPENSE[:1]),
        ours=part(figures.OURS, (SERVICE_FEE, FEE_RECOVERY, PSP_FEES, FLOAT)),
        sums=sums,
        owed=Amount("due.seat", stands["due.seat"]),
        month=_month(None, now),
        foreign=foreign,
    )


@dataclass(frozen=True)
class GroupsOverview:
    """The money of some groups: what is kept for them, what is owed to them, what moved this month."""

    held: tuple[Amount, ...]
    owed: Amount
    month: tuple[Amount, ...]


def overview_of_groups(groups: list[int], now: datetime) -> GroupsOverview:
    """From the lines of these groups' entries."""

    def amount(what: str) -> Amount:
        return Amount(what, panel_books.total(figures.of_family(what), Which(), groups)[0])

    held = tuple(each for each in map(amount, figures.OF_GROUPS) if each.kobo or each.what == "liab.pot")
    return GroupsOverview(held, amount("due.seat"), _month(groups, now))


@dataclass(frozen=True)
class Month:
    """The fees of one month. since, until: its days."""

    since: date
    until: date
    amounts: dict[str, Amount]


def balance_of(family: str) -> Amount:
    """What stands in an account of the house."""
    stands, _ = _stands()
    return Amount(family, figures.shown_sign(family) * stands[family])


def kept(figure: Figure, currency: str) -> int | None:
    """What the kept balances say of a figure; None for one that only some kinds of entries make."""
    if figure.kinds:
        return None
    row = database.execute_sql(
        """
        SELECT coalesce(sum(b.amount), 0)::bigint
          FROM account_balance b JOIN account a ON a.id = b.account_id
         WHERE a.currency = %(currency)s AND split_part(a.id, ':', 1) = ANY(%(families)s)
           AND (%(account)s = '' OR a.id = %(account)s)
        """,
        {"currency": currency, "families": list(figure.families), "account": figure.account},
    ).fetchone()
    return figure.sign * int(row[0])


def has_deposits() -> bool:
    """Whether any group has ever taken one."""
    found = database.execute_sql("SELECT 1 FROM account WHERE starts_with(id, 'liab.deposit:') LIMIT 1").fetchone()
    return found is not None


def deposits(groups: list[int] | None, after: int | None, limit: int) -> list[Amount]:
    """Each deposit that is held, by seat, one more than asked when there are more."""
    rows = database.execute_sql(
        """
        SELECT b.account_id, -b.amount
          FROM account_balance b JOIN seat s ON 'liab.deposit:' || s.id = b.account_id
         WHERE b.amount <> 0 AND s.id > %(after)s AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))
         ORDER BY s.id LIMIT %(limit)s
        """,
        {"groups": groups, "after": after or 0, "limit": limit + 1},
    ).fetchall()
    return [Amount(account, kobo) for account, kobo in rows]


def deposits_total(groups: list[int] | None) -> Amount:
    """All of them."""
    return Amount("liab.deposit", panel_books.total(figures.of_family("liab.deposit"), Which(), groups)[0])


def fee_months(before: date | None, limit: int = MONTHS) -> list[Month]:
    """What we earned and paid, month by month, the newest first; those with nothing are left out. One more than asked
    when there are more."""
    families = figures.SUMS["earned"].families
    rows = database.execute_sql(
        """
        SELECT date_trunc('month', e.effective_at AT TIME ZONE %(zone)s)::date AS month, l.account_id,
               sum(l.amount)::bigint
          FROM journal_leg l
          JOIN journal_entry e ON e.id = l.entry_id
          JOIN account a ON a.id = l.account_id AND a.currency = %(currency)s
         WHERE l.account_id = ANY(%(families)s) AND (%(before)s::timestamptz IS NULL OR e.effective_at < %(before)s)
         GROUP BY 1, 2 ORDER BY 1 DESC LIMIT %(limit)s
        """,
        {
            "currency": home().currency,
            "zone": home().zone.key,
            "families": list(families),
            "before": before and day_begins(before),
            "limit": (limit + 1) * len(families),
        },
    ).fetchall()
    months: dict[date, dict[str, int]] = {}
    for month, account, kobo in rows:
        months.setdefault(month, {})[account] = kobo
    return [_fees_of(month, stands, families) for month, stands in list(months.items())[: limit + 1]]


def fees_in_all() -> dict[str, Amount]:
    """The same since the beginning."""
    stands, _ = _stands()
    families = figures.SUMS["earned"].families
    return _fee_amounts(dict(stands), families, None, None)


def _fees_of(month: date, stands: dict[str, int], families: tuple[str, ...]) -> Month:
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    until = date.fromordinal(following.toordinal() - 1)
    return Month(month, until, _fee_amounts(stands, families, month, until))


def _fee_amounts(
    stands: dict[str, int], families: tuple[str, ...], since: date | None, until: date | None
) -> dict[str, Amount]:
    amounts = {
        name: Amount(name, figures.shown_sign(name) * stands.get(name, 0), since=since, until=until)
        for name in families
    }
    return amounts | {
        "earned": Amount("earned", -sum(stands.get(name, 0) for name in families), since=since, until=until)
    }


def _month(groups: list[int] | None, now: datetime) -> tuple[Amount, ...]:
    today = local_date(now)
    first = today.replace(day=1)
    which = Which(since=day_begins(first), until=day_ends(today))
    return tuple(
        Amount(what, panel_books.total(figures.SUMS[what], which, groups)[0], since=first, until=today)
        for what in ("received", "sent")
    )


def _stands() -> tuple[defaultdict[str, int], tuple[Amount, ...]]:
    """Balances by family, and those in other currencies."""
    rows = database.execute_sql(
        """
        SELECT split_part(a.id, ':', 1), a.currency, sum(b.amount)::bigint
          FROM account_balance b JOIN account a ON a.id = b.account_id GROUP BY 1, 2 ORDER BY 2, 1
        """
    ).fetchall()
    stands: defaultdict[str, int] = defaultdict(int)
    for family, currency, kobo in rows:
        if currency == home().currency:
            stands[family] = kobo
    foreign = tuple(
        Amount(family, figures.shown_sign(family) * kobo, currency)
        for family, currency, kobo in rows
        if currency != home().currency and kobo
    )
    return stands, foreign

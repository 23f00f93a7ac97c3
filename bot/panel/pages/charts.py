"""Charts: how the cooperative does, week by week. A page of its own, so that the first one stays light.

Each chart has its numbers as data in the page, and once more as a table beneath: for those who do not see a chart, for
paper, and for a browser without script.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from typing import Any, Final

from flask import render_template, request

from bot import clock
from bot.panel import words
from bot.panel.gate import Panel
from models.actions.signing_in import Somebody
from models.queries import panel_charts
from models.queries.panel_charts import WEEKS, Week
from models.queries.panel_scope import groups_of
from models.rules.staff import Right

FEWEST: Final = 6

Value = float | int | None


@dataclass(frozen=True)
class Series:
    """One line or row of bars. unit: naira | percent | count; values in naira, in percent, or as a number."""

    label: str
    unit: str
    bars: bool
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Chart:
    """One chart. note: what its words mean, in a sentence."""

    name: str
    title: str
    note: str
    series: tuple[Series, ...]


Read = Callable[[Week], Value]


def add(panel: Panel) -> None:
    """The one page."""

    @panel.page("/charts", Right.SEE)
    def charts(who: Somebody) -> Any:
        wanted = request.args.get("weeks", "")
        count = int(wanted) if wanted in map(str, WEEKS) else WEEKS[0]
        weeks = _begun(panel_charts.weeks(groups_of(who), clock.now(), count))
        return render_template(
            "panel/charts.html",
            weeks=weeks,
            charts=[(chart, _data(chart, weeks)) for chart in _charts(weeks)],
            count=count,
            counts=WEEKS,
            shown=shown,
            monday=lambda week: f"{week.begins.day} {week.begins:%b %Y}",
        )


def _begun(weeks: Sequence[Week]) -> Sequence[Week]:
    """Without the weeks before there was anybody; a few stay, or there would be no line to draw."""
    first = next((n for n, week in enumerate(weeks) if week.members), len(weeks))
    return weeks[min(first, max(len(weeks) - FEWEST, 0)) :]


def shown(value: Value, unit: str) -> str:
    """A value of a table."""
    if value is None:
        return "–"
    if unit == "naira":
        return words.naira(round(value * 100))
    return f"{value:g} %" if unit == "percent" else f"{value:,}"


def _charts(weeks: Sequence[Week]) -> list[Chart]:
    def series(label: str, unit: str, read: Read, *, bars: bool = False) -> Series:
        return Series(label, unit, bars, tuple(read(week) for week in weeks))

    dollars = any(week.cost_usd for week in weeks)
    return [
        Chart(
            "money", "Money in and out", "What members paid in, and what was sent to them.",
            (series("In", "naira", lambda week: week.in_kobo / 100, bars=True),
             series("Out", "naira", lambda week: week.out_kobo / 100)),
        ),
        Chart(
            "punctual", "Paid on time", "Of the contributions that were due in the week, how many came by their day.",
            (series("On time", "percent", lambda week: week.on_time), _due(weeks)),
        ),
        Chart(
            "default", "Not paid after a week", "Of the contributions of the week, how many had not come 7 days later.",
            (series("Not paid", "percent", lambda week: week.defaulted),),
        ),
        Chart(
            "growth", "Growth", "How many there were at the end of the week.",
            (series("Members", "count", lambda week: week.members),
             series("Groups that run", "count", lambda week: week.groups)),
        ),
        Chart(
            "messages", "Cost of messages", "As billed by the networks so far; some bill days later.",
            (series("Cost", "naira", lambda week: week.cost_kobo / 100, bars=True),
             *([series("In dollars", "count", lambda week: float(week.cost_usd))] if dollars else []),
             series("Messages sent", "count", lambda week: week.sent)),
        ),
    ]  # fmt: skip


def _due(weeks: Sequence[Week]) -> Series:
    return Series("Due", "count", True, tuple(week.due for week in weeks))


def _data(chart: Chart, weeks: Sequence[Week]) -> dict[str, Any]:
    """What the script draws: seconds since 1970 of each Monday, and the series."""
    mondays = [int(datetime.combine(week.begins, time(12), UTC).timestamp()) for week in weeks]
    return {"x": mondays, "series": [asdict(series) for series in chart.series]}

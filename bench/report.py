"""What was measured, as tables for a person and as JSON for whoever compares runs. Computes nothing but percentiles."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.inside import HopCost
from bench.journeys import JOURNEYS, WITHOUT_PIN

# security.md 6: a hop without a PIN, at a hundred a second.
TARGET_P50_MS = 80.0
TARGET_P99_MS = 500.0
# And one with it, at eight a second on four cores: two for each core.
TARGET_PIN_P99_MS = 1500.0


@dataclass(frozen=True)
class Timing:
    """Milliseconds of many hops."""

    count: int
    p50: float
    p95: float
    p99: float
    most: float

    @classmethod
    def of(cls, samples: Iterable[float]) -> "Timing":
        found = sorted(samples)
        return cls(len(found), *(_percentile(found, share) for share in (0.5, 0.95, 0.99, 1.0)))


@dataclass(frozen=True)
class Run:
    """One way of loading the server: by hop, how long; in all, how many a second; what each process used for a hop."""

    name: str
    load: str
    hops: dict[str, Timing]
    total: Timing
    hops_per_second: float
    errors: dict[str, int]
    shed: int
    processor_ms: dict[str, float]
    others_cores: float  # used by programs that are not ours, on average


@dataclass
class Results:
    """Everything of one run of the bench."""

    machine: dict[str, Any] = field(default_factory=dict)
    population: dict[str, Any] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    costs: list[HopCost] = field(default_factory=list)

    @property
    def errors(self) -> int:
        return sum(sum(run.errors.values()) for run in self.runs)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"errors": self.errors}


def show(results: Results, console: Console) -> None:
    console.print(_closed_table(results.runs))
    console.print(_open_table(results.runs))
    console.print(_cost_table(results.costs))
    console.print(_processor_table(results.runs))
    for run in results.runs:
        for what, count in run.errors.items():
            console.print(f"[red]{run.name}, {run.load}: {count} times {what}[/red]")


def verdict(results: Results) -> list[str]:
    """A sentence for each target: was it met? And how far the machine was ours."""
    others = max((run.others_cores for run in results.runs), default=0.0)
    found = [f"Other programs used up to {others:.1f} of {results.machine['cores']} cores meanwhile."]
    for run in results.runs:
        if "a second" not in run.load or run.name not in JOURNEYS:
            continue
        if run.name == WITHOUT_PIN.name:
            what, timing, good = "a hop", run.total, run.total.p50 < TARGET_P50_MS and run.total.p99 < TARGET_P99_MS
        else:
            what, timing = "the hop", run.hops.get("PIN", run.total)
            good = timing.p99 < TARGET_PIN_P99_MS and not run.shed
        found.append(
            f"{'met' if good and not run.errors else 'MISSED'}: {what} {run.name} at {run.load}: "
            f"p50 {timing.p50:.1f} ms, p99 {timing.p99:.1f} ms, "
            f"{run.shed} turned away, {sum(run.errors.values())} errors"
        )
    return found


def _closed_table(runs: Sequence[Run]) -> Table:
    columns = ("callers", "hop", *TIMES, "hops/s", "of the floor", "of before", "turned away", "errors")
    table = a_table("Closed loop: callers without a pause", *columns)
    closed = [run for run in runs if "callers" in run.load]
    for load in dict.fromkeys(run.load for run in closed):
        beside = {run.name: run for run in closed if run.load == load}
        floor, before = beside.get("floor"), beside.get("before")
        for run in beside.values():
            for name, timing in run.hops.items() if run not in (floor, before) else ():
                table.add_row("", f"[dim]{run.name}: {name}[/dim]", *_times(timing), "", "", "", "", "")
            name = run.name if run in (floor, before) else f"{run.name}: all"
            shares = (_share(run, floor), _share(run, before) if run.name == WITHOUT_PIN.name else "")
            counts = (f"{run.hops_per_second:,.0f}", *shares, str(run.shed), str(sum(run.errors.values())))
            table.add_row(load, name, *_times(run.total), *counts)
        table.add_section()
    return table


def _open_table(runs: Sequence[Run]) -> Table:
    table = a_table(
        "Open loop: sessions that wait for nobody", "rate", "hop", *TIMES, "hops/s", "turned away", "errors"
    )
    for run in runs:
        if "a second" not in run.load:
            continue
        for name, timing in run.hops.items():
            table.add_row("", f"[dim]{run.name}: {name}[/dim]", *_times(timing), "", "", "")
        counts = (f"{run.hops_per_second:,.0f}", str(run.shed), str(sum(run.errors.values())))
        table.add_row(run.load, f"{run.name}: all", *_times(run.total), *counts)
        table.add_section()
    return table


def _cost_table(costs: Sequence[HopCost]) -> Table:
    columns = (
        "journey",
        "hop",
        "SQL statements",
        "trips to Redis",
        "ms",
        "in SQL",
        "in Redis",
        "in Python",
        "processor",
    )
    table = a_table("One hop from inside, one caller, nothing else running", *columns)
    for cost in costs:
        numbers = (cost.wall_ms, cost.sql_ms, cost.redis_ms, cost.python_ms, cost.processor_ms)
        table.add_row(
            cost.journey, cost.hop, f"{cost.statements:.2g}", f"{cost.trips:.3g}", *(f"{ms:.2f}" for ms in numbers)
        )
    return table


def _processor_table(runs: Sequence[Run]) -> Table:
    who = list(dict.fromkeys(name for run in runs for name in run.processor_ms))
    table = a_table("Processor milliseconds for one hop, by process", "load", "journey", *who, "all but the generator")
    for run in runs:
        used = [run.processor_ms.get(name, 0.0) for name in who]
        rest = sum(ms for name, ms in zip(who, used, strict=True) if name != "generator")
        table.add_row(run.load, run.name, *(f"{ms:.2f}" for ms in used), f"{rest:.2f}")
    return table


def _share(run: Run, other: Run | None) -> str:
    """Its throughput as a share of another one's."""
    if other is None or run is other or not other.hops_per_second:
        return ""
    return f"{run.hops_per_second / other.hops_per_second:.1%}"


TIMES = ("p50", "p95", "p99", "max ms")


def a_table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, justify="left" if column in ("callers", "rate", "hop", "journey", "load") else "right")
    return table


def _times(timing: Timing) -> list[str]:
    return [f"{ms:.1f}" for ms in (timing.p50, timing.p95, timing.p99, timing.most)]


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def merged(samples: Iterable[Mapping[str, list[float]]]) -> dict[str, list[float]]:
    """Several rounds as one."""
    found: dict[str, list[float]] = {}
    for each in samples:
        for name, values in each.items():
            found.setdefault(name, []).extend(values)
    return found

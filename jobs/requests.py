"""Requests and proposals come to their end: nobody answered in time, or the time that was given is over. Every ten
minutes.
"""

from datetime import datetime

from jobs.base import for_each, totals
from models.actions import extensions, number_changes, proposals, swaps, waivers


def end_due(now: datetime) -> dict[str, int]:
    """End every swap, every promise, every question about a late fee or a number, every proposal: its time is over."""
    return totals(
        for_each(swaps.swaps_to_end(now), lambda row_id: _ended(swaps.end_swap(row_id, now)), "swap"),
        for_each(extensions.extensions_to_look_at(now), lambda row_id: extensions.end_extension(row_id, now), "time"),
        for_each(waivers.waivers_to_end(now), lambda row_id: _ended(waivers.end_waiver(row_id, now)), "waiver"),
        for_each(number_changes.to_lapse(now), lambda row_id: _ended(number_changes.lapse(row_id, now)), "number"),
        for_each(proposals.to_expire(now), lambda row_id: _ended(proposals.expire(row_id, now)), "proposal"),
    )


def _ended(ended: bool) -> str:
    return "ended" if ended else "nothing to do"

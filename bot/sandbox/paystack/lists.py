"""Lists of transactions and transfers: from, to, perPage and page, newest first."""

from typing import Any

from flask import Response, request

from bot.sandbox.paystack.answers import invalid, ok
from bot.sandbox.store import Row
from bot.sandbox.world import World

MOST_PER_PAGE = 100


def page() -> tuple[int, int]:
    """perPage (50, at most 100) and page (1) of a list."""
    per_page = request.args.get("perPage", 50, type=int)
    number = request.args.get("page", 1, type=int)
    if not 1 <= per_page <= MOST_PER_PAGE or number < 1:
        raise invalid("Invalid page or perPage")
    return per_page, number


def between(here: World, table: str) -> list[Row]:
    """Newest first, within from and to when they are given."""
    start, end = request.args.get("from", ""), request.args.get("to", "~")
    return here.store.rows(
        f"SELECT * FROM {table} WHERE created_at >= ? AND created_at <= ? ORDER BY id DESC",  # noqa: S608 - our name
        start, end,
    )  # fmt: skip


def paged(message: str, data: list[dict[str, Any]]) -> Response:
    per_page, number = page()
    start = (number - 1) * per_page
    meta = {
        "total": len(data),
        "skipped": start,
        "perPage": per_page,
        "page": number,
        "pageCount": -(-len(data) // per_page),
    }
    return ok(message, data[start : start + per_page], meta=meta)

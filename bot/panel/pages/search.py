"""The search box of every page: phone, name, reference, group code. What is found for certain is opened at once."""

from typing import Any

from flask import redirect, render_template, request

from bot import clock
from bot.panel.gate import PREFIX, Panel
from bot.panel.limits import SEARCHES
from bot.panel.masked import plain
from models.actions import looking
from models.actions.signing_in import Somebody
from models.queries import panel_search
from models.queries.panel_search import Hits
from models.rules import finding
from models.rules.finding import Meant
from models.rules.staff import Right


def add(panel: Panel) -> None:
    """The one page; the box itself stands in the head of all."""

    @panel.page("/search", Right.SEE, limit=SEARCHES)
    def search(who: Somebody) -> Any:
        query = plain(request.args.get("q", ""), finding.LONGEST_QUERY)
        wanted = finding.meant(query)
        if wanted.nothing:
            return render_template("panel/search.html", query=query, hits=None, why="")
        refused = looking.may_search(who, clock.now())
        if refused is not None:
            return render_template("panel/search.html", query=query, hits=None, why=refused.why), 429
        hits = panel_search.search(query, who)
        looking.searched(who, hits.count, clock.now())
        where = _certain(wanted, hits)
        return redirect(where, 303) if where else render_template("panel/search.html", query=query, hits=hits, why="")


def _certain(wanted: Meant, hits: Hits) -> str:
    """Where to go when there is one answer, and what was typed is a number or a code."""
    if hits.count != 1:
        return ""
    if wanted.phone and hits.members:
        return f"{PREFIX}/members/{hits.members[0].member_id}"
    if wanted.group_code and hits.groups:
        return f"{PREFIX}/groups/{hits.groups[0].group_id}"
    return ""

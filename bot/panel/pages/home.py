"""Home: what needs somebody now, sorted by the money that is at risk, and the figures of today."""

from typing import Any

from flask import render_template

from bot import clock
from bot.panel.gate import Panel
from bot.panel.menu import Place
from models.actions.signing_in import Somebody
from models.queries import panel_home
from models.rules.staff import Right

PLACES = (Place("Home", "/admin/", Right.SEE),)


def add(panel: Panel) -> None:
    """The one page."""

    @panel.page("/", Right.SEE)
    def home(who: Somebody) -> Any:
        return render_template("panel/home.html", figures=panel_home.figures(who, clock.now()))

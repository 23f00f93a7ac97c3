"""Everything a stand-in needs, in one value; and how a view finds it."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from bot.sandbox.clock import Clock
from bot.sandbox.deliveries import Deliveries
from bot.sandbox.errands import Errands
from bot.sandbox.knobs import Knobs
from bot.sandbox.store import Store
from bot.sandbox.tuning import Tuning, TuningBox
from bot.settings import Settings
from models.country import COUNTRIES, Country

EXTENSION = "ajo-sandbox"


@dataclass(frozen=True)
class World:
    settings: Settings
    store: Store
    clock: Clock
    tuning: TuningBox
    knobs: Knobs
    deliveries: Deliveries
    errands: Errands

    @property
    def country(self) -> Country:
        """Where the integration is: an account at Paystack is of one country and has its money."""
        return COUNTRIES[self.settings.country]


def make_world(settings: Settings) -> World:
    store = Store(settings.data_dir / "sandbox.sqlite3")
    knobs = Knobs(store)
    tuning = TuningBox(store, Tuning(ussd_code=settings.ussd_code))
    return World(settings, store, Clock(store), tuning, knobs, Deliveries(store, knobs, tuning), Errands(store))


def world() -> World:
    """The world of the running app; for views only, everything below them gets it handed in."""
    return cast(World, current_app.extensions[EXTENSION])

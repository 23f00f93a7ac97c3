"""The same story, while processes are killed and Redis is emptied: nothing of it may show in the books at its end.

The books are compared with those that `expected` works out, to which the undisturbed story is held as well. SIGKILL
takes a process with all its children, as when a machine loses power.
"""

import threading
import time
from collections.abc import Callable

import redis

from bot.sandbox.house import House
from bot.sandbox.story.script import play
from tests.story import expected
from tests.story.books import books_of

PATIENCE_SECONDS = 120.0
# What a dead worker had in its hand is free again after a minute of our own time, and a transfer that the provider
# has never seen is sent again after two.
LONGER_THAN_A_LEASE = "3m"
PROGRAMS = ("web", "worker", "clock")

Mischief = Callable[[House], None]


def kills(*names: str) -> Mischief:
    def act(house: House) -> None:
        for name in names:
            house.kill(name)

    return act


def starts(*names: str) -> Mischief:
    def act(house: House) -> None:
        for name in names:
            house.start(name)
        if "worker" in names:
            assert house.flask("clock", "advance", LONGER_THAN_A_LEASE, "--no-wait").returncode == 0

    return act


def restarts(*names: str) -> Mischief:
    def act(house: House) -> None:
        kills(*names)(house)
        starts(*names)(house)

    return act


class KillInTheMiddle:
    """The provider has a transfer and takes its time to answer: at that moment the worker dies."""

    def lie_in_wait(self, house: House) -> None:
        known = len(house.sandbox.transfers())
        house.sandbox.knob("paystack.transfer", "slow_seconds", 5, times=1)
        self._thread = threading.Thread(target=self._watch, args=(house, known), daemon=True)
        self._thread.start()

    def strike(self, house: House) -> None:
        self._thread.join()
        starts("worker")(house)

    def _watch(self, house: House, known: int) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(house.sandbox.transfers()) == known and time.monotonic() < deadline:
            time.sleep(0.02)
        house.kill("worker")


IN_THE_MIDDLE = KillInTheMiddle()

# After which step what is done, in the order of the story.
KILLS: list[tuple[str, Mischief]] = [
    ("Ada has opened Mama Titi Ajo", restarts("clock")),
    ("Chidi has come by invitation", restarts("web")),
    ("Femi has a payout account", restarts("worker")),
    ("Ada has a code to pay N5,000 with", kills("worker")),
    ("Ada has paid at the bank", starts("worker")),
    ("Bisi has an account to send N5,000 to", kills("web")),
    ("Bisi has paid at the bank", starts("web")),
    ("Efe has paid at the bank", restarts("worker")),
    ("Femi looks at the payout", restarts("web")),
    ("Femi has approved, and cannot do it twice", IN_THE_MIDDLE.lie_in_wait),
    ("Bisi has approved", IN_THE_MIDDLE.strike),
    ("The cut-off has passed without Chidi", restarts(*PROGRAMS)),
    ("Ada gives it one more day", restarts("clock", "worker")),
    ("Chidi has paid at the bank", restarts("worker")),
    ("Femi has approved", restarts("worker", "web")),
    ("Chidi has N24,750, and everybody knows", restarts(*PROGRAMS)),
]


def test_kills_change_nothing_in_the_books(a_house: House):
    left = list(KILLS)

    def after_step(done: str) -> None:
        if left and left[0][0] == done:
            left.pop(0)[1](a_house)

    play(a_house, narrate=lambda done: None, after_step=after_step, disturbed=True)

    assert left == []
    assert_as_if_nothing_had_happened(a_house)


def test_an_empty_redis_changes_nothing_in_the_books(a_house: House):
    client = redis.Redis.from_url(f"redis://127.0.0.1:{a_house.settings.redis_port}/0")

    play(
        a_house,
        narrate=lambda done: None,
        after_step=lambda done: client.flushall(),
        disturbed=True,
    )

    client.close()
    assert_as_if_nothing_had_happened(a_house)


def assert_as_if_nothing_had_happened(house: House) -> None:
    books = books_of(house)
    assert books.entries == expected.entries()
    assert books.balances == expected.balances()
    assert books.rows == expected.rows()

"""Where the story is played: the house, its phones, its time, and the check of the books after every step.

What happens on it stands in `acts` and `script`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.sandbox.client import SandboxClient, Sms
from bot.sandbox.house import House
from bot.sandbox.story.cast import CAST, DAYO, Person
from bot.sandbox.story.channels import USSD, handset
from bot.sandbox.story.handset import Handset, Seen, Unexpected
from flows.catalogue import ENGLISH
from models import base, sealing
from models.actions import switches
from models.queries.explain import GroupBooks, HouseTotals, explain_group, house_totals
from models.queries.groups import by_code
from models.queries.invariants import violations
from models.rules.schedule import LAGOS, show_date, show_time

# Quick enough to watch; nothing of it is seen by the product.
QUICK = {"transfer_seconds": 0.2, "report_seconds": 0.1, "retry_scale": 0.002}

Narrate = Callable[[str], None]
AfterStep = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What the story came to: the books explained, and what everybody's phone saw and got, by first name."""

    steps: int
    books: GroupBooks
    house: HouseTotals
    provider_balance_kobo: int
    seen: dict[str, tuple[Seen, ...]]
    sms: dict[str, tuple[Sms, ...]]


@dataclass
class Stage:
    """Everything that the acts need. `after_step` is told each step's name once its books are checked."""

    house: House
    narrate: Narrate
    after_step: AfterStep
    disturbed: bool = False
    channel: str = USSD
    language: str = ENGLISH
    phones: dict[str, Handset] = field(default_factory=dict)
    code: str = ""  # of the group, once it is opened
    steps: int = 0

    def __post_init__(self) -> None:
        code = self.house.settings.ussd_code
        for person in CAST:
            self.phones[person.first_name] = handset(
                self.channel, self.sandbox, person, code, language=self.language, disturbed=self.disturbed
            )
        self.outsider = Handset(self.sandbox, "Dayo", DAYO, code)

    @property
    def sandbox(self) -> SandboxClient:
        return self.house.sandbox

    def phone(self, person: Person) -> Handset:
        return self.phones[person.first_name]

    def step(self, done: str) -> None:
        """Something was done: say so, check the books, and let whoever listens do his mischief."""
        self.narrate(done)
        self.check()
        self.steps += 1
        self.after_step(done)

    def check(self) -> None:
        """The books have to be right at every moment, also in the middle of things."""
        if broken := violations(self.now()):
            raise Unexpected("the books are broken: " + "; ".join(map(str, broken)))

    def now(self) -> datetime:
        """The product's time."""
        return datetime.now(UTC) + timedelta(seconds=switches.clock_offset())

    def local(self) -> datetime:
        return self.now().astimezone(LAGOS)

    def move_time_to(self, instant: datetime) -> None:
        """With the product's own command, which returns when the jobs have run that became due."""
        self._flask("clock", "set", instant.isoformat())
        self.step(f"It is {show_date(instant.date())}, {show_time(instant)}")

    def advance(self, duration: str) -> None:
        """Likewise, by a duration."""
        self._flask("clock", "advance", duration)
        local = self.local()
        self.step(f"{duration} later it is {show_date(local.date())}, {show_time(local)}")

    def make_templates(self) -> None:
        """What may be said on WhatsApp outside the 24 hours; Meta needs a moment to approve it."""
        self._flask("templates")
        self.sandbox.settle()
        self._flask("templates")
        self.step("WhatsApp has approved the templates")

    def outcome(self) -> Outcome:
        """Once Paystack's books have been compared with ours. Raises Unexpected when something does not add up."""
        self._flask("run-job", "reconcile")
        self._flask("check", "--provider")
        group = by_code(self.code)
        if group is None:
            raise Unexpected(f"no group has the code {self.code}")
        books = explain_group(group.id)
        if books.differences:
            raise Unexpected(f"the books do not add up: {'; '.join(books.differences)}")
        return Outcome(
            self.steps,
            books,
            house_totals(),
            self.sandbox.balance(),
            {name: tuple(phone.seen) for name, phone in self.phones.items()},
            {name: tuple(phone.inbox()) for name, phone in self.phones.items()},
        )

    def _flask(self, *words: str) -> None:
        done = self.house.flask(*words)
        if done.returncode != 0:
            raise Unexpected(f"flask {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr[-600:]}")


@contextmanager
def reading_books(house: House) -> Iterator[None]:
    """This process looks into the house's database meanwhile, as its own program would."""
    sealing.use(house.settings.field_keys)
    base.connect(house.settings.database_url)
    try:
        yield
    finally:
        base.database.close_all()

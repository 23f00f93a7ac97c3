"""What happens when: the lives of the circles are lists of scenes, and the history plays all of them by their time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from jobs.demo import circles
from jobs.demo.circles import Circle
from jobs.demo.people import Person
from jobs.demo.stage import Stage, Unplayable

WEEK: Final = 7
CUTOFF: Final = "18:10"  # a moment after it
FEES: Final = "01:05"
MORNING: Final = "09:05"
POTS: Final = "10:05"
# When a circle's people pay: so many days before the due day, and at what time. Another three for each cycle.
HOURS: Final = (
    ((5, "19:20"), (2, "12:40"), (0, "08:15")),
    ((4, "07:50"), (1, "20:05"), (0, "13:30")),
    ((6, "16:45"), (3, "09:35"), (1, "18:25")),
)
APPROVED: Final = "15:10"


@dataclass(frozen=True)
class Scene:
    """Something that happens so many days before the present one, at a time of the day in Lagos."""

    days_ago: int
    at: str
    act: Callable[[Stage], None]


@dataclass
class Life:
    """A circle's scenes, told before it is there: whoever plays one finds the circle that an earlier one opened."""

    founded: Circle | None = None
    scenes: list[Scene] = field(default_factory=list)

    @property
    def circle(self) -> Circle:
        if self.founded is None:
            raise Unplayable("a scene of a circle that is not there yet")
        return self.founded

    def on(self, days_ago: int, at: str, act: Callable[[Stage], None]) -> None:
        """Another scene."""
        self.scenes.append(Scene(days_ago, at, act))

    def runs(self, days_ago: int, at: str, *jobs: str) -> None:
        """Periodic jobs that matter here; the others would have found nothing to do."""
        self.on(days_ago, at, lambda stage: stage.run(*jobs))

    def payments(self, due: int, number: int, *absent: Person) -> None:
        """Everybody but some pay a cycle that is due so many days ago, in three parts of the circle and of its days."""
        for part, (before, at) in enumerate(HOURS[number % len(HOURS)]):
            self.on(due + before, at, partial(self._pay, absent=absent, part=part))

    def full_pot(self, due: int, number: int) -> None:
        """A cycle in which nothing goes wrong: all pay, the officers say yes on the due day."""
        self.payments(due, number)
        self.on(due, APPROVED, lambda stage: circles.pay_out(stage, self.circle))

    def _pay(self, stage: Stage, absent: Sequence[Person], part: int) -> None:
        circles.pay(stage, self.circle, self.circle.but(*absent)[part::3])


def in_order(lives: Iterable[Life]) -> list[Scene]:
    """All scenes by their time; of two at the same time the one that was told first."""
    scenes = [scene for life in lives for scene in life.scenes]
    return sorted(scenes, key=lambda scene: (-scene.days_ago, scene.at))

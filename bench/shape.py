"""Who is who in the bench's population. Pure arithmetic, so that whoever dials needs no database to know whom to be.

Groups of ten with ten weekly cycles: five are over, the sixth is running, four are to come.
Seats are numbered through; seat 11 is the first of group 2 and collects first there.
"""

import random
from dataclasses import dataclass

SEATS = 10
CYCLES = 10
PAST = 5
CURRENT = PAST + 1
OFFICERS = 3  # the first three of each group; its first member is the head
FULL_EVERY = 20  # of so many groups one has its sixth pot full, and it waits for the officers

PIN = "4628"
PIN_HOLDERS = 128  # members who know their PIN: hashing one costs sixty milliseconds
SCATTER = 7919  # neighbours in a group are not neighbours in the table of members

FIRST_NAMES = (
    "Ada", "Bisi", "Chidi", "Dayo", "Efe", "Funmi", "Gbenga", "Halima", "Ifeoma", "Jide", "Kemi", "Lanre", "Musa",
    "Ngozi", "Ola", "Patience", "Rukayat", "Sani", "Titi", "Uche", "Wale", "Yemisi", "Zainab",
)  # fmt: skip
LAST_NAMES = (
    "Abubakar", "Adeyemi", "Bello", "Balogun", "Chukwu", "Danjuma", "Eze", "Fashola", "Garba", "Ibrahim", "Lawal",
    "Mohammed", "Nwosu", "Obi", "Okafor", "Okonkwo", "Onyeka", "Sule", "Usman",
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """How large the population is."""

    groups: int

    @property
    def members(self) -> int:
        return self.groups * SEATS

    def member_of(self, seat: int) -> int:
        """Every member has one seat."""
        return seat * SCATTER % self.members + 1

    def callers(self, seed: int) -> list[int]:
        """Members with nothing to decide, in a random order: an officer may be asked something before the menu.

        Of groups whose sixth pot is not full, so that all of them hear the same of who has paid.
        """
        seats = [
            seat
            for seat in range(1, self.members + 1)
            if (seat - 1) % SEATS >= OFFICERS and ((seat - 1) // SEATS + 1) % FULL_EVERY
        ]
        random.Random(seed).shuffle(seats)
        return [self.member_of(seat) for seat in seats]

    def pin_holders(self) -> list[int]:
        """The callers whose PIN is `PIN`."""
        return sorted(self.callers(seed=1)[:PIN_HOLDERS])


def phone(member: int) -> str:
    """A Nigerian mobile number."""
    return f"+234803{2_000_000 + member:07d}"


def name(member: int) -> str:
    first = FIRST_NAMES[member % len(FIRST_NAMES)]
    return f"{first} {LAST_NAMES[member // len(FIRST_NAMES) % len(LAST_NAMES)]}"


def account_number(member: int) -> str:
    return f"{member * 7_368_787 % 10_000_000_000:010d}"


def group_name(group: int) -> str:
    return f"{FIRST_NAMES[group % len(FIRST_NAMES)]} Ajo {group % 1000}"

"""Who of the staff may do what in the panel, and how she proves who she is. Pure.

A role is a set of rights, and a page names the right that it needs (security.md, threats
16 and 18). Nobody has the right to check what she has proposed herself: that is the action's
business, and no right can give it.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from models.rules.refused import Refused


class Role(StrEnum):
    """What somebody is employed for."""

    OWNER = "owner"
    FINANCE = "finance"
    FIELD = "field"  # a field officer: her own groups only
    AUDITOR = "auditor"  # reads everything, with numbers and names of banks masked


class Right(StrEnum):
    """What a page or a button needs."""

    SEE = "see"
    SEE_WHOLE = "see_whole"  # phone numbers in full
    SERVE = "serve"  # remind, resend, unlock, freeze, look at proofs, arrange a group
    PROPOSE = "propose"  # the first of two people
    CHECK = "check"  # the second
    EXPORT = "export"
    AUDIT = "audit"  # who did what, over all groups
    OPERATE = "operate"  # jobs, queues, settings, switches
    STAFF = "staff"  # who works here, and as what


RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.OWNER: frozenset(Right),
    Role.FINANCE: frozenset(Right) - {Right.STAFF},
    Role.FIELD: frozenset({Right.SEE, Right.SEE_WHOLE, Right.SERVE, Right.PROPOSE, Right.EXPORT}),
    Role.AUDITOR: frozenset({Right.SEE, Right.EXPORT, Right.AUDIT}),
}

TRIES: Final = 5
LOCKS: Final = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24))
TRIES_OF_ADDRESS: Final = 30  # failures from one network address in a quarter of an hour
ADDRESS_WINDOW: Final = timedelta(minutes=15)

IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=8)
CODE_HOLDS: Final = timedelta(minutes=5)  # so long a code of her phone counts for approvals in the same browser
SETUP_LIFE: Final = timedelta(hours=24)  # of the link by which somebody sets her password for the first time

RECOVERY_CODES: Final = 8
TOTP_SECONDS: Final = 30

LEAST_PASSWORD: Final = 12
MOST_PASSWORD: Final = 200
# The beginnings that everybody tries; the length does the rest.
WEAK: Final = ("password", "123456", "qwerty", "letmein", "welcome", "ajosecure", "iloveyou")


def may(role: Role, right: Right) -> bool:
    """Whether the role has the right."""
    return right in RIGHTS[role]


def own_groups_only(role: Role) -> bool:
    """Whether she sees only the groups that she looks after."""
    return role is Role.FIELD


def password_refusal(password: str, email: str) -> Refused | None:
    """Why a password cannot be taken: too short, too long, or what anybody would try first."""
    if len(password) < LEAST_PASSWORD:
        return Refused("short_password")
    if len(password) > MOST_PASSWORD:
        return Refused("long_password")
    plain = password.casefold()
    name = email.partition("@")[0].casefold()
    if plain.startswith(WEAK) or len(set(plain)) < 5 or (len(name) > 3 and name in plain):
        return Refused("weak_password")
    return None


def lock_for(locks: int) -> timedelta:
    """How long the next lock lasts, after so many before it."""
    return LOCKS[min(locks, len(LOCKS) - 1)]

"""Vouching as a screen shows it: the question to the one who is asked, and to the one who asks what became of hers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VouchTask:
    """Somebody whom she knows asks her: is it really I? (O9). purpose: pin | unfreeze | name | number."""

    vouch_id: int
    purpose: str
    group: str
    who: str
    name: str  # that she wants to have, or her new number, masked; "" when it is about something else


@dataclass(frozen=True)
class VouchCard:
    """Her own question to somebody who knows her: still open, or answered with yes."""

    vouch_id: int
    given: bool
    who: str

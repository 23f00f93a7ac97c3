"""The ballot's secret: chosen before anybody knows who draws, sealed, with its mark public from the beginning.

A secret serves one draw. Once it has been opened, whoever knows it could compute the next order beforehand.
"""

import secrets
from typing import Any, Final

from models.rules import rotation
from models.sealing import keys
from models.tables.groups import Group

NONE: Final = {"draw_commitment": None, "draw_secret_sealed": None, "draw_secret": None}


def new(group_id: int) -> dict[str, Any]:
    """The columns of a group that is to draw: a new secret, of which only the mark can be seen."""
    secret = secrets.token_hex(32)
    return {
        "draw_commitment": rotation.commitment(bytes.fromhex(secret)),
        "draw_secret_sealed": keys().seal(secret, _place(group_id)),
        "draw_secret": None,
    }


def secret_of(group: Group) -> str | None:
    """The secret in hex, to be published with the order; None where there is no ballot."""
    if group.draw_secret_sealed is None:
        return None
    return keys().open(group.draw_secret_sealed, _place(group.id))


def _place(group_id: int) -> str:
    return f"savings_group.draw_secret:{group_id}"

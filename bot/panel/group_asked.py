"""The group that a form asks for: chosen from a list, or typed by its code where there are more than a list holds."""

from collections.abc import Mapping

from flask import abort

from bot.panel.masked import plain
from models.actions.signing_in import Somebody
from models.queries import panel_sheets
from models.queries.panel_scope import groups_of

MOST_CODE = 12


def by_code(who: Somebody, form: Mapping[str, str]) -> int | None:
    """None when no code was typed; a typed one counts, whatever is chosen. 404 when she sees no group with it."""
    code = plain(form.get("code", ""), MOST_CODE).replace(" ", "")
    return (panel_sheets.group_of_code(code, groups_of(who)) or abort(404)) if code else None

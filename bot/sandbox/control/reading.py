"""Reading a control request's JSON, with a sentence about what is wrong with it."""

from typing import Any, TypeVar

from flask import request

T = TypeVar("T")


class BadRequest(ValueError):
    """The caller of the control API made a mistake; the text says which."""


def body() -> dict[str, Any]:
    found = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(found, dict):
        raise BadRequest("the body is not a JSON object")
    return found


def optional(found: dict[str, Any], name: str, kind: type[T]) -> T | None:
    value = found.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadRequest(f"{name} is not a {kind.__name__}")
    return value


def needed(found: dict[str, Any], name: str, kind: type[T]) -> T:
    value = optional(found, name, kind)
    if value is None:
        raise BadRequest(f"{name} is missing")
    return value

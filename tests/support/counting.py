"""Counts what a request costs: SQL statements, and round trips to Redis."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis
from redis.client import Pipeline

from models.base import database

CHANGES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|LOCK|BEGIN|SAVEPOINT)\b|\bFOR (NO KEY )?UPDATE\b", re.IGNORECASE)


@dataclass
class Costs:
    """What was sent while counting."""

    statements: list[str] = field(default_factory=list)
    trips: list[str] = field(default_factory=list)

    @property
    def writes(self) -> list[str]:
        """Statements that change or lock something."""
        return [each for each in self.statements if CHANGES.search(each)]


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Costs]:
    """Count in this block. A pipeline is one round trip, however much it holds."""
    costs = Costs()
    sql, command, pipeline = database.execute_sql, redis.Redis.execute_command, Pipeline.execute

    def counted_sql(statement: str, *args: Any, **options: Any) -> Any:
        costs.statements.append(statement)
        return sql(statement, *args, **options)

    def counted_command(self: redis.Redis, *args: Any, **options: Any) -> Any:
        if not isinstance(self, Pipeline):
            costs.trips.append(str(args[0]))
        return command(self, *args, **options)

    def counted_pipeline(self: Any, *args: Any, **options: Any) -> Any:
        costs.trips.append("pipeline of " + ", ".join(str(each[0][0]) for each in self.command_stack))
        return pipeline(self, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(database, "execute_sql", counted_sql)
        patched.setattr(redis.Redis, "execute_command", counted_command)
        patched.setattr(Pipeline, "execute", counted_pipeline)
        yield costs

"""Looks for a secret in everything that was kept: rows, values in Redis, logs, pages.

Four digits are short: they stand by chance inside hashes, random ids, times and ports, once in some dozens of runs.
So those are taken out first, a secret counts only where it stands by itself, and sealed bytes are read as the bytes
that they are and not as hex. What somebody would write of a secret ("pin": "7349", 1*7349, PIN 7349) is found.
"""

import json
import re
import uuid
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import redis

from models.base import database

LONG = 10  # as many digits as an account number are nowhere by chance

_INNOCENT = re.compile(
    r"""
      \b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b    # random ids
    | \bpid\W{1,4}\d+ | \b\d+:[MCS][ ] | \[\d+\](?=[ ])                   # processes
    | \.\d{1,6}(?=Z|\+|\b)                                                # parts of seconds
    | (?:\b|_)ms\W{1,4}\d+                                                # how long
    | (?<!pin)(?<!PIN)(?<=[\w\]]):\d{4,5}\b | \bport[ ]\d+                # ports
    """,
    re.VERBOSE,
)


def found(secret: str, *texts: str) -> list[str]:
    """The places in these texts where it stands, by itself if it is short, or spelt as hex; with what stands around."""
    alone = rf"(?<![\w.])(?<!\d,){re.escape(secret)}(?!\w)" if len(secret) < LONG else re.escape(secret)
    spelt = f"{alone}|{secret.encode().hex()}"
    return [
        text[max(0, at.start() - 80) : at.end() + 20]
        for text in (_INNOCENT.sub(" ", each) for each in texts)
        for at in re.finditer(spelt, text)
    ]


def in_redis(client: redis.Redis) -> str:
    """Every key and every value, a line each."""
    lines = ((_text(key), text) for key in client.scan_iter(count=1000) for text in texts_of(client, key))
    return "\n".join(f"{name} = {text}" for name, text in lines)


def in_the_database(*tables: str) -> str:
    """Every value of every row (of these tables), a line each; bytes as they lie there."""
    every = database.execute_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return "\n".join(line for table in tables or [name for (name,) in every] for line in _rows(table))


def texts_of(client: "redis.Redis", key: bytes) -> Iterator[str]:
    """What this key holds, of whatever type; "" for what is sealed."""
    match client.type(key):
        case b"string":
            yield _text(client.get(key) or b"")
        case b"hash":
            yield from (f"{_text(name)}={_text(value)}" for name, value in client.hgetall(key).items())
        case b"list":
            yield from map(_text, client.lrange(key, 0, -1))
        case b"set":
            yield from map(_text, client.smembers(key))
        case b"zset":
            yield from (_text(member) for member, _ in client.zrange(key, 0, -1, withscores=True))
        case b"stream":
            for _, fields in client.xrange(key):
                yield from (f"{_text(name)}={_text(value)}" for name, value in fields.items())


def _rows(table: str) -> Iterator[str]:
    rows = database.execute_sql(f'SELECT * FROM "{table}"')
    names = [column[0] for column in rows.description]
    for row in rows.fetchall():
        yield from (f"{table}.{name} = {_shown(value)}" for name, value in zip(names, row, strict=True))


def _shown(value: Any) -> str:
    match value:
        case bytes() | memoryview():
            return _text(bytes(value))
        case datetime() | date() | uuid.UUID():
            return ""
        case str():
            return value
    return json.dumps(value, default=str)


def _text(raw: bytes) -> str:
    """RQ packs what it stores of a job. What is sealed begins with the number of its key and is no text."""
    with suppress(zlib.error):
        raw = zlib.decompress(raw)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "" if 1 <= raw[0] < 32 else raw.decode("ascii", "replace")

"""Looks for what nobody may find: the story's PINs, phone numbers and account numbers, in everything that was kept.

Phone and account numbers are long enough that a hit is never chance. A PIN is four digits, so places in which
four digits stand for something else are taken out first, by tests/support/leaks.
"""

import re
from contextlib import closing

import psycopg2
import redis

from bot.sandbox import postgres
from bot.sandbox.house import House
from bot.sandbox.story.cast import CAST, DAYO
from tests.support import leaks

# The sandbox is the provider's side: it knows what was typed, as Africa's Talking does.
OURS = ("migrate", "seed", "web", "worker", "clock", "postgres", "redis")

NUMBERS = [
    spelling
    for phone in [*(person.phone for person in CAST), DAYO]
    for spelling in (phone, phone.removeprefix("+"), "0" + phone.removeprefix("+234"))
] + [person.account for person in CAST]
PINS = [person.pin for person in CAST]

_NUMBER = re.compile("|".join(map(re.escape, NUMBERS)))


class Canary:
    """Collects what Redis holds while the story goes on, because much of it lives for minutes only."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._redis = redis.Redis.from_url(f"redis://127.0.0.1:{house.settings.redis_port}/0")
        self.found: list[str] = []
        self.keys_seen: set[str] = set()

    def look_into_redis(self) -> None:
        """Every key of every type, with its values; job arguments are unpacked."""
        for key in self._redis.scan_iter(count=1000):
            name = key.decode("utf-8", "replace")
            self.keys_seen.add(re.sub(r"[0-9a-f-]{8,}|\d+", "*", name))
            self._judge(f"redis key {name}", name)
            for text in leaks.texts_of(self._redis, key):
                self._judge(f"redis {name}", text)

    def look_into_logs(self) -> None:
        for name in OURS:
            for line in self._house.said(name).splitlines():
                self._judge(f"log of {name}", line)

    def look_into_database(self) -> None:
        """Every column of every table as text. Sealed ones are hex; a number that was not sealed would show in it."""
        hexed = re.compile("|".join(number.encode().hex() for number in NUMBERS))
        with closing(psycopg2.connect(postgres.url(self._house.settings.postgres_port))) as db, db.cursor() as cursor:
            cursor.execute(
                """
                SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'
                """
            )
            columns = [row for row in cursor.fetchall() if not row[2].startswith("timestamp")]
            for table, column, kind in columns:
                cursor.execute(f'SELECT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')
                for (text,) in cursor.fetchall():
                    if kind == "bytea":
                        self.found += [f"database {table}.{column}: {hit}" for hit in hexed.findall(text)]
                    elif kind in ("text", "jsonb", "ARRAY", "character varying"):
                        self._judge(f"database {table}.{column}", text)

    def close(self) -> None:
        self._redis.close()

    def _judge(self, where: str, text: str) -> None:
        self.found += [f"{where}: {hit} in {text[:300]}" for hit in hits(text)]


def hits(text: str) -> list[str]:
    """The numbers and PINs in a text."""
    return [*_NUMBER.findall(text), *(pin for pin in PINS if leaks.found(pin, text))]

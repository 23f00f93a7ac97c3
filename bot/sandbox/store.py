"""The sandbox's own memory: one SQLite file, so that it outlives the product's kills and its own.

Tables and transactions only; what the rows mean is decided by the modules that write them.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Row = sqlite3.Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS knob (
    id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL, does TEXT NOT NULL,
    value TEXT NOT NULL, only TEXT, times INTEGER
);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, url TEXT NOT NULL, headers TEXT NOT NULL,
    body BLOB NOT NULL, retry TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL, first_at REAL, after_id INTEGER, result TEXT
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, due_at);
CREATE TABLE IF NOT EXISTS errand (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, payload TEXT NOT NULL, due_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS customer (
    id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL, email TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS charge (
    id INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL UNIQUE, customer_id INTEGER NOT NULL,
    channel TEXT NOT NULL, state TEXT NOT NULL, requested_amount INTEGER NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, fees INTEGER, metadata TEXT NOT NULL, detail TEXT NOT NULL,
    ussd_code TEXT UNIQUE, account_number TEXT UNIQUE, expires_at TEXT, created_at TEXT NOT NULL, paid_at TEXT
);
CREATE TABLE IF NOT EXISTS account (
    bank_code TEXT NOT NULL, account_number TEXT NOT NULL, account_name TEXT,
    PRIMARY KEY (bank_code, account_number)
);
CREATE TABLE IF NOT EXISTS recipient (
    id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL,
    currency TEXT NOT NULL, account_number TEXT NOT NULL, bank_code TEXT NOT NULL, account_name TEXT NOT NULL,
    bank_name TEXT NOT NULL, metadata TEXT NOT NULL, created_at TEXT NOT NULL,
    UNIQUE (bank_code, account_number, currency)
);
CREATE TABLE IF NOT EXISTS transfer (
    id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, reference TEXT NOT NULL UNIQUE,
    recipient_id INTEGER NOT NULL, amount INTEGER NOT NULL, fee INTEGER NOT NULL, currency TEXT NOT NULL,
    reason TEXT, status TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, transferred_at TEXT
);
CREATE TABLE IF NOT EXISTS refund (
    id INTEGER PRIMARY KEY AUTOINCREMENT, charge_id INTEGER NOT NULL, amount INTEGER NOT NULL, status TEXT NOT NULL,
    note TEXT, created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS movement (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, reference TEXT NOT NULL, currency TEXT NOT NULL,
    amount INTEGER NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS phone (number TEXT PRIMARY KEY, network_code TEXT, quirks TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ussd_session (
    id TEXT PRIMARY KEY, phone TEXT NOT NULL, service_code TEXT NOT NULL, network_code TEXT NOT NULL,
    quirks TEXT NOT NULL, text TEXT NOT NULL, status TEXT NOT NULL, started_at TEXT NOT NULL,
    started_real REAL NOT NULL, hops INTEGER NOT NULL DEFAULT 0, hops_metadata TEXT NOT NULL DEFAULT '',
    last_response TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS ussd_session_phone ON ussd_session (phone, status);
CREATE TABLE IF NOT EXISTS ussd_hop (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, phone TEXT NOT NULL, text TEXT NOT NULL,
    answer TEXT NOT NULL, error TEXT, took_ms INTEGER NOT NULL, at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ussd_hop_session ON ussd_hop (session_id);
CREATE TABLE IF NOT EXISTS sms (
    id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, number TEXT NOT NULL, sender TEXT NOT NULL,
    text TEXT NOT NULL, segments INTEGER NOT NULL, status_code INTEGER NOT NULL, at TEXT NOT NULL, report TEXT,
    provider TEXT NOT NULL DEFAULT 'africastalking', price TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS sms_number ON sms (number);
CREATE TABLE IF NOT EXISTS sms_stop (provider TEXT NOT NULL, number TEXT NOT NULL, PRIMARY KEY (provider, number));
CREATE TABLE IF NOT EXISTS twilio_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE, direction TEXT NOT NULL, channel TEXT NOT NULL,
    number TEXT NOT NULL, sender TEXT NOT NULL, receiver TEXT NOT NULL, body TEXT NOT NULL, shown TEXT NOT NULL,
    template INTEGER NOT NULL DEFAULT 0, media INTEGER NOT NULL DEFAULT 0, segments INTEGER NOT NULL,
    status TEXT NOT NULL, arrived INTEGER NOT NULL DEFAULT 0, error_code INTEGER, price TEXT, callback TEXT,
    service_sid TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, sent_at TEXT
);
CREATE INDEX IF NOT EXISTS twilio_message_number ON twilio_message (number, channel);
CREATE TABLE IF NOT EXISTS twilio_media (
    sid TEXT PRIMARY KEY, message_sid TEXT NOT NULL, content_type TEXT NOT NULL, name TEXT NOT NULL,
    data BLOB NOT NULL, url TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS twilio_media_message ON twilio_media (message_sid);
CREATE TABLE IF NOT EXISTS twilio_content (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE, friendly_name TEXT, language TEXT NOT NULL,
    variables TEXT NOT NULL, types TEXT NOT NULL, approval TEXT NOT NULL DEFAULT 'unsubmitted',
    reason TEXT NOT NULL DEFAULT '', name TEXT, category TEXT, created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS whatsapp_user (
    number TEXT PRIMARY KEY, user_id TEXT NOT NULL UNIQUE, profile_name TEXT NOT NULL DEFAULT '',
    privacy TEXT NOT NULL DEFAULT 'number', wrote_at TEXT
);
"""

# Columns that a file of an older sandbox does not have yet.
ADDED = {
    "sms": {
        "provider": "TEXT NOT NULL DEFAULT 'africastalking'",
        "price": "TEXT NOT NULL DEFAULT ''",
    }
}


class Store:
    """One connection per thread; writers take turns, so that nobody waits on SQLite's own lock."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._local = threading.local()
        self._writing = threading.Lock()
        self.db.executescript(SCHEMA)
        self._add_columns()

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection; outside `write` every statement commits by itself."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self._path, isolation_level=None, timeout=10)
            found.row_factory = sqlite3.Row
            found.execute("PRAGMA journal_mode=WAL")
            found.execute("PRAGMA synchronous=NORMAL")
            self._local.connection = found
        return found

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing. Inside another one it joins it."""
        db = self.db
        if db.in_transaction:
            yield db
            return
        with self._writing:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[Row]:
        return self.db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        found: Row | None = self.db.execute(sql, values).fetchone()
        return found

    def number(self, sql: str, *values: object) -> int:
        """The single number that a query of one row and one column gives."""
        return int(self.db.execute(sql, values).fetchone()[0])

    def _add_columns(self) -> None:
        for table, columns in ADDED.items():
            known = {row["name"] for row in self.rows(f"PRAGMA table_info({table})")}
            for name, kind in columns.items():
                if name not in known:
                    self.db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")

    def forget_everything(self) -> None:
        """Empty every table but the counters of ids: an id that was told once is never told again."""
        with self.write() as db:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                if not name.startswith("sqlite_"):
                    db.execute(f"DELETE FROM {name}")  # noqa: S608 - a name out of our own schema

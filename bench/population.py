"""A hundred thousand members with ten cycles each, in a fresh database, in about a minute.

What only Python can say is sealed, hashed, worded and costed here with the product's own functions and copied in;
the rest PostgreSQL makes in sets (`statements`). It is written as the superuser with all triggers off: whether
they would have let it pass is what the invariants' queries are asked afterwards, in tests/test_bench.py.
Of the audit trail only what entries of the books leave is there, not the acts of people.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import chain, islice
from typing import Any

import psycopg2

from bench import statements
from bench.shape import CURRENT, PIN, SEATS, Shape, account_number, group_name, name, phone
from flows.welcome import CONSENT_VERSION
from models.actions.context import Context
from models.actions.pins import hash_chosen, stored_form
from models.commands import PreparePin, Secret
from models.money import show
from models.rules import accounts, approvals, codes, fees, terms
from models.rules.schedule import cutoff_at, local_date, show_date
from models.sealing import keys

CONTRIBUTIONS = tuple(naira * 100 for naira in (2_000, 5_000, 10_000, 20_000))
BANK_CODE, BANK = "058", "GTBank"
HASHERS = 2
CHUNK = 20_000
# No trigger, no foreign key; and a table of five million rows wants room to be sorted.
SESSION = """
SET session_replication_role = replica;
SET maintenance_work_mem = '256MB';
SET work_mem = '256MB';
"""

Say = Callable[[str], None]


def fill(url: str, shape: Shape, now: datetime, say: Say) -> None:
    """Fill a migrated database, as its superuser. This process's keys and pepper are those that will open it again."""
    numbers = statements.NUMBERS | {
        "groups": shape.groups,
        "members": shape.members,
        "consent": CONSENT_VERSION,
        "now": now,
    }
    unknown = _pin_hash(0)  # of most members nobody here knows the PIN
    with ThreadPoolExecutor(HASHERS) as hashers, closing(_connect(url)) as connection:
        pins = [hashers.submit(_pin_hash, member) for member in shape.pin_holders()]
        with connection, connection.cursor() as cursor:
            _people(cursor, shape, unknown, now, say)
            _run(cursor, statements.DUES, numbers, say)
            cursor.execute(statements.TO_APPROVE)
            _copy(cursor, "approvable", (_approvable(*row) for row in cursor.fetchall()))
            _run(cursor, statements.MONEY, numbers, say)
        with ThreadPoolExecutor(1) as beside:
            messages = beside.submit(_messages, url)
            with connection, connection.cursor() as cursor:
                _books(cursor, numbers, say)
            say("messages")
            messages.result()
        say("PINs")
        with connection, connection.cursor() as cursor:
            for member, pin in zip(shape.pin_holders(), pins, strict=True):
                cursor.execute("UPDATE member SET pin_hash = %s WHERE id = %s", (pin.result(), member))
            _advance_sequences(cursor)
        say("vacuum and statistics")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


# --- the three parts ------------------------------------------------------------------------------------------------


def _people(cursor: Any, shape: Shape, unknown: str, now: datetime, say: Say) -> None:
    """Everybody, and the plan from which the rest follows."""
    say("members")
    cursor.execute("TRUNCATE member, bank, inbox CASCADE")
    cursor.execute(statements.TABLES, statements.NUMBERS)
    cursor.execute("INSERT INTO bank VALUES (%s, %s, %s, 1, true, %s)", (BANK_CODE, BANK, BANK, now))
    registered = now - timedelta(days=100)
    members = range(1, shape.members + 1)
    _copy(cursor, "member", (_member(each, unknown, registered) for each in members))
    _copy(cursor, "invitation", (_invitation(shape, seat, registered) for seat in members if seat % SEATS != 1))
    _copy(cursor, "bank_account", (_bank_account(each, registered) for each in members))
    _copy(cursor, "plan", (_plan(group, now) for group in range(1, shape.groups + 1)))
    payments, payouts = CURRENT * shape.members, CURRENT * shape.groups
    numbers = chain(range(2, 2 * payments + 1, 2), range(3, 2 * payouts + 2, 2))
    _copy(cursor, "short", ({"n": n, "ref": codes.short_ref(n)} for n in numbers))


def _books(cursor: Any, numbers: dict[str, Any], say: Say) -> None:
    cursor.execute("TRUNCATE account, journal_entry, audit_head CASCADE")
    families = ({"prefix": each, "book": accounts.book(each), "sign": sign} for each, sign in accounts.FAMILIES.items())
    _copy(cursor, "family", families)
    with _indexed_afterwards(cursor, "journal_leg"):
        _run(cursor, statements.LEGS_IN_ORDER, numbers, say)
    with _indexed_afterwards(cursor, "audit"):
        _run(cursor, statements.SEALED, numbers, say)


def _messages(url: str) -> None:
    """What people were told. On a connection of its own: it is work for Python, while the books are PostgreSQL's."""
    with closing(_connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE outbox")
        with _indexed_afterwards(cursor, "outbox"):
            cursor.execute(statements.MESSAGES)
            names = [column.name for column in cursor.description]
            told = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
            _copy(cursor, "outbox", (_message(number, each) for number, each in enumerate(told, start=1)))


# --- what only Python can say ---------------------------------------------------------------------------------------


def _member(member: int, pin_hash: str, at: datetime) -> dict[str, object]:
    number = phone(member)
    return {
        "id": member,
        "phone_sealed": keys().seal(number, f"member.phone:{member}"),
        "phone_index": keys().index(number, "phone"),
        "name_sealed": keys().seal(name(member), f"member.name:{member}"),
        "email_id": f"{member:016x}",
        "pin_hash": pin_hash,
        "pin_changed_at": at,
        "created_at": at,
    }


def _invitation(shape: Shape, seat: int, at: datetime) -> dict[str, object]:
    """Everybody but the head was asked to join, and did."""
    group = (seat - 1) // SEATS + 1
    number = phone(shape.member_of(seat))
    return {
        "id": seat,
        "group_id": group,
        "phone_sealed": keys().seal(number, f"invitation.phone:{seat}"),
        "phone_index": keys().index(number, "phone"),
        "invited_by": shape.member_of((group - 1) * SEATS + 1),
        "status": "accepted",
        "created_at": at,
        "answered_at": at,
    }


def _bank_account(member: int, at: datetime) -> dict[str, object]:
    number = account_number(member)
    return {
        "id": member,
        "member_id": member,
        "bank_code": BANK_CODE,
        "bank_name": BANK,
        "number_sealed": keys().seal(number, f"bank_account.number:{member}"),
        "number_index": keys().index(number, "account"),
        "last4": number[-4:],
        "account_name_sealed": keys().seal(_account_name(member), f"bank_account.account_name:{member}"),
        "matches": True,
        "status": "confirmed",
        "recipient_code": f"RCP_{member:012d}",
        "created_at": at,
        "looked_up_at": at,
        "lookups": 1,
        "confirmed_at": at,
        "usable_at": at + timedelta(days=1),
    }


def _account_name(member: int) -> str:
    return name(member).upper()


def _plan(group: int, now: datetime) -> dict[str, object]:
    """A group's calendar, so that its sixth cut-off is within three days of now, and what its amounts come to."""
    contribution = CONTRIBUTIONS[group % len(CONTRIBUTIONS)]
    due_on = local_date(now) + timedelta(days=group % 7 - 3)
    anchor_on = due_on - timedelta(weeks=CURRENT - 1)
    rules = terms.terms_of(contribution, "weekly", SEATS, "joined", anchor_on)
    fee, asked = fees.gross_up(contribution)
    gross = terms.pot(contribution, SEATS)
    return {
        "g": group,
        "code": codes.group_code(group * 37 % codes.GROUP_CODES),
        "name": group_name(group),
        "contribution": contribution,
        "asked": asked,
        "collection_fee": fee,
        "provider_fee": fees.paystack_collection_fee(asked),
        "gross": gross,
        "service_fee": gross - rules.collect_kobo,
        "transfer_fee": fees.transfer_fee(rules.collect_kobo),
        "late_fee": rules.late_fee_kobo,
        "anchor_on": anchor_on,
        "due_at": cutoff_at(due_on, rules.cutoff_hour),
        "terms": json.dumps(
            asdict(rules) | {"privacy": terms.PRIVACY, "pots_per_cycle": 1, "pot_kobo": gross}, default=str
        ),
    }


def _approvable(payout: int, group: int, cycle: int, member: int, gross: int, net: int) -> dict[str, object]:
    """What two officers have approved, and the name of the transfer."""
    return {
        "id": payout,
        "reference": codes.transfer_reference(group, cycle, member, 1, 1),
        "payload_hash": approvals.payload_hash(
            payout_id=payout,
            gross_kobo=gross,
            net_kobo=net,
            recipient_id=member,
            bank_account_id=member,
            last4=account_number(member)[-4:],
            account_name=_account_name(member),
        ),
    }


def _message(outbox_id: int, told: dict[str, Any]) -> dict[str, object]:
    facts = {fact: _worded(fact, told[fact]) for fact in statements.MESSAGE_FACTS if told[fact] is not None}
    number = phone(told["member_id"])
    at = told["at"]
    return {
        "id": outbox_id,
        "dedupe_key": told["dedupe_key"],
        "text_key": told["text_key"],
        "facts_sealed": keys().seal(json.dumps(facts), f"outbox.facts:{outbox_id}"),
        "member_id": told["member_id"],
        "phone_sealed": keys().seal(number, f"outbox.phone:{outbox_id}"),
        "phone_index": keys().index(number, "phone"),
        "group_id": told["group_id"],
        "status": "delivered",
        "attempts": 1,
        "next_at": at,
        "channel": "africastalking-sms",
        "provider_message_id": f"ATXid_{outbox_id:032x}",
        "cost": "NGN 4.0000",
        "segments": 1,
        "created_at": at,
        "sent_at": at,
        "ended_at": at,
    }


@cache
def _worded(fact: str, value: Any) -> str:
    """As a message says it."""
    if isinstance(value, date):
        return show_date(value)
    return show(value) if fact in statements.AMOUNTS else str(value)


def _pin_hash(member: int) -> str:
    """As the product hashes and keeps it."""
    context = Context(phone(member), member, "bench", f"bench:{member}", "bench", 0, "{}", datetime.now(UTC))
    hashed = hash_chosen(PreparePin(Secret(PIN)), context)
    if hashed is None:
        raise RuntimeError(f"{PIN} is a weak PIN")
    return stored_form(hashed)


# --- writing --------------------------------------------------------------------------------------------------------


def _connect(url: str) -> Any:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(SESSION)
    return connection


def _run(cursor: Any, parts: Iterable[tuple[str, str]], numbers: dict[str, Any], say: Say) -> None:
    for title, statement in parts:
        say(title)
        cursor.execute(statement, numbers)


def _copy(cursor: Any, table: str, rows: Iterable[dict[str, object]]) -> None:
    """Copy rows in; all of them have the columns of the first one."""
    left = iter(rows)
    while chunk := list(islice(left, CHUNK)):
        text = "".join("\t".join(map(_field, row.values())) + "\n" for row in chunk)
        cursor.copy_expert(f"COPY {table} ({', '.join(chunk[0])}) FROM STDIN", io.StringIO(text))


def _field(value: object) -> str:
    """A value in COPY's text format. Nothing that is written here has a tab, a line end or a backslash of its own."""
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return str(value)


@contextmanager
def _indexed_afterwards(cursor: Any, *tables: str) -> Iterator[None]:
    """Five million rows go in faster without indexes. Only for tables to which no other one refers."""
    names = {"names": list(tables)}
    cursor.execute(statements.CONSTRAINTS, names)
    constraints = cursor.fetchall()
    for table, constraint, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    cursor.execute(statements.INDEXES, names)
    indexes = cursor.fetchall()
    for index, _ in indexes:
        cursor.execute(f"DROP INDEX {index}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    for table, constraint, definition in constraints:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}")


def _advance_sequences(cursor: Any) -> None:
    """Identities go on behind what was written."""
    cursor.execute(statements.IDENTITIES)
    for (table,) in cursor.fetchall():
        last = f"(SELECT coalesce(max(id), 0) + 1 FROM {table})"
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last}, false)")

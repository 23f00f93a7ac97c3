"""Each invariant is broken on purpose and has to be the one that is found; books in order have no violation.

What the program cannot break any more is broken here as the superuser with the guards asleep, in a transaction that
is rolled back, so that one circle serves all cases.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from models import base
from models.actions import books, cycles, payments, penalties
from models.actions.payouts import approve_payout
from models.actions.short_pots import pay_short
from models.base import database as connection
from models.commands import ApprovePayout, PayShort
from models.queries import invariants
from models.rules import posting
from models.rules.posting import Entry, Leg
from tests.support.circles import FLOAT, NAIRA, Circle, add_member, running_group, settle
from tests.support.undone import connected, undone

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def circle(database, environ) -> Iterator[Circle]:
    """Three people: the first pot was paid out, the second is short, fined and on its way to the bank."""
    with connected(database, environ):
        circle = running_group(3)
        circle.now += DAY
        circle.all_pay()
        circle.pay_out()
        a_short_second_pot(circle)
        connection.close_all()
        base.connect(database.superuser_url)
        yield circle


def a_short_second_pot(circle: Circle) -> None:
    circle.pay("Ada")
    circle.pay("Bisi", 2_000 * NAIRA)
    failed = circle.ask("Chidi")
    payments.payment_ended(failed.reference, "failed", circle.now)
    settle("ajo-c-999-1-deadbeef", 700 * NAIRA, circle.now)
    paid_twice = circle.ask("Bisi", 3_000 * NAIRA)
    circle.now = circle.cycle(2).due_at + 2 * DAY
    cycles.pass_cutoffs(circle.now)
    payments.payment_ended(paid_twice.reference, "abandoned", circle.now)
    for obligation_id in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(obligation_id, circle.now, checked_at=circle.now)
    circle.ask("Chidi", 100 * NAIRA)
    pay_short(PayShort(circle.cycle(2).id), circle.context("Ada"))
    approve_payout(ApprovePayout(circle.payout().id, circle.payout().payload_hash), circle.context("Chidi"))
    circle.send()


@pytest.fixture
def broken(circle) -> Iterator[None]:
    """What is done from here on is undone afterwards."""
    with undone():
        yield


@pytest.fixture
def unguarded(broken) -> None:
    """No trigger and no foreign key is awake."""
    connection.execute_sql("SET LOCAL session_replication_role = replica")


def codes(circle: Circle) -> set[str]:
    return {found.code for found in invariants.violations(circle.now)}


def sql(*statements: str) -> None:
    for statement in statements:
        assert connection.execute_sql(statement).rowcount, f"touches nothing: {statement}"


def post(circle: Circle, kind: str, legs: dict[str, int], *, reverses: str | None = None) -> None:
    """An entry as the program might write it, if it were wrong."""
    entry = Entry(kind, f"{kind}:by mistake", tuple(Leg(name, kobo) for name, kobo in sorted(legs.items())), reverses)
    books.post(entry, actor="test", now=circle.now)


def write(entry_id: int, legs: dict[str, int]) -> None:
    """An entry that nobody counts when it is sealed."""
    connection.execute_sql("ALTER TABLE journal_entry DISABLE TRIGGER entry_seal")
    for n, (name, amount) in enumerate(legs.items(), start=1):
        connection.execute_sql("INSERT INTO journal_leg VALUES (%s, %s, %s, %s)", (entry_id, n, name, amount))
    connection.execute_sql(
        """
        INSERT INTO journal_entry (id, kind, idem, actor, effective_at, created_at, legs, digest)
        VALUES (%s, 'test', %s, 'test', now(), now(), %s, coalesce(ajo_digest_of_legs(%s), ''))
        """,
        (entry_id, f"test:{entry_id}", len(legs), entry_id),
    )


def test_it_finds_nothing_on_books_that_are_in_order(circle):
    assert invariants.violations(circle.now) == []


# --- one row changed by hand ----------------------------------------------------------------

LATEST_ENTRY = "(SELECT max(id) FROM journal_entry)"
A_RECEIPT = "(SELECT min(id) FROM payment WHERE status = 'success')"
PENDING = "(SELECT max(id) FROM payment WHERE status = 'pending')"
PAID_OUT = "(SELECT id FROM payout WHERE status = 'paid')"
SENT = "(SELECT id FROM payout WHERE status = 'in_flight')"
ARRIVED = "(SELECT id FROM payout_attempt WHERE status = 'success')"
UNPAID = "(SELECT min(id) FROM obligation WHERE status = 'pending' AND kind = 'contribution')"
PAID = "(SELECT min(id) FROM obligation WHERE status = 'paid')"

A_SWAP = """
INSERT INTO swap (group_id, asker_seat_id, other_seat_id, asker_turn, other_turn, status, asked_at, answer_by, ended_at)
VALUES (1, 1, 2, 1, 2,"""
A_WAIVER = """
INSERT INTO waiver (group_id, obligation_id, reason, status, asked_at, expires_at)
VALUES (1, (SELECT id FROM obligation WHERE kind = 'penalty' LIMIT 1), 'travel',"""

A_PAUSE = """
INSERT INTO group_pause (group_id, intervals, first_cycle, paused_at, ends_at, ended_at, proposal_id)
VALUES (1, 1, 3,"""
UNAGREED = """
WITH p AS (
  INSERT INTO proposal (kind, subject, payload, payload_hash, note, maker_id, made_at, expires_at)
  VALUES ('group_pause', 'group:1', '{}', 'x', 'The market is closed', 1, now(), now()) RETURNING id)
INSERT INTO group_pause (group_id, intervals, first_cycle, paused_at, ends_at, ended_at, proposal_id)
SELECT 1, 1, 3, '2026-01-01', '2026-01-02', '2026-01-02', id FROM p
"""

BY_HAND = [
    ("I2", f"UPDATE journal_entry SET legs = legs + 1 WHERE id = {LATEST_ENTRY}"),
    ("I6", "UPDATE account_balance SET amount = amount + 1 WHERE account_id = 'exp.psp_fees'"),
    ("I6", "DELETE FROM account_balance WHERE account_id = 'exp.psp_fees'"),
    ("I7", f"UPDATE payment SET status = 'pending' WHERE id = {A_RECEIPT}"),
    ("I7", f"UPDATE payment SET received_kobo = received_kobo + 1 WHERE id = {A_RECEIPT}"),
    ("I7", f"DELETE FROM allocation WHERE target = 'recovery' AND payment_id = {A_RECEIPT}"),
    ("I7", f"INSERT INTO allocation VALUES ({PENDING}, 1, 'wallet', NULL, 100)"),
    ("I7 I14", f"UPDATE payment SET status = 'success', received_kobo = 100 WHERE id = {PENDING}"),
    ("I7 I21", "DELETE FROM suspense"),
    ("I7", f"UPDATE journal_entry SET payment_id = NULL WHERE payment_id = {A_RECEIPT}"),
    ("I8 I9", f"UPDATE payout SET status = 'in_flight' WHERE id = {PAID_OUT}"),
    ("I8 I19", f"UPDATE payout SET status = 'approved' WHERE id = {SENT}"),
    ("I8 I9", f"UPDATE payout SET status = 'returned' WHERE id = {PAID_OUT}"),
    ("I9", f"UPDATE payout_attempt SET status = 'failed' WHERE id = {ARRIVED}"),
    ("I9", f"UPDATE payout_attempt SET status = 'reversed' WHERE id = {ARRIVED}"),
    ("I8 I9 I14", f"UPDATE payout SET status = 'paid' WHERE id = {SENT}"),
    ("I11", f"UPDATE obligation SET amount_kobo = amount_kobo + 1 WHERE id = {UNPAID}"),
    ("I11", "UPDATE obligation SET status = 'waived' WHERE kind = 'penalty'"),
    ("I11", f"UPDATE obligation SET cycle_id = 3 WHERE id = {UNPAID}"),
    ("I13", f"UPDATE payout_attempt SET first_sent_at = created_at - interval '1 second' WHERE id = {ARRIVED}"),
    ("I13", f"UPDATE payout_attempt SET sends = 0 WHERE id = {ARRIVED}"),
    ("I13", f"UPDATE payment SET first_sent_at = NULL WHERE id = {A_RECEIPT}"),
    ("I14", "DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox WHERE dedupe_key ^@ 'receipt:')"),
    ("I14", "DELETE FROM outbox WHERE dedupe_key ^@ 'penalty:'"),
    ("I14", "DELETE FROM outbox WHERE dedupe_key ^@ 'paid:'"),
    ("I15", f"DELETE FROM approval WHERE id = (SELECT max(id) FROM approval WHERE subject = 'payout:' || {PAID_OUT})"),
    ("I15", f"UPDATE payout SET payload_hash = 'another' WHERE id = {SENT}"),
    ("I15", "UPDATE approval SET verdict = 'hold' WHERE id = (SELECT max(id) FROM approval)"),
    (
        "I15",
        """
        UPDATE approval a SET member_id = p.member_id FROM payout p
         WHERE p.status = 'paid' AND a.id = (SELECT max(id) FROM approval WHERE subject = 'payout:' || p.id)
        """,
    ),
    ("I16", "UPDATE bank_account SET usable_at = usable_at + interval '1 year'"),
    ("I16", "UPDATE bank_account SET usable_at = NULL"),
    ("I17", f"UPDATE journal_leg SET n = n + 10 WHERE entry_id = {LATEST_ENTRY}"),
    ("I17", f"UPDATE journal_entry SET digest = sha256('another') WHERE id = {LATEST_ENTRY}"),
    ("I17", f"DELETE FROM audit WHERE entry_id = {LATEST_ENTRY}"),
    ("I17", "UPDATE audit SET actor = 'somebody else' WHERE id = (SELECT min(id) FROM audit)"),
    ("I17", "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit WHERE entry_id IS NULL)"),
    ("I17", "DELETE FROM audit WHERE chain ^@ 'group:' AND entry_id IS NULL AND seq = 1"),
    ("I17", "DELETE FROM audit_head WHERE chain = 'house'"),
    ("I18", f"UPDATE obligation SET settled_at = due_at + interval '1 second' WHERE id = {PAID}"),
    ("I18", f"UPDATE obligation SET settled_at = NULL WHERE id = {PAID}"),
    ("I18", "UPDATE obligation SET status = 'pending' WHERE status = 'partial'"),
    ("I11 I18 I19", "UPDATE obligation SET paid_kobo = paid_kobo + 1 WHERE status = 'partial'"),
    (
        "I18",
        f"""
        UPDATE allocation SET obligation_id = (SELECT max(id) FROM obligation WHERE status = 'paid')
         WHERE obligation_id = {PAID}
        """,
    ),
    ("I20", "UPDATE cycle SET status = 'cancelled' WHERE number = 2"),
    ("I20", "UPDATE savings_group SET status = 'completed'"),
    ("I20 I28", "UPDATE savings_group SET status = 'cancelled'"),
    ("I28", "UPDATE savings_group SET status = 'dissolving'"),
    ("I21", "UPDATE suspense SET kobo = kobo + 1"),
    ("I21", "UPDATE suspense SET status = 'resolved'"),
    ("I22", "UPDATE pot SET seat_id = (SELECT min(id) FROM seat) WHERE cycle_id = (SELECT max(id) FROM cycle)"),
    ("I22", f"UPDATE payout SET seat_id = (SELECT max(id) FROM seat) WHERE id = {PAID_OUT}"),
    ("I22", f"{A_SWAP} 'asked', now(), now(), NULL), (1, 2, 3, 2, 3, 'agreed', now(), now(), NULL)"),
    ("I23", f"UPDATE obligation SET due_at = due_at + interval '1 day' WHERE id = {UNPAID}"),
    ("I24 I25", f"{A_WAIVER} 'waived', now(), now())"),
    ("I25", f"{A_SWAP} 'done', now(), now(), now())"),
    ("I29", "UPDATE savings_group SET status = 'paused'"),
    ("I29", f"{A_PAUSE} '2026-03-16', '2026-03-17', NULL, 1)"),
    ("I29", UNAGREED),
    ("I30", f"{A_PAUSE} '2026-01-01', '2027-01-01', '2027-01-01', 1)"),
    ("I29 I30", f"{A_PAUSE} '2027-01-01', '2028-01-01', NULL, 1)"),
]


@pytest.mark.parametrize(("expected", "statement"), BY_HAND)
def test_it_finds_what_was_changed_by_hand(circle, unguarded, expected, statement):
    sql(statement)
    assert codes(circle) == set(expected.split())


# --- entries that should not be -------------------------------------------------------------


def test_i1_it_finds_entries_that_balance_only_together(circle, broken):
    write(9001, {"cash.paystack_balance": 5, "equity.float": -4})
    write(9002, {"cash.paystack_balance": -5, "equity.float": 4})
    assert codes(circle) == {"I1"}


def test_i1_it_finds_an_entry_that_mixes_currencies(circle, broken):
    connection.execute_sql("INSERT INTO account VALUES ('cash.paystack_clearing:GHS', 'CASH', 1, 'GHS')")
    write(9001, {"cash.paystack_clearing:GHS": 5, "equity.float": -5})
    assert codes(circle) == {"I1", "I3"}


def test_i2_it_finds_an_entry_without_legs(circle, broken):
    write(9001, {})
    assert codes(circle) == {"I2"}


def test_i2_it_finds_legs_without_an_entry(circle, unguarded):
    sql(
        "INSERT INTO journal_leg VALUES (9001, 1, 'cash.paystack_balance', 5), (9001, 2, 'equity.float', -5)",
        "UPDATE account_balance SET amount = amount + 5 WHERE account_id = 'cash.paystack_balance'",
        "UPDATE account_balance SET amount = amount - 5 WHERE account_id = 'equity.float'",
    )
    assert codes(circle) == {"I2"}


def test_i3_it_finds_a_book_that_does_not_add_up(circle, broken):
    write(9001, {"exp.psp_fees": 1, "equity.float": -2})
    assert codes(circle) == {"I1", "I3"}


def test_i4_it_finds_an_overdrawn_wallet(circle, broken):
    overdraw(circle, {"liab.wallet:1": 100, "liab.wallet:2": -100})
    assert codes(circle) == {"I4"}


def test_i5_it_finds_that_members_money_was_spent(circle, broken):
    cash = {name: books.balance(name) for name in ("cash.paystack_balance", "cash.paystack_clearing")}
    post(circle, "loss", {name: -kobo for name, kobo in cash.items()} | {"exp.loss": sum(cash.values())})
    assert codes(circle) == {"I5"}


def test_i5_it_does_not_mind_that_our_own_float_was_spent(circle, broken):
    post(circle, "loss", {"exp.loss": FLOAT // 2, "cash.paystack_balance": -FLOAT // 2})
    assert codes(circle) == set()


def test_i8_it_finds_reserved_money_that_went_elsewhere(circle, broken):
    post(circle, "oops", {f"liab.payout_clearing:{circle.payout().id}": 100, "liab.wallet:1": -100})
    assert codes(circle) == {"I8"}


def test_i8_it_finds_money_reserved_for_no_payout(circle, broken):
    post(circle, "oops", {"liab.payout_clearing:999": -100, "equity.float": 100})
    assert codes(circle) == {"I8"}


def test_i8_it_finds_money_kept_for_a_payout_that_did_not_come_back(circle, broken):
    post(circle, "oops", {"liab.payout_returned:1": -100, "equity.float": 100})
    assert codes(circle) == {"I8"}


def test_i9b_it_finds_two_transfers_of_one_payout(circle, unguarded):
    connection.execute_sql("DROP INDEX payout_attempt_one_live")
    sql(
        f"INSERT INTO payout_attempt (payout_id, n, reference, status, created_at)"
        f" VALUES ({SENT}, 2, 'ajo-p-another-one-of-it', 'created', now())"
    )
    assert codes(circle) == {"I9b"}


def test_i9b_it_finds_two_payouts_of_one_pot(circle, unguarded):
    connection.execute_sql("DROP INDEX payout_one_live")
    sql(
        f"""
        INSERT INTO payout (cycle_id, pot_number, part, seat_id, member_id, short_ref, gross_kobo, fee_kobo, net_kobo,
                            status, created_by, created_at)
        SELECT cycle_id, pot_number, 2, seat_id, member_id, 'AGAIN1', 100, 0, 100, 'held', 'test', now()
          FROM payout WHERE id = {SENT}
        """
    )
    assert codes(circle) == {"I9b"}


def test_i10_it_finds_a_pot_that_gave_more_than_it_got(circle, broken):
    overdraw(circle, {f"liab.pot:{circle.cycle(1).id}": 100, "liab.wallet:1": -100})
    assert codes(circle) == {"I4", "I10", "I19", "I20"}


def test_i11_it_finds_a_debt_that_is_owed_to_something_else(circle, broken):
    first, second = circle.cycle(1).id, circle.cycle(2).id
    post(circle, "oops", {f"due.contrib:{first}": 100, f"due.contrib:{second}": -100})
    assert codes(circle) == {"I11"}


def test_i12_it_finds_a_reversal_of_another_amount(circle, broken):
    books.post(posting.float_opened("again", 100), actor="test", now=circle.now)
    post(circle, "correction", {"cash.paystack_balance": -60, "equity.float": 60}, reverses="float:again")
    assert codes(circle) == {"I12"}


def test_i16_it_finds_a_payout_to_somebody_elses_account(circle, unguarded):
    other = add_member("Mallory", circle.now)
    sql(
        f"UPDATE bank_account SET member_id = {other} WHERE id = (SELECT bank_account_id FROM payout WHERE id = {SENT})"
    )
    assert codes(circle) == {"I16"}


def test_i19_it_finds_money_in_a_pot_that_nobody_paid(circle, broken):
    post(circle, "oops", {f"liab.pot:{circle.cycle(3).id}": -100, "equity.float": 100})
    assert codes(circle) == {"I19"}


def test_a_violation_says_where(circle, unguarded):
    sql("UPDATE suspense SET kobo = kobo + 1")
    (found,) = invariants.violations(circle.now)
    assert str(found) == "I21 suspense accounts that hold something else than their open rows say: liab.suspense_in"


def test_a_violation_with_many_culprits_is_still_one_line():
    found = invariants.Violation("I4", "too many", tuple(str(n) for n in range(12)))
    assert str(found) == "I4 too many: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"


def overdraw(circle: Circle, legs: dict[str, int]) -> None:
    """An entry that the database would refuse: nobody looks at the balance."""
    connection.execute_sql("ALTER TABLE journal_leg DISABLE TRIGGER leg_keep_balance")
    for name, amount in legs.items():
        connection.execute_sql("INSERT INTO account VALUES (%s, 'CASH', -1, 'NGN') ON CONFLICT DO NOTHING", (name,))
        connection.execute_sql(
            "INSERT INTO account_balance AS b VALUES (%s, %s)"
            " ON CONFLICT (account_id) DO UPDATE SET amount = b.amount + EXCLUDED.amount",
            (name, amount),
        )
    post(circle, "oops", legs)

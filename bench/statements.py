"""The population's tables, filled by PostgreSQL from four tables that Python has written.

Python knows what only Python can say: what is sealed, what costs what, when a day ends, how a code looks.
That lies in `plan` (a line a group), `short` (the references of receipts), `member` and `bank_account`.
All the rest follows from it in sets. Ids are arithmetic: cycle 3 of group 7 is 63, its sixth seat 66.

Entries of the books are laid out in `fact` first, in the order of their time; legs, digests and the chained
audit rows follow from it. The invariants' queries say whether the result is right, not this file.
"""

from bench.shape import CURRENT, CYCLES, FULL_EVERY, OFFICERS, PAST, SCATTER, SEATS

NUMBERS = {
    "seats": SEATS,
    "cycles": CYCLES,
    "past": PAST,
    "current": CURRENT,
    "officers": OFFICERS,
    "scatter": SCATTER,
    "full_every": FULL_EVERY,
}

TABLES = """
CREATE TEMP TABLE plan (
  g bigint PRIMARY KEY, code text, name text, contribution bigint, asked bigint, collection_fee bigint,
  provider_fee bigint, gross bigint, service_fee bigint, transfer_fee bigint, late_fee bigint, anchor_on date,
  due_at timestamptz, terms jsonb
);
CREATE TEMP TABLE short (n bigint PRIMARY KEY, ref text);
CREATE TEMP TABLE approvable (id bigint PRIMARY KEY, reference text, payload_hash text);
CREATE TEMP TABLE family (prefix text PRIMARY KEY, book text, sign int);

CREATE FUNCTION pg_temp.due_at(last timestamptz, c int) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
  $$ SELECT last - (%(current)s - c) * interval '7 days' $$;
CREATE FUNCTION pg_temp.member_of(seat bigint, members bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
  $$ SELECT seat * %(scatter)s %% members + 1 $$;
CREATE FUNCTION pg_temp.spread(g bigint, s int, c int) RETURNS int LANGUAGE sql IMMUTABLE AS
  $$ SELECT ((31 * g + 17 * s + 7 * c) %% 100)::int $$;
"""

# Who owes what to which cycle and when it was paid: on time mostly, within the grace at times; six of ten so far
# of the cycle that runs, and one is just trying to. Everything about money in follows from these rows.
PAYING = """
CREATE TEMP TABLE paying AS
SELECT row_number() OVER (ORDER BY c, g, s) AS id, g, c, s,
       (g - 1) * %(seats)s + s AS seat, (g - 1) * %(cycles)s + c AS cycle,
       pg_temp.member_of((g - 1) * %(seats)s + s, %(members)s) AS member,
       due_at, opened_at,
       CASE WHEN c = %(current)s AND (h %% 10 < 6 OR g %% %(full_every)s = 0)
              THEN opened_at + (1 + h %% 24) * interval '1 hour'
            WHEN c = %(current)s THEN NULL
            WHEN h < 8 THEN due_at + (1 + h) * interval '1 hour'
            ELSE due_at - (1 + h) * interval '1 hour' END AS paid_at,
       CASE WHEN c = %(current)s AND h %% 10 = 9 AND g %% %(full_every)s <> 0
              THEN %(now)s - (g %% 50) * interval '1 minute' END AS trying_at
  FROM (SELECT p.g, c, s, pg_temp.due_at(p.due_at, c) AS due_at, pg_temp.spread(p.g, s, c) AS h,
               pg_temp.due_at(p.due_at, c) - CASE c WHEN 1 THEN 168 ELSE 152 END * interval '1 hour' AS opened_at
          FROM plan p, generate_series(1, %(current)s) c, generate_series(1, %(seats)s) s) x
 ORDER BY 1;
CREATE INDEX ON paying (cycle);
ANALYZE paying;
"""

# A pot is approved an hour after it is full, and sent an hour later; those of the cycle that runs are not yet.
PAID_OUT = """
CREATE TEMP TABLE paid_out AS
SELECT (c - 1) * %(groups)s + g AS id, g, c, cycle, (g - 1) * %(seats)s + c AS seat,
       pg_temp.member_of((g - 1) * %(seats)s + c, %(members)s) AS member,
       max(paid_at) + interval '1 minute' AS complete_at,
       CASE WHEN c <= %(past)s THEN max(paid_at) + interval '2 hours' END AS paid_at
  FROM paying WHERE c <= %(past)s OR g %% %(full_every)s = 0 GROUP BY g, c, cycle;
"""
TO_APPROVE = """
SELECT o.id, o.g, o.cycle, o.member, p.gross, p.gross - p.service_fee
  FROM paid_out o JOIN plan p USING (g) ORDER BY o.id
"""

GROUPS = """
INSERT INTO savings_group (id, code, name, head_id, status, contribution_kobo, frequency, seats, cycles, turn_order,
  anchor_on, cutoff_hour, grace_days, late_fee_kobo, service_fee_bps, order_set_at, created_at, started_at)
SELECT g, code, name, pg_temp.member_of((g - 1) * %(seats)s + 1, %(members)s), 'active', contribution, 'weekly',
       %(seats)s, %(cycles)s, 'joined', anchor_on, 18, 1, late_fee, 100, due_at - interval '44 days',
       due_at - interval '50 days', due_at - interval '42 days'
  FROM plan ORDER BY g;

INSERT INTO group_rules (group_id, version, terms, made_by, made_at)
SELECT g.id, 1, p.terms, g.head_id, g.created_at FROM savings_group g JOIN plan p ON p.g = g.id ORDER BY g.id;

INSERT INTO seat (id, group_id, member_id, status, turn, rules_version, asked_at, accepted_at)
SELECT (g.id - 1) * %(seats)s + s, g.id, pg_temp.member_of((g.id - 1) * %(seats)s + s, %(members)s),
       CASE WHEN EXISTS (SELECT 1 FROM paying p WHERE p.cycle = (g.id - 1) * %(cycles)s + %(current)s AND p.s = n.s
                            AND p.paid_at IS NULL AND p.due_at < %(now)s) THEN 'in_arrears' ELSE 'active' END,
       s, 1, g.created_at + s * interval '1 hour', g.created_at + s * interval '1 hour'
  FROM savings_group g, generate_series(1, %(seats)s) AS n (s) ORDER BY 1;

INSERT INTO officer (group_id, member_id, role, since)
SELECT group_id, member_id, CASE turn WHEN 1 THEN 'head' ELSE 'officer' END, accepted_at
  FROM seat WHERE turn <= %(officers)s ORDER BY id;

INSERT INTO consent (member_id, version, channel, language, given_at)
SELECT id, %(consent)s, 'africastalking-ussd', 'en', created_at FROM member ORDER BY id;
"""

CYCLES_AND_DUES = """
INSERT INTO cycle (id, group_id, number, due_on, due_at, status, opened_at, complete_at, closed_at)
SELECT (p.g - 1) * %(cycles)s + c, p.g, c, p.anchor_on + 7 * (c - 1), pg_temp.due_at(p.due_at, c),
       CASE WHEN c <= %(past)s THEN 'settled' WHEN c > %(current)s THEN 'scheduled'
            WHEN o.complete_at IS NOT NULL THEN 'closing' WHEN p.due_at <= %(now)s THEN 'grace' ELSE 'open' END,
       o.opened_at, o.complete_at, o.paid_at
  FROM plan p
  CROSS JOIN generate_series(1, %(cycles)s) c
  LEFT JOIN (SELECT y.cycle, min(y.opened_at) AS opened_at, min(x.complete_at) AS complete_at, min(x.paid_at) AS paid_at
               FROM paying y LEFT JOIN paid_out x ON x.cycle = y.cycle GROUP BY y.cycle) o
         ON o.cycle = (p.g - 1) * %(cycles)s + c
 ORDER BY 1;

INSERT INTO pot (cycle_id, number, seat_id)
SELECT c.id, 1, s.id FROM cycle c JOIN seat s ON s.group_id = c.group_id AND s.turn = c.number ORDER BY c.id;

INSERT INTO obligation (id, seat_id, cycle_id, kind, amount_kobo, paid_kobo, status, due_at, raised_at, settled_at)
SELECT y.id, y.seat, y.cycle, 'contribution', p.contribution,
       CASE WHEN y.paid_at IS NULL THEN 0 ELSE p.contribution END,
       CASE WHEN y.paid_at IS NULL THEN 'pending' WHEN y.paid_at > y.due_at THEN 'paid_late' ELSE 'paid' END,
       y.due_at, y.opened_at, y.paid_at
  FROM paying y JOIN plan p USING (g) ORDER BY y.id;

-- The job at one in the morning has been there for whoever is past the day of grace.
INSERT INTO obligation (id, seat_id, cycle_id, kind, rule, amount_kobo, status, due_at, raised_at)
SELECT (SELECT max(id) FROM paying) + row_number() OVER (ORDER BY y.id), y.seat, y.cycle, 'penalty', 'late', p.late_fee,
       'pending', y.due_at + interval '31 hours', y.due_at + interval '31 hours'
  FROM paying y JOIN plan p USING (g)
 WHERE y.paid_at IS NULL AND y.due_at + interval '31 hours' <= %(now)s ORDER BY 1;
"""

PAYMENTS = """
INSERT INTO payment (id, reference, short_ref, command_key, member_id, seat_id, cycle_id, provider, method, bank_type,
  amount_kobo, fee_kobo, status, provider_id, received_kobo, provider_fee_kobo, paid_at, sends, first_sent_at,
  created_at, ended_at)
SELECT y.id, 'ajo-c-' || y.id || '-1-' || left(md5(y.id::text), 8), r.ref, 'bench:' || y.id, y.member, y.seat, y.cycle,
       'paystack', CASE y.id %% 3 WHEN 0 THEN 'bank_transfer' ELSE 'ussd' END,
       CASE y.id %% 3 WHEN 0 THEN '' ELSE '737' END,
       p.contribution, p.collection_fee, 'success', (4000000000 + y.id)::text, p.asked, p.provider_fee, y.paid_at, 1,
       y.paid_at - interval '3 minutes', y.paid_at - interval '4 minutes', y.paid_at + interval '5 seconds'
  FROM paying y JOIN plan p USING (g) JOIN short r ON r.n = 2 * y.id
 WHERE y.paid_at IS NOT NULL ORDER BY y.id;

INSERT INTO payment (id, reference, short_ref, command_key, member_id, seat_id, cycle_id, provider, method, bank_type,
  amount_kobo, fee_kobo, status, until_at, sends, first_sent_at, next_check_at, created_at)
SELECT y.id, 'ajo-c-' || y.id || '-1-' || left(md5(y.id::text), 8), r.ref, 'bench:' || y.id, y.member, y.seat, y.cycle,
       'paystack', 'ussd', '737', p.contribution, p.collection_fee, 'pending', y.trying_at + interval '1 hour', 1,
       y.trying_at, y.trying_at + interval '1 hour', y.trying_at
  FROM paying y JOIN plan p USING (g) JOIN short r ON r.n = 2 * y.id
 WHERE y.trying_at IS NOT NULL ORDER BY y.id;

INSERT INTO allocation (payment_id, n, target, obligation_id, kobo)
SELECT m.id, part.n, part.target, part.obligation_id, part.kobo
  FROM payment m
  CROSS JOIN LATERAL (VALUES (1, 'obligation', m.id, m.amount_kobo), (2, 'recovery', NULL, m.fee_kobo))
    part (n, target, obligation_id, kobo)
 WHERE m.status = 'success' ORDER BY m.id, part.n;
"""

PAYOUTS = """
INSERT INTO payout (id, cycle_id, seat_id, member_id, short_ref, gross_kobo, fee_kobo, net_kobo, status,
  bank_account_id, payload_hash, created_by, created_at, approved_at, reserved_at, first_sent_at, paid_at, ended_at)
SELECT o.id, o.cycle, o.seat, o.member, r.ref, p.gross, p.service_fee, p.gross - p.service_fee,
       CASE WHEN o.paid_at IS NULL THEN 'awaiting_approval' ELSE 'paid' END, b.id, a.payload_hash, 'system',
       o.complete_at, o.paid_at - interval '59 minutes', o.paid_at - interval '58 minutes',
       o.paid_at - interval '57 minutes', o.paid_at, o.paid_at
  FROM paid_out o JOIN approvable a USING (id) JOIN plan p USING (g) JOIN short r ON r.n = 2 * o.id + 1
  JOIN bank_account b ON b.member_id = o.member
 ORDER BY o.id;

INSERT INTO payout_attempt (id, payout_id, n, reference, status, sends, first_sent_at, last_sent_at, provider_code,
  fee_kobo, created_at, ended_at)
SELECT o.id, o.id, 1, a.reference, 'success', 1, o.complete_at + interval '62 minutes',
       o.complete_at + interval '62 minutes', 'TRF_' || left(md5(o.id::text), 16), p.transfer_fee,
       o.complete_at + interval '61 minutes', o.paid_at
  FROM paid_out o JOIN approvable a USING (id) JOIN plan p USING (g) WHERE o.paid_at IS NOT NULL ORDER BY o.id;

INSERT INTO approval (subject, payload_hash, member_id, verdict, channel, given_at)
SELECT 'payout:' || o.id, a.payload_hash, f.member_id, 'yes', 'africastalking-ussd',
       o.complete_at + f.n * interval '20 minutes'
  FROM paid_out o JOIN approvable a USING (id)
  CROSS JOIN LATERAL (SELECT member_id, row_number() OVER (ORDER BY role, since) AS n FROM officer
                       WHERE group_id = o.g AND member_id <> o.member ORDER BY role, since LIMIT 2) f
 WHERE o.paid_at IS NOT NULL ORDER BY o.id;
"""

FACTS = """
CREATE TEMP TABLE fact AS
SELECT row_number() OVER (ORDER BY at, rank, k) AS id, x.* FROM (
  SELECT 'due' AS kind, 1 AS rank, y.id AS k, 'due:' || seat || ':' || cycle AS idem, g, NULL::bigint AS payment_id,
         NULL::bigint AS payout_id, 'system' AS actor, opened_at AS at, seat, cycle, 0::bigint AS kobo FROM paying y
  UNION ALL
  SELECT 'charge', 2, m.id, 'charge:' || m.reference, y.g, m.id, NULL, 'provider:paystack', m.ended_at,
         y.seat, y.cycle, 0
    FROM payment m JOIN paying y USING (id) WHERE m.status = 'success'
  UNION ALL
  SELECT 'settle', 3, y.c, 'settle:' || y.c, NULL, NULL, NULL, 'provider:paystack',
         max(y.paid_at) + interval '1 minute', NULL, NULL, sum(p.asked - p.provider_fee)
    FROM paying y JOIN plan p USING (g) WHERE y.c <= %(past)s GROUP BY y.c
  UNION ALL
  SELECT 'reserve', 4, id, 'reserve:' || id, g, NULL, id, 'system', complete_at + interval '61 minutes', seat, cycle, 0
    FROM paid_out WHERE paid_at IS NOT NULL
  UNION ALL
  SELECT 'paid', 5, id, 'paid:' || reference, g, NULL, id, 'provider:paystack', paid_at, seat, cycle, 0
    FROM paid_out JOIN approvable USING (id) WHERE paid_at IS NOT NULL
  UNION ALL
  SELECT 'penalty', 6, o.id, 'penalty:' || o.seat_id || ':' || o.cycle_id || ':late', c.group_id, NULL, NULL,
         'job:penalties', o.raised_at, o.seat_id, o.cycle_id, o.amount_kobo
    FROM obligation o JOIN cycle c ON c.id = o.cycle_id WHERE o.kind = 'penalty'
) x ORDER BY 1;
"""

# As models.rules.posting makes them: accounts in the order of their names.
LEGS = """
INSERT INTO journal_leg (entry_id, n, account_id, amount)
SELECT f.id, leg.n, leg.account, leg.kobo
  FROM fact f
  LEFT JOIN plan p USING (g)
  CROSS JOIN LATERAL (
    SELECT * FROM (VALUES (1, 'due.contrib:' || f.cycle, -p.contribution),
                          (2, 'due.seat:' || f.seat, p.contribution)) v (n, account, kobo) WHERE f.kind = 'due'
    UNION ALL
    SELECT * FROM (VALUES (1, 'cash.paystack_clearing', p.asked - p.provider_fee),
                          (2, 'due.contrib:' || f.cycle, p.contribution),
                          (3, 'due.seat:' || f.seat, -p.contribution),
                          (4, 'exp.psp_fees', p.provider_fee),
                          (5, 'inc.fee_recovery', -p.collection_fee),
                          (6, 'liab.pot:' || f.cycle, -p.contribution)) v WHERE f.kind = 'charge'
    UNION ALL
    SELECT * FROM (VALUES (1, 'cash.paystack_balance', f.kobo),
                          (2, 'cash.paystack_clearing', -f.kobo)) v WHERE f.kind = 'settle'
    UNION ALL
    SELECT * FROM (VALUES (1, 'liab.payout_clearing:' || f.payout_id, -p.gross),
                          (2, 'liab.pot:' || f.cycle, p.gross)) v WHERE f.kind = 'reserve'
    UNION ALL
    SELECT * FROM (VALUES (1, 'cash.paystack_balance', p.service_fee - p.gross - p.transfer_fee),
                          (2, 'exp.psp_fees', p.transfer_fee),
                          (3, 'inc.service_fee', -p.service_fee),
                          (4, 'liab.payout_clearing:' || f.payout_id, p.gross)) v WHERE f.kind = 'paid'
    UNION ALL
    SELECT * FROM (VALUES (1, 'due.penalty:' || f.g, -f.kobo),
                          (2, 'due.seat:' || f.seat, f.kobo)) v WHERE f.kind = 'penalty'
  ) leg
 ORDER BY f.id, leg.n;
"""

# Read back from the legs, so that they cannot say anything else.
ENTRIES = """
ANALYZE journal_leg (entry_id, n);
INSERT INTO journal_entry (id, kind, idem, group_id, payment_id, payout_id, actor, effective_at, created_at, legs,
  digest)
SELECT f.id, f.kind, f.idem, f.g, f.payment_id, f.payout_id, f.actor, f.at, f.at, l.legs, l.digest
  FROM fact f
  JOIN (SELECT entry_id, count(*) AS legs, sha256(convert_to(
          string_agg(n || ' ' || account_id || ' ' || amount, E'\\n' ORDER BY n), 'UTF8')) AS digest
          FROM journal_leg GROUP BY entry_id) l ON l.entry_id = f.id
 ORDER BY f.id;
"""

BALANCES = """
INSERT INTO account_balance (account_id, amount)
SELECT account_id, sum(amount) FROM journal_leg GROUP BY account_id ORDER BY account_id;

INSERT INTO account (id, book, sign)
SELECT b.account_id, f.book, f.sign FROM account_balance b JOIN family f ON f.prefix = split_part(b.account_id, ':', 1)
 ORDER BY b.account_id;
"""

# The chain as a running aggregate: each row's hash is made of the one before it.
AUDIT = """
CREATE FUNCTION pg_temp.link(prev bytea, chain text, seq bigint, at timestamptz, actor text, verb text, subject text,
                             detail jsonb, entry bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT public.ajo_audit_hash(chain, seq, at, actor, verb, subject, detail, entry,
                               coalesce(prev, sha256(convert_to(chain, 'UTF8')))) $$;
CREATE AGGREGATE pg_temp.chained(text, bigint, timestamptz, text, text, text, jsonb, bigint)
  (sfunc = pg_temp.link, stype = bytea);

INSERT INTO audit (id, chain, seq, at, actor, verb, subject, detail, entry_id, prev_hash, hash)
SELECT id, chain, seq, at, actor, verb, subject, detail, id,
       coalesce(lag(hash) OVER (PARTITION BY chain ORDER BY seq), sha256(convert_to(chain, 'UTF8'))), hash
  FROM (SELECT x.*, pg_temp.chained(chain, seq, at, actor, verb, subject, detail, id)
                      OVER (PARTITION BY chain ORDER BY seq) AS hash
          FROM (SELECT e.id, e.chain, row_number() OVER (PARTITION BY e.chain ORDER BY e.id) AS seq, e.created_at AS at,
                       e.actor, 'entry.' || e.kind AS verb, e.idem AS subject,
                       jsonb_build_object('digest', encode(e.digest, 'hex')) AS detail
                  FROM (SELECT *, coalesce('group:' || group_id, 'house') AS chain FROM journal_entry) e) x) y;

INSERT INTO audit_head (chain, seq, hash)
SELECT DISTINCT ON (chain) chain, seq, hash FROM audit ORDER BY chain, seq DESC;
"""

DUES = (("who owes what", PAYING), ("what is paid out", PAID_OUT))
MONEY = (
    ("groups and seats", GROUPS),
    ("cycles and dues", CYCLES_AND_DUES),
    ("payments", PAYMENTS),
    ("payouts", PAYOUTS),
)
LEGS_IN_ORDER = (
    ("entries in order", FACTS),
    ("legs of the books", LEGS),
)
SEALED = (
    ("seals of the entries", ENTRIES),
    ("balances", BALANCES),
    ("audit trail", AUDIT),
)

# What people were told: a receipt for each payment, and of pots and late fees. The columns from "group" on are facts.
MESSAGES = """
SELECT 'receipt:' || m.reference AS dedupe_key, CASE WHEN s.turn < c.number THEN 'S09c' ELSE 'S09' END AS text_key,
       m.member_id, m.ended_at AS at, g.id AS group_id, g.name AS "group", m.short_ref AS ref, m.amount_kobo AS amt,
       NULL::bigint AS fee, NULL::bigint AS total, o.net_kobo AS pot, c.due_on AS date, w.due_on AS date2,
       c.number AS r, s.turn AS t
  FROM payment m
  JOIN cycle c ON c.id = m.cycle_id
  JOIN savings_group g ON g.id = c.group_id
  JOIN seat s ON s.id = m.seat_id
  JOIN cycle w ON w.group_id = g.id AND w.number = s.turn
  JOIN payout o ON o.cycle_id = (g.id - 1) * g.cycles + 1
 WHERE m.status = 'success'
UNION ALL
SELECT 'paid:' || o.id, 'S13', o.member_id, o.paid_at, g.id, g.name, o.short_ref, g.contribution_kobo, NULL, NULL,
       o.net_kobo, NULL, g.anchor_on + 7 * (g.cycles - 1), NULL, NULL
  FROM payout o JOIN seat s ON s.id = o.seat_id JOIN savings_group g ON g.id = s.group_id WHERE o.status = 'paid'
UNION ALL
SELECT 'penalty:' || o.seat_id || ':' || o.cycle_id || ':late', 'S07', s.member_id, o.raised_at, g.id, g.name, NULL,
       NULL, o.amount_kobo, g.contribution_kobo + o.amount_kobo, NULL, NULL, NULL, NULL, NULL
  FROM obligation o JOIN seat s ON s.id = o.seat_id JOIN savings_group g ON g.id = s.group_id
 WHERE o.kind = 'penalty'
 ORDER BY at, dedupe_key
"""

MESSAGE_FACTS = ("group", "ref", "amt", "fee", "total", "pot", "date", "date2", "r", "t")
AMOUNTS = ("amt", "fee", "total", "pot")

CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE conrelid::regclass::text = ANY(%(names)s) AND contype IN ('p', 'u') ORDER BY conrelid, conname
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
 WHERE indrelid::regclass::text = ANY(%(names)s) ORDER BY indexrelid
"""
IDENTITIES = """
SELECT table_name FROM information_schema.columns
 WHERE table_schema = 'public' AND is_identity = 'YES' ORDER BY table_name
"""

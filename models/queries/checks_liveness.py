"""What must not take too long (ledger 2.5, L1 to L4, and two more): no harm is done yet, but somebody should look."""

from typing import Final

from models.queries.checks import Check

LIVENESS: Final = (
    # She paid, or did not: by the day after, with an hour for the hourly check, the provider must have said which.
    Check(
        "L1",
        "payments open for more than a day",
        """
        SELECT reference FROM payment
         WHERE status IN ('created', 'sending', 'pending') AND created_at < %(now)s - interval '25 hours'
        """,
    ),
    # A pot that has left and has not arrived.
    Check(
        "L2",
        "transfers without an outcome for more than an hour",
        """
        SELECT reference FROM payout_attempt
         WHERE status IN ('created', 'sending', 'pending', 'unknown', 'manual')
           AND coalesce(first_sent_at, created_at) < %(now)s - interval '1 hour'
        """,
    ),
    # Messages leave at once, or at the time that they were put off to, unless a switch holds those that go to many.
    # (An unknown one was sent, perhaps.)
    Check(
        "L3",
        "messages unsent for more than ten minutes",
        """
        SELECT id FROM outbox
         WHERE (status = 'queued' AND next_at < %(now)s - interval '10 minutes'
                AND NOT (reminder
                         AND EXISTS (SELECT 1 FROM setting WHERE name = 'blasts_stopped' AND value <> 'false')))
            OR (status = 'sending' AND lease_until < %(now)s - interval '10 minutes')
        """,
    ),
    # What a provider told us is dealt with at once. A parked event waits for a person, for as long as that takes.
    Check(
        "L4",
        "events of a provider not dealt with for more than two minutes",
        """
        SELECT id FROM inbox
         WHERE done_at IS NULL AND received_at < %(now)s - interval '2 minutes'
        """,
    ),
    # A pot whose bank said no as often as we try: its recipient or a person has to find another way.
    Check(
        "L5",
        "payouts that have failed as often as they are tried",
        """
        SELECT p.id FROM payout p
         WHERE p.status = 'retry'
           AND NOT EXISTS (SELECT 1 FROM payout_attempt t WHERE t.payout_id = p.id AND t.status = 'created')
        """,
    ),
    # The job that lets groups go on comes every ten minutes.
    Check(
        "L6",
        "groups that still rest an hour after the end of their pause",
        """
        SELECT group_id FROM group_pause WHERE ended_at IS NULL AND ends_at < %(now)s - interval '1 hour'
        """,
    ),
)

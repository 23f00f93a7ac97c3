"""`flask --app app transfer-lost`: a transfer that Paystack has never seen is given up, and sent anew.

Everything else about payouts goes by itself or is a matter of two people in the panel. This one follows what Paystack's
support has said in writing (docs/operate.md, "A transfer that nobody has seen").
"""

import click

from bot import clock
from bot.errors import ProviderError
from bot.payments.base import TransferStatus
from jobs.payouts import follow_transfer
from jobs.providers import payouts_provider
from models.actions import attempts, transfer_ends

ACTOR = "command:transfer-lost"


@click.command("transfer-lost")
@click.argument("reference")
def transfer_lost_command(reference: str) -> None:
    """Give up a transfer that Paystack has never seen: it counts as failed."""
    try:
        seen = payouts_provider().verify_transfer(reference)
    except ProviderError as trouble:
        raise click.ClickException(f"Paystack did not say what became of it ({trouble.why}); try again") from None
    if seen.status is not TransferStatus.NOT_FOUND:
        follow_transfer(attempts.PROVIDER, reference)
        raise click.ClickException(f"Paystack knows it, as {seen.status.value}: nothing was given up")
    if not transfer_ends.given_up_as_lost(reference, ACTOR, clock.now()):
        raise click.ClickException(
            "No transfer of this reference waits for somebody as never seen: nothing was given up"
        )
    click.echo(
        "Given up. It goes on as after any transfer that failed: the next one, under a reference of its own, in a"
    )
    click.echo("quarter of an hour; after the third one when she gives her account once more.")

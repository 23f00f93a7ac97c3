"""`flask --app app staff`: let somebody into the panel, above all the first owner.

There is no built-in account. The command prints a link that works once and for a day; whoever opens it
chooses her password and her second factor herself.
"""

import click

from bot import clock
from bot.settings import current
from models import phones
from models.actions import staff
from models.rules.refused import Refused
from models.rules.staff import Role

SENTENCES = {
    "bad_email": "That is no e-mail address.",
    "active_already": "She has an account. An owner can disable it in the panel; then invite her again.",
}


@click.command("staff")
@click.argument("email")
@click.option("--name", required=True, help="How colleagues know her.")
@click.option("--phone", required=True, help="Her own number; news of new devices goes there.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OWNER.value, show_default=True)
def staff_command(email: str, name: str, phone: str, role: str) -> None:
    """Let somebody into the panel; prints the link with which she sets herself up."""
    number = phones.parse(phone)
    if number is None:
        raise click.BadParameter(f"{phone} is not a mobile number", param_hint="--phone")
    invited = staff.invite(
        email=email, phone=number, name=name, role=Role(role), actor="command:staff", now=clock.now()
    )
    if isinstance(invited, Refused):
        raise click.ClickException(SENTENCES[invited.why])
    if invited.role != role:
        click.echo(
            f"She is known already, as {invited.role}, and stays that; two of the staff change a role.", err=True
        )
    click.echo(f"{current().public_url.rstrip('/')}/admin/set-up/{invited.token}")
    click.echo("The link works once, until this time tomorrow.")

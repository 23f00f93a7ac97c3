"""`flask --app app staff`: let somebody into the panel, above all the first owner.

There is no built-in account. The command prints a link that works once and for a day; whoever opens it
chooses her password and her second factor herself.
"""

import click

from bot import clock
from bot.settings import current
from models import phones
from models.actions import staff
from models.actions.staff import Invited
from models.rules.refused import Refused
from models.rules.staff import Role

ACTOR = "command:staff"
SENTENCES = {
    "bad_email": "That is no e-mail address.",
    "active_already": "She has an account. If her password or her phone is lost, use --lost.",
    "gone": "Nobody has an account with this address.",
    "is_disabled": "She is disabled. Without --lost, with --name and --phone, she is let in again, as what she was.",
}


@click.command("staff")
@click.argument("email")
@click.option("--name", help="How colleagues know her.")
@click.option("--phone", help="Her own number; news of new devices goes there.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OWNER.value, show_default=True)
@click.option(
    "--lost", is_flag=True, help="She has lost her password or her phone: a new link for the account she has."
)
def staff_command(email: str, name: str | None, phone: str | None, role: str, lost: bool) -> None:
    """Let somebody into the panel; prints the link with which she sets herself up."""
    if lost:
        _tell_link(staff.new_link_for(email, actor=ACTOR, now=clock.now()))
        return
    if not name or not phone:
        raise click.UsageError("--name and --phone are needed for somebody new")
    number = phones.parse(phone)
    if number is None:
        raise click.BadParameter(f"{phone} is not a mobile number", param_hint="--phone")
    invited = staff.invite(email=email, phone=number, name=name, role=Role(role), actor=ACTOR, now=clock.now())
    if isinstance(invited, Invited) and invited.role != role:
        click.echo(
            f"She is known already, as {invited.role}, and stays that; two of the staff change a role.", err=True
        )
    _tell_link(invited)


def _tell_link(invited: Invited | Refused) -> None:
    if isinstance(invited, Refused):
        raise click.ClickException(SENTENCES[invited.why])
    click.echo(f"{current().public_url.rstrip('/')}/admin/set-up/{invited.token}")
    click.echo("The link works once, until this time tomorrow.")

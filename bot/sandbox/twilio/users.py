"""The people on WhatsApp: their profile names, whether they hide their numbers, and when they last wrote to us."""

from bot.sandbox.store import Row
from bot.sandbox.twilio.addresses import Address, user_id_of
from bot.sandbox.world import World

# number: Twilio is told her number. both: and Meta's id of her. hidden: the id only. absent: she has no WhatsApp.
PRIVACIES = ("number", "both", "hidden", "absent")


def find(here: World, number: str) -> Row | None:
    return here.store.row("SELECT * FROM whatsapp_user WHERE number = ?", number)


def meet(here: World, number: str) -> Row:
    """Her row; a new one shows her number and bears no name."""
    with here.store.write() as db:
        db.execute(
            "INSERT OR IGNORE INTO whatsapp_user (number, user_id, profile_name) VALUES (?, ?, ?)",
            (number, user_id_of(number), f"~{number[-4:]}"),
        )
        row: Row = db.execute("SELECT * FROM whatsapp_user WHERE number = ?", (number,)).fetchone()
    return row


def change(here: World, number: str, **columns: str | None) -> None:
    """Set columns of her row."""
    meet(here, number)
    names = ", ".join(f"{name} = ?" for name in columns)
    with here.store.write() as db:
        db.execute(f"UPDATE whatsapp_user SET {names} WHERE number = ?", (*columns.values(), number))  # noqa: S608


def number_behind(here: World, address: Address) -> str | None:
    """The phone that an address leads to. None for an id of nobody."""
    if address.who.startswith("+"):
        return address.who
    row = here.store.row("SELECT number FROM whatsapp_user WHERE user_id = ?", address.who)
    return str(row["number"]) if row else None


def is_absent(here: World, number: str) -> bool:
    row = find(here, number)
    return row is not None and row["privacy"] == "absent"

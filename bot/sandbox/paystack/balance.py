"""Paystack's balance: our opening float and every movement since. Amounts in kobo (or the currency's sub-units)."""

from bot.sandbox.world import World


def balance(world: World, currency: str = "") -> int:
    """In the integration's own money if unsaid; that is the one that it opened with."""
    own = world.country.currency
    currency = currency or own
    moved = world.store.number("SELECT COALESCE(SUM(amount), 0) FROM movement WHERE currency = ?", currency)
    return moved + (world.tuning.current().opening_balance_kobo if currency == own else 0)


def balances(world: World) -> list[dict[str, str | int]]:
    own = world.country.currency
    others = world.store.rows("SELECT DISTINCT currency FROM movement WHERE currency <> ? ORDER BY currency", own)
    return [{"currency": name, "balance": balance(world, name)} for name in [own, *(row[0] for row in others)]]


def move(world: World, kind: str, reference: str, currency: str, amount: int) -> None:
    """Part of the caller's transaction."""
    with world.store.write() as db:
        db.execute(
            "INSERT INTO movement (kind, reference, currency, amount, at) VALUES (?, ?, ?, ?, ?)",
            (kind, reference, currency, amount, world.clock.stamp()),
        )

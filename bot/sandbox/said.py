"""What her bank or her mobile money says on her phone when she has paid, by what became of it."""

from typing import Final

APPROVE: Final = "approve"
DECLINE: Final = "decline"
BANK_SAYS: Final = {
    "success": "done, the money is sent.",
    "rejected": "sent back: it was not the amount that was asked for.",
    "failed": "it did not go through.",
}
WALLET_SAYS: Final = {APPROVE: "done, the money is sent.", DECLINE: "declined, nothing was taken."}

"""Codes that people read out, type and print: group codes, receipt references, provider references.

Nothing here is secret and nothing is random: numbers come in, the same code comes out.
"""

import re
from hashlib import sha256

GROUP_CODES = 100_000

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: they sound and look alike
REF_LENGTH = 6
REFS = len(ALPHABET) ** REF_LENGTH
SUSPENSE_REFS = 900_000_000

# Odd, so that multiplying by it modulo a power of two gives each number once: neighbours get unlike codes.
_SCATTER = 0x2545F491
_FOLD_BITS = 15

_SIX_DIGITS = re.compile(r"[0-9]{6}")
TRANSFER = "ajo-p-"  # how our names for transfers begin
_NONCE = re.compile(r"[0-9a-f]{8}")


def group_code(n: int) -> str:
    """The 6-digit code of a group: five digits and a check digit. n: 0..99999."""
    if not 0 <= n < GROUP_CODES:
        raise ValueError(f"{n} does not fit a group code")
    body = f"{n:05d}"
    return body + str((10 - _luhn_sum(body + "0")) % 10)


def is_group_code(text: str) -> bool:
    """Whether it can be a code at all: any one wrong digit is noticed without asking the database."""
    return _SIX_DIGITS.fullmatch(text) is not None and _luhn_sum(text) == 0


def short_ref(n: int) -> str:
    """Six letters and digits for a receipt. Different for the first billion numbers, and not to be counted up."""
    x = n * _SCATTER % REFS
    x ^= x >> _FOLD_BITS
    x = x * _SCATTER % REFS
    signs = []
    for _ in range(REF_LENGTH):
        x, place = divmod(x, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(reversed(signs))


def suspense_ref(suspense_id: int) -> str:
    """The reference of a receipt that people have placed: counted from where no payment or payout will ever come."""
    return short_ref(SUSPENSE_REFS + suspense_id)


def report_ref(n: int) -> str:
    """The reference of a report: R and six signs, one longer than any receipt's, so that neither is taken for the
    other.
    """
    return f"R{short_ref(n)}"


def is_short_ref(text: str) -> bool:
    """Whether it can be the reference of a receipt at all."""
    return len(text) == REF_LENGTH and set(text) <= set(ALPHABET)


def charge_reference(payment_id: int, attempt: int, nonce: str) -> str:
    """Our name for a charge at the provider. nonce: 8 hex digits from outside, so that it cannot be guessed.

    Hyphens only: Paystack refuses underscores, and takes 16 to 50 signs.
    """
    if _NONCE.fullmatch(nonce) is None:
        raise ValueError("the nonce of a charge is 8 hex digits")
    return f"ajo-c-{payment_id}-{attempt}-{nonce}"


def transfer_reference(group_id: int, cycle_id: int, recipient_id: int, part: int, n: int) -> str:
    """Our name for the n-th try of a transfer; part tells the payouts of one pot apart.

    Deterministic: after a restored backup the same payout asks with the same reference again, and the
    provider refuses to pay it twice (ledger 3.1).
    """
    fact = f"{group_id}:{cycle_id}:{recipient_id}:{part}:{n}"
    return f"{TRANSFER}{sha256(fact.encode()).hexdigest()[:24]}"


def _luhn_sum(digits: str) -> int:
    """0 for a number whose last digit is its Luhn check digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10

"""What a PIN may be. How it is kept and how often it may be tried is not decided here."""

import re

LENGTH = 4

_FOUR_DIGITS = re.compile(r"[0-9]{4}")


def well_formed(pin: str) -> bool:
    """Four digits of a keypad."""
    return _FOUR_DIGITS.fullmatch(pin) is not None


def is_weak(pin: str, phone: str) -> bool:
    """Whether a stranger would try it first: one digit, a run, a year of birth, the end of her own phone number."""
    steps = {(int(b) - int(a)) % 10 for a, b in zip(pin, pin[1:], strict=False)}
    same_or_run = len(steps) == 1 and steps <= {0, 1, 9}  # 7890 and 0987 are runs on a keypad as well
    return same_or_run or pin.startswith(("19", "20")) or phone.endswith(pin)

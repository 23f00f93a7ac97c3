"""Keys, signatures and fingerprints: right ones pass, everything else does not, and nothing crashes."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.security import fingerprint, key_matches, signature_matches, split_keys

KEYS = ("new-key-0123456789", "old-key-0123456789")


def test_both_keys_are_good_while_callers_move_over() -> None:
    assert [key_matches(key, KEYS) for key in KEYS] == [True, True]


@pytest.mark.parametrize("given", ["", "new-key-012345678", "new-key-01234567890", "NEW-KEY-0123456789", "\ud800", "é"])
def test_any_other_key_is_not(given: str) -> None:
    assert not key_matches(given, KEYS)
    assert not key_matches(given, ())


def test_a_setting_holds_one_key_or_several() -> None:
    assert split_keys("one") == ("one",)
    assert split_keys(" one , two,, ") == ("one", "two")
    assert split_keys("") == ()


@given(st.binary(max_size=60), st.text(max_size=140))
def test_a_signature_is_good_only_over_the_very_bytes(raw: bytes, header: str) -> None:
    good = hmac.new(b"secret", raw, hashlib.sha512).hexdigest()
    assert signature_matches(b"secret", raw, good)
    assert not signature_matches(b"secret", raw + b" ", good)
    assert not signature_matches(b"other", raw, good)
    assert signature_matches(b"secret", raw, header) == (header.strip().lower() == good)


def test_a_fingerprint_tells_where_one_value_ends() -> None:
    assert fingerprint(b"k", "ab", "c") != fingerprint(b"k", "a", "bc")
    assert fingerprint(b"k", "ab") == fingerprint(b"k", "ab") != fingerprint(b"j", "ab")

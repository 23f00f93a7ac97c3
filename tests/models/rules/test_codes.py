"""Codes: check digits that notice a slip, references that the provider accepts and nobody can count up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import codes

ids = st.integers(1, 10**9)


@given(st.integers(0, 99_999))
def test_a_group_code_is_six_digits_and_known_again(n: int) -> None:
    code = codes.group_code(n)
    assert re.fullmatch(r"[0-9]{6}", code)
    assert codes.is_group_code(code)
    assert int(code[:5]) == n


@given(st.integers(0, 99_999), st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(n: int, place: int, off: int) -> None:
    code = codes.group_code(n)
    wrong = code[:place] + str((int(code[place]) + off) % 10) + code[place + 1 :]
    assert not codes.is_group_code(wrong)


def test_two_exchanged_neighbours_are_noticed_but_for_nine_and_nought() -> None:
    """Luhn's known gap; the preview of the group (C2) is what catches that one."""
    missed = set()
    for n in range(0, 100_000, 7):
        code = codes.group_code(n)
        for i in range(5):
            other = code[:i] + code[i + 1] + code[i] + code[i + 2 :]
            if other != code and codes.is_group_code(other):
                missed.add("".join(sorted(code[i : i + 2])))
    assert missed == {"09"}


def test_the_known_luhn_number() -> None:
    assert codes.group_code(79927) == "799270"
    assert codes.is_group_code("799270")


@pytest.mark.parametrize(
    "text", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "-12345", "000000 ", "\n000000", "482917"]
)
def test_what_is_not_a_group_code(text: str) -> None:
    assert not codes.is_group_code(text)


@pytest.mark.parametrize("n", [-1, 100_000])
def test_a_number_that_does_not_fit_is_a_bug(n: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        codes.group_code(n)


def test_short_references_are_all_different_and_unlike() -> None:
    refs = [codes.short_ref(n) for n in range(50_000)]
    assert len(set(refs)) == len(refs)
    assert all(re.fullmatch(r"[2-9A-HJ-NP-Z]{6}", ref) for ref in refs)
    alike = [sum(a == b for a, b in zip(one, two, strict=True)) for one, two in zip(refs, refs[1:], strict=False)]
    assert sum(alike) / len(alike) < 1


@given(st.integers(0, codes.REFS - 1), st.integers(0, codes.REFS - 1))
def test_no_two_numbers_share_a_short_reference(a: int, b: int) -> None:
    assert (a == b) == (codes.short_ref(a) == codes.short_ref(b))


@given(ids, st.integers(1, 999), st.integers(0, 2**32 - 1))
def test_a_charge_reference_is_what_paystack_takes(payment: int, attempt: int, nonce: int) -> None:
    reference = codes.charge_reference(payment, attempt, f"{nonce:08x}")
    assert re.fullmatch(r"[a-z0-9-]{16,50}", reference)
    assert reference == f"ajo-c-{payment}-{attempt}-{nonce:08x}"


@pytest.mark.parametrize("nonce", ["", "1234567", "123456789", "ABCDEF12", "1234_678"])
def test_a_bad_nonce_is_a_bug(nonce: str) -> None:
    with pytest.raises(ValueError, match="8 hex"):
        codes.charge_reference(1, 1, nonce)


@given(ids, ids, ids, st.integers(1, 20), st.integers(1, 20))
def test_a_transfer_reference_is_the_same_for_ever(group: int, cycle: int, who: int, part: int, n: int) -> None:
    reference = codes.transfer_reference(group, cycle, who, part, n)
    assert re.fullmatch(r"ajo-p-[0-9a-f]{24}", reference)
    assert reference == codes.transfer_reference(group, cycle, who, part, n)
    assert reference != codes.transfer_reference(group, cycle, who, part, n + 1)
    assert reference != codes.transfer_reference(group, cycle, who, part + 1, n)


def test_a_published_transfer_reference() -> None:
    """Changing how it is made would pay twice after a restored backup."""
    assert codes.transfer_reference(1, 2, 3, 1, 1) == "ajo-p-db9db009b5793de7084da423"


def test_a_reference_is_told_from_what_is_none():
    assert codes.is_short_ref(codes.short_ref(17))
    assert not any(codes.is_short_ref(text) for text in ("", "ABC23", "ABC2345", "ABCDE0", "abc234", "ABC\x0034"))

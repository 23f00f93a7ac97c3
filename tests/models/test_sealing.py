"""Sealed values: they open where they belong, with any key that is known, and nowhere else."""

import base64

import pytest

from models.sealing import CannotOpen, Keys


def key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


OLD = Keys.parse(f"1:{key('a')}")
BOTH = Keys.parse(f"1:{key('a')},2:{key('b')}")
OTHER = Keys.parse(f"1:{key('c')}")


def test_what_was_sealed_opens_in_its_place():
    sealed = OLD.seal("Ngozi Bello", "member.name:17")
    assert OLD.open(sealed, "member.name:17") == "Ngozi Bello"
    assert OLD.open(memoryview(sealed), "member.name:17") == "Ngozi Bello"
    assert b"Ngozi" not in sealed


@pytest.mark.parametrize("place", ["member.name:18", "member.phone:17", ""])
def test_a_value_that_was_moved_to_another_place_does_not_open(place):
    sealed = OLD.seal("Ngozi Bello", "member.name:17")
    with pytest.raises(CannotOpen):
        OLD.open(sealed, place)


def test_a_changed_byte_a_missing_key_and_nothing_at_all_do_not_open():
    sealed = OLD.seal("Ngozi Bello", "member.name:17")
    for wrong in (sealed[:-1] + bytes([sealed[-1] ^ 1]), bytes([9]) + sealed[1:], b"", sealed[:5]):
        with pytest.raises(CannotOpen):
            OLD.open(wrong, "member.name:17")
    with pytest.raises(CannotOpen):
        OTHER.open(sealed, "member.name:17")


def test_the_same_value_is_never_sealed_alike_twice():
    assert OLD.seal("x", "p") != OLD.seal("x", "p")


def test_after_a_change_of_keys_the_newest_seals_and_the_old_one_still_opens():
    assert BOTH.open(OLD.seal("x", "p"), "p") == "x"
    assert BOTH.seal("x", "p")[0] == 2


def test_the_blind_index_survives_a_new_key_and_keeps_kinds_apart():
    assert BOTH.index("+2348031230001", "phone") == OLD.index("+2348031230001", "phone")
    assert OLD.index("0123456789", "phone") != OLD.index("0123456789", "account")
    assert OLD.index("x", "phone") != OTHER.index("x", "phone")


@pytest.mark.parametrize("text", ["", "nonsense", "0:" + key("a"), "256:" + key("a"), "1:!", "1:" + key("a")[:20]])
def test_a_bad_list_of_keys_says_what_is_wrong(text):
    with pytest.raises(ValueError, match="key"):
        Keys.parse(text)


def test_keys_never_show_themselves():
    assert "AES" not in repr(OLD)
    assert key("a") not in repr(OLD)

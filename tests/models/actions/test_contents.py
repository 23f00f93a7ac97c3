"""Texts at the messaging provider: the first that was made counts, and one that is gone may be made again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from models.actions.contents import content_gone, content_judged, keep_content
from models.base import database
from models.queries.contents import Content, content, contents_of

ACCOUNT, OTHER = "AC" + "1" * 32, "AC" + "2" * 32
FIRST, SECOND = "HX" + "a" * 32, "HX" + "b" * 32


def kept(now, sid=FIRST, account=ACCOUNT, name="ajo_buttons_2_v1", **more):
    return keep_content(account, name, "en", **{"digest": "d1", "sid": sid, "now": now} | more)


def test_what_was_kept_is_found_by_its_account_name_and_language(db, clock):
    assert kept(clock()) == FIRST
    assert content(ACCOUNT, "ajo_buttons_2_v1", "en") == Content("ajo_buttons_2_v1", "en", "d1", FIRST, "session", "")
    assert content(OTHER, "ajo_buttons_2_v1", "en") is None
    assert content(ACCOUNT, "ajo_buttons_2_v1", "yo") is None


def test_the_first_that_was_written_down_counts(db, clock):
    kept(clock())
    assert kept(clock(), sid=SECOND, digest="d2") == FIRST
    assert content(ACCOUNT, "ajo_buttons_2_v1", "en").digest == "d1"


def test_two_workers_agree_on_one(db, clock):
    def make(n):
        try:
            return kept(clock(), sid=f"HX{n:032x}")
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(make, range(8)))) == 1


def test_one_that_is_gone_is_not_found_and_may_be_made_again(db, clock):
    kept(clock())
    assert content_gone(ACCOUNT, FIRST, clock())
    assert content(ACCOUNT, "ajo_buttons_2_v1", "en") is None
    assert contents_of(ACCOUNT) == ()
    assert kept(clock(), sid=SECOND) == SECOND
    assert content(ACCOUNT, "ajo_buttons_2_v1", "en").sid == SECOND


def test_a_template_is_judged_again_and_again(db, clock):
    kept(clock(), name="ajo_due_soon_v1", status="received")
    for status, why in (("pending", ""), ("rejected", "INVALID_FORMAT"), ("approved", "")):
        assert content_judged(ACCOUNT, FIRST, status, why, clock() + timedelta(hours=1))
        found = content(ACCOUNT, "ajo_due_soon_v1", "en")
        assert (found.status, found.why) == (status, why)
    assert not content_judged(OTHER, FIRST, "rejected", "", clock())
    assert [each.status for each in contents_of(ACCOUNT)] == ["approved"]

"""The jobs that keep the house in order: "name_words" makes up the marks by which names are found."""

from jobs import housekeeping, schedule
from models.actions import name_words
from models.tables.finding import NameWord
from models.tables.people import Member
from tests.support.circles import add_member
from tests.support.time import A_MONDAY_MORNING as NOW


def test_it_is_on_the_timetable():
    assert schedule.BY_NAME["name_words"].run is housekeeping.mark_names


def test_who_was_there_before_the_marks_gets_them_once(db, monkeypatch):
    monkeypatch.setattr(name_words, "BATCH", 2)
    members = [add_member(name) for name in ("Ada", "Bisi", "Chidi")]
    assert name_words.lacking(limit=2) == members[:2]
    assert housekeeping.mark_names(NOW) == {"done": 3, "failed": 0, "left": 0}
    assert {row.member_id for row in NameWord.select()} == set(members)
    assert housekeeping.mark_names(NOW) == {"done": 0, "failed": 0, "left": 0}


def test_a_name_that_does_not_open_holds_up_nobody(db):
    broken, fine = add_member("Ada"), add_member("Bisi")
    Member.update(name_sealed=b"\x01broken").where(Member.id == broken).execute()
    assert housekeeping.mark_names(NOW) == {"done": 1, "failed": 1, "left": 0}
    assert {row.member_id for row in NameWord.select()} == {fine}

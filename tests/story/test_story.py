"""The whole journey, played once by five phones: the books to the kobo, every SMS, and nothing where it must not be.

Afterwards, in the same house, everything that can go wrong with money at the doors.
"""

from collections import Counter

import pytest

from bot.sandbox.house import House
from bot.sandbox.story.script import play
from bot.sandbox.story.stage import Outcome
from tests.story import expected
from tests.story.books import books_of
from tests.story.canary import Canary, hits
from tests.story.doors import knock_at_every_door


def test_five_phones_save_three_pots_and_every_kobo_is_where_it_belongs(a_house: House):
    canary = Canary(a_house)

    outcome = play(a_house, narrate=lambda done: None, after_step=lambda done: canary.look_into_redis())

    books = books_of(a_house)
    assert books.entries == expected.entries()
    assert books.balances == expected.balances()
    assert outcome.provider_balance_kobo == expected.balances()["cash.paystack_balance"]
    assert_the_table(outcome)
    assert_what_the_phones_got(outcome)
    knock_at_every_door(a_house)
    canary.look_into_redis()
    canary.look_into_logs()
    canary.look_into_database()
    canary.close()
    assert canary.found == []
    kept = {name.partition("*")[0].rpartition(":")[0] for name in canary.keys_seen}
    assert {"ajo:place:africastalking-ussd", "rq:job"} <= kept  # it has looked where something is
    assert "opened with N50,000" in a_house.said("seed")


@pytest.mark.parametrize(
    "text",
    [
        '{"event": "turn", "heard": "1*Ada Obi*7349*7349"}',
        "text=1*2*8264",
        "PIN 3971",
        "to +2348031234501",
        "08031234503",
        "account 0123456701",
    ],
)
def test_the_canary_would_sing(text: str):
    assert hits(text)


def test_the_canary_does_not_mind_other_numbers():
    assert hits('{"pid": 7349, "ms": 8264, "at": "2026-11-23T06:37:15.591700Z", "kobo": 517800}') == []
    assert hits("SM:0f3c9a52-8264-4d1c-7349-3971a0b1c2d3") == []


def assert_the_table(outcome: Outcome) -> None:
    """Who paid and got what, as the story prints it."""
    cycles = [cycle for cycle in outcome.books.cycles if cycle.paid_in]
    fee, late_fee = expected.asked(expected.C) - expected.C, expected.LATE_FEE
    late = expected.asked(expected.C + late_fee) - expected.C - late_fee
    for cycle, collects in zip(cycles, ("Ada Obi", "Bisi Adeyemi", "Chidi Okafor"), strict=True):
        lines = {
            line.who.split()[0]: (line.contribution_kobo, line.late_fee_kobo, line.collection_fee_kobo, line.late)
            for line in cycle.paid_in
        }
        usual = dict.fromkeys(expected.PEOPLE, (expected.C, 0, fee, False))
        assert lines == usual | ({"Chidi": (expected.C, late_fee, late, True)} if cycle.number == 2 else {})
        [out] = cycle.paid_out
        assert (out.who, out.status, out.gross_kobo) == (collects, "paid", expected.POT)
        assert (out.service_fee_kobo, out.net_kobo) == (expected.SERVICE_FEE, expected.NET)
        assert out.transfer_fee_kobo == expected.TRANSFER_FEE
    assert [out.bank for cycle in cycles for out in cycle.paid_out] == [
        "GTBank ***6701",
        "UBA ***5402",
        "Zenith ***5603",
    ]


def assert_what_the_phones_got(outcome: Outcome) -> None:
    """Each SMS once, none that was not meant for that phone, none of more than one part."""
    for name, wanted in expected.SMS.items():
        got = Counter(_kind(sms.text) for sms in outcome.sms[name])
        assert got == wanted, name
    assert [sms.text for each in outcome.sms.values() for sms in each if sms.segments != 1] == []


def _kind(text: str) -> str:
    return next((kind for kind in expected.KINDS if kind in text), text)

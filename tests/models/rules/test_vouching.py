"""Who is asked about whom, and who is told of a report."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules import codes
from models.rules.circle import PayoutAccount, payout_obstacle
from models.rules.reports import FOR_OFFICE, KINDS, head_is_told
from models.rules.vouching import vouchers

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ADA, BISI, CHIDI, DAYO = 1, 2, 3, 4
USABLE = PayoutAccount("confirmed", matches=True, usable_at=NOW)


@pytest.mark.parametrize(
    ("member", "officers", "asked"),
    [
        (BISI, (ADA, CHIDI), (ADA,)),
        (CHIDI, (ADA, CHIDI), (ADA,)),
        (BISI, (), (ADA,)),
        (ADA, (ADA, CHIDI, DAYO), (CHIDI, DAYO)),
        (ADA, (ADA,), ()),
        (ADA, (CHIDI, CHIDI), (CHIDI,)),
    ],
)
def test_the_head_is_asked_about_others_and_other_officers_about_the_head(member, officers, asked):
    assert vouchers(member, ADA, officers) == asked


def test_nobody_is_ever_asked_about_herself():
    for member in (ADA, BISI, CHIDI):
        assert member not in vouchers(member, ADA, (ADA, BISI, CHIDI))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_head_hears_of_what_is_not_for_the_office_unless_it_is_her_own(kind):
    assert head_is_told(kind, is_head=False) == (kind not in FOR_OFFICE)
    assert not head_is_told(kind, is_head=True)


@pytest.mark.parametrize(
    ("frozen", "guarded_until", "account", "why"),
    [
        (True, None, USABLE, "frozen"),
        (True, NOW + timedelta(hours=1), None, "frozen"),
        (False, NOW + timedelta(seconds=1), USABLE, "new_pin"),
        (False, NOW, USABLE, None),
        (False, None, USABLE, None),
        (False, NOW, None, "no_account"),
    ],
)
def test_what_stands_in_the_way_of_a_pot_besides_the_account(frozen, guarded_until, account, why):
    assert payout_obstacle(account, NOW, frozen=frozen, guarded_until=guarded_until) == why


def test_no_reference_of_a_report_is_one_of_a_receipt():
    refs = [codes.report_ref(n) for n in range(1, 200)]
    assert len(set(refs)) == len(refs)
    assert {ref[0] for ref in refs} == {"R"}
    assert not any(codes.is_short_ref(ref) for ref in refs)

"""The door of all commands: once under each key, the same answer ever after, nothing for strangers."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from models import commands as c
from models.actions import cycles, latest_performed, perform
from models.actions.registry import REGISTRY
from models.base import database
from models.commands import Command, Done, OpenGroup, SendConsentText, SendGroupCode
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.groups import Group
from models.tables.mail import Outbox, Performed
from models.tables.money import Payout
from models.tables.people import Member
from tests.support.cast import ADA, BISI, CHIDI, DAYO, ask, context_of, do, form_group, open_group, register, told
from tests.support.circles import running_group

START = date(2026, 3, 6)
OPEN = OpenGroup("Mama Titi Ajo", 5_000_00, "weekly", 5, "joined", START)


def test_every_command_has_its_line():
    ours = {each for each in Command.__subclasses__() if each.__module__.startswith("models.")}

    assert set(REGISTRY) == ours


def test_the_same_key_performs_once_and_answers_the_same(db, clock):
    register(ADA, clock())
    first = do(ADA, OPEN, clock(), key="at:s:3:0")
    clock.advance("1h")
    assert do(ADA, OPEN, clock(), key="at:s:3:0") == first
    assert Group.select().count() == 1


def test_two_hops_with_one_key_at_the_same_moment_perform_once(db, clock):
    register(ADA, clock())
    context = context_of(ADA, clock(), key="at:s:3:0")

    def hop(_: int) -> object:
        try:
            return perform(OPEN, context)
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(hop, range(4)))
    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert isinstance(answers[0], Done)
    assert Group.select().count() == 1


def test_a_refusal_is_remembered_too(db, clock):
    register(ADA, clock())
    assert ask(ADA, OpenGroup("x", 1, "weekly", 5, "joined", START), clock(), key="at:s:3:0") == Refused("bad_name")
    assert ask(ADA, OPEN, clock(), key="at:s:3:0") == Refused("bad_name")
    assert Group.select().count() == 0


def test_a_stranger_is_told_to_register_and_a_frozen_member_gets_nothing(db, clock):
    assert ask(DAYO, OPEN, clock()) == Refused("not_registered")
    register(ADA, clock())
    Member.update(status="frozen").execute()
    assert ask(ADA, OPEN, clock()) == Refused("frozen")


def test_a_member_id_that_does_not_go_with_the_phone_is_nobody(db, clock):
    register(ADA, clock())
    context = context_of(ADA, clock())
    stolen = type(context)(**{**vars(context), "phone": DAYO.phone})
    assert perform(OPEN, stolen) == Refused("not_registered")


def test_the_place_in_a_talk_is_found_again(db, clock):
    register(ADA, clock())
    talk = json.dumps({"flow": "open_group", "name": "Mama Titi Ajo"})
    context = context_of(ADA, clock(), key="at:s9:4:0", session="s9", hop=4, talk=talk)
    outcome = perform(OPEN, context)
    found = latest_performed("s9", before_hop=5)
    assert found is not None
    assert (found.hop, found.command, found.talk, found.outcome) == (4, "OpenGroup", talk, outcome)
    assert latest_performed("s9", before_hop=4) is None
    assert latest_performed("another", before_hop=5) is None


def test_what_is_kept_of_a_command_is_sealed(db, clock):
    register(ADA, clock())
    kept = Performed.select().where(Performed.command == "RegisterMember").get()
    assert b"Ada" not in bytes(kept.outcome_sealed)
    assert "Ada" in keys().open(kept.outcome_sealed, f"performed.outcome:{kept.key}")


# Everything that Dayo could ask about a group that is not hers, and the answer that a missing one would get.
FOREIGN = {
    c.InvitePhone: "not_allowed",
    c.SendGroupCode: "not_allowed",
    c.DeclineInvitation: "gone",
    c.DecideJoiner: "gone",
    c.ArrangeOrder: "not_allowed",
    c.LeaveGroup: "gone",
    c.ConfirmBankAccount: "gone",
}


def _try(command: type[Command], thing: int) -> Command:
    more = {
        c.InvitePhone: {"phone": "08031239999"},
        c.DecideJoiner: {"verdict": "let_in"},
        c.ArrangeOrder: {"seat_ids": (thing,)},
        c.StartPayment: {"amount_kobo": 5_000_00, "method": "ussd", "bank_type": "737"},
        c.ApprovePayout: {"payload_hash": Payout.get().payload_hash if Payout.select().exists() else ""},
    }.get(command, {})
    first_field = next(iter(command.__dataclass_fields__))
    return command(**{first_field: thing, **more})


@pytest.mark.parametrize("command", FOREIGN, ids=lambda command: command.__name__)
def test_an_outsider_is_answered_as_if_there_were_nothing(db, clock, command):
    now = clock()
    formed = open_group(now, order="arranged")
    register(BISI, now)
    register(DAYO, now)
    do(BISI, c.JoinGroup(formed.group_id, 1), now)
    do(ADA, c.InvitePhone(formed.group_id, CHIDI.phone), now)
    do(ADA, c.LookUpAccount("058", "GTBank", c.Secret("0123456789")), now)
    before = (Outbox.select().count(), database.execute_sql("SELECT max(id) FROM audit").fetchone())
    for thing in (1, 2, 999_999):
        assert ask(DAYO, _try(command, thing), now) == Refused(FOREIGN[command]), thing
    assert (Outbox.select().count(), database.execute_sql("SELECT max(id) FROM audit").fetchone()) == before


@pytest.mark.parametrize(
    "command",
    [c.StartPayment, c.CheckPayment, c.ApprovePayout, c.HoldPayout, c.RemindUnpaid, c.PayShort, c.WaitOneDay],
    ids=lambda command: command.__name__,
)
def test_an_outsider_moves_no_money_either(db, command):
    full, short = running_group(), running_group()
    full.all_pay()
    short.pay("Ada")
    short.now = short.cycle(1).due_at + timedelta(minutes=1)
    cycles.pass_cutoffs(short.now)
    register(DAYO, short.now)
    before = (Outbox.select().count(), database.execute_sql("SELECT max(id) FROM audit").fetchone())
    missing = ask(DAYO, _try(command, 999_999), short.now)
    assert isinstance(missing, Refused)
    for thing in range(1, 12):
        assert ask(DAYO, _try(command, thing), short.now) == missing, thing
    assert (Outbox.select().count(), database.execute_sql("SELECT max(id) FROM audit").fetchone()) == before


def test_strangers_may_ask_for_the_consent_but_not_often(db, clock):
    for _ in range(3):
        do(DAYO, SendConsentText("en"), clock())
    assert [message.text_key for message in told(DAYO)] == ["S24"]
    clock.advance("1d")
    do(DAYO, SendConsentText("en"), clock())
    assert len(told(DAYO)) == 2


def test_members_get_the_group_code_once_an_hour(db, clock):
    formed = form_group(clock(), size=3)
    for _ in range(3):
        do(BISI, SendGroupCode(formed.group_id), clock())
    (message,) = told(BISI, "S25")
    assert message.facts == {"group": "Mama Titi Ajo", "code": formed.code}

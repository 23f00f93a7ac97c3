"""What is the same in every conversation: back, home, more, blanks, three wrong answers, replays, lost places."""

import json
import time
from dataclasses import replace

import pytest

from flows.engine import MAX_COMMANDS, EngineError, Heard, Outcome, Talk, busy, is_secret
from flows.registry import FLOWS
from flows.talk import MAX_HISTORY, Place, Step
from models.commands import CheckPin, Done, JoinGroup
from models.rules.refused import Refused
from tests.flows.cast import CODE, SCENES
from tests.flows.play import ENGINE, SCREENS

OWES = SCENES["Bisi owes N5,000"]
NEW = SCENES["a new number"]


def say(step: Step, *texts: str, facts=OWES) -> Step:
    for text in texts:
        step = ENGINE.step(step.talk, Heard(text), facts)
    return step


def place(step: Step) -> str:
    return f"{step.talk.flow}.{step.talk.state}"


def dial(*texts: str, facts=OWES) -> Step:
    return say(ENGINE.start(facts), *texts, facts=facts)


# --- talks ----------------------------------------------------------------------------------------------------------


def test_a_talk_goes_through_json_unchanged():
    talk = dial("1", "4").talk

    assert Talk.from_json(talk.to_json()) == talk
    assert talk.history[0] == Place("menu", "B1")


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"flow": "menu"}', '{"history": 3}', '{"history": [[1]]}', "x"]
)
def test_what_is_no_talk_is_none(text):
    assert Talk.from_json(text) is None


def test_a_talk_of_another_version_is_none():
    fields = json.loads(dial().talk.to_json())

    assert Talk.from_json(json.dumps(fields | {"colour": "red"})) is None


@pytest.mark.parametrize("where", [("gone", "B1"), ("menu", "B77"), ("menu", "home"), ("officer", "approve"), ("", "")])
def test_a_place_that_no_longer_exists_leads_home(where):
    flow, state = where

    assert place(ENGINE.step(Talk(flow, state), Heard("1"), OWES)) == "menu.B1"


def test_a_talk_that_is_over_begins_again_at_home():
    ended = dial("8", "5")

    assert ended.talk.over
    assert place(say(ended, "1")) == "menu.B1"


def test_history_has_an_end():
    talk = replace(dial().talk, history=tuple(Place("help", f"gone {n}") for n in range(100)))

    assert len(ENGINE.step(talk, Heard("8"), OWES).talk.history) == MAX_HISTORY


def test_the_same_hop_twice_gives_the_same():
    talk = dial("1").talk

    assert ENGINE.step(talk, Heard("2"), OWES) == ENGINE.step(talk, Heard("2"), OWES)


# --- the global keys ------------------------------------------------------------------------------------------------


def test_zero_leads_back_and_out():
    step = dial("3", "1")

    assert [place(step := say(step, "0")) for _ in range(3)] == ["group.H1", "menu.B1", "menu.A7"]
    assert step.reply
    assert step.reply.end


def test_zero_does_not_lead_back_to_a_secret():
    step = dial("2", "7304")
    assert place(step) == "my_turn.G0 check"
    step = ENGINE.step(step.talk, Outcome("CheckPin", Done()), OWES)

    assert place(step) == "my_turn.G1"
    assert place(say(step, "0")) == "menu.B1"


def test_double_zero_leads_home_and_forgets_the_conversation():
    step = dial("1", "4", "2000", "00")

    assert place(step) == "menu.B1"
    assert step.talk.memory == {}
    assert step.talk.history == ()


def test_double_zero_works_in_every_screen():
    for flow in FLOWS.values():
        for state in flow.states:
            if flow.screen(state):
                assert ENGINE.step(Talk(flow.name, state), Heard("00"), OWES).talk.flow in ("menu", "welcome")


@pytest.mark.parametrize("blank", ["", "  ", "\n", "\x00", "\u200b"])
def test_a_blank_asks_again_and_is_no_error(blank):
    step = say(dial("1"), *[blank] * 5)

    assert place(step) == "contribute.F1"
    assert step.talk.errors == 0


def test_three_wrong_answers_in_a_row_end_and_keep_what_was_typed():
    step = dial("6", "2", "Ilupeju", "x", "y", "z")

    assert step.reply
    assert (step.reply.key, step.reply.end) == ("B5", True)
    assert not step.talk.over
    assert step.talk.memory["name"] == "Ilupeju"
    assert place(say(ENGINE.start(OWES, step.talk), "1")) == "open_group.E2"


def test_wrong_answers_count_only_in_a_row():
    step = dial("6", "2", "Ilupeju", "x", "y", "5000", "9", "9")

    assert place(step) == "open_group.E3"
    assert step.talk.errors == 2


def test_a_page_is_turned_and_turned_back():
    many = SCENES["Bisi has many seats"]
    step = dial("98", facts=many)

    assert step.reply
    assert step.reply.page == step.talk.page == 1
    assert say(step, "0", facts=many).talk.page == 0
    assert place(say(step, "0", "0", facts=many)) == "menu.A7"


def test_a_page_that_is_no_longer_there_is_the_last_one():
    step = dial("98", facts=SCENES["Bisi has many seats"])

    assert ENGINE.step(step.talk, Heard(""), SCENES["Bisi has two groups"]).talk.page == 0


@pytest.mark.parametrize(
    "word", ["go", "done", "heard", "wrong", "refused", "wrong_pin", "pick", "١", "²", "1.5", "-1"]
)
def test_nobody_can_say_what_only_the_engine_says(word):
    step = say(dial("3"), word)

    assert place(step) == "group.H1"
    assert step.talk.errors == 1


def test_a_long_answer_is_cut():
    step = dial("6", "1", "9" * 10_000)

    assert place(step) == "join_group.C1e"
    assert len(step.talk.to_json()) < 1000


# --- commands -------------------------------------------------------------------------------------------------------


def test_a_secret_is_in_no_talk():
    step = dial("2", "7304")

    assert isinstance(step.command, CheckPin)
    assert "7304" not in step.talk.to_json()
    assert "7304" not in repr(step)
    assert "7304" not in repr(Heard("7304"))


def test_the_number_of_an_account_and_of_a_guest_is_in_no_talk():
    account = dial("7", "3", "6", "0123456789")
    guest = dial("3", "4", "08031234567", facts=SCENES["Ada's group is forming"])

    assert account.command
    assert guest.command
    assert "0123456789" not in account.talk.to_json()
    assert "8031234567" not in guest.talk.to_json()


def test_secret_screens_are_known():
    assert is_secret(dial("2").talk)
    assert is_secret(dial("2", "12").talk)
    assert not is_secret(dial().talk)
    assert not is_secret(Talk("gone", "gone"))


def test_the_pin_is_asked_once_a_session():
    step = ENGINE.step(dial("2", "7304").talk, Outcome("CheckPin", Done()), OWES)

    assert step.talk.pin_ok
    assert place(say(step, "00", "5")) == "statement.I1"


@pytest.mark.parametrize("behind", ["my_turn.G1", "statement.I1", "account.M3", "account.M3b", "officer.O2y"])
def test_nothing_behind_the_pin_is_shown_without_it(behind):
    flow, _, state = behind.partition(".")
    step = ENGINE.step(Talk(flow, state), Heard(""), SCENES["Ada has a payout to approve"])

    assert step.command is None
    assert is_secret(step.talk) or step.talk.flow == "menu"


def test_an_outcome_that_was_not_asked_for_is_a_bug():
    with pytest.raises(EngineError):
        ENGINE.step(dial().talk, Outcome("CheckPin", Done()), OWES)
    with pytest.raises(EngineError):
        ENGINE.step(dial("2", "7304").talk, Outcome("JoinGroup", Done()), OWES)


def test_a_turn_asks_for_only_so_many_commands():
    step = dial("2", "7304")

    with pytest.raises(EngineError):
        ENGINE.step(replace(step.talk, state="G0", commands=MAX_COMMANDS), Outcome("CheckPin", Done()), OWES)


def test_a_refusal_that_nobody_foresaw_leads_home_with_a_word():
    step = ENGINE.step(dial("2", "7304").talk, Outcome("CheckPin", Refused("on_fire")), OWES)

    assert SCREENS.ussd(step.reply).startswith("Sorry, that could not be done now.\nHi Bisi")


# --- replaying ------------------------------------------------------------------------------------------------------


def test_a_lost_place_is_found_again():
    typed = ["1", "4", "2000", "2"]
    step = ENGINE.replay(typed, OWES)

    assert step.talk == dial(*typed).talk
    assert place(step) == "contribute.F3t"


def test_a_replay_stops_at_a_secret():
    step = ENGINE.replay(["2", "7304", "00", "1"], OWES)

    assert place(step) == "my_turn.G0"


def test_a_replay_performs_nothing():
    step = ENGINE.replay(["1", "2", "1", "1"], OWES)

    assert place(step) == "contribute.F3t"
    assert step.command is None


def test_a_replay_passes_no_registration():
    assert place(ENGINE.replay(["1", "1", "Dayo", "7305", "7305"], NEW)) == "welcome.A4"


def test_a_replay_forgives_wrong_answers():
    assert place(ENGINE.replay(["9", "9", "9", "9"], OWES)) == "menu.B1"


def test_a_replay_takes_blanks_as_blanks():
    assert place(ENGINE.replay(["", "1", "", "2"], OWES)) == "contribute.F3t"


def test_a_replay_has_an_end():
    assert place(ENGINE.replay(["8", "0"] * 100_000, OWES)) == "menu.B1"


def test_a_shortcut_means_the_menu_whatever_is_waiting():
    waiting = SCENES["Ada has a payout to approve"]

    assert place(ENGINE.replay(["1"], waiting, shortcut=True)) == "contribute.F8"
    assert place(ENGINE.replay(["1"], waiting)) == "officer.O2"


def test_a_shortcut_waits_for_the_choice_of_a_group():
    two = SCENES["Bisi has two groups"]
    step = ENGINE.replay(["1", "2"], two, shortcut=True)
    assert place(step) == "menu.B3"
    step = say(step, "9", "1", facts=two)

    assert place(step) == "contribute.F3t"
    assert "queue" not in step.talk.memory


def test_a_shortcut_waits_through_a_blank_and_a_wrong_choice_and_ends_with_the_session():
    two = SCENES["Bisi has two groups"]
    step = ENGINE.replay(["1"], two, shortcut=True)

    assert place(say(step, "", facts=two)) == "menu.B3"
    assert place(say(step, "", "7", "00", "2", facts=two)) == "contribute.F8"
    assert place(say(step, "0", facts=two)) == "menu.A7"


def test_a_pin_that_was_dialled_is_not_kept():
    step = ENGINE.replay(["2", "7305", "1"], SCENES["Bisi has two groups"], shortcut=True)

    assert step.talk.memory == {"queue": ["turn"]}


def test_an_outcome_for_a_place_that_no_longer_exists_leads_home():
    assert place(ENGINE.step(Talk("gone", "gone"), Outcome("CheckPin", Done()), OWES)) == "menu.B1"
    assert place(ENGINE.step(Talk("menu", "gone"), Outcome("CheckPin", Done()), OWES)) == "menu.B1"


def test_a_shortcut_of_a_number_without_a_member_begins_at_the_beginning():
    assert place(ENGINE.replay(["1", "1"], NEW, shortcut=True)) == "welcome.A1"
    invited = SCENES["Dayo, not registered, is invited by Ada"]
    assert place(ENGINE.replay(["1"], invited, shortcut=True)) == "join_group.D1"


def test_a_talk_goes_on_from_a_command_that_the_books_know():
    step = dial("1", CODE, "1", "7304", facts=(facts := SCENES["Bisi is in no group"]))
    asked = ENGINE.step(step.talk, Outcome("CheckPin", Done()), facts)
    assert isinstance(asked.command, JoinGroup)
    refused = Outcome("JoinGroup", Refused("group_full"))
    found = ENGINE.resume_from(asked.talk, refused, ["2", "Ilupeju", "5000"], facts)

    assert place(found) == "open_group.E3"


def test_a_talk_that_goes_on_may_ask_for_the_next_command():
    step = dial("1", CODE, "1", "7304", facts=(facts := SCENES["Bisi is in no group"]))
    found = ENGINE.resume_from(step.talk, Outcome("CheckPin", Done()), ["9"], facts)

    assert isinstance(found.command, JoinGroup)


# --- starting -------------------------------------------------------------------------------------------------------


def test_the_pin_is_never_resumed():
    step = ENGINE.step(dial("2", "7304").talk, Outcome("CheckPin", Done()), OWES)
    back = say(ENGINE.start(OWES, step.talk), "1")

    assert place(back) == "my_turn.G0"
    assert not back.talk.pin_ok


def test_nothing_is_resumed_after_an_end():
    assert place(ENGINE.start(OWES, dial("8", "5").talk)) == "menu.B1"


def test_an_invitation_comes_before_a_talk_that_broke_off():
    invited = replace(
        OWES, home=replace(OWES.home, invitation=SCENES["Dayo has registered and is invited"].home.invitation)
    )
    step = ENGINE.start(invited, dial("1").talk)

    assert place(step) == "join_group.D1"
    assert place(say(step, "0", facts=invited)) == "menu.B4"


def test_who_has_accepted_an_invitation_goes_on_with_it():
    invited = SCENES["Dayo, not registered, is invited by Ada"]
    talk = dial("1", "1", "Dayo Ade", facts=invited).talk

    assert talk.state == "A4"
    assert place(ENGINE.start(invited, talk)) == "menu.B4"


def test_a_talk_that_broke_off_comes_before_an_officers_tasks():
    waiting = SCENES["Ada has a payout to approve"]
    talk = dial("0", "1", facts=waiting).talk

    assert place(ENGINE.start(waiting, talk)) == "menu.B4"


def test_busy_is_a_fixed_end():
    assert SCREENS.ussd(busy()).startswith("Sorry, Ajo is busy now.")
    assert busy().end


# --- speed ----------------------------------------------------------------------------------------------------------


def test_a_step_costs_well_under_a_millisecond():
    talk = dial("1").talk
    ENGINE.step(talk, Heard("2"), OWES)
    began = time.process_time()
    for _ in range(300):
        SCREENS.ussd(ENGINE.step(talk, Heard("2"), OWES).reply)

    assert (time.process_time() - began) / 300 < 0.001

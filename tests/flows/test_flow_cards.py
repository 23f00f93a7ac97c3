"""A reply as a chat with buttons shows it: buttons, lists, pages, and values that stay what they are."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.cutting import units
from flows.forms import SMS, WHATSAPP, Choice, Message
from flows.screens import Screens
from flows.spelling import for_chat, tame
from flows.talk import Day, DayMonth, Naira, Name, Reply, Words
from models import news_values

SCREENS = Screens(ussd_code="*347*55#", help_phone="08001234567", site="ajo.ng")
LINK = "https://ajo.ng/s/AbCdEfGh"


def card(key: str, *options: str, **facts: object) -> Message:
    return SCREENS.message(Reply(key, facts, options=options), WHATSAPP)


def choices(message: Message) -> list[tuple[str, str]]:
    return [(choice.id, choice.title) for choice in message.choices]


# --- buttons and lists ------------------------------------------------------------------------------------------------


def test_up_to_three_choices_are_buttons_and_the_way_out_is_one_where_there_is_room():
    done = card("A6", "1", "2", name=Name("Ngozi"))

    assert done == Message(
        "Well done *Ngozi*! You are in. 🎉",
        (Choice("1", "Join a group"), Choice("2", "Start a group"), Choice("0", "Finish")),
    )


def test_a_way_out_for_which_there_is_no_room_is_left_out():
    invited = card(
        "D1",
        "1",
        "2",
        "3",
        head=Name("Ada"),
        group="Balogun Ajo",
        amt=Naira(500_000),
        once=Words("ONCE_weekly"),
        m=5,
        date=Day(date(2026, 11, 27)),
    )

    assert choices(invited) == [("1", "Join"), ("2", "See rules"), ("3", "Not for me")]
    assert invited.button == ""


def test_more_are_a_list_with_its_label_and_a_second_line():
    how = card("F1", "1", "2", "3", "4", amt=Naira(500_000), group="Balogun Ajo")

    assert how.body == "Pay *N5,000* to *Balogun Ajo*. How?"
    assert how.button == "Ways to pay"
    assert how.choices[1] == Choice("2", "Bank transfer", "To an account number that I send you")
    assert choices(how)[-1] == ("0", "Back")


def test_a_line_that_does_not_hold_is_left_out():
    assert choices(card("C0", "2")) == [("2", "Start a group"), ("0", "Back")]


def test_a_screen_that_only_asks_to_choose_says_so():
    assert card("C0", "1", "2").body == "Please choose:"


def test_a_list_of_three_lines_with_a_second_line_is_no_row_of_buttons():
    rows = (Words("B3p", {"group": "Balogun Ajo"}), Words("B3d", {"group": "Owo Ile", "amt": Naira(1), "d": "4 Dec"}))
    which = SCREENS.message(Reply("B3", rows=rows, picks=True), WHATSAPP)

    assert which.button == "Choose"
    assert which.choices[0] == Choice("1", "Balogun Ajo", "paid")


def test_a_long_list_goes_on_behind_its_last_line():
    rows = tuple(Words("F2b", {"bank": f"Bank {n}"}) for n in range(1, 20))
    pages = [SCREENS.message(Reply("M5", rows=rows, picks=True, page=page), WHATSAPP) for page in range(3)]

    assert [len(page.choices) for page in pages] == [10, 10, 4]
    assert choices(pages[0])[-2:] == [("98", "More"), ("0", "Back")]
    assert choices(pages[1])[0] == ("9", "Bank 9")
    assert choices(pages[2])[-1] == ("0", "Back")


def test_ten_lines_need_no_second_page():
    rows = tuple(Words("F2b", {"bank": f"Bank {n}"}) for n in range(1, 11))
    reply = Reply("M5", rows=rows, picks=True)

    assert SCREENS.page_count(reply, WHATSAPP) == 1
    assert len(SCREENS.message(reply, WHATSAPP).choices) == 10


def test_a_label_that_is_cut_stands_below_in_full():
    long = "Stanbic IBTC Bank of the Island Branch"
    rows = (Words("F2b", {"bank": long}), Words("F2b", {"bank": f"{long} (2)"}))
    shown = SCREENS.message(Reply("M5", rows=rows, picks=True), WHATSAPP).choices

    assert [row.title for row in shown[:2]] == ["Stanbic IBTC Bank of…", "Stanbic IBTC Bank… (2)"]
    assert [row.description for row in shown[:2]] == [long, f"{long} (2)"]


def test_a_long_text_goes_on_over_pages_and_loses_nothing():
    names = ", ".join(f"Oluwadamilola {n}" for n in range(120))
    reply = Reply("H2b", {"r": 6, "n": 1, "m": 9, "names": names}, options=("1",))
    count = SCREENS.page_count(reply, WHATSAPP)
    pages = [SCREENS.message(replace(reply, page=page), WHATSAPP) for page in range(count)]

    assert count == 3
    assert all(units(page.body) <= 1024 for page in pages)
    assert names in " ".join(page.body for page in pages)
    assert [("98", "More") in choices(page) for page in pages] == [True, True, False]


def test_a_notice_goes_before_the_text():
    reply = Reply("A6", {"name": Name("Ngozi")}, options=("1", "2"), notice=Words("B1x"))

    assert SCREENS.message(reply, WHATSAPP).body.split("\n")[0] == "Please pick one of the choices."


def test_names_and_marks_are_whole():
    assert "Oluwadámilọ́láoluwase" in card("A7", name=Name("Oluwadámilọ́láoluwase")).body


# --- what somebody typed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("*free* _money_ ~now~ `code`", "∗free∗ ˍmoneyˍ ∼now∼ ˋcodeˋ"),
        ("Ajo\n1. Send all", "Ajo 1. Send all"),
        ("1. Send all", "1 Send all"),
        ("- Ajo", "– Ajo"),
        ("> quoted", "› quoted"),
        ("A\u202ejo\x00\u200b", "Ajo"),
        ("3 & 4", "3 & 4"),
        ("0803***4567", "0803∗∗∗4567"),
    ],
)
def test_a_value_makes_nothing_bold_and_no_choice(typed, shown):
    assert tame(typed) == shown
    assert card("H5d", group=typed).body == f"You have left {shown}. Nothing was charged."


@given(st.text(max_size=40))
@example("0#")
@example("0*1# x")
def test_no_value_makes_a_choice_or_a_mark(typed):
    message = card("A6", "1", "2", name=Name(typed))

    assert choices(message) == [("1", "Join a group"), ("2", "Start a group"), ("0", "Finish")]
    assert message.body.count("*") == 2
    assert not set("_~`") & set(message.body)


def test_what_is_to_be_dialled_stays_as_it_is_and_is_set_apart():
    told = card("F4", ussd="*737*000*1234#", time="4:30pm")

    assert "```*737*000*1234#```" in told.body
    assert for_chat("Dial *347*55# or *347*55*1#.") == "Dial ```*347*55#``` or ```*347*55*1#```."


def test_a_masked_number_makes_nothing_bold():
    assert for_chat("into GTBank ***6789 and *that*") == "into GTBank •••6789 and *that*"


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_a_question_for_the_pin_is_answered_elsewhere():
    message = SCREENS.message(Reply("M2", secret=True), WHATSAPP, private=LINK)

    assert "do not type a PIN in WhatsApp" in message.body
    assert "```*347*55#```" in message.body
    assert message.body.endswith(LINK)
    assert choices(message) == [("0", "Back")]


def test_what_is_to_be_confirmed_is_said_before():
    facts = {"pot": Naira(6_000_000), "acname": Name("NGOZI BELLO", 23), "bank": "GTBank", "last4": "6789"}
    message = SCREENS.message(Reply("O2", facts, secret=True), WHATSAPP, private=LINK)

    assert message.body.startswith("Send *N60,000* to *NGOZI BELLO*, GTBank •••6789?\n\nThis needs your PIN.")


def test_an_account_number_is_asked_for_elsewhere_and_shown_nowhere():
    asked = SCREENS.message(Reply("M6", secret=True), WHATSAPP, private=LINK)
    facts = {"bank": "GTBank", "acct": "0123456789", "acname": Name("NGOZI BELLO", 23)}
    shown = SCREENS.message(Reply("M7", facts, secret=True), WHATSAPP, private=LINK)

    assert "bank details are not typed in WhatsApp" in asked.body
    assert "0123456789" not in shown.to_json()


def test_an_sms_has_the_dial_string_and_no_link():
    message = SCREENS.message(Reply("M2", secret=True), SMS, private=LINK)

    assert message == Message("For your safety never type a PIN in an SMS. Dial *347*55# to go on.")


def test_what_was_typed_there_is_warned_of():
    warned = Reply("M2", secret=True, notice=Words("PRIVATE_warning"))

    assert SCREENS.message(warned, WHATSAPP).body.startswith("⚠️ Please delete what you just typed.")
    assert SCREENS.message(warned, SMS).body.startswith("Please delete what you just sent.")


# --- news -------------------------------------------------------------------------------------------------------------


def test_news_have_buttons_about_what_they_are_about():
    facts = {"name": "Bisi", "amt": "N5,000", "group": "Balogun Ajo", "date": news_values.day(date(2026, 11, 27))}
    message = SCREENS.news("S04", "en", WHATSAPP, arg="11", **facts, r="1", m="5")

    assert message.body == "Bisi, *N5,000* for *Balogun Ajo* is due *Fri 27 Nov*, in 2 days. You have paid 1 of 5."
    assert choices(message) == [("=pay:11", "Pay now"), ("=more_time:11", "Need more time")]


def test_news_without_own_words_are_those_of_the_sms():
    message = SCREENS.news("S42", "en", WHATSAPP, name="Bisi", fee="N200", group="*Balogun*")

    assert message == Message(
        "Bisi, the late fee of N200 in ∗Balogun∗ is taken back: your money was on its way in time."
    )


def test_news_may_come_with_a_picture():
    facts = {"name": "Bisi", "amt": "N5,000", "group": "A_jo", "ref": "R48213", "r": "1", "m": "5"}
    message = SCREENS.news("S09c", "en", WHATSAPP, **facts, date=news_values.day(date(2026, 11, 27)))

    assert message.picture
    assert message.picture.kind == "receipt"
    assert message.picture.words["date"] == "Fri 27 Nov"
    assert message.picture.words["group"] == "A_jo"


def test_news_by_sms_are_one_segment_without_buttons():
    message = SCREENS.news("S42", "en", SMS, arg="11", name="Bisi", fee="N200", group="Balogun")

    assert message.choices == ()
    assert message.body == SCREENS.sms("S42", "en", name="Bisi", fee="N200", group="Balogun")


def test_a_value_of_news_is_spelt_in_its_language():
    lines = news_values.joined([news_values.words("PAID_ok", d=news_values.day_month(date(2026, 9, 4)), amt="N5,000")])

    assert SCREENS.words(lines, "en") == "4 Sept N5,000 ok."
    with pytest.raises(ValueError, match="a value that no message is made of"):
        SCREENS.words({"colour": "red"}, "en")


def test_a_message_goes_through_json_unchanged():
    message = card("F1", "1", "2", "3", amt=Naira(1), group="Ọjà", d=DayMonth(date(2026, 1, 1)))

    assert Message.from_json(message.to_json()) == message

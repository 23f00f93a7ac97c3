"""The texts: all there in every language, and short enough on every kind of channel with the longest legal values."""

import ast
import json
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from flows import catalogue, check_texts, intents, templates
from flows.catalogue import CATALOGUES, DOMAINS, LANGUAGES
from flows.forms import SMS, USSD, WHATSAPP
from flows.longest import AMBIENT, values
from flows.screens import Screens
from flows.spelling import Manner
from flows.talk import Name, Words

ROOT = Path(__file__).parents[2]
DESIGN = json.loads((ROOT / "tests" / "fixtures" / "screens.json").read_text(encoding="utf-8"))
DESIGNED = {name.split()[0]: text for _, name, _, text, _ in DESIGN["ussd"]}
DESIGNED_SMS = {name.split()[0] for name, *_ in DESIGN["sms"]}
ENGLISH = CATALOGUES["en"]
SCREENS = check_texts.SCREENS

# The answers to keywords are the screens that they lead to, in the words of sms.po.
AS_SCREENS = {"R01": "G1", "R02": "F1", "R03": "K1", "R04": "H2a", "R05": "I1", "R06": "N1"}


@pytest.fixture
def reworded(monkeypatch):
    """Puts another text there, for one test."""

    def put(language: str, key: str, text: str, domain: str = "messages") -> None:
        monkeypatch.setitem(DOMAINS[domain], language, DOMAINS[domain].get(language, {}) | {key: text})
        _forget()

    yield put
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for cached in (catalogue.text, catalogue._names, templates.template, templates.numbers, intents.spelt):
        cached.cache_clear()


def found(language: str) -> list[str]:
    return [str(problem) for problem in check_texts.problems([language])]


# --- all of them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", sorted(CATALOGUES))
def test_nothing_is_wrong_with_a_language(language):
    assert found(language) == []


def test_every_language_is_there_and_offered_when_drafts_are():
    assert set(CATALOGUES) == set(LANGUAGES)
    assert catalogue.offered(unreviewed=True) == LANGUAGES


def test_a_draft_is_not_offered_where_drafts_are_not():
    offered = catalogue.offered(unreviewed=False)

    assert "en" in offered
    assert set(offered) == catalogue.REVIEWED & set(LANGUAGES)


def test_who_speaks_what_is_not_offered_reads_english():
    screens = Screens(ussd_code="*347*55#", help_phone="1", site="ajo.ng", whatsapp="+2348009876543", offered=("en",))

    assert screens.sms("S01", "pcm", name="Bisi") == screens.sms("S01", "en", name="Bisi")


@pytest.mark.parametrize(
    ("language", "on_a_phone", "in_a_chat"),
    [
        ("yo", "Egbe naa ti kun bayii", "Ẹgbẹ́ náà ti kún báyìí"),
        ("ha", "Kungiyar ta cika yanzu", "Ƙungiyar ta cika yanzu"),
        ("ig", "O nweghi ihe gbanwere", "O nweghị ihe gbanwere"),
    ],
)
def test_a_phone_gets_a_language_without_its_marks_and_a_chat_with_them(language, on_a_phone, in_a_chat):
    assert on_a_phone in catalogue.text("NO_group_full", language)
    assert on_a_phone in catalogue.text("NO_group_full", language, "sms")
    assert in_a_chat in catalogue.text("NO_group_full", language, "whatsapp")


def test_no_letter_of_a_phone_has_an_accent():
    letters = {sign for texts in CATALOGUES.values() for text in texts.values() for sign in text if sign.isalpha()}

    assert all(sign.isascii() for sign in letters)


# --- what is there --------------------------------------------------------------------------------------------------


def test_every_designed_screen_is_there():
    assert set(DESIGNED) - set(ENGLISH) == set()


def test_every_designed_sms_is_there():
    texts = {key: DOMAINS["sms"]["en"].get(screen, ENGLISH.get(screen)) for key, screen in AS_SCREENS.items()}

    assert all(texts.values())
    assert DESIGNED_SMS - set(ENGLISH) == set(AS_SCREENS)


def test_numbers_mean_what_they_mean_in_the_design():
    """A line may be left out here, but a number that is on a screen stands for what the design says."""
    words = {"H2b", "H2c", "H3", "I1", "M5", "B3", "F2", "J1"}  # lists: their lines are samples in the design
    for key in set(DESIGNED) & set(ENGLISH) - words - {"D1", "M4"}:
        theirs = dict(re.findall(r"^(\d+)\. (.*)$", DESIGNED[key], re.MULTILINE))
        ours = dict(re.findall(r"^(\d+)\. (.*)$", ENGLISH[key], re.MULTILINE))
        for number in set(theirs) & set(ours) - {"0"}:
            same = re.sub(r"\{\w+\}", "*", theirs[number]) == re.sub(r"\{\w+\}", "*", ours[number])
            assert same, (key, number)


def test_every_text_that_is_ever_sent_is_there():
    written = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "models" / "actions").glob("*.py"))

    assert set(re.findall(r'"(S\d\d[a-z]*)"', written)) - set(ENGLISH) == set()


def test_no_text_is_there_for_nothing():
    """Each is a screen, a message, or named in the code, where it may be one of a family."""
    paths = [path for folder in ("flows", "bot", "models") for path in (ROOT / folder).rglob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in paths).replace("'", '"')
    families = {"NO", "ASK", *re.findall(r'f"([A-Z]+)_\{', code)}
    unused = {
        key
        for key in map(catalogue.base_of, ENGLISH)
        if f'"{key}"' not in code
        and key.split("_")[0] not in families
        and not check_texts.NEWS.fullmatch(key)
        and key not in check_texts.screens_of_flows()
    }

    assert unused == set()


def test_the_own_words_of_a_chat_are_of_screens_and_messages_that_exist():
    own = {"CHOOSE", "LIST", "PRIVATE_pin", "PRIVATE_confirm", "PRIVATE_bank", "PRIVATE_link", "PRIVATE_warning"}
    pictures = {key for key in DOMAINS["whatsapp"]["en"] if key.startswith("PICTURE_")}
    for domain in ("whatsapp", "sms"):
        assert {catalogue.base_of(key) for key in DOMAINS[domain]["en"]} - own - set(ENGLISH) <= pictures


# --- the comments ---------------------------------------------------------------------------------------------------


def test_texts_have_no_sentence_of_another_service():
    for texts in (texts for by_language in DOMAINS.values() for texts in by_language.values()):
        for key, text in texts.items():
            assert "*347" not in text, key
            assert "0800" not in text, key
            assert "ajo.ng" not in text, key


@pytest.mark.parametrize("path", sorted((ROOT / "flows" / "locale").rglob("*.po")), ids=lambda path: path.parts[-3])
def test_a_catalogue_says_what_it_is(path):
    text = path.read_text(encoding="utf-8")
    with path.open("rb") as file:
        read = read_po(file)

    assert f'"Language: {path.parts[-3]}\\n"' in text
    assert "Plural-Forms: " in text
    assert read.num_plurals == catalogue.plural_forms(path.parts[-3])
    assert path.parts[-3] == "en" or path.stem != "messages" or "X-Reviewed: " in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_are_chosen_as_cldr_has_it(language):
    """The header says the same as Babel, for every count that a group can have."""
    with (ROOT / "flows" / "locale" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        rule = read_po(file).plural_expr

    for count in range(200):
        ours = int(eval(rule.replace("&&", " and ").replace("||", " or "), {"n": count}))
        assert ours == catalogue.plural_index(language, count), count


def test_a_count_chooses_its_words():
    one, many = (SCREENS.words(Words("DID_remind", {"k": k}, k), "en") for k in (1, 7))

    assert one == "SMS sent to the one who has not paid."
    assert many == "SMS sent to 7 who have not paid."
    assert SCREENS.words(Words("DID_remind", {"k": 0}, 0), "pcm") == SCREENS.words(
        Words("DID_remind", {"k": 0}, 1), "pcm"
    )


# --- the check finds out what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "key", "text", "what"),
    [
        ("messages", "A6", "Done {name}!\n1. Join\n0. Finish", "has other choices"),
        ("messages", "A6", "Done!\n1. Join\n2. Start\n0. Finish", "has other values: name"),
        ("messages", "A7", "Thank you {name}, {money}. {dial}", "has other values: money"),
        ("messages", "NOBODY_KNOWS", "What?", "has NOBODY_KNOWS, which English lacks"),
        ("whatsapp", "F1", "{amt} {group}\n1. a\n2. b\n3. c\n4. d\n0. e", "has other choices"),
        (
            "whatsapp",
            "S13",
            "{pot}{group}{bank}{last4}{ref}{amt}{date2}\n= fly: Away\n= report: No",
            "has a button for fly",
        ),
    ],
)
def test_a_translation_that_says_something_else_is_found_out(reworded, where, key, text, what):
    reworded("pcm", key, text, where)

    assert any(what in problem for problem in found("pcm"))


@pytest.mark.parametrize(
    ("where", "key", "text", "what"),
    [
        ("messages", "A7", "Thank you {name}. " + "x" * 150 + " {dial}", "A7 on ussd has"),
        ("messages", "S01", "Welcome {name}, dial {dial}, call {help}. " + "x" * 120, "S01 has"),
        ("messages", "X1", "x" * 36, "X1 has 36 septets of 35"),
        (
            "whatsapp",
            "A6",
            "{name}\n1. Join a group that you like\n2. Start\n0. Finish",
            "A6 on whatsapp has 26 signs of 24",
        ),
        ("whatsapp", "F0", "{group} " + "x" * 1020 + "\n0. Back", "F0 on whatsapp has"),
        (
            "whatsapp",
            "F1",
            "{amt} {group}\n[Ways in which you can pay]\n1. a\n2. b\n3. c\n4. d\n5. e\n0. f",
            "of 20 in [",
        ),
        (
            "whatsapp",
            "F1",
            "{amt} {group}\n1. a | " + "x" * 73 + "\n2. b\n3. c\n4. d\n5. e\n0. f",
            "has 73 signs of 72",
        ),
    ],
)
def test_a_text_that_is_too_long_is_found_out(reworded, where, key, text, what):
    reworded("pcm", key, text, where)

    assert any(what in problem for problem in found("pcm"))


def test_a_word_with_two_meanings_is_found_out(reworded):
    reworded("pcm", "WORDS_pay", "PAY, STOP")

    assert "pcm 'stop' means stop and pay" in found("pcm")


def test_an_answer_that_is_called_stop_in_any_language_is_found_out(reworded):
    reworded("en", "O6c", ENGLISH["O6c"].replace("Start again", "Sake farawa"))
    assert found("en") == ["en/messages.po O6c has 'Sake farawa', which means start"]


def test_a_language_without_a_text_falls_back_to_english(reworded):
    reworded("xx", "A3", "Wetin be your name?\n\n0. Back")

    assert catalogue.text("A3", "xx").startswith("Wetin")
    assert catalogue.text("A1", "xx") == catalogue.text("A1")
    assert catalogue.text("A1", "xy") == catalogue.text("A1")


# --- no sentence in code --------------------------------------------------------------------------------------------

SENTENCE = re.compile(r"[A-Z]\w*'?\w*,?(?: [\w{}'*#-]+,?){2,}[.!?]( .*)?")
# For those who run the service or write for it: the panel (it has a catalogue of its own), a stand-in, commands, the
# settings, the diagrams.
FOR_OTHERS = (
    *("bot/panel/", "bot/sandbox/", "bot/setting", "jobs/commands.py", "jobs/staff_commands.py"),
    "jobs/demo/office.py",  # what the staff note
    *("flows/check", "flows/draw.py", "models/migrations/"),
)


def literals(path: Path) -> list[str]:
    """The strings of a module that are no docstring and no option of a command."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr | ast.Raise | ast.keyword)
        and (not isinstance(node, ast.keyword) or node.arg == "help")
        for each in ast.walk(node)
        if not isinstance(node, ast.Expr) or isinstance(node.value, ast.Constant)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    ]


def test_no_sentence_stands_in_the_code():
    """What members read is in flows/locale, and nowhere else."""
    paths = [path for folder in ("flows", "bot", "jobs", "models") for path in (ROOT / folder).rglob("*.py")]
    said = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in paths
        if not str(path.relative_to(ROOT)).startswith(FOR_OTHERS)
        for text in literals(path)
        if SENTENCE.fullmatch(text)
    }

    assert said == set()


# --- an SMS ---------------------------------------------------------------------------------------------------------


def test_an_sms_has_the_whole_name_when_there_is_room():
    assert "Oluwadamilolaoluwase" in SCREENS.sms("S01", name=Name("Oluwadamilolaoluwase"))
    long = SCREENS.sms("S09", **values("S09", Manner("en")) | {"name": Name("Oluwadamilolaoluwase")})
    assert "Oluwadamilo." in long or len(long) <= 160


def test_an_sms_takes_values_that_are_worded_already():
    text = SCREENS.sms(
        "S10", amt="N5,000", group="Balogun Ajo", name="Bisi", fee="N200", date="Fri 27 Nov", ref="R48213"
    )

    assert text == (
        "Received N5,000 for Balogun Ajo, Bisi. N200 still to pay by Fri 27 Nov. Dial *347*55*1#. Ref R48213"
    )


def test_an_sms_says_reply_1_only_where_it_can_be_answered():
    facts = values("S05", Manner("en"))
    two_way = Screens(
        ussd_code="*347*55#",
        help_phone=AMBIENT["help"],
        site=AMBIENT["site"],
        whatsapp=AMBIENT["whatsapp"],
        two_way=True,
    )

    assert "eply 1" not in SCREENS.sms("S05", **facts)
    assert "reply 1" in two_way.sms("S05", **facts)


@pytest.mark.parametrize("form", [USSD, SMS, WHATSAPP])
def test_the_forms_are_those_of_the_channels(form):
    assert form.gsm == (form.longest == 160)
    assert form.secrets == (form is USSD)

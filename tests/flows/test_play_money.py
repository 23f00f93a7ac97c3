"""Where the money is play money everything says so: every screen on every channel, every SMS, every language."""

from dataclasses import replace

import pytest

from flows import catalogue, check_texts
from flows.check_texts import LONG_ON_PURPOSE, NEWS, NOTICES, SCREENS, screens_of_flows
from flows.forms import SMS, USSD, WHATSAPP
from flows.gsm import LIMIT, fold, septets
from flows.longest import AMBIENT, values
from flows.screens import MARK, Screens
from flows.spelling import Manner, manner
from flows.talk import Reply, Words
from flows.templates import numbers

SECOND_SEGMENT = 2 * 153
LANGUAGES = sorted(catalogue.CATALOGUES)
OURS = {
    "ussd_code": f"{AMBIENT['dial']}#",
    "help_phone": AMBIENT["help"],
    "site": AMBIENT["site"],
    "whatsapp": AMBIENT["whatsapp"],
}
PLAY = Screens(**OURS, play=True)
PLAY_TWO_WAY = Screens(**OURS, two_way=True, play=True)


def replies(language: str, form=USSD) -> list[Reply]:
    """Every screen with its longest values: as it is, after a wrong choice, and where it asks for a secret."""
    how = manner(language, form)
    found = []
    for key, screen in screens_of_flows().items():
        plain = Reply(key, values(key, how), options=numbers(key), end=screen.end, language=language)
        noticed = [replace(plain, notice=Words(name, values(name, how))) for name in NOTICES]
        found += [plain, *noticed, replace(plain, secret=True)]
    return found


def mark_of(language: str) -> str:
    return fold(catalogue.text(MARK, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_on_a_phone_begins_with_it_and_fits(language):
    for reply in replies(language):
        for page in PLAY.pages(reply):
            assert page.startswith(f"{mark_of(language)}\n"), reply.key
            assert septets(page) <= LIMIT, reply.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_lost_for_it(language):
    """What a screen says and what may be answered are the same, perhaps over one page more."""
    for reply in replies(language):
        said = SCREENS.body(reply).replace("\n", "").replace(" ", "")
        pages = [PLAY.ussd(replace(reply, page=page)) for page in range(PLAY.page_count(reply))]
        assert "".join(PLAY.chunks(reply)).replace("\n", "").replace(" ", "") == said, reply.key
        assert set(SCREENS.shown_numbers(reply)) <= {
            number for page in range(len(pages)) for number in PLAY.shown_numbers(replace(reply, page=page))
        }, reply.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_screens_need_a_second_page_for_it(language):
    longer = [
        reply.key
        for reply in replies(language)
        if reply.notice is None
        and reply.key not in LONG_ON_PURPOSE
        and PLAY.page_count(reply) > SCREENS.page_count(reply)
    ]
    assert len(set(longer)) <= 12, longer


@pytest.mark.parametrize("form", [WHATSAPP, SMS], ids=lambda form: form.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_a_talk_begins_with_it_and_fits(language, form):
    mark = f"*{catalogue.text(MARK, language, form.name)}*" if form.buttons else mark_of(language)
    for reply in replies(language, form):
        shown = PLAY.message(reply, form, private="https://ajo.example/s/" + "0" * 32)
        assert shown.body.startswith(f"{mark}\n"), reply.key
        assert not form.buttons or len(shown.body) <= form.longest, reply.key
        assert [choice.id for choice in shown.choices] == [
            choice.id for choice in SCREENS.message(reply, form).choices
        ] or PLAY.page_count(reply, form) > SCREENS.page_count(reply, form), reply.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_of_news_begins_with_it(language):
    for key in set(filter(NEWS.fullmatch, catalogue.CATALOGUES["en"])) - set(screens_of_flows()):
        for screens, domain in ((PLAY, catalogue.MESSAGES), (PLAY_TWO_WAY, SMS.name)):
            text = screens.sms(key, language, **values(key, Manner(language, domain)))
            assert text.startswith(f"{mark_of(language)}: "), key
            assert septets(text) <= check_texts.TWO_SEGMENTS.get(key, SECOND_SEGMENT) + len(mark_of(language)) + 2, key
        card = PLAY.news(key, language, WHATSAPP, **values(key, manner(language, WHATSAPP)))
        assert card.body.startswith(f"*{catalogue.text(MARK, language, WHATSAPP.name)}*\n"), key


def test_where_the_money_is_real_nothing_says_so():
    for language in LANGUAGES:
        assert SCREENS.mark(language) == ""
        for reply in replies(language):
            assert mark_of(language) not in SCREENS.ussd(reply)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mark_is_short(language):
    assert septets(mark_of(language)) <= 14

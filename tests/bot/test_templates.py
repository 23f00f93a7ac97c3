"""Templates keep WhatsApp's rules in every language that has them, and each has its place in our news."""

import re
from string import Formatter

import pytest

from bot.templates import BY_KEY, DOMAIN, SAMPLES, TEMPLATES, THEIR_LANGUAGES, Template, Wording, faults, wording
from flows import catalogue, templates
from flows.intents import INTENTS

LANGUAGES = sorted(catalogue.DOMAINS[DOMAIN])
WORDINGS = [
    found for template in TEMPLATES for language in LANGUAGES if (found := wording(template.key, language)) is not None
]


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_each_template_has_its_own_key_and_name():
    assert len(BY_KEY) == len({template.name for template in TEMPLATES}) == len(TEMPLATES)
    assert all(re.fullmatch(r"ajo_[a-z_]+_v[1-9][0-9]*", template.name) for template in TEMPLATES)


def test_every_template_has_its_english_words_and_no_words_are_without_a_template():
    assert set(catalogue.DOMAINS[DOMAIN]["en"]) == set(BY_KEY)


def test_every_template_stands_for_a_text_of_ours():
    assert [template.key for template in TEMPLATES if template.key not in catalogue.CATALOGUES["en"]] == []


@pytest.mark.parametrize("found", WORDINGS, ids=lambda each: f"{each.template.stem}-{each.language}")
def test_whatsapp_can_approve_it(found: Wording):
    assert faults(found) == []


@pytest.mark.parametrize("found", WORDINGS, ids=lambda each: f"{each.template.stem}-{each.language}")
def test_its_variables_are_numbered_without_a_gap_and_each_has_a_sample(found: Wording):
    said = str(found.types)
    numbers = {int(number) for number in re.findall(r"{{(\d+)}}", said)}

    assert numbers == set(range(1, len(numbers) + 1))
    assert {str(number) for number in numbers} == set(found.samples)
    assert all(found.samples.values())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.stem)
def test_its_facts_are_those_of_the_news(template: Template):
    """What it says must be among what the news knows: the facts of the text by SMS, and a few that go along."""
    found = wording(template.key, "en")
    known = names_in(catalogue.text(template.key)) | names_in(catalogue.text(template.key, domain="whatsapp"))

    assert set(found.facts) == set(template.facts) <= set(SAMPLES)
    assert set(template.facts) - known - {"name"} == set()


@pytest.mark.parametrize("found", WORDINGS, ids=lambda each: f"{each.template.stem}-{each.language}")
def test_its_buttons_begin_conversations_that_there_are(found: Wording):
    assert [intent for intent, _ in found.buttons if intent not in INTENTS] == []


def test_a_language_without_a_code_at_whatsapp_has_a_name_of_its_own():
    template = BY_KEY["S04"]

    assert [template.their_name(language) for language in ("en", "ha", "yo", "pcm")] == [
        "ajo_due_soon_v1", "ajo_due_soon_v1", "ajo_due_soon_yo_v1", "ajo_due_soon_pcm_v1",
    ]  # fmt: skip
    assert set(THEIR_LANGUAGES) < set(catalogue.LANGUAGES)


def of(body: str) -> Wording:
    parts = templates.parse(body)
    text = "\n".join(line for _, line in parts.body)
    template = Template("S04", "due_soon", 1, ("name", "amt"))
    return Wording(template, "en", text, ("name", "amt"), parts.taps)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{name}, please pay {amt} today, thank you very much.", "begins with a value"),
        ("Hello {name}, what you owe us today is {amt}.", "ends with a value"),
        ("Hello {name} {amt} is what you owe us today, thank you.", "two values side by side"),
        ("Hello {name}, {amt} is what you owe us today, thank you.", "two values side by side"),
        ("Hi {name}, pay {amt} now.", "too few words for its values"),
        ("Hello {name}, please pay {amt} for {group} today, all of it, thanks.", "a value that is not a fact"),
        ("Hello {name}, please\n\n\npay {amt} today, thank you.", "a line too many"),
        ("Hello {name}, please pay {amt} today" + ", thank you" * 90 + ".", "too long"),
        ("Hello {name}, please pay {amt} today, thanks.\n= pay: Pay what you owe today", "a button too long"),
        ("Hello {name}, please pay {amt} today, thanks.\n= pay: A\n= pay: B\n= pay: C\n= pay: D", "too many buttons"),
        ("Hello {name}, please pay {amt} today, thanks.\n= pay: A\n= turn: A", "two buttons alike"),
    ],
)
def test_what_whatsapp_would_refuse(body: str, fault: str):
    assert [found for found in faults(of(body)) if found.startswith(fault)]


def test_a_text_without_buttons_is_plain():
    found = of("Hello {name}, please pay {amt} today, thank you.")

    assert faults(found) == []
    assert found.types == {"twilio/text": {"body": "Hello {{1}}, please pay {{2}} today, thank you."}}
    assert found.values({"name": "Ada", "amt": "N5"}, "") == {"1": "Ada", "2": "N5"}

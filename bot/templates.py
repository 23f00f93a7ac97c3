"""The messages that WhatsApp approves before they are sent: for members who have not written to us for a day.

What they say stands in the catalogue (`templates.po`, one entry for the news with the
same key, with `{facts}` and buttons); here stands under which name and version each is
known there, and in which order its facts become {{1}}, {{2}} ... A text that was
changed is another text to WhatsApp: it takes a new version, or it is not used.
How they are made and approved stands in `template_desk`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

from flows import catalogue, templates
from flows.cutting import units
from flows.forms import WHATSAPP

DOMAIN: Final = "templates"
CATEGORY: Final = "UTILITY"
# Languages that WhatsApp has a code for. A text in any other is submitted as English, under a name that says which.
THEIR_LANGUAGES: Final = {"en": "en", "ha": "ha"}
LONGEST_VALUE: Final = 200

# What a reviewer sees in the place of each fact.
SAMPLES: Final = {
    "amt": "N5,000", "bank": "GTBank", "d": "27 Nov", "d2": "18 Dec", "date": "Fri 27 Nov", "date2": "Fri 18 Dec",
    "fee": "N200", "group": "Mama Titi Ajo", "head": "Mama Titi", "last4": "6789", "m": "12", "n": "9",
    "name": "Ngozi", "once": "every week", "pot": "N60,000", "r": "6", "ref": "R48213", "t": "9", "total": "N5,200",
    "who": "Sani",
}  # fmt: skip


@dataclass(frozen=True)
class Template:
    """An approved text: for which news, our name for it, its version, its facts in the order of their numbers."""

    key: str
    stem: str
    version: int
    facts: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"ajo_{self.stem}_v{self.version}"

    def their_name(self, language: str) -> str:
        """The name that WhatsApp knows, where a language without a code needs one of its own."""
        return self.name if language in THEIR_LANGUAGES else f"ajo_{self.stem}_{language}_v{self.version}"


TEMPLATES: Final = (
    Template("S02", "invite", 1, ("head", "group", "amt", "once", "m", "date")),
    Template("S03", "turn_known", 1, ("name", "group", "t", "pot", "date2", "amt", "date")),
    Template("S04", "due_soon", 1, ("name", "amt", "group", "date")),
    Template("S05", "due_today", 1, ("name", "amt", "group")),
    Template("S05b", "due_today_turn", 1, ("name", "amt", "group", "pot", "date2")),
    Template("S06", "overdue", 1, ("name", "amt", "group", "d", "fee", "date2")),
    Template("S06n", "overdue_no_fee", 1, ("name", "amt", "group", "d")),
    Template("S07", "late_fee", 1, ("name", "fee", "group", "total")),
    Template("S08", "head_told", 1, ("name", "amt", "group", "head", "total")),
    Template("S09", "receipt", 1, ("name", "amt", "group", "date", "ref", "r", "m", "pot", "date2")),
    Template("S09c", "receipt_after_turn", 1, ("name", "amt", "group", "date", "ref", "r", "m")),
    Template("S10", "part_receipt", 1, ("name", "amt", "group", "ref", "fee", "date")),
    Template("S12", "check_bank", 1, ("name", "pot", "group", "bank", "last4")),
    Template("S12n", "no_bank", 1, ("name", "pot", "group")),
    Template("S13", "payout", 1, ("pot", "group", "bank", "last4", "ref")),
    Template("S13l", "payout_last", 1, ("pot", "group", "bank", "last4", "ref")),
    Template("S14", "payout_came_back", 1, ("name", "pot", "group", "ref")),
    Template("S15", "swap_asked", 1, ("name", "group", "d", "d2")),
    Template("S15a", "swap_to_allow", 1, ("name", "who", "group")),
    Template("S16", "swap_done", 1, ("name", "group", "pot", "date", "who", "date2")),
    Template("S17", "time_given", 1, ("name", "head", "amt", "group", "date")),
    Template("S17a", "time_to_allow", 1, ("who", "group")),
    Template("S18", "time_refused", 1, ("name", "head", "amt", "group", "date")),
    Template("S26", "join_to_allow", 1, ("who", "group", "n", "m")),
    Template("S30", "payout_to_approve", 1, ("group", "pot", "who")),
    Template("S32", "pot_short", 1, ("group", "n", "m", "pot", "who")),
    Template("S33", "payment_failed", 1, ("amt", "group")),
    Template("S37", "pot_waits", 1, ("name", "pot", "group")),
)  # fmt: skip
BY_KEY: Final = {template.key: template for template in TEMPLATES}


@dataclass(frozen=True)
class Wording:
    """A template in one language. facts: those it mentions, in the order of their numbers; buttons: (intent, title)."""

    template: Template
    language: str
    body: str
    facts: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...]

    @property
    def types(self) -> dict[str, Any]:
        """As Twilio wants it. The id of a button is a variable, because it says what the message was about."""
        number = {fact: f"{{{{{n}}}}}" for n, fact in enumerate(self.facts, start=1)}
        body = self.body.format_map(number)
        if not self.buttons:
            return {"twilio/text": {"body": body}}
        actions = [
            {"type": "QUICK_REPLY", "title": title, "id": f"{{{{{n}}}}}"}
            for n, (_, title) in enumerate(self.buttons, start=len(self.facts) + 1)
        ]
        return {"twilio/quick-reply": {"body": body, "actions": actions}}

    @property
    def samples(self) -> dict[str, str]:
        return _numbered([*(SAMPLES[fact] for fact in self.facts), *self._ids("1")])

    def values(self, facts: Mapping[str, str], arg: str) -> dict[str, str] | None:
        """The variables of one message, None when a fact is missing or none of the values may be sent.

        A value is one line, never empty and never long.
        """
        values = [" ".join(facts.get(fact, "").split()) for fact in self.facts]
        said = self.body.format_map(dict(zip(self.facts, values, strict=True)))
        if not all(values) or max(map(len, values), default=0) > LONGEST_VALUE or units(said) > WHATSAPP.longest:
            return None
        return _numbered([*values, *self._ids(arg)])

    def _ids(self, arg: str) -> Iterator[str]:
        return (f"={intent}:{arg}" if arg else f"={intent}" for intent, _ in self.buttons)


def wording(key: str, language: str) -> Wording | None:
    """The approved text for this news in this very language; None where the catalogue has none."""
    text = catalogue.DOMAINS[DOMAIN].get(language, {}).get(key)
    template = BY_KEY.get(key)
    if text is None or template is None:
        return None
    parts = templates.parse(text)
    body = "\n".join(line for _, line in parts.body)
    mentioned = {name for _, name, _, _ in Formatter().parse(body) if name}
    facts = tuple(fact for fact in template.facts if fact in mentioned)
    return Wording(template, language, body, facts, parts.taps)


def faults(found: Wording) -> list[str]:
    """What WhatsApp would refuse it for, and what we would; an empty list when nothing."""
    body = found.body
    names = [name for _, name, _, _ in Formatter().parse(body) if name]
    words = re.sub(r"\{\w+\}", " ", body).split()
    told = {
        "a value that is not a fact of the template": set(names) - set(found.template.facts),
        "begins with a value": body.startswith("{"),
        "ends with a value": re.search(r"\}\W*$", body),
        "two values side by side": re.search(r"\}\W*\{", body),
        "too few words for its values": len(words) < 2 * len(names) + 1,
        "a line too many": "\n\n\n" in body,
        "too long": units(body) > WHATSAPP.longest - 100,
        "a button too long": any(units(title) > WHATSAPP.button_title for _, title in found.buttons),
        "too many buttons": len(found.buttons) > WHATSAPP.buttons,
        "two buttons alike": len({title for _, title in found.buttons}) < len(found.buttons),
    }
    return [what for what, wrong in told.items() if wrong]


def _numbered(values: list[str]) -> dict[str, str]:
    return {str(n): value for n, value in enumerate(values, start=1)}

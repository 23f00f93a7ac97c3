"""A reply as text: for a phone's USSD screen, page by page, for an SMS, and for a chat with buttons.

The texts stand in the catalogue, the choice of what to say in the conversations. Here lines that
do not hold now are left out, and what does not fit into 160 septets goes on after `98. More`
without losing a character. What a message with buttons or a list looks like is worked out in `cards`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flows import catalogue
from flows.cards import Cards
from flows.cutting import cut
from flows.forms import SMS, USSD, Form, Message
from flows.gsm import LIMIT, fold, septets
from flows.spelling import Manner, Spelling, manner
from flows.talk import Reply, Value
from flows.templates import BACK, MORE, ROWS, TO_HOME, number_of, row_number, template

# The notices of a wrong choice. They may push the head of a menu aside, but never its lines.
WRONG_CHOICE = "B1e"
WRONG_PICK = "B1x"

# The words for play money.
MARK = "PLAY"

# Kept free on every page of a long text, so that a notice fits in front and the pages stay as they were.
ROOM_ON_LIST = 36
ROOM_ON_TEXT = 24


class Screens:
    """Renders with what is true of the whole service: what to dial, whom to call, its site, its languages."""

    def __init__(
        self,
        *,
        ussd_code: str,
        help_phone: str,
        site: str,
        whatsapp: str,
        offered: Sequence[str] = catalogue.LANGUAGES,
        two_way: bool = False,
        play: bool = False,
    ) -> None:
        """whatsapp: our number there. offered: the languages that a member may choose.

        two_way: an SMS can be answered, so it may say "reply 1". play: the money is play money, and all that
        is said begins with that.
        """
        self._play = play
        self.offered = tuple(offered)
        self._sms_domain = SMS.name if two_way else catalogue.MESSAGES
        self._spelling = Spelling(
            {"dial": ussd_code.rstrip("#"), "help": help_phone, "site": site, "whatsapp": whatsapp}
        )
        self._cards = Cards(self._spelling)

    # --- on a channel -------------------------------------------------------------------------------------------------

    def ussd(self, reply: Reply) -> str:
        """The page of the reply that is to be shown, at most 160 septets of GSM-7."""
        return self._page(reply, USSD)

    def message(self, reply: Reply, form: Form, *, private: str = "") -> Message:
        """The reply as a chat of this form shows it. private: a page of hers for what may not be typed there."""
        if reply.secret and not form.secrets:
            return self._marked_card(self._cards.elsewhere(reply, form, private), reply.language, form)
        if form.buttons:
            pages = self._cards.pages(reply, form)
            return self._marked_card(pages[min(reply.page, len(pages) - 1)], reply.language, form)
        return Message(self._page(reply, form))

    def page_count(self, reply: Reply, form: Form = USSD) -> int:
        return len(self._cards.pages(reply, form) if form.buttons else self.pages(reply, form))

    def news(self, key: str, language: str, form: Form, /, *, arg: str = "", **facts: Value) -> Message:
        """A piece of news as a chat of this form shows it. arg: what its buttons are about (the id of a seat)."""
        language = self.spoken(language)
        if form.buttons:
            return self._marked_card(self._cards.news(key, language, form, facts, arg), language, form)
        return Message(self.sms(key, language, **facts))

    def sms(self, key: str, language: str = catalogue.ENGLISH, /, **facts: Value) -> str:
        """One segment. Names are written in full, and cut as on a screen only when they would cost a second one.

        What begins with the words for play money may go on over a second one all the same.
        """
        language, domain = self.spoken(language), self._sms_domain
        text = catalogue.text(key, language, domain)
        if self._play:
            text = f"{self.mark(language)}: {text}"
        full = fold(self._spelling.fill(text, facts, Manner(language, domain, cut_names=False)))
        return full if septets(full) <= LIMIT else fold(self._spelling.fill(text, facts, Manner(language, domain)))

    def words(self, value: Value, language: str) -> str:
        """A value in the words of a language; a text that becomes a part of another one."""
        return self._spelling.value(value, Manner(language))

    def mark(self, language: str, domain: str = catalogue.MESSAGES) -> str:
        """What everything begins with where the money is play money; "" where it is real."""
        return catalogue.text(MARK, language, domain) if self._play else ""

    def spoken(self, language: str) -> str:
        """The language itself where it is offered, else English."""
        return language if language in self.offered else catalogue.ENGLISH

    def shown_numbers(self, reply: Reply, form: Form = USSD) -> list[str]:
        """What may be answered to the page that is shown: its numbered lines, 98 and 0."""
        if form.buttons:
            return [choice.id for choice in self.message(reply, form).choices if choice.id.isdigit()]
        allowed = {*reply.options, BACK, MORE}
        return [number for line in self._page(reply, form).split("\n") if (number := number_of(line)) in allowed]

    # --- pages of plain text ------------------------------------------------------------------------------------------

    def pages(self, reply: Reply, form: Form = USSD) -> tuple[str, ...]:
        """All pages, each with its notice and its last lines."""
        notice, body, foot = self._notice(reply, form), self.body(reply, form), self._foot(reply, form)
        whole = self._marked(reply, _lines(notice, body, *foot))
        if septets(whole) <= LIMIT:
            return (whole,)
        choices = self._marked(reply, _lines(notice, *self._choices(reply, form), *foot))
        if (
            self._fits(reply, body, *foot)
            and reply.notice
            and reply.notice.key == WRONG_CHOICE
            and septets(choices) <= LIMIT
        ):
            return (choices,)
        pages = self._paged(notice, self.chunks(reply, form), reply, form)
        if all(septets(page) <= LIMIT for page in pages):
            return pages
        return self._paged("", cut(_lines(notice, body), self._room(reply, form)), reply, form)

    def chunks(self, reply: Reply, form: Form = USSD) -> list[str]:
        """The body in the pieces in which it is shown, when there is no notice."""
        if form.buttons:
            return self._cards.chunks(reply, form)
        body = self.body(reply, form)
        return [body] if self._fits(reply, body, *self._foot(reply, form)) else cut(body, self._room(reply, form))

    def body(self, reply: Reply, form: Form = USSD) -> str:
        """The text without its last lines, in one piece."""
        if form.buttons:
            return "".join(self._cards.chunks(reply, form))
        return fold("\n".join(self._body_lines(reply, form)))

    def _page(self, reply: Reply, form: Form) -> str:
        pages = self.pages(reply, form)
        return pages[min(reply.page, len(pages) - 1)]

    def _body_lines(self, reply: Reply, form: Form) -> Iterator[str]:
        how = manner(reply.language, form)
        for number, line in template(reply.key, reply.language, form.name).body:
            if line == ROWS:
                yield from self._row_lines(reply, how)
            elif not number or number in reply.options:
                yield self._spelling.fill(line, reply.facts, how)

    def _row_lines(self, reply: Reply, how: Manner) -> Iterator[str]:
        for index, words in enumerate(reply.rows):
            text = self._spelling.words(words, how)
            yield f"{row_number(index)}. {text}" if reply.picks else text

    def _choices(self, reply: Reply, form: Form) -> list[str]:
        """Only the numbered lines of the body."""
        how = manner(reply.language, form)
        lines = template(reply.key, reply.language, form.name).body
        return [fold(self._spelling.fill(line, reply.facts, how)) for number, line in lines if number in reply.options]

    def _foot(self, reply: Reply, form: Form) -> list[str]:
        lines = template(reply.key, reply.language, form.name).foot
        return [fold(line) for number, line in lines if number in (BACK, TO_HOME) or number in reply.options]

    def _notice(self, reply: Reply, form: Form) -> str:
        if reply.notice is None:
            return ""
        return fold(self._spelling.words(reply.notice, manner(reply.language, form)))

    def _room(self, reply: Reply, form: Form) -> int:
        """For the body of one page out of several."""
        more, back = (catalogue.text(key, reply.language, form.name) for key in ("NAV98", "NAV0"))
        last_line = max(septets(line) for line in (fold(back), *self._foot(reply, form)))
        notice = ROOM_ON_LIST if reply.picks else ROOM_ON_TEXT
        return LIMIT - notice - septets(f"\n{fold(more)}\n") - last_line - septets(self._marked(reply, ""))

    def _paged(self, notice: str, pieces: Sequence[str], reply: Reply, form: Form) -> tuple[str, ...]:
        more, back = (fold(catalogue.text(key, reply.language, form.name)) for key in ("NAV98", "NAV0"))
        foot = self._foot(reply, form)
        onward = [[more]] * (len(pieces) - 1) + [foot[:-1]]
        ways_out = [foot[-1:]] + [[back]] * (len(pieces) - 1)
        return tuple(
            self._marked(reply, _lines(notice, piece.rstrip(), *on, *out))
            for piece, on, out in zip(pieces, onward, ways_out, strict=True)
        )

    # --- play money ---------------------------------------------------------------------------------------------------

    def _marked(self, reply: Reply, page: str) -> str:
        return f"{fold(self.mark(reply.language))}\n{page}" if self._play else page

    def _marked_card(self, card: Message, language: str, form: Form) -> Message:
        """A picture that goes without words is marked itself."""
        if not self._play or not card.body:
            return card
        mark = f"*{self.mark(language, form.name)}*" if form.buttons else fold(self.mark(language))
        return replace(card, body=f"{mark}\n{card.body}")

    def _fits(self, reply: Reply, *lines: str) -> bool:
        return septets(self._marked(reply, "\n".join(lines))) <= LIMIT


def _lines(*lines: str) -> str:
    """Joined, without the first one when it is empty (there was nothing to notice)."""
    return "\n".join(lines[0 if lines[0] else 1 :]) if len(lines) > 1 else lines[0]

"""What somebody may ask for in a chat only: which message of ours she answers, and that her number be hers.

How commands work stands in `commands`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.commands import Command


@dataclass(frozen=True)
class OpenPrompt:
    """A message of ours that waits for a digit. about: the group's name, by which she tells two of them apart.

    choices: what each digit asks for, as `=pay:12`.
    """

    prompt_id: int
    text_key: str
    about: str
    choices: Mapping[str, str]


@dataclass(frozen=True)
class AnswerPrompt(Command):
    """She has said which message she means: it waits no more. Done: nothing."""

    prompt_id: int


@dataclass(frozen=True)
class SendLinkCode(Command):
    """Somebody who hides her number says which one is hers: a code goes there by SMS.
    Done: masked. Refused: too_many (codes of a day), not_hidden."""

    phone: str = field(repr=False)


@dataclass(frozen=True)
class ConfirmLink(Command):
    """The code that came to her number. Done: nothing, and she is known by that number from now on.
    Refused: wrong_code_N (N tries left), gone."""

    code: str = field(repr=False)


@dataclass(frozen=True)
class TellOfPicture(Command):
    """She says whether the picture that she sent last is the receipt of a payment for this seat.
    Done: checking (bool: the bank is asked about a payment that is open). Refused: gone."""

    seat_id: int
    is_receipt: bool

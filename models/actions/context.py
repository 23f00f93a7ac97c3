"""Who asks, from where and under which key: what travels beside a command, never in it."""

from dataclasses import dataclass, field
from datetime import datetime

from models.commands import Done
from models.rules.refused import Refused

Outcome = Done | Refused


@dataclass(frozen=True)
class Context:
    """The circumstances of one command.

    key names the command of the hop ("channel:session:hop:n"): performed once, answered
    for ever. talk is the talk's JSON before this hop, kept so that the place in a
    conversation can be found again when Redis has been emptied. address: where she was
    heard in a chat, which is not her number when she hides it.
    """

    phone: str  # E.164
    member_id: int | None
    channel: str
    key: str
    session: str
    hop: int
    talk: str = field(repr=False)
    now: datetime
    address: str = field(default="", repr=False)

    @property
    def member(self) -> int:
        """The member's id, for actions that only members reach (perform sees to that)."""
        if self.member_id is None:
            raise LookupError("this command needs a member")
        return self.member_id

    @property
    def actor(self) -> str:
        """How the audit trail names the one who asks."""
        return "stranger" if self.member_id is None else f"member:{self.member_id}"

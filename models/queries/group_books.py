"""A group's money as values: what `explain` finds and the story's table shows. Amounts are kobo."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class PaidIn:
    """What one payment brought to one cycle. The fee on top, and what became hers, stand at the cycle she paid for."""

    who: str
    turn: int | None
    short_ref: str
    paid_at: datetime
    late: bool
    contribution_kobo: int = 0
    late_fee_kobo: int = 0
    deposit_kobo: int = 0
    collection_fee_kobo: int = 0
    wallet_kobo: int = 0
    debt_kobo: int = 0  # of what she owed when the group was dissolved

    @property
    def total_kobo(self) -> int:
        parts = (self.contribution_kobo, self.late_fee_kobo, self.deposit_kobo, self.collection_fee_kobo)
        return sum(parts) + self.wallet_kobo + self.debt_kobo


@dataclass(frozen=True)
class PaidOut:
    """One payout of a pot, whatever has become of it. gross = service fee + net; the transfer's fee is on the house."""

    who: str
    bank: str  # 'GTBank ***6789', '' while there is none
    short_ref: str
    status: str
    gross_kobo: int
    service_fee_kobo: int
    net_kobo: int
    transfer_fee_kobo: int
    paid_at: datetime | None


@dataclass(frozen=True)
class CycleBooks:
    """One cycle: what came, what went, what is left, and who still owes it what."""

    number: int
    due_on: date
    status: str
    collects: tuple[str, ...]
    paid_in: tuple[PaidIn, ...]
    paid_out: tuple[PaidOut, ...]
    owed: tuple[tuple[str, int], ...]
    held_kobo: int  # in its pot, by the books

    @property
    def pot_kobo(self) -> int:
        """What its members have paid into its pot."""
        return sum(line.contribution_kobo for line in self.paid_in)


@dataclass(frozen=True)
class GroupBooks:
    """A group's books. Totals are the ledger's; liabilities and income are shown as positive amounts."""

    group_id: int
    name: str
    status: str
    cycles: tuple[CycleBooks, ...]
    balances: tuple[tuple[str, int], ...]  # of each account of the group that is not at zero, as the ledger has it
    foreign: tuple[tuple[str, int, str], ...]  # short_ref, amount, currency of payments that could not be placed
    received_kobo: int  # from members, before the provider took its fee
    pots_kobo: int
    late_fees_kobo: int
    deposits_kobo: int
    collection_fees_kobo: int
    wallets_kobo: int
    applied_kobo: int  # out of wallets into pots, less what went back
    debts_kobo: int  # paid back by those who had collected, after the group was dissolved
    shared_kobo: int  # what a dissolution shares out besides pots: those debts, deposits, late fees
    sent_kobo: int  # to members' banks
    service_fees_kobo: int
    held_kobo: int  # in pots, for whom a dissolution owes, reserved, and sent back by a bank
    provider_fees_kobo: int  # what the provider kept of payments and transfers, on the house

    @property
    def differences(self) -> tuple[str, ...]:
        """What does not add up, in words with both amounts. Empty: every kobo is explained."""
        lines = [line for cycle in self.cycles for line in cycle.paid_in]
        into = self.pots_kobo + self.late_fees_kobo + self.deposits_kobo + self.debts_kobo
        pairs = (
            ("received", self.received_kobo, "by payment", sum(line.total_kobo for line in lines)),
            ("received", self.received_kobo, "placed", into + self.collection_fees_kobo + self.wallets_kobo),
            ("into pots", self.pots_kobo, "by payment", sum(line.contribution_kobo for line in lines)),
            ("late fees", self.late_fees_kobo, "by payment", sum(line.late_fee_kobo for line in lines)),
            ("paid back", self.debts_kobo, "by payment", sum(line.debt_kobo for line in lines)),
            (
                "into pots and shared",
                self.pots_kobo + self.applied_kobo + self.shared_kobo,
                "sent, service fees and held",
                self.sent_kobo + self.service_fees_kobo + self.held_kobo,
            ),
        )
        return tuple(f"{a} {x}, {b} {y}" for a, x, b, y in pairs if x != y)

"""What jobs may ask of a payment provider, and the values that cross that border.

An expected "no" is a value. `ProviderError` is raised when there is no answer to work with,
`ProviderRefusesUs` when our key is: then the caller stops the queue. Amounts are whole kobo.
A provider knows no member, group or ledger, and decides nothing: whether an amount is
the right one is for the caller to compare.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

# --- money in ---------------------------------------------------------------------------------


class PaymentStatus(StrEnum):
    """What the provider knows of a payment. SUCCESS may later become REVERSED; ABANDONED may still be paid."""

    SUCCESS = "success"
    FAILED = "failed"
    ABANDONED = "abandoned"
    PENDING = "pending"
    REVERSED = "reversed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Verified:
    """A payment as the provider has it. Nothing but `reference` and `status` is set when it was not found.

    `requested_kobo` is what we asked for, when the provider states it beside what was charged.
    `receiver_account` and `customer_code` say whose a payment is that bears no reference of ours.
    """

    reference: str
    status: PaymentStatus
    amount_kobo: int = 0
    currency: str = ""
    fee_kobo: int | None = None
    requested_kobo: int | None = None
    paid_at: datetime | None = None
    created_at: datetime | None = None
    provider_id: int | None = None
    domain: str = ""  # test | live
    channel: str = ""
    reason: str = ""
    customer_code: str = ""
    receiver_account: str = field(default="", repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wallet:
    """A mobile-money account. phone: in E.164; operator: as the country's table has it (models.country)."""

    phone: str = field(repr=False)
    operator: str


@dataclass(frozen=True)
class UssdCode:
    """Dial this and the bank asks for its own PIN."""

    reference: str
    code: str


@dataclass(frozen=True)
class TransferAccount:
    """Transfer the exact amount to this account before `expires_at`."""

    reference: str
    account_number: str = field(repr=False)
    account_name: str
    bank_name: str
    expires_at: datetime | None


@dataclass(frozen=True)
class PayLink:
    """A page of the provider on which she pays."""

    reference: str
    url: str


@dataclass(frozen=True)
class ApproveOnPhone:
    """Her mobile-money operator asks her on her own phone; for three minutes she may say yes."""

    reference: str


@dataclass(frozen=True)
class VoucherWanted:
    """Her operator gives her a one-time code; `submit_otp` takes it from there."""

    reference: str


@dataclass(frozen=True)
class ChargePending:
    """The charge exists, there is nothing to show yet: verify later."""

    reference: str


@dataclass(frozen=True)
class ChargeRefused:
    """why: reference_used (this charge, or another of its name, exists: verify) | refused (`message` is theirs)."""

    reference: str
    why: str
    message: str = ""


Charge = UssdCode | TransferAccount | PayLink | ApproveOnPhone | VoucherWanted | ChargePending | ChargeRefused


# --- money out --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bank:
    """A bank of the provider's list. `code` is what look-ups and recipients take."""

    code: str
    name: str
    slug: str


@dataclass(frozen=True)
class Resolved:
    """The name on an account, in the bank's spelling."""

    account_name: str


@dataclass(frozen=True)
class AccountNotFound:
    """The bank knows no such account. `message` is the provider's."""

    message: str = ""


@dataclass(frozen=True)
class Limited:
    """The provider answers no more look-ups now. Says nothing about the account."""

    retry_after_seconds: int | None = None


@dataclass(frozen=True)
class Recipient:
    """Somebody to whom transfers may go, under the provider's code."""

    code: str


@dataclass(frozen=True)
class RecipientRefused:
    """The provider takes no such recipient. `message` is theirs."""

    message: str = ""


class TransferStatus(StrEnum):
    """What is known of a transfer. Only SUCCESS, FAILED and REVERSED are conclusive."""

    PENDING = "pending"
    SUCCESS = "success"  # on its way to the bank; the credit may still lag
    FAILED = "failed"  # failed, abandoned, blocked or rejected: `detail` says which; not paid
    REVERSED = "reversed"  # the bank sent it back; the money is in our balance
    MANUAL = "manual"  # waits for a code (otp) or for our approval (received)
    UNKNOWN = "unknown"  # no answer: may have happened, ask by reference
    EXISTS = "exists"  # this reference was used before: it did arrive, ask
    INSUFFICIENT = "insufficient"  # our balance does not cover it
    REFUSED = "refused"  # the request was turned down
    NOT_FOUND = "not_found"  # only from a look-up


@dataclass(frozen=True)
class TransferResult:
    """The answer to asking for a transfer. Never SUCCESS: a queued transfer answers "success" as well.

    REFUSED and INSUFFICIENT are failures only when a look-up says not found too.
    """

    reference: str
    status: TransferStatus
    code: str = ""
    provider_id: int | None = None
    detail: str = ""


@dataclass(frozen=True)
class TransferState:
    """A transfer as the provider has it."""

    reference: str
    status: TransferStatus
    amount_kobo: int = 0
    currency: str = ""
    fee_kobo: int | None = None
    code: str = ""
    recipient: str = ""
    provider_id: int | None = None
    domain: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    detail: str = ""


# --- what they tell us ------------------------------------------------------------------------


@dataclass(frozen=True)
class WebhookEvent:
    """A hint that something happened: what to look up. Nothing in it is believed.

    `key` is the same for the same news, however often it is told; it is not news of the same kind
    about another thing, nor a later status of this one.
    """

    event: str
    reference: str
    key: str
    status: str
    provider_id: str


class PaymentProvider(Protocol):
    """What every payment provider does."""

    name: ClassVar[str]

    def charge_ussd(
        self, reference: str, amount_kobo: int, email: str, bank_type: str, metadata: Mapping[str, Any]
    ) -> UssdCode | ChargePending | ChargeRefused: ...

    def charge_bank_transfer(
        self, reference: str, amount_kobo: int, email: str, expires_at: datetime, metadata: Mapping[str, Any]
    ) -> TransferAccount | ChargePending | ChargeRefused: ...

    def charge_mobile_money(
        self, reference: str, amount_kobo: int, email: str, wallet: Wallet, metadata: Mapping[str, Any]
    ) -> ApproveOnPhone | VoucherWanted | ChargePending | ChargeRefused: ...

    def submit_otp(self, reference: str, otp: str) -> ApproveOnPhone | VoucherWanted | ChargePending | ChargeRefused:
        """Hand over the code that VoucherWanted asks for. It opens nothing: the charge is there already.

        ChargeRefused may mean the code or the whole charge; a look-up tells which.
        """
        ...

    def initialize(
        self,
        reference: str,
        amount_kobo: int,
        email: str,
        metadata: Mapping[str, Any],
        *,
        callback_url: str = "",
        label: str = "",
    ) -> PayLink | ChargeRefused: ...

    def verify(self, reference: str) -> Verified: ...

    def banks(self) -> tuple[Bank, ...]: ...

    def resolve_account(self, account_number: str, bank_code: str) -> Resolved | AccountNotFound | Limited: ...

    def create_recipient(self, name: str, account_number: str, bank_code: str) -> Recipient | RecipientRefused: ...

    def transfer(self, reference: str, amount_kobo: int, recipient: str, reason: str) -> TransferResult:
        """Ask for a transfer. An unclear fate is a value (UNKNOWN), for it has to be written down.

        Raises ProviderError of kind TEMPORARY when the request was never sent or turned away unread.
        """
        ...

    def verify_transfer(self, reference: str) -> TransferState: ...

    def balance(self, currency: str = "") -> int: ...

    def list_transactions(self, since: datetime) -> Iterator[Verified]: ...

    def list_transfers(self, since: datetime) -> Iterator[TransferState]: ...

    def verify_webhook(self, raw: bytes, signature: str) -> bool: ...

    def parse_webhook(self, raw: bytes) -> WebhookEvent | None: ...

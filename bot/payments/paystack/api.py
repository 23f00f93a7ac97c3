"""Paystack's HTTP: one method per operation of `PaymentProvider`.

"status": true is about the call, never about the payment; a transfer answers "success" when it was
queued. So a call that moves money concludes nothing: a look-up by our reference does.
The bodies' traps are in `shapes`, the refusals' in `refusals`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self
from urllib.parse import quote, urlsplit

from bot.errors import Kind, ProviderError
from bot.http import Client
from bot.payments.base import (
    AccountNotFound,
    ApproveOnPhone,
    Bank,
    ChargePending,
    ChargeRefused,
    Limited,
    PayLink,
    PaymentStatus,
    Recipient,
    RecipientRefused,
    Resolved,
    TransferAccount,
    TransferResult,
    TransferState,
    TransferStatus,
    UssdCode,
    Verified,
    VoucherWanted,
    Wallet,
    WebhookEvent,
)
from bot.payments.paystack import shapes
from bot.payments.paystack.calls import Calls, iso
from bot.payments.paystack.refusals import Refusal
from bot.payments.paystack.shapes import Json
from bot.payments.paystack.steps import dead, next_step
from bot.payments.paystack.webhook import read_webhook
from bot.security import signature_matches
from bot.settings import Settings
from models import phones
from models.country import COUNTRIES, Country

REFERENCE = re.compile(r"[a-z0-9-]{16,50}")  # fits transactions and transfers alike
CHECKOUT = ".paystack.com"


class Paystack:
    """One Paystack integration; test or live is decided by the key."""

    name: ClassVar[str] = "paystack"

    def __init__(
        self,
        base_url: str,
        secret_key: str,
        country: Country = COUNTRIES["NG"],
        *,
        connect_seconds: float = 5.0,
        read_seconds: float = 30.0,
    ) -> None:
        self._country = country
        self._secret = secret_key.encode()
        self._base_url = base_url
        headers = {"Authorization": f"Bearer {secret_key}", "Accept": "application/json"}
        self._calls = Calls(
            Client(self.name, base_url, headers, connect_seconds=connect_seconds, read_seconds=read_seconds)
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(settings.paystack_url, settings.paystack_secret_key, COUNTRIES[settings.country])

    # --- money in -----------------------------------------------------------------------------

    def charge_ussd(
        self, reference: str, amount_kobo: int, email: str, bank_type: str, metadata: Mapping[str, Any]
    ) -> UssdCode | ChargePending | ChargeRefused:
        data = self._charge("charge_ussd", reference, amount_kobo, email, metadata, {"ussd": {"type": bank_type}})
        if isinstance(data, ChargeRefused):
            return data
        code = shapes.text(data.get("ussd_code"))
        return UssdCode(reference, code) if code else ChargePending(reference)

    def charge_bank_transfer(
        self, reference: str, amount_kobo: int, email: str, expires_at: datetime, metadata: Mapping[str, Any]
    ) -> TransferAccount | ChargePending | ChargeRefused:
        """They keep the account open for at least 15 minutes and at most 8 hours: what counts is their answer."""
        wanted = {"bank_transfer": {"account_expires_at": iso(expires_at)}}
        data = self._charge("charge_bank_transfer", reference, amount_kobo, email, metadata, wanted)
        if isinstance(data, ChargeRefused):
            return data
        account = shapes.text(data.get("account_number"))
        if not account:
            return ChargePending(reference)
        return TransferAccount(
            reference,
            account_number=account,
            account_name=shapes.text(data.get("account_name")),
            bank_name=shapes.text(shapes.mapping(data.get("bank")).get("name")),
            expires_at=shapes.instant(data.get("account_expires_at")),
        )

    def charge_mobile_money(
        self, reference: str, amount_kobo: int, email: str, wallet: Wallet, metadata: Mapping[str, Any]
    ) -> ApproveOnPhone | VoucherWanted | ChargePending | ChargeRefused:
        """They take a wallet's number as its owner writes it, and no currency means naira: it is always said."""
        wanted = {
            "currency": self._country.currency,
            "mobile_money": {"phone": phones.local(wallet.phone), "provider": wallet.operator},
        }
        data = self._charge("charge_mobile_money", reference, amount_kobo, email, metadata, wanted)
        return data if isinstance(data, ChargeRefused) else next_step(reference, data)

    def submit_otp(self, reference: str, otp: str) -> ApproveOnPhone | VoucherWanted | ChargePending | ChargeRefused:
        data = self._calls.post("submit_otp", "/charge/submit_otp", {"otp": otp, "reference": reference}, reference)
        if isinstance(data, Refusal):
            return ChargeRefused(reference, "refused", data.message)
        return dead(reference, data) or next_step(reference, data)

    def initialize(
        self,
        reference: str,
        amount_kobo: int,
        email: str,
        metadata: Mapping[str, Any],
        *,
        callback_url: str = "",
        label: str = "",
    ) -> PayLink | ChargeRefused:
        """A link to their page. `label` is shown there instead of the e-mail."""
        body = _order(reference, amount_kobo) | {
            "email": email,
            "metadata": dict(metadata),
            "currency": self._country.currency,
        }
        optional = {"callback_url": callback_url, "label": label}
        body |= {name: value for name, value in optional.items() if value}
        data = self._calls.post("initialize", "/transaction/initialize", body, reference)
        if isinstance(data, Refusal):
            return _charge_refused(reference, data)
        url = shapes.text(data.get("authorization_url"))
        if not self._is_checkout(url):
            raise self._calls.unreadable("initialize", "POST", "authorization_url")
        return PayLink(reference, url)

    def verify(self, reference: str) -> Verified:
        data = self._calls.get("verify", f"/transaction/verify/{quote(reference, safe='')}", reference=reference)
        if isinstance(data, Refusal):
            if data.not_found:
                return Verified(reference, PaymentStatus.NOT_FOUND)
            raise self._calls.refused("verify", data)
        found = self._calls.read("verify", "GET", shapes.read_payment, data)
        if found.reference != reference:
            raise self._calls.unreadable("verify", "GET", "reference")
        return found

    # --- money out ----------------------------------------------------------------------------

    def banks(self) -> tuple[Bank, ...]:
        """The country's banks, each code once; none where we do not know which list is its."""
        found: dict[str, Bank] = {}
        if not self._country.bank_list:
            return ()
        for data in self._calls.cursor("banks", "/bank", {**self._country.bank_list, "use_cursor": "true"}):
            bank = shapes.read_bank(data)
            if bank:
                found.setdefault(bank.code, bank)
        return tuple(found.values())

    def resolve_account(self, account_number: str, bank_code: str) -> Resolved | AccountNotFound | Limited:
        params = {"account_number": account_number, "bank_code": bank_code}
        try:
            data = self._calls.get("resolve_account", "/bank/resolve", params)
        except ProviderError as error:
            if error.why == "rate_limited":
                return Limited(error.retry_after_seconds)
            raise
        if not isinstance(data, Refusal):
            return Resolved(self._calls.read("resolve_account", "GET", _account_name, data))
        if data.limited:
            return Limited()
        if data.our_mistake:
            raise self._calls.refused("resolve_account", data)
        return AccountNotFound(data.message)

    def create_recipient(self, name: str, account_number: str, bank_code: str) -> Recipient | RecipientRefused:
        """The same account again gives the same recipient."""
        here = self._country
        if not here.recipient_type:
            return RecipientRefused(f"no transfers in {here.code}")
        body = {"type": here.recipient_type, "name": name, "account_number": account_number, "bank_code": bank_code}
        data = self._calls.post("create_recipient", "/transferrecipient", body | {"currency": here.currency})
        if isinstance(data, Refusal):
            return RecipientRefused(data.message)
        return Recipient(self._calls.read("create_recipient", "POST", _recipient_code, data))

    def transfer(self, reference: str, amount_kobo: int, recipient: str, reason: str) -> TransferResult:
        """See PaymentProvider.transfer. The reference is the key against paying twice: the same one, always."""
        body = _order(reference, amount_kobo) | {
            "source": "balance",
            "recipient": recipient,
            "reason": reason,
            "currency": self._country.currency,
        }
        try:
            data = self._calls.post("transfer", "/transfer", body, reference)
        except ProviderError as error:
            if error.kind is not Kind.UNKNOWN:
                raise
            return TransferResult(reference, TransferStatus.UNKNOWN, detail=error.why)
        if isinstance(data, Refusal):
            return TransferResult(reference, _why_refused(data), detail=data.message)
        return _queued(reference, data)

    def verify_transfer(self, reference: str) -> TransferState:
        data = self._calls.get("verify_transfer", f"/transfer/verify/{quote(reference, safe='')}", reference=reference)
        if isinstance(data, Refusal):
            if data.not_found:
                return TransferState(reference, TransferStatus.NOT_FOUND)
            raise self._calls.refused("verify_transfer", data)
        found = self._calls.read("verify_transfer", "GET", shapes.read_transfer, data)
        if found.reference != reference:
            raise self._calls.unreadable("verify_transfer", "GET", "reference")
        return found

    def balance(self, currency: str = "") -> int:
        """What can be transferred now, in kobo. Below nothing is possible: they take chargebacks from it."""
        currency = currency or self._country.currency
        for each in self._calls.rows("balance", "/balance"):
            amount = shapes.number(each.get("balance"))
            if each.get("currency") == currency and amount is not None:
                return amount
        raise self._calls.unreadable("balance", "GET", currency)

    # --- everything they have, for reconciliation ---------------------------------------------

    def list_transactions(self, since: datetime) -> Iterator[Verified]:
        """Every transaction created since then, paid or not, in no promised order."""
        for data in self._calls.since("list_transactions", "/transaction", since):
            yield self._calls.read("list_transactions", "GET", shapes.read_payment, data)

    def list_transfers(self, since: datetime) -> Iterator[TransferState]:
        """Every transfer created since then, in no promised order."""
        for data in self._calls.since("list_transfers", "/transfer", since):
            yield self._calls.read("list_transfers", "GET", shapes.read_transfer, data)

    # --- what they tell us --------------------------------------------------------------------

    def verify_webhook(self, raw: bytes, signature: str) -> bool:
        """Over the bytes as they came: the same JSON written anew has another signature."""
        return signature_matches(self._secret, raw, signature, "sha512")

    def parse_webhook(self, raw: bytes) -> WebhookEvent | None:
        return read_webhook(raw)

    def _charge(
        self,
        operation: str,
        reference: str,
        amount_kobo: int,
        email: str,
        metadata: Mapping[str, Any],
        channel: Mapping[str, Any],
    ) -> Json | ChargeRefused:
        body = _order(reference, amount_kobo) | {"email": email, "metadata": dict(metadata)} | dict(channel)
        data = self._calls.post(operation, "/charge", body, reference)
        if isinstance(data, Refusal):
            return _charge_refused(reference, data)
        return dead(reference, data) or data

    def _is_checkout(self, url: str) -> bool:
        """A link that we may send to a member: theirs, or of the very server that we were told to use."""
        try:
            given, ours = urlsplit(url), urlsplit(self._base_url)
        except ValueError:
            return False
        theirs = given.scheme == "https" and (given.hostname or "").endswith(CHECKOUT) and "@" not in given.netloc
        return theirs or (bool(given.netloc) and (given.scheme, given.netloc) == (ours.scheme, ours.netloc))


def _order(reference: str, amount_kobo: int) -> dict[str, Any]:
    """The part that every request about money has. A malformed one is our own bug."""
    if not REFERENCE.fullmatch(reference):
        raise ValueError(f"not a reference: {reference!r}")
    if isinstance(amount_kobo, bool) or not isinstance(amount_kobo, int) or amount_kobo <= 0:
        raise ValueError(f"not an amount: {amount_kobo!r}")
    return {"reference": reference, "amount": amount_kobo}


def _charge_refused(reference: str, refusal: Refusal) -> ChargeRefused:
    return ChargeRefused(reference, "reference_used" if refusal.reference_used else "refused", refusal.message)


def _why_refused(refusal: Refusal) -> TransferStatus:
    if refusal.reference_used:
        return TransferStatus.EXISTS
    return TransferStatus.INSUFFICIENT if refusal.insufficient else TransferStatus.REFUSED


def _queued(reference: str, data: Json) -> TransferResult:
    """What an accepted request says: that it was accepted. How it ended is for a look-up to say."""
    word = shapes.text(data.get("status")).lower()
    if not word or data.get("reference") != reference:
        return TransferResult(reference, TransferStatus.UNKNOWN, detail="unreadable")
    status = shapes.TRANSFERS.get(word, TransferStatus.PENDING)
    if status in (TransferStatus.SUCCESS, TransferStatus.REVERSED):
        status = TransferStatus.PENDING
    code, number = shapes.text(data.get("transfer_code")), shapes.number(data.get("id"))
    return TransferResult(reference, status, code=code, provider_id=number, detail=word)


def _account_name(data: Json) -> str:
    return shapes.words(data, "account_name")


def _recipient_code(data: Json) -> str:
    return shapes.words(data, "recipient_code")

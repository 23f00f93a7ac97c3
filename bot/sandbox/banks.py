"""The banks that Paystack lists, and the names their accounts answer with.

A name is a fixed function of bank and number, so the same account always has the same holder;
any account can be told another name (or none) through the control API.
"""

import hashlib
from dataclasses import dataclass

from bot.sandbox.store import Store

TEST_BANK = "001"  # its accounts always resolve, without a daily limit
UNKNOWN_PREFIX = "9999"  # account numbers that no bank knows


@dataclass(frozen=True)
class Bank:
    id: int
    name: str
    slug: str
    code: str
    country: str = "Nigeria"
    currency: str = "NGN"
    type: str = "nuban"


BANKS = (
    Bank(1, "Access Bank", "access-bank", "044"),
    Bank(3, "Ecobank Nigeria", "ecobank-nigeria", "050"),
    Bank(6, "Fidelity Bank", "fidelity-bank", "070"),
    Bank(7, "First Bank of Nigeria", "first-bank-of-nigeria", "011"),
    Bank(8, "First City Monument Bank", "first-city-monument-bank", "214"),
    Bank(9, "Guaranty Trust Bank", "guaranty-trust-bank", "058"),
    Bank(10, "Heritage Bank", "heritage-bank", "030"),
    Bank(11, "Keystone Bank", "keystone-bank", "082"),
    Bank(13, "Polaris Bank", "polaris-bank", "076"),
    Bank(14, "Stanbic IBTC Bank", "stanbic-ibtc-bank", "221"),
    Bank(15, "Standard Chartered Bank", "standard-chartered-bank", "068"),
    Bank(16, "Sterling Bank", "sterling-bank", "232"),
    Bank(17, "Union Bank of Nigeria", "union-bank-of-nigeria", "032"),
    Bank(18, "United Bank For Africa", "united-bank-for-africa", "033"),
    Bank(19, "Unity Bank", "unity-bank", "215"),
    Bank(20, "Wema Bank", "wema-bank", "035"),
    Bank(21, "Zenith Bank", "zenith-bank", "057"),
    Bank(22, "Jaiz Bank", "jaiz-bank", "301"),
    Bank(23, "Providus Bank", "providus-bank", "101"),
    Bank(24, "Test Bank", "test-bank", TEST_BANK),
    Bank(25, "Suntrust Bank", "suntrust-bank", "100"),
    Bank(67, "Kuda Bank", "kuda-bank", "50211"),
    Bank(68, "Titan Trust Bank", "titan-trust-bank", "102"),
    Bank(70, "Globus Bank", "globus-bank", "00103"),
    Bank(82, "Sparkle Microfinance Bank", "sparkle-microfinance-bank", "51310"),
    Bank(169, "PalmPay", "palmpay", "999991"),
    Bank(171, "OPay Digital Services Limited (OPay)", "paycom", "999992"),
    Bank(270, "Moniepoint MFB", "moniepoint-mfb-ng", "50515"),
    Bank(28, "MTN", "mtn-mobile-money", "MTN", "Ghana", "GHS", "mobile_money"),
    Bank(66, "Telecel", "vod-mobile-money", "VOD", "Ghana", "GHS", "mobile_money"),
    Bank(29, "AirtelTigo", "atl-mobile-money", "ATL", "Ghana", "GHS", "mobile_money"),
    Bank(101, "Absa Bank Ghana Ltd", "absa-bank-ghana-ltd", "030100", "Ghana", "GHS", "ghipss"),
    Bank(102, "GCB Bank Limited", "gcb-bank-limited", "040100", "Ghana", "GHS", "ghipss"),
    Bank(103, "Zenith Bank Ghana", "zenith-bank-ghana", "120100", "Ghana", "GHS", "ghipss"),
    Bank(104, "Ecobank Ghana Limited", "ecobank-ghana-limited", "130100", "Ghana", "GHS", "ghipss"),
    Bank(105, "CAL Bank Limited", "cal-bank-limited", "140100", "Ghana", "GHS", "ghipss"),
    Bank(106, "Fidelity Bank Ghana Limited", "fidelity-bank-ghana-limited", "240100", "Ghana", "GHS", "ghipss"),
)
BY_CODE = {bank.code: bank for bank in BANKS}

SURNAMES = (
    "OBI", "ADEYEMI", "OKAFOR", "BELLO", "EZE", "BALOGUN", "MUSA", "OKONKWO", "ADEBAYO", "IBRAHIM", "NWOSU",
    "OLAWALE", "DANJUMA", "EKE", "OGUNLEYE", "ABUBAKAR", "CHUKWU", "AFOLABI", "UMAR", "NNAMDI",
)  # fmt: skip
FIRST_NAMES = (
    "ADA", "BISI", "CHIDI", "DAYO", "EMEKA", "FATIMA", "GBENGA", "HALIMA", "IFEOMA", "JUMOKE", "KEMI", "LANRE",
    "MARYAM", "NGOZI", "OLUMIDE", "PEACE", "RASHEED", "SADE", "TUNDE", "YETUNDE",
)  # fmt: skip
MIDDLE_NAMES = (
    "NGOZI", "AMINA", "CHINWE", "DAVID", "ESTHER", "FOLAKE", "GRACE", "HASSAN", "IKENNA", "JOY", "KOLA",
    "LAWAL", "MERCY", "NKECHI", "PAUL",
)  # fmt: skip


def account_name(store: Store, bank_code: str, account_number: str) -> str | None:
    """The holder in the bank's words, or None when there is no such account."""
    if bank_code not in BY_CODE or not (account_number.isascii() and account_number.isdigit()):
        return None
    if len(account_number) != 10:
        return None
    if bank_code == TEST_BANK:
        return f"TEST ACCOUNT {account_number}"
    told = store.row(
        "SELECT account_name FROM account WHERE bank_code = ? AND account_number = ?", bank_code, account_number
    )
    if told is not None:
        name: str | None = told["account_name"]
        return name
    return None if account_number.startswith(UNKNOWN_PREFIX) else _invented(bank_code + account_number)


def tell_account(store: Store, bank_code: str, account_number: str, name: str | None) -> None:
    with store.write() as db:
        db.execute("INSERT OR REPLACE INTO account VALUES (?, ?, ?)", (bank_code, account_number, name))


def _invented(key: str) -> str:
    digest = hashlib.sha256(key.encode()).digest()
    lists = (SURNAMES, FIRST_NAMES, MIDDLE_NAMES)
    return " ".join(names[byte % len(names)] for names, byte in zip(lists, digest, strict=False))

"""The environment, turned into one frozen object. The class below is the table that .env.example and the docs are
checked against: one field, one variable.

Outside production everything has a value built in, so that `make demo` needs no file; production refuses every one
of those. What is missing or weak is collected and told at once. What a setting means belongs to those who use it.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.security import split_keys
from bot.setting_kinds import (
    Parse,
    field_keys,
    matching,
    one_of,
    optional_secret,
    secret,
    text,
    url,
    url_secret,
    whole,
    yes_or_no,
)
from bot.setting_rules import too_live, unfit_for_production
from models.country import COUNTRIES
from models.rules.routes import Routes, parse_routes
from models.sealing import Keys

DEVELOPMENT = "development"
PRODUCTION = "production"
AUTO = "auto"


class SettingsError(Exception):
    """Everything that is wrong with the settings of this process, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Setting:
    """One row of the table. `default` may name other variables in braces; `own` means that production must set it."""

    parse: Parse
    default: str
    what: str
    secret: bool
    own: bool


def row(parse: Parse, default: str, what: str, *, is_secret: bool = False, own: bool = False) -> Any:
    """A field of Settings with its row of the table. A secret one is left out of every repr."""
    return field(repr=not is_secret, metadata={"setting": Setting(parse, default, what, is_secret, own)})


PORT_NUMBER = whole(1, 65535)
DATABASE = url("postgresql", "postgres")
WEB = url("http", "https")
E164 = matching(r"\+[1-9][0-9]{7,14}", "+2347001234567")
SMS_SENDER = matching(r"\+[1-9][0-9]{7,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", "+447700900123 or AjoSecure")


@dataclass(frozen=True)
class Settings:
    """One process's settings. A field is named like its variable, in lower case."""

    app_env: str = row(one_of(DEVELOPMENT, "test", PRODUCTION), DEVELOPMENT, "development, test or production")
    log_level: str = row(one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", "the least that is logged")

    port: int = row(PORT_NUMBER, "8000", "where the web process listens")
    bind_host: str = row(text, "127.0.0.1", "the address it binds; 0.0.0.0 behind a proxy on another machine")
    web_workers: int = row(whole(1, 64), "1", "web processes, about one for each core")
    web_threads: int = row(whole(1, 256), "16", "threads of one web process")
    proxy_hops: int = row(whole(0, 5), "0", "proxies of ours in front, whose X-Forwarded-For is believed")
    answer_wait_ms: int = row(whole(0, 8000), "2000", "how long a hop may wait for a job's answer, in milliseconds")
    public_url: str = row(WEB, "http://127.0.0.1:{PORT}", "how the world reaches us; https in production", own=True)

    postgres_port: int = row(PORT_NUMBER, "5455", "the port of `make demo`'s own PostgreSQL")
    redis_port: int = row(PORT_NUMBER, "6399", "the port of `make demo`'s own Redis")
    sandbox_port: int = row(PORT_NUMBER, "8100", "the port of the sandbox, our stand-ins for the providers")
    data_dir: Path = row(Path, ".data", "where those three keep their data")

    database_url: str = row(
        DATABASE,
        "postgresql://ajo@127.0.0.1:{POSTGRES_PORT}/ajo",
        "PostgreSQL, as a role that is a member of ajo_app and owns nothing",
        is_secret=True,
        own=True,
    )
    migrate_database_url: str = row(
        DATABASE,
        "postgresql://ajo_owner@127.0.0.1:{POSTGRES_PORT}/ajo",
        "the same database as its owner, for migrations only; DATABASE_URL when not set",
        is_secret=True,
    )
    redis_url: str = row(
        url("redis", "rediss"), "redis://127.0.0.1:{REDIS_PORT}/0", "Redis 6.2 or newer", is_secret=True, own=True
    )

    secret_key: str = row(
        secret, "development-only-secret-key-3f9a1c", "signs what leaves for a browser", is_secret=True, own=True
    )
    field_keys: Keys = row(
        field_keys,
        "1:ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDE=",
        "keys of personal data at rest: 1:<base64 of 32 bytes>,2:... the highest number seals, all open",
        is_secret=True,
        own=True,
    )
    pin_pepper: str = row(
        secret, "development-only-pin-pepper-7d20be", "hashed into every PIN, never in the database", is_secret=True,
        own=True,
    )  # fmt: skip
    pin_rounds: int = row(whole(4, 16), "10", "bcrypt's cost of a PIN; each step doubles the time")
    password_rounds: int = row(whole(4, 16), "12", "bcrypt's cost of a password of the staff")
    callback_key: str = row(
        url_secret,
        "development-only-callback-key-51e8",
        "the secret part of the callback URLs; two with a comma while moving to a new one",
        is_secret=True,
        own=True,
    )

    country: str = row(
        one_of(*COUNTRIES),
        "NG",
        "the country that is served (NG, GH, KE): its money, numbers, time and ways to pay; never changed later:"
        " the books are kept in its money",
    )

    ussd_code: str = row(matching(r"\*[0-9*]{1,20}#", "*347*55#"), "*347*55#", "the code that members dial", own=True)
    africastalking_url: str = row(
        WEB, "http://127.0.0.1:{SANDBOX_PORT}/africastalking", "Africa's Talking: https://api.africastalking.com",
        own=True,
    )  # fmt: skip
    africastalking_username: str = row(text, "sandbox", "the name of the app there", own=True)
    africastalking_api_key: str = row(
        text, "atsk_development-only-key-of-the-sandbox", "the key of that app", is_secret=True, own=True
    )
    africastalking_sender: str = row(text, "AjoSecure", "the sender name that members see", own=True)
    twilio_url: str = row(WEB, "http://127.0.0.1:{SANDBOX_PORT}/twilio", "Twilio: https://api.twilio.com", own=True)
    twilio_content_url: str = row(
        WEB,
        "http://127.0.0.1:{SANDBOX_PORT}/twilio-content",
        "Twilio's texts with buttons: https://content.twilio.com",
        own=True,
    )
    twilio_account_sid: str = row(
        matching(r"AC[0-9a-f]{32}", "AC and 32 digits of 0-9 a-f"),
        "AC0123456789abcdef0123456789abcdef",
        "the account there",
        own=True,
    )
    twilio_auth_token: str = row(
        secret,
        "development-only-twilio-token-5c0e",
        "its token; two with a comma while moving to a new one: the first signs our calls, both are believed",
        is_secret=True,
        own=True,
    )
    twilio_webhook_keys: str = row(
        optional_secret, "", "shared keys, with a comma, if their webhooks are signed with HMAC_SHA256", is_secret=True
    )
    twilio_whatsapp_from: str = row(E164, "+14155238886", "our WhatsApp number", own=True)
    twilio_sms_from: str = row(
        SMS_SENDER,
        "+15005550006",
        "our number for SMS at Twilio, or a registered name that nobody can reply to",
        own=True,
    )
    sms_routes: Routes = row(
        parse_routes,
        "NG:africastalking-sms,twilio-sms;*:twilio-sms,africastalking-sms",
        "who carries an SMS, by the country of the number, the first choice first; * is any other country",
    )
    sms_price_kobo: int = row(
        whole(0, 100_000), "400", "what one SMS is taken to cost, in kobo, as long as the provider has billed none"
    )
    sms_two_way: bool = row(
        yes_or_no, "yes", "whether members can answer our SMS: no with a name as sender, yes with a number", own=True
    )
    paystack_url: str = row(
        WEB, "http://127.0.0.1:{SANDBOX_PORT}/paystack", "Paystack: https://api.paystack.co", own=True
    )
    paystack_secret_key: str = row(
        matching(r"sk_(test|live)_\S{8,}", "sk_live_..."),
        "sk_test_development-only-key-of-the-sandbox",
        "Paystack's secret key; signs its webhooks too",
        is_secret=True,
        own=True,
    )

    languages_unreviewed: str = row(
        one_of(AUTO, "yes", "no"),
        AUTO,
        "whether drafts that no native speaker has reviewed are offered; auto: everywhere but in production",
    )

    operator: str = row(
        text,
        "Ajo Secure",
        "who answers for the service: legal name and address, as /terms and /privacy say it",
        own=True,
    )
    training: bool = row(
        yes_or_no,
        "no",
        "a house to learn in: play money, and all screens, messages, pictures and pages say so; never in production",
    )
    keep_messages_months: int = row(
        whole(3, 120),
        "12",
        "how long what was said and written is kept, in months; then it is erased; /privacy says it",
    )
    keep_files_months: int = row(
        whole(3, 120), "6", "the same for pictures, voice notes and other files that people send"
    )
    site: str = row(matching(r"[a-z0-9.-]+\.[a-z]{2,}", "ajo.ng"), "ajo.ng", "the short web address in messages")
    help_phone: str = row(matching(r"\+?[0-9]{7,15}", "08001234567"), "08001234567", "the help line in messages")
    member_email_domain: str = row(
        matching(r"[a-z0-9.-]+\.[a-z]{2,}", "members.ajo.ng"),
        "members.ajo.ng",
        "Paystack wants an e-mail; members without one get an address here",
    )
    cooling_off_hours: int = row(whole(0, 720), "24", "how long a new payout account waits before money goes there")

    @property
    def production(self) -> bool:
        return self.app_env == PRODUCTION

    @property
    def offers_unreviewed(self) -> bool:
        """Whether a language may be chosen that is still a draft."""
        return not self.production if self.languages_unreviewed == AUTO else self.languages_unreviewed == "yes"

    @property
    def callback_keys(self) -> tuple[str, ...]:
        """The keys that callback URLs may carry; the first is the one to give out."""
        return split_keys(self.callback_key)

    @property
    def twilio_tokens(self) -> tuple[str, ...]:
        """What Twilio may have signed a callback with; the first signs our calls."""
        return split_keys(self.twilio_auth_token)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings. Raises SettingsError with all that is missing, malformed or weak."""
        given = {name: value.strip() for name, value in environ.items() if name in TABLE and value.strip()}
        values, problems = _parse(_filled(given), given)
        if given.get("APP_ENV") == PRODUCTION:
            problems += [*_refused_defaults(given), *unfit_for_production(given)]
        else:
            problems += too_live(given)
        if problems:
            raise SettingsError(problems)
        return cls(**values)


TABLE: dict[str, Setting] = {each.name.upper(): each.metadata["setting"] for each in fields(Settings)}


def secrets_of(settings: Settings) -> list[str]:
    """The texts that may never be seen: what logs and error reports look for."""
    found = [str(getattr(settings, name.lower())) for name, setting in TABLE.items()
             if setting.secret and setting.parse in (secret, optional_secret, url_secret, text)]  # fmt: skip
    found += [urlsplit(link).password or "" for link in (settings.database_url, settings.migrate_database_url)]
    found += [urlsplit(settings.redis_url).password or "", settings.paystack_secret_key]
    return sorted({part for value in found for part in split_keys(value)}, key=len, reverse=True)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process, for its main function. With bad ones: the whole list on stderr, and exit 1."""
    try:
        settings = Settings.from_env(_with_file(os.environ) if environ is None else environ)
    except SettingsError as error:
        sys.stderr.write("The settings are not complete:\n" + "".join(f"  {each}\n" for each in error.problems))
        raise SystemExit(1) from None
    use(settings)
    return settings


_current: list[Settings] = []


def use(settings: Settings) -> None:
    """Make these the settings of this process."""
    _current[:] = [settings]


def current() -> Settings:
    """The settings of this process; a bug when nobody has loaded them."""
    if not _current:
        raise RuntimeError("bot.settings.load() has not been called")
    return _current[0]


def _with_file(environ: Mapping[str, str]) -> dict[str, str]:
    """A .env file helps a developer; in production and tests the environment speaks alone."""
    if environ.get("APP_ENV", DEVELOPMENT) != DEVELOPMENT:
        return dict(environ)
    return {name: value or "" for name, value in dotenv_values(".env").items()} | dict(environ)


def _filled(given: Mapping[str, str]) -> dict[str, str]:
    """What was given, and the defaults for the rest."""
    raw: dict[str, str] = {}
    for name, setting in TABLE.items():
        raw[name] = given.get(name) or setting.default.format_map(raw)
    if "DATABASE_URL" in given and "MIGRATE_DATABASE_URL" not in given:
        raw["MIGRATE_DATABASE_URL"] = given["DATABASE_URL"]
    return raw


def _parse(raw: Mapping[str, str], given: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, setting in TABLE.items():
        try:
            values[name.lower()] = setting.parse(raw[name])
        except ValueError as wrong:
            # A default that does not parse was built from another variable, which has its own line.
            if name in given:
                problems.append(f"{name} {wrong}")
    return values, problems


def _refused_defaults(given: Mapping[str, str]) -> Iterator[str]:
    """Production has nothing built in."""
    built_in = _filled({})
    for name, setting in TABLE.items():
        if setting.own and name not in given:
            yield f"{name} is missing: {setting.what}"
        elif setting.secret and given.get(name) == built_in[name]:
            yield f"{name} is the value published for development"

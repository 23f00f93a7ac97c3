"""The settings of this process as the panel shows them: what is secret is never shown, not even in part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.settings import TABLE, Setting, Settings
from models.sealing import Keys

KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("How it runs", ("APP_ENV", "LOG_LEVEL", "PORT", "BIND_HOST", "WEB_", "PROXY_", "ANSWER_", "PUBLIC_URL")),
    ("Where it keeps things", ("POSTGRES_", "REDIS_", "SANDBOX_", "DATA_", "DATABASE_", "MIGRATE_")),
    ("Keys", ("SECRET_", "FIELD_", "PIN_", "CALLBACK_")),
    ("Providers", ("USSD_", "AFRICASTALKING_", "TWILIO_", "SMS_", "PAYSTACK_")),
    ("Members and messages", ("",)),
)


@dataclass(frozen=True)
class ShownSetting:
    """One line. value: '' for a secret. is_set: a secret has a value; built_in: it is the one published with the code,
    which production refuses."""

    name: str
    what: str
    value: str
    secret: bool
    is_set: bool
    built_in: bool


def shown(settings: Settings) -> list[tuple[str, list[ShownSetting]]]:
    """All of them, by kind."""
    left = dict(TABLE)
    found = []
    for title, beginnings in KINDS:
        mine = [name for name in left if name.startswith(beginnings)]
        found.append((title, [_shown(name, left.pop(name), settings) for name in mine]))
    return found


def _shown(name: str, setting: Setting, settings: Settings) -> ShownSetting:
    value = getattr(settings, name.lower())
    if setting.secret:
        return ShownSetting(name, setting.what, "", True, bool(str(value)), _is_default(setting, value))
    return ShownSetting(name, setting.what, _text(value), False, True, False)


def _is_default(setting: Setting, value: Any) -> bool:
    """Whether it is the value that everybody can read. One that is made of others is told by those."""
    if not setting.default or "{" in setting.default:
        return False
    published = setting.parse(setting.default)
    return bool(_comparable(published) == _comparable(value))


def _comparable(value: Any) -> Any:
    return value.index_key if isinstance(value, Keys) else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{country}: {', '.join(ways)}" for country, ways in value.items())
    return str(value)

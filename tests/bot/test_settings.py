"""Settings are complete or the process does not start, and it says everything at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot import settings as settings_module
from bot.setting_example import example
from bot.settings import TABLE, Settings, SettingsError, secrets_of

ROOT = Path(__file__).parents[2]

GOOD = {
    "APP_ENV": "production",
    "DATABASE_URL": "postgresql://ajo:a-long-password@db.internal/ajo",
    "REDIS_URL": "redis://:another-password@redis.internal:6379/0",
    "PUBLIC_URL": "https://ajo.example",
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "FIELD_KEYS": "1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "PIN_PEPPER": "fedcba98765432100123456789abcdef",
    "CALLBACK_KEY": "abcdef0123456789fedcba9876543210",
    "USSD_CODE": "*347*55#",
    "AFRICASTALKING_URL": "https://api.africastalking.com",
    "AFRICASTALKING_USERNAME": "ajo",
    "AFRICASTALKING_API_KEY": "atsk_0123456789abcdef",
    "AFRICASTALKING_SENDER": "AjoSecure",
    "TWILIO_URL": "https://api.twilio.com",
    "TWILIO_CONTENT_URL": "https://content.twilio.com",
    "TWILIO_ACCOUNT_SID": "AC99887766554433221100ffeeddccbbaa",
    "TWILIO_AUTH_TOKEN": "5c0e4a1b2d3f60718293a4b5c6d7e8f9",
    "TWILIO_WHATSAPP_FROM": "+2347001234567",
    "TWILIO_SMS_FROM": "+447700900123",
    "SMS_TWO_WAY": "no",
    "PAYSTACK_URL": "https://api.paystack.co",
    "PAYSTACK_SECRET_KEY": "sk_live_0123456789abcdef",
    "OPERATOR": "Ajo Cooperative Society Limited, 12 Broad Street, Lagos",
}


def problems_of(**changes: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(GOOD | changes)
    return caught.value.problems


def test_it_needs_nothing_in_development():
    settings = Settings.from_env({})

    assert settings.app_env == "development"
    assert not settings.production
    assert settings.database_url == "postgresql://ajo@127.0.0.1:5455/ajo"
    assert settings.migrate_database_url == "postgresql://ajo_owner@127.0.0.1:5455/ajo"


def test_its_built_in_urls_follow_the_ports():
    settings = Settings.from_env(
        {"POSTGRES_PORT": "6001", "REDIS_PORT": "6002", "SANDBOX_PORT": "6003", "PORT": "6004"}
    )

    assert settings.database_url == "postgresql://ajo@127.0.0.1:6001/ajo"
    assert settings.redis_url == "redis://127.0.0.1:6002/0"
    assert settings.paystack_url.startswith("http://127.0.0.1:6003")
    assert settings.public_url == "http://127.0.0.1:6004"


def test_it_does_not_touch_the_usual_ports():
    settings = Settings.from_env({})

    assert settings.postgres_port != 5432
    assert settings.redis_port != 6379


def test_it_starts_in_production_with_everything_set():
    assert Settings.from_env(GOOD).production


def test_play_money_and_real_money_are_never_in_one_house():
    assert Settings.from_env({"TRAINING": "yes"}).training
    assert problems_of(TRAINING="yes") == ["TRAINING is for play money: with APP_ENV=production the money is real"]
    assert not Settings.from_env(GOOD | {"TRAINING": "no"}).training


def test_it_migrates_as_the_program_when_no_owner_is_given():
    assert Settings.from_env(GOOD).migrate_database_url == GOOD["DATABASE_URL"]


def test_it_tells_everything_that_production_lacks_at_once():
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"APP_ENV": "production", "PORT": "eighty"})

    told = "\n".join(caught.value.problems)
    assert "PORT must be a whole number" in told
    for name in set(GOOD) - {"APP_ENV"}:
        assert f"{name} is missing" in told


@pytest.mark.parametrize("name", [name for name, setting in TABLE.items() if setting.secret and setting.own])
def test_it_refuses_every_published_secret_in_production(name: str):
    published = settings_module._filled({})[name]

    assert f"{name} is the value published for development" in problems_of(**{name: published})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("APP_ENV", "prod", "APP_ENV must be one of"),
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
        ("SECRET_KEY", "ab" * 20, "SECRET_KEY is too simple"),
        ("PIN_PEPPER", "0123456789abcdef0123456789abcde", "PIN_PEPPER is too short"),
        ("PIN_PEPPER", GOOD["SECRET_KEY"], "PIN_PEPPER and SECRET_KEY are the same"),
        ("CALLBACK_KEY", GOOD["CALLBACK_KEY"] + ",short", "CALLBACK_KEY is too short"),
        ("CALLBACK_KEY", GOOD["CALLBACK_KEY"] + "/x", "CALLBACK_KEY stands in a URL"),
        ("FIELD_KEYS", "1:not base64", "FIELD_KEYS is not a list of keys"),
        ("FIELD_KEYS", "1:c2hvcnQ=", "FIELD_KEYS is not a list of keys"),
        ("FIELD_KEYS", GOOD["FIELD_KEYS"].removeprefix("1:"), "FIELD_KEYS is not a list of keys"),
        ("DATABASE_URL", "sqlite:///ajo.db", "DATABASE_URL is not a URL"),
        ("DATABASE_URL", "postgresql://", "DATABASE_URL is not a URL"),
        ("DATABASE_URL", "postgresql://postgres:x@db/ajo", "DATABASE_URL must not use the superuser"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL is not a URL"),
        ("PUBLIC_URL", "http://ajo.example", "PUBLIC_URL must start with https://"),
        ("PUBLIC_URL", "https://[", "PUBLIC_URL is not a URL"),
        ("PAYSTACK_URL", "https://127.0.0.1:8100/paystack", "PAYSTACK_URL points to this machine"),
        ("AFRICASTALKING_URL", "https://localhost", "AFRICASTALKING_URL points to this machine"),
        ("PAYSTACK_SECRET_KEY", "sk_test_0123456789", "PAYSTACK_SECRET_KEY is a test key"),
        ("PAYSTACK_SECRET_KEY", "pk_live_0123456789", "PAYSTACK_SECRET_KEY must look like"),
        ("AFRICASTALKING_USERNAME", "sandbox", "AFRICASTALKING_USERNAME is the sandbox's"),
        ("TWILIO_URL", "http://api.twilio.com", "TWILIO_URL must start with https://"),
        ("TWILIO_CONTENT_URL", "https://127.0.0.1", "TWILIO_CONTENT_URL points to this machine"),
        ("TWILIO_ACCOUNT_SID", "AC123", "TWILIO_ACCOUNT_SID must look like"),
        ("TWILIO_ACCOUNT_SID", "SK0123456789abcdef0123456789abcdef", "TWILIO_ACCOUNT_SID must look like"),
        ("TWILIO_AUTH_TOKEN", "short", "TWILIO_AUTH_TOKEN is too short"),
        ("TWILIO_AUTH_TOKEN", GOOD["PIN_PEPPER"], "TWILIO_AUTH_TOKEN and PIN_PEPPER are the same"),
        ("TWILIO_WEBHOOK_KEYS", "short", "TWILIO_WEBHOOK_KEYS is too short"),
        ("TWILIO_WHATSAPP_FROM", "whatsapp:+2347001234567", "TWILIO_WHATSAPP_FROM must look like"),
        ("TWILIO_WHATSAPP_FROM", "+14155238886", "TWILIO_WHATSAPP_FROM is the sandbox's"),
        ("TWILIO_SMS_FROM", "447700900123", "TWILIO_SMS_FROM must look like"),
        ("TWILIO_SMS_FROM", "A name too long", "TWILIO_SMS_FROM must look like"),
        ("TWILIO_SMS_FROM", "+15005550006", "TWILIO_SMS_FROM is a test number"),
        ("PUBLIC_URL", "https://ajo_app.example", "PUBLIC_URL must have no underscore"),
        ("SMS_ROUTES", "NG:twilio-sms", "SMS_ROUTES says with * who carries"),
        ("SMS_ROUTES", "Nigeria:twilio-sms", "SMS_ROUTES names a country by its two capital letters"),
        ("SMS_TWO_WAY", "maybe", "SMS_TWO_WAY must be yes or no"),
        ("COUNTRY", "XX", "COUNTRY must be one of NG, GH, KE"),
        ("COUNTRY", "KE", "COUNTRY cannot be KE yet: what Paystack takes there is not known to us"),
        ("COUNTRY", "GH", "COUNTRY cannot be GH yet: money would come in there, and no pot could go out"),
        ("USSD_CODE", "347", "USSD_CODE must look like"),
        ("PORT", "70000", "PORT must be a whole number from 1 to 65535"),
        ("PIN_ROUNDS", "31", "PIN_ROUNDS must be a whole number"),
        ("PIN_ROUNDS", "9", "PIN_ROUNDS must be at least 10"),
        ("PASSWORD_ROUNDS", "11", "PASSWORD_ROUNDS must be at least 12"),
    ],
)
def test_it_refuses(name: str, value: str, told: str):
    assert any(problem.startswith(told) for problem in problems_of(**{name: value}))


def test_it_takes_an_empty_value_for_a_missing_one():
    assert any(problem.startswith("SECRET_KEY is missing") for problem in problems_of(SECRET_KEY="  "))


def test_it_keeps_real_money_out_of_development():
    with pytest.raises(SettingsError, match="APP_ENV=production"):
        Settings.from_env({"PAYSTACK_SECRET_KEY": GOOD["PAYSTACK_SECRET_KEY"]})


def test_it_takes_two_callback_keys_while_callers_move_over():
    second = "99887766554433221100ffeeddccbbaa"
    settings = Settings.from_env(GOOD | {"CALLBACK_KEY": f"{GOOD['CALLBACK_KEY']},{second}"})

    assert settings.callback_keys == (GOOD["CALLBACK_KEY"], second)


def test_it_takes_two_tokens_of_twilio_while_moving_to_a_new_one():
    second = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    settings = Settings.from_env(GOOD | {"TWILIO_AUTH_TOKEN": f"{GOOD['TWILIO_AUTH_TOKEN']},{second}"})

    assert settings.twilio_tokens == (GOOD["TWILIO_AUTH_TOKEN"], second)
    assert {GOOD["TWILIO_AUTH_TOKEN"], second} <= set(secrets_of(settings))


def test_it_takes_a_name_for_sms_where_numbers_cannot_be_had():
    assert Settings.from_env(GOOD | {"TWILIO_SMS_FROM": "AjoSecure"}).twilio_sms_from == "AjoSecure"


def test_it_never_shows_a_secret():
    settings = Settings.from_env(GOOD)

    for value in secrets_of(settings):
        assert value not in repr(settings)
    assert {GOOD["SECRET_KEY"], GOOD["PAYSTACK_SECRET_KEY"], "a-long-password"} <= set(secrets_of(settings))


def test_a_problem_never_quotes_a_secret():
    assert not any("sk_test_0123456789" in each for each in problems_of(PAYSTACK_SECRET_KEY="sk_test_0123456789"))


def test_a_process_with_bad_settings_prints_the_whole_list_and_exits_1():
    done = subprocess.run(
        [sys.executable, "-c", "from bot import settings; settings.load()"],
        env={"APP_ENV": "production", "PORT": "eighty"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 1
    assert "PORT must be a whole number" in done.stderr
    assert "PAYSTACK_SECRET_KEY is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_helps_a_developer_and_the_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".env").write_text("PORT=8001\nREDIS_PORT=6001\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APP_ENV", "development")
    monkeypatch.setenv("PORT", "8002")

    settings = settings_module.load()

    assert (settings.port, settings.redis_port) == (8002, 6001)


def test_the_example_file_has_a_line_for_every_setting():
    assert (ROOT / ".env.example").read_text() == example(), "run `make env-example`"


def test_the_example_file_changes_nothing_for_a_developer():
    values = {name: value or "" for name, value in dotenv_values(ROOT / ".env.example").items()}

    assert list(values) == list(TABLE)
    assert repr(Settings.from_env(values)) == repr(Settings.from_env({}))


def test_a_password_takes_a_quarter_of_a_second_where_nobody_says_otherwise():
    assert Settings.from_env({}).password_rounds == 12

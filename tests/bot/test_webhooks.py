"""What the doors need to know of each adapter. What happens at them is in tests/doors."""

import pytest

from app import create_app
from bot import clock
from bot.channels.registry import CHANNELS
from bot.errors import CallerError
from bot.payments.registry import PROVIDERS
from bot.settings import Settings
from bot.webhooks import REFUSALS, SIGNATURE, Unsigned


def test_every_payment_provider_says_where_its_signature_stands() -> None:
    assert set(SIGNATURE) == set(PROVIDERS)


def test_every_way_to_refuse_has_its_words() -> None:
    statuses = {kind.status for kind in (CallerError, *CallerError.__subclasses__())}
    assert statuses - {400} == set(REFUSALS)
    assert Unsigned("bad_signature").status == 401


@pytest.mark.usefixtures("redis_client")
@pytest.mark.parametrize("name", CHANNELS)
def test_every_door_of_every_channel_is_open_and_locked(
    settings: Settings, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    web, channel = create_app(settings).test_client(), CHANNELS[name](settings)
    clock.plain()
    for door in channel.doors:
        assert web.post(f"/webhooks/{door}" + ("/wrong" if channel.keyed else "")).status_code == 404
        assert ("wrong_key" if channel.keyed else "no_signature") in capsys.readouterr().err
        assert web.post(f"/webhooks/{door}" + ("" if channel.keyed else "/wrong")).status_code == 404
        assert capsys.readouterr().err == ""

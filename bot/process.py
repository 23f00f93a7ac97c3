"""What every process does before it does anything else: settings, logs, keys, limits, database, Redis, time.

Web, worker, clock and the commands all begin here, so that none can forget a part.
"""

from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.retry import Retry

from bot import clock, logs
from bot.logs import log
from bot.settings import Settings, load
from models import base, country, policy, sealing
from models.actions import switches

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 2.0  # of Redis: whoever blocks there for longer does it in slices

_redis: list[Redis] = []


def start(name: str) -> Settings:
    """Begin a process with the settings of its environment; with bad ones it says so and exits."""
    settings = load()
    wire(settings)
    log.info("start", what=name, env=settings.app_env)
    return settings


def wire(settings: Settings) -> None:
    """Hand the settings to everything that keeps a part of them. Opens no connection."""
    logs.configure(settings)
    sealing.use(settings.field_keys)
    country.use(settings.country)
    policy.configure(
        cooling_off_hours=settings.cooling_off_hours,
        pin_rounds=settings.pin_rounds,
        password_rounds=settings.password_rounds,
        pin_pepper=settings.pin_pepper,
        ussd_code=settings.ussd_code,
        help_phone=settings.help_phone,
        site=settings.site,
        member_email_domain=settings.member_email_domain,
    )
    base.connect(settings.database_url)
    use_redis(connect_redis(settings.redis_url))
    if settings.production:
        clock.plain()
    else:
        clock.configure(redis_of(), switches.clock_offset, switches.set_clock_offset)


def connect_redis(url: str, **options: Any) -> Redis:
    """A client that gives up soon: what Redis holds is never worth a caller's wait."""
    return Redis.from_url(
        url,
        **{
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            "retry": Retry(NoBackoff(), 1, (Disconnected,)),  # once: a connection may have grown stale
            "protocol": 2,
            **options,
        },
    )


def use_redis(redis: Redis) -> None:
    """Make this the Redis of this process."""
    _redis[:] = [redis]


def redis_of() -> Redis:
    """The Redis of this process; a bug when nobody has wired it."""
    if not _redis:
        raise RuntimeError("bot.process.wire() has not been called")
    return _redis[0]

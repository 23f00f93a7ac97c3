"""How gunicorn serves the web process: `gunicorn --config bot/gunicorn.py "app:create_app()"`.

Threads, because a hop waits for PostgreSQL and Redis, not for the processor. No access log: each turn and each
webhook writes its own line, and a path holds the callback key.
"""

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from bot import settings
from bot.logs import configure

_ours = settings.load()
configure(_ours)


class OurLogs(Logger):  # type: ignore[misc]
    """gunicorn's own lines go the way of all others."""

    def setup(self, cfg: Any) -> None:
        """Take away the handlers that it installs for itself."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


bind = f"{_ours.bind_host}:{_ours.port}"
worker_class = "gthread"
workers = _ours.web_workers
threads = _ours.web_threads
preload_app = False  # each worker opens its own connections
logger_class = OurLogs
accesslog = None
timeout = 30
graceful_timeout = 10
keepalive = 5
# What a stranger may send us before a door looks at it.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1"
control_socket_disable = True

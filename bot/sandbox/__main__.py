"""`python -m bot.sandbox`: the sandbox under gunicorn, one process with threads."""

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from bot.sandbox.app import create_app
from bot.settings import Settings, load

THREADS = 36  # a phone that waits for the product holds one, so does an open page; the product may be calling us


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, with its options from our settings and nothing from its command line."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self.settings.bind_host}:{self.settings.sandbox_port}",
            "worker_class": "gthread",
            "workers": 1,  # one thread sends webhooks; two would send them twice
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": 2,
            "loglevel": "warning",
            "control_socket_disable": True,
            "proc_name": "ajo-sandbox",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """In the worker, after the fork: the store's connections and the thread belong to it."""
        return create_app(self.settings)


if __name__ == "__main__":
    Server(load()).run()

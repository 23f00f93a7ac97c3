"""The web process and the commands: wiring only. It knows everyone, and nobody knows it.

`gunicorn "app:create_app()"` serves; `flask --app app --help` lists the commands.
"""

from functools import partial

import click
from flask import Flask, Response, redirect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.utils import import_string

from bot import health, inspector, media, pay_links, private_pages, process, settings, webhooks
from bot.logs import log
from bot.panel import web as panel
from bot.panel.timed import Timed
from bot.public import pages as public
from bot.runner import Runner
from bot.settings import Settings
from bot.text import screens_of
from flows.engine import Engine
from jobs.commands import COMMANDS, COMMANDS_OUTSIDE_PRODUCTION
from jobs.schedule import PERIODIC
from jobs.timetable import latest_slot
from models.base import database
from models.migrations import migrate

LARGEST_BODY = 256 * 1024  # no door reads more; each has a limit of its own below it


def create_app(given: Settings | None = None) -> Flask:
    """The application with these settings, or with those of the environment."""
    if given is None:
        current = process.start("web")
    else:
        current = given
        settings.use(current)
        process.wire(current)
    app = Flask("ajo", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    # Exactly so many proxies of ours stand before us; what a caller writes into the header beyond them is ignored.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=current.proxy_hops, x_proto=current.proxy_hops)  # type: ignore[method-assign]
    engine = Engine(screens_of(current))
    runner = Runner(engine, current.answer_wait_ms, current.ussd_code)
    app.register_blueprint(webhooks.blueprint(current, runner))
    app.register_blueprint(health.blueprint())
    panel.register(app, current, [Timed(job.name, job.what, partial(latest_slot, job.cron)) for job in PERIODIC])
    app.register_blueprint(pay_links.blueprint())
    app.register_blueprint(media.blueprint(current, screens_of(current)))
    app.register_blueprint(private_pages.blueprint(current, engine))
    app.register_blueprint(public.blueprint(current))
    if not current.production:
        app.register_blueprint(inspector.blueprint(current))
        app.add_url_rule("/sandbox", "sandbox", lambda: redirect(f"http://127.0.0.1:{current.sandbox_port}/sandbox"))
    app.register_error_handler(Exception, _last_net)
    app.teardown_appcontext(_let_go)
    _add_commands(app, current)
    return app


def _last_net(trouble: Exception) -> Response:
    """Whatever no door has answered: in two words, and never with a traceback."""
    if isinstance(trouble, HTTPException):
        return Response((trouble.name or "error").lower(), trouble.code or 500, content_type="text/plain")
    log.exception("web", what="broke")
    return Response("error", 500, content_type="text/plain")


def _let_go(_: BaseException | None = None) -> None:
    """The connection of this thread goes back to the pool."""
    if not database.is_closed():
        database.close()


def _add_commands(app: Flask, current: Settings) -> None:
    @app.cli.command("migrate")
    def migrate_command() -> None:
        """Bring the schema up to date, as its owner."""
        applied = migrate(current.migrate_database_url)
        click.echo("\n".join(applied) if applied else "nothing to do")

    for command in COMMANDS:
        app.cli.add_command(command)
    if not current.production:
        for command in COMMANDS_OUTSIDE_PRODUCTION:
            app.cli.add_command(command)
        app.cli.add_command(import_string("bot.sandbox.phone:phone_command"))  # the sandbox refuses to load there

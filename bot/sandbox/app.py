"""The sandbox's Flask app: the providers, the control API, the page, and the thread behind them. Wiring only."""

from flask import Flask, Response, abort, jsonify, request

from bot.sandbox.africastalking.sms import africastalking
from bot.sandbox.africastalking.ussd import PhoneRefused
from bot.sandbox.background import Background
from bot.sandbox.browser import page
from bot.sandbox.control.bank import bank
from bot.sandbox.control.phones import phones
from bot.sandbox.control.reading import BadRequest
from bot.sandbox.control.whatsapp import whatsapp
from bot.sandbox.control.workings import workings
from bot.sandbox.knobs import KnobRefused
from bot.sandbox.paystack.answers import Refusal
from bot.sandbox.paystack.api import paystack
from bot.sandbox.tuning import TuningRefused
from bot.sandbox.twilio.content import contents
from bot.sandbox.twilio.inbound import NotPossible
from bot.sandbox.twilio.messages import media_files, twilio
from bot.sandbox.world import EXTENSION, make_world
from bot.settings import Settings

MAX_BODY = 1_000_000


def create_app(settings: Settings) -> Flask:
    """One app per process: its thread sends what the app has promised to send."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the providers' own order of keys
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    world = make_world(settings)
    app.extensions[EXTENSION] = world
    for blueprint in (paystack, africastalking, twilio, media_files, contents, workings, bank, phones, whatsapp):
        app.register_blueprint(blueprint)
    app.register_blueprint(page.blueprint())
    app.before_request(_from_here)
    for mistake in (BadRequest, KnobRefused, NotPossible, PhoneRefused, TuningRefused, Refusal):
        app.register_error_handler(mistake, _mistaken)
    background = Background(world)
    background.start()

    def ring(response: Response) -> Response:
        background.ring()
        return response

    app.after_request(ring)
    return app


def _from_here() -> None:
    """Another site in the same browser may not play with our phones. Programs do not say where they are."""
    if request.method not in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Site", "none") == "cross-site":
        abort(403)


def _mistaken(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error)), 400

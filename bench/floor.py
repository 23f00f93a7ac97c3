"""The floor: the least that a USSD hop can be on this server. A form comes in, a text goes out, nothing is asked."""

from flask import Flask, Response, request

FLOOR_PATH = "/floor"


def create_app() -> Flask:
    """One route."""
    app = Flask("floor", static_folder=None)

    @app.post(FLOOR_PATH)
    def hop() -> Response:
        return Response(f"CON You said {len(request.form['text'])} signs.", content_type="text/plain")

    return app

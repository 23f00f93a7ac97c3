"""rq-dashboard behind the panel's sign-in, to look at only.

Its own blueprint is not mounted: that one can requeue, empty and delete, some of it by a GET. Here stand its reading
views, one by one; whatever else it has or will have does not exist. It needs an inline script and compiles
templates in the browser, so its prefix has a policy of its own: one script with a mark made for this answer, and
nothing from anywhere else. What it asks again every few seconds keeps nobody signed in.
"""

import re
import secrets
from collections.abc import Callable
from typing import Any, Final, cast

from flask import Blueprint, Flask, Response, current_app, g, render_template, request
from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer
from rq.version import VERSION
from rq_dashboard import web
from rq_dashboard.version import VERSION as DASHBOARD_VERSION

from bot.panel.gate import PREFIX, Door, Panel
from bot.process import redis_of
from models.actions.signing_in import Session
from models.rules.staff import Right

NAME: Final = "rq_dashboard"  # by this name its templates ask for their files
QUEUES_OF: Final = ("Redis",)  # shown as the name of the server; its address is nobody's business
POLL_MS: Final = 5_000
INLINE_STYLE: Final = re.compile(r'\sstyle="[^"]*"')

POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'unsafe-eval'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)

ONE: Final = "/<int(max=0):instance_number>"
PAGE_OF_JOBS: Final = "<queue_name>/<registry_name>/<int:per_page>/<order>/<int:page>"
FIRST_JOBS: Final = {"queue_name": None, "registry_name": "queued", "per_page": 8, "order": "asc", "page": 1}


class JsonWorkers:
    """Reads jobs as JSON, as they are written: a pickle in Redis is opened by nobody."""

    @staticmethod
    def all(connection: Redis) -> list[Any]:
        """As in rq, with the serializer set."""
        return list(Worker.all(connection=connection, serializer=JSONSerializer))


def _job_view(instance_number: int, job_id: str) -> str:
    """Its own view opens the job by pickle; the page needs nothing of it but the id."""
    return render_template(
        "rq_dashboard/job.html",
        current_instance=instance_number,
        instance_list=current_app.config["RQ_DASHBOARD_REDIS_URL"],
        id=job_id,
        rq_url_prefix=f"{PREFIX}/jobs/",
        rq_dashboard_version=DASHBOARD_VERSION,
        rq_version=VERSION,
        enable_delete=False,
    )


READING: Final[tuple[tuple[str, str, Callable[..., Any], dict[str, Any]], ...]] = (
    ("/", "queues_overview", web.queues_overview, {"instance_number": 0}),
    (f"{ONE}/view/queues", "queues_view", web.queues_overview, {}),
    (f"{ONE}/view/workers", "workers_overview", web.workers_overview, {}),
    (f"{ONE}/view/jobs", "jobs_overview", web.jobs_overview, FIRST_JOBS),
    (f"{ONE}/view/jobs/{PAGE_OF_JOBS}", "jobs_overview", web.jobs_overview, {}),
    (f"{ONE}/view/job/<job_id>", "job_view", _job_view, {}),
    (f"{ONE}/data/queues.json", "list_queues", web.list_queues, {}),
    (f"{ONE}/data/workers.json", "list_workers", web.list_workers, {}),
    (f"{ONE}/data/jobs/{PAGE_OF_JOBS}.json", "list_jobs", web.list_jobs, {}),
    (f"{ONE}/data/job/<job_id>.json", "job_info", web.job_info, {}),
)


def blueprint(panel: Panel) -> Blueprint:
    """Its pages, each behind the right to operate."""
    web.config.serializer = JSONSerializer
    web.Worker = JsonWorkers
    routes = Blueprint(
        NAME, web.__name__, url_prefix=f"{PREFIX}/jobs", template_folder="templates", static_folder="static"
    )
    for rule, endpoint, view, defaults in READING:
        routes.add_url_rule(rule, endpoint, view, defaults=defaults, methods=["GET"])
        panel.doors[f"{NAME}.{endpoint}"] = Door(Right.OPERATE, ("GET",))
    routes.before_request(lambda: _enter(panel))
    routes.context_processor(lambda: {"nonce": g.get("nonce", ""), "poll_interval": POLL_MS})
    routes.after_request(panel.harden)
    routes.after_request(_policy)
    routes.record(lambda state: _configure(cast(Flask, state.app)))
    return routes


def _enter(panel: Panel) -> Any:
    """Led away or refused as on any page of the panel."""
    found = panel.enter(Right.OPERATE, awake="/view" in request.path)
    if not isinstance(found, Session):
        return found
    current_app.redis_conn = redis_of()  # type: ignore[attr-defined]
    g.nonce = secrets.token_urlsafe(16)
    return None


def _policy(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = POLICY.format(nonce=g.get("nonce", "none"))
    if answer.mimetype == "text/html":
        answer.set_data(INLINE_STYLE.sub("", answer.get_data(as_text=True)))
    return answer


def _configure(app: Flask) -> None:
    app.config["RQ_DASHBOARD_REDIS_URL"] = QUEUES_OF
    app.config["RQ_DASHBOARD_DISABLE_DELETE"] = True
    app.url_build_error_handlers.append(_nowhere)


def _nowhere(error: Exception, endpoint: str, _values: dict[str, Any]) -> str:
    """Its templates ask for the addresses of views that do not exist here."""
    if endpoint.startswith(f"{NAME}."):
        return "#"
    raise error

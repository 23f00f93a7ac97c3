"""Which pages there are: every link is followed, one address for each route of the application's own map."""

import re
from collections import deque
from dataclasses import dataclass
from html import unescape
from urllib.parse import urldefrag, urlsplit

from flask import Flask
from playwright.sync_api import APIRequestContext
from werkzeug.exceptions import HTTPException

LINK = re.compile(r'(?:href|action|hx-get)="(/admin[^"#]*)')  # and forms that only ask
# Not pages to look at: our files, and what only somebody without a session sees.
NO_PAGES = frozenset({"panel.file", "panel.sign_in", "panel.prove", "panel.sign_out", "panel.set_up"})


@dataclass(frozen=True)
class Found:
    """An address, the route it belongs to, and whether it is a page (or a file to keep)."""

    endpoint: str
    path: str
    is_page: bool


def walk(app: Flask, browser: APIRequestContext, *starts: str) -> list[Found]:
    """Everything that can be reached from the first page and from these, each route once."""
    waiting, found = deque(["/admin/", *starts]), dict[str, Found]()
    seen = set(waiting)
    while waiting:
        path = waiting.popleft()
        endpoint = endpoint_of(app, path)
        if endpoint is None or endpoint in NO_PAGES or (endpoint in found and path not in starts):
            continue
        answer = browser.get(path)
        path = urldefrag(answer.url.removeprefix(answer.url.partition("/admin")[0])).url  # where it led to
        led_to = endpoint_of(app, path) or endpoint
        # What went wrong is a page to look at, too.
        is_page = answer.status != 200 or answer.headers.get("content-type", "").startswith("text/html")
        for each in (endpoint, led_to):
            found.setdefault(each, Found(each, path, is_page))
        if is_page:
            links = [unescape(link) for link in LINK.findall(answer.text())]
            waiting.extend(link for link in links if link not in seen)
            seen.update(links)
    return sorted(found.values(), key=lambda each: each.path)


def pages_of_the_map(app: Flask) -> dict[str, str]:
    """Endpoint and rule of every page of the panel that can be asked for."""
    return {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("panel.") and "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES
    }


def endpoint_of(app: Flask, path: str) -> str | None:
    """The route of an address; None for one that is not there to be read."""
    try:
        endpoint, _ = app.url_map.bind("").match(urlsplit(path).path, method="GET")
    except HTTPException:
        return None
    return str(endpoint)

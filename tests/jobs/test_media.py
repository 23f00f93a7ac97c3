"""What somebody sent us is fetched from Twilio with our login, which is shown to nobody else."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from bot.settings import current
from bot.twilio.media import LARGEST, MediaRefused, MediaStore
from jobs import media
from models.actions import attachments
from models.actions.attachments import Sent
from models.queries import staff
from models.tables.ways import Attachment
from tests.jobs.scene import Scene

PHONE = "+2348031234567"


@pytest.fixture(autouse=True)
def fresh_store() -> Iterator[None]:
    media._store.cache_clear()
    yield
    media._store.cache_clear()


def callback(scene: Scene) -> dict[str, str]:
    """What Twilio told us of her last message."""
    scene.client.settle()
    [*_, last] = [each for each in scene.client.webhooks() if "NumMedia=" in each["body"]]
    return {name: values[0] for name, values in parse_qs(last["body"]).items()}


def sent(scene: Scene, kind: str, **more: object) -> int:
    """She sends something; its attachment's id."""
    scene.client.whatsapp(PHONE).send_media(kind, **more)
    form = callback(scene)
    return noted(scene, form["MediaUrl0"], form["MediaContentType0"])


def noted(scene: Scene, url: str, content_type: str = "image/png") -> int:
    number = Attachment.select().count()
    [found] = attachments.keep(
        channel="twilio-whatsapp", message_id=f"MM{number}", address=PHONE, phone=PHONE, sent=[Sent(url, content_type)],
        caption="", about="", now=scene.now,
    )  # fmt: skip
    return found


@pytest.mark.parametrize("redirects", [True, False])
@pytest.mark.parametrize(("kind", "begins"), [("image", b"\x89PNG"), ("audio", b"OggS"), ("document", b"%PDF")])
def test_what_she_sent_is_here_and_opens(scene: Scene, kind: str, begins: bytes, redirects: bool):
    scene.client.tune(media_redirects=redirects)
    found = sent(scene, kind)
    assert media.fetch_media(found) is not None
    assert media.fetch_media(found) == "nothing to do"

    file = staff.file_of(found)
    assert file is not None
    assert file.data.startswith(begins)


def test_a_video_is_not_taken(scene: Scene):
    found = sent(scene, "video")
    assert media.fetch_media(found) == "kind_not_taken"
    assert Attachment.get_by_id(found).refused == "kind_not_taken"


def test_what_is_not_what_it_says_is_not_taken(scene: Scene):
    found = sent(scene, "image", data=b"<html>a page</html>", content_type="image/png")
    assert media.fetch_media(found) == "not_what_it_says"
    assert staff.file_of(found) is None


def test_what_is_too_large_is_not_taken(scene: Scene):
    found = sent(scene, "image", data=b"\x89PNG\r\n\x1a\n" + bytes(LARGEST), content_type="image/png")
    assert media.fetch_media(found) == "too_large"


def test_when_twilio_is_down_it_is_tried_again_later(scene: Scene):
    found = sent(scene, "image")
    with scene.broken("twilio.*", "error_before_effect", 503):
        assert media.fetch_media(found) is None
    assert media.fetch_media(found) == "nothing to do"
    scene.advance("5m")
    assert media.fetch_media(found) is not None
    assert staff.file_of(found) is not None


# --- where the login goes, and where it does not ---------------------------------------------------------


class Stranger(BaseHTTPRequestHandler):
    """Somebody else's server."""

    seen: list[str | None]

    def do_GET(self) -> None:
        self.server.seen.append(self.headers.get("Authorization"))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Location", self.server.leads)  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(b"\x89PNG\r\n\x1a\n")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def stranger() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    server.seen, server.status, server.leads = [], 200, ""  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def path(account: str) -> str:
    return f"/twilio/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1"


def test_our_login_goes_to_no_other_host(scene: Scene, stranger: HTTPServer):
    url = f"http://127.0.0.1:{stranger.server_port}{path(current().twilio_account_sid)}"
    assert media.fetch_media(noted(scene, url)) == "other_address"
    assert stranger.seen == []


@pytest.mark.parametrize("wrong", [
    "{home}/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages/MM1/Media/ME1",
    "{home}/2010-04-01/Accounts/{account}/Messages/../../../../control/reset",
    "{home}/2010-04-01/Accounts/{account}/Balance.json",
    "ftp://127.0.0.1/x",
    "file:///etc/passwd",
    "",
])  # fmt: skip
def test_only_our_own_files_are_asked_for(scene: Scene, wrong: str):
    url = wrong.format(home=current().twilio_url, account=current().twilio_account_sid)
    assert media.fetch_media(noted(scene, url)) == "other_address"


def store_at(stranger: HTTPServer) -> tuple[MediaStore, str]:
    """A store that takes this server for Twilio."""
    url = f"http://127.0.0.1:{stranger.server_port}/twilio"
    settings = replace(current(), twilio_url=url)
    return MediaStore.from_settings(
        settings
    ), f"http://127.0.0.1:{stranger.server_port}{path(settings.twilio_account_sid)}"


@pytest.mark.parametrize("leads", [
    "https://example.com/x.png", "https://amazonaws.com.example.com/x", "http://media.twiliocdn.com/x",
    "https://s3.amazonaws.com:8443/x", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd",
])  # fmt: skip
def test_a_redirect_to_anywhere_else_is_not_followed(scene: Scene, stranger: HTTPServer, leads: str):
    stranger.status, stranger.leads = 307, leads
    store, url = store_at(stranger)
    with pytest.raises(MediaRefused, match="other_storage"):
        store.fetch(url, "image/png")
    assert len(stranger.seen) == 1


def test_a_redirect_is_followed_once_and_without_the_login(scene: Scene, stranger: HTTPServer):
    stranger.status, stranger.leads = 307, "/elsewhere"
    store, url = store_at(stranger)
    with pytest.raises(MediaRefused, match="redirected_twice"):
        store.fetch(url, "image/png")
    assert [bool(login) for login in stranger.seen] == [True, False]


def test_what_is_gone_is_gone(scene: Scene):
    url = f"{current().twilio_url}/2010-04-01/Accounts/{current().twilio_account_sid}/Messages/MM1/Media/ME1"
    assert media.fetch_media(noted(scene, url)) == "gone"

"""The staff at their browsers: each has a context of her own, signs in with both factors, and is watched for errors."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from bot import clock
from jobs.demo import staff as demo_staff
from models.rules.staff import Role
from tests.support.chromium import PATIENCE_MS
from tests.support.panel import PASSWORD, Hired, hire

OWNER, FINANCE = "owner@demo.example", "finance@demo.example"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@dataclass
class Colleague:
    """Somebody with a page open. `complaints`: what her browser's console had to say, and what was not found."""

    page: Page
    email: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> int:
        """Open a page of the panel; the status."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{kind}: {text}")


class Office:
    """Where the staff work."""

    def __init__(self, browser: Browser, url: str, folder: Path) -> None:
        self._browser, self._url = browser, url
        self.known = {each.email: each for each in demo_staff.colleagues(folder)}
        self._contexts: list[BrowserContext] = []

    def nobody(self, viewport: dict[str, int] | None = None, **more: object) -> Colleague:
        """A browser that nobody has signed in with."""
        context = self._browser.new_context(base_url=self._url, viewport=viewport or DESK, **more)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        return Colleague(context.new_page(), "")

    def enter(self, email: str, viewport: dict[str, int] | None = None, **more: object) -> Colleague:
        """One of the demo's staff, signed in."""
        known = self.known[email]
        return self._sign_in(email, known.password, known.code(clock.now()), viewport, **more)

    def hired(self, role: Role, *, name: str, phone: str, viewport: dict[str, int] | None = None) -> Colleague:
        """Somebody more, signed in."""
        who: Hired = hire(role, clock.now(), email=f"{role.value}.more@demo.example", name=name, phone=phone)
        return self._sign_in(who.email, PASSWORD, who.code(clock.now()), viewport)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _sign_in(
        self, email: str, password: str, code: str, viewport: dict[str, int] | None, **more: object
    ) -> Colleague:
        somebody = self.nobody(viewport, **more)
        page = somebody.page
        somebody.email = email
        somebody.go("/admin/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("The six digits").fill(code)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/admin/")
        return somebody

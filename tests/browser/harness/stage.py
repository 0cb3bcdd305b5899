"""Browsers for stories: each visitor is one person at one screen, and every visited page can be checked."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, Response, ViewportSize

if TYPE_CHECKING:
    from tenancy.models import Person
    from tests.browser.harness.server import Server

Theme = Literal["light", "dark"]

ROOT = Path(__file__).resolve().parents[3]
PICTURES = ROOT / ".data" / "pictures"
WIDTHS = (390, 1440)
THEMES: tuple[Theme, ...] = ("light", "dark")
# Debian's Chromium calls home and wants a graphics card, unless told otherwise.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str | None:
    """The Chromium of this machine: CHROMIUM, or one of the usual names; None when there is none."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def screen(width: int) -> ViewportSize:
    """The screen of a desk or of a phone."""
    return {"width": width, "height": 900 if width > 500 else 844}


@cache
def _axe() -> str:
    return (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@dataclass(slots=True)
class Visitor:
    """One person (or a stranger) at one screen."""

    stage: Stage
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def visit(
        self, address: str, *, status: int = 200, until: Literal["load", "networkidle"] = "networkidle"
    ) -> Response:
        """Open a page of the product and wait until nothing moves; any other status than ``status`` is an error.

        Half a second of silence is what ``networkidle`` waits for; ``load`` is for those who stay longer anyway.
        """
        self.complaints.clear()
        response = self.page.goto(self.stage.server.url + address)
        assert response is not None, f"{address} did not load"
        assert response.status == status, f"{address} answered {response.status}, not {status}"
        self.page.wait_for_load_state(until)
        if status >= 400:
            # Chromium writes every such answer of a page into the console; this one was expected.
            self.complaints = [text for text in self.complaints if f"status of {status}" not in text]
        return response

    def check(self) -> None:
        """Nothing wrong for axe, nothing in the console, nothing wider than the screen, nobody else was asked."""
        where = f"{self.page.url} at {self.page.viewport_size}"
        found = self.violations()
        assert found == [], f"axe on {where}:\n" + "\n".join(found)
        assert self.complaints == [], f"console on {where}: {self.complaints}"
        assert self.strangers == [], f"{where} called other hosts: {self.strangers}"
        too_wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{where} is {too_wide} px wider than the screen"

    def check_every_look(self) -> None:
        """``check`` at both widths and in both themes, on the page as it stands: nothing is loaded again."""
        for theme in THEMES:
            # Without motion, so that no colour is on its way from one theme to the other when axe measures it.
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            for width in WIDTHS:
                self.page.set_viewport_size(screen(width))
                self.settle()
                self.check()

    def settle(self) -> None:
        """Wait until the page has been painted again."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def violations(self) -> list[str]:
        """What axe objects to, one line per rule."""
        # Evaluated, not added as a script tag: the page's own policy would rightly refuse that.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(f"() => {{ {_axe()} }}")
        options = {"runOnly": AXE_TAGS, "resultTypes": ["violations"]}
        found: list[dict[str, Any]] = self.page.evaluate(
            "options => axe.run(document, options).then(result => result.violations)", options
        )
        return [
            f"{rule['id']}: {rule['help']} – {[node['target'] for node in rule['nodes']][:4]} "
            f"{rule['nodes'][0].get('failureSummary', '')}"
            for rule in found
        ]

    def screenshot(self, name: str, *, full: bool = True) -> Path:
        """Keep a picture of the page as ``.data/pictures/NAME.png``."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        self.page.screenshot(path=path, full_page=full)
        return path

    def close(self) -> None:
        """Leave."""
        self.context.close()


class Stage:
    """Opens visitors; closes them at the end of the test."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser = browser
        self.server = server
        self._visitors: list[Visitor] = []
        self._sessions: dict[int, Any] = {}

    def visitor(
        self,
        person: Person | None = None,
        *,
        width: int = 1440,
        theme: Theme = "light",
        javascript: bool = True,
        **context_options: Any,
    ) -> Visitor:
        """A new browser window, signed in as ``person`` where one is given."""
        context = self.browser.new_context(
            viewport=screen(width),
            color_scheme=theme,
            locale="de-DE",
            timezone_id="Europe/Berlin",
            java_script_enabled=javascript,
            **context_options,
        )
        context.set_default_timeout(15_000)
        if person is not None:
            context.add_cookies([self.sign_in(person)])
        visitor = Visitor(self, context, context.new_page())
        self._listen(visitor)
        self._visitors.append(visitor)
        return visitor

    def check_everywhere(self, address: str, person: Person | None = None, *, status: int = 200) -> None:
        """Visit and check a page at both widths and in both themes."""
        visitor = self.visitor(person)
        visitor.visit(address, status=status)
        visitor.check_every_look()
        visitor.close()

    def close(self) -> None:
        """Close all windows."""
        for visitor in self._visitors:
            visitor.close()
        self._visitors.clear()

    def sign_in(self, person: Person) -> Any:
        """The cookie of the person's session, the same in all of their windows."""
        if person.pk not in self._sessions:
            client = Client()
            client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            self._sessions[person.pk] = {"name": cookie.key, "value": cookie.value, "url": self.server.url}
        return self._sessions[person.pk]

    def _listen(self, visitor: Visitor) -> None:
        own = urlsplit(self.server.url).netloc

        def note_request(request: Request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != own:
                visitor.strangers.append(request.url)

        page = visitor.page
        page.on("request", note_request)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: visitor.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )


def launch(playwright: Playwright, program: str) -> Browser:
    """Start the machine's own Chromium; nothing is downloaded."""
    return playwright.chromium.launch(executable_path=program, args=ARGUMENTS)

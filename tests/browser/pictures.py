"""Take the pictures of the README from a running installation with the demo loaded.

Usage: python -m tests.browser.pictures http://127.0.0.1:8000 ADDRESS PASSWORD [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.harness.stage import ROOT, Theme, chromium, launch

#: Name of the picture, address, width and theme.
PICTURES: tuple[tuple[str, str, int, Theme], ...] = (
    ("start", "/", 1440, "light"),
    ("start-dark", "/", 1440, "dark"),
    ("start-phone", "/", 390, "light"),
    ("experiences", "/erfahrungen/", 1440, "light"),
    ("networks", "/netzwerke/", 1440, "light"),
    ("events", "/veranstaltungen/", 1440, "light"),
    ("chat", "/chat/", 1440, "light"),
    ("chat-phone-dark", "/chat/", 390, "dark"),
)


def take(browser: Browser, site: str, address: str, password: str, folder: Path) -> None:
    """Sign in once, then visit each page and keep what the screen shows."""
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(f"{site}/konto/login/")
    page.fill("input[name=login]", address)
    page.fill("input[name=password]", password)
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    cookies = context.cookies()
    for name, path, width, theme in PICTURES:
        window = browser.new_context(
            locale="de-DE",
            timezone_id="Europe/Berlin",
            color_scheme=theme,
            viewport={"width": width, "height": 900 if width > 500 else 844},
            device_scale_factor=1 if width > 500 else 2,
        )
        window.add_cookies([{"name": c["name"], "value": c["value"], "url": site} for c in cookies])
        shown = window.new_page()
        shown.goto(f"{site}{path}")
        shown.wait_for_load_state("networkidle")
        shown.screenshot(path=folder / f"{name}.png")
        window.close()
        sys.stdout.write(f"{name}.png\n")


def main(arguments: list[str]) -> None:
    """Read the command line and take all pictures."""
    program = chromium()
    if program is None or len(arguments) < 3:
        sys.exit(__doc__ if program else "No Chromium on this machine.")
    folder = Path(arguments[3]) if len(arguments) > 3 else ROOT / "platform" / "handbook" / "pictures"
    with sync_playwright() as playwright:
        browser = launch(playwright, program)
        take(browser, arguments[0].rstrip("/"), arguments[1], arguments[2], folder)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])

"""Take the pictures of the README from a running installation with the demo loaded.

Usage: python -m tests.browser.pictures http://127.0.0.1:8000 PASSWORD [FOLDER]
"""

from __future__ import annotations

import base64
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.harness.stage import ROOT, Theme, chromium, launch, screen

WHO = "mara.musterlotsin@konstanz.example"
FOLDER = ROOT / "platform" / "handbook" / "pictures"


@dataclass(frozen=True, slots=True)
class Picture:
    """What to show: an address and, where its number is not known, the link to follow from there."""

    name: str
    address: str
    follow: str = ""
    width: int = 1440
    theme: Theme = "light"


# The chat comes last: whoever has seen it has nothing new on the start page.
PICTURES = (
    Picture("start", "/"),
    Picture("start-dunkel", "/", theme="dark"),
    Picture("start-telefon", "/", width=390),
    Picture("erfahrung", "/erfahrungen/?q=fachämter", follow="E-Akte einführen, ohne die Fachämter zu verlieren"),
    Picture("netzwerk", "/netzwerke/heidelberg/"),
    Picture("veranstaltung", "/veranstaltungen/", follow="Lotsen gewinnen und halten"),
    Picture("chat", "/chat/", follow="#KNmeetsHN"),
    Picture("chat-telefon", "/chat/", follow="#KNmeetsHN", width=390, theme="dark"),
)


def take(browser: Browser, site: str, password: str, folder: Path) -> None:
    """Sign in once, then visit each page and keep what the screen shows as WebP."""
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(f"{site}/konto/login/")
    page.fill("input[name=login]", WHO)
    page.fill("input[name=password]", password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{site}/")
    cookies = context.cookies()
    blank = browser.new_page()
    for picture in PICTURES:
        window = browser.new_context(
            locale="de-DE",
            timezone_id="Europe/Berlin",
            color_scheme=picture.theme,
            reduced_motion="reduce",
            viewport=screen(picture.width),
            device_scale_factor=1 if picture.width > 500 else 2,
        )
        window.add_cookies([{"name": c["name"], "value": c["value"], "url": site} for c in cookies])
        shown = window.new_page()
        shown.goto(f"{site}{picture.address}")
        if picture.follow:
            shown.get_by_role("main").get_by_role("link", name=picture.follow).or_(
                shown.get_by_role("navigation", name="Unterhaltungen").get_by_role("link", name=picture.follow)
            ).first.click()
        shown.wait_for_load_state("networkidle")
        kept = folder / f"{picture.name}.webp"
        kept.write_bytes(as_webp(blank, shown.screenshot()))
        window.close()
        sys.stdout.write(f"{kept.name}: {kept.stat().st_size // 1000} kB\n")


def as_webp(page: Page, png: bytes) -> bytes:
    """The same picture at a fifth of the size; the browser itself knows how."""
    address = page.evaluate(
        """async png => {
            const image = new Image();
            image.src = `data:image/png;base64,${png}`;
            await image.decode();
            const canvas = document.createElement("canvas");
            canvas.width = image.naturalWidth;
            canvas.height = image.naturalHeight;
            canvas.getContext("2d").drawImage(image, 0, 0);
            return canvas.toDataURL("image/webp", 0.9);
        }""",
        base64.b64encode(png).decode(),
    )
    return base64.b64decode(address.partition(",")[2])


def main(arguments: list[str]) -> None:
    """Read the command line and take all pictures."""
    program = chromium()
    if program is None or len(arguments) < 2:
        sys.exit(__doc__ if program else "No Chromium on this machine.")
    folder = Path(arguments[2]) if len(arguments) > 2 else FOLDER
    with sync_playwright() as playwright:
        browser = launch(playwright, program)
        take(browser, arguments[0].rstrip("/"), arguments[1], folder)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])

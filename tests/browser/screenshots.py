"""Makes the pictures in docs/screenshots anew, from the app itself: 64 futures, 1280 by 720 pixels.

    python -m tests.browser.screenshots

Run it from the project's root after a change that a reader of the README would see. It needs what
the browser tests need, and takes about a minute. It is not a test, and no test reads the pictures.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.server import ROOT, Server
from tests.browser.visit import look, settled
from tests.conftest import CHROMIUM_ARGUMENTS, find_chromium

FOLDER = ROOT / "docs" / "screenshots"
FUTURES = 64
PATIENCE = 600_000  # milliseconds, for 64 futures of three scenarios on a busy machine
WINDOW = {"width": 1280, "height": 720}
PICTURES = {  # name of the file: colour scheme and link
    "simulate-light": ("light", "/?s=fear_lockdown"),
    "simulate-dark": ("dark", "/?s=fear_lockdown"),
    "compare-light": ("light", "/compare?c=status_quo&c=fear_lockdown&c=american_open_push"),
}


def main() -> None:
    """Start the app on an empty database, take every picture, and end the app."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "scenarios.sqlite", futures=FUTURES)
        server.start()
        try:
            browser = playwright.chromium.launch(
                executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS
            )
            for name, (scheme, link) in PICTURES.items():
                take(browser, server.url + link, scheme, FOLDER / f"{name}.png")
            browser.close()
        finally:
            server.stop()


def take(browser: Browser, address: str, scheme: str, file: Path) -> None:
    """Write one picture of a page on which all futures are shown."""
    context = browser.new_context(viewport=WINDOW, color_scheme=scheme, device_scale_factor=1)
    page = context.new_page()
    page.goto(address)
    look(settled(page, PATIENCE).get_by_test_id("stApp"))
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main()

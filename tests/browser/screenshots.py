"""Makes the pictures in docs/screenshots anew, from the app itself, with 64 futures.

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
SMALL, LARGE = (1280, 720), (1920, 1080)
FEAR = "/?s=fear_lockdown"
THREE = "/compare?c=status_quo&c=fear_lockdown&c=american_open_push"
PICTURES = {  # name of the file: colour scheme, window and link
    "simulate-light": ("light", SMALL, FEAR),
    "simulate-dark": ("dark", SMALL, FEAR),
    "simulate-light-1920": ("light", LARGE, FEAR),
    "simulate-dark-1920": ("dark", LARGE, FEAR),
    "compare-light": ("light", SMALL, THREE),
    "compare-dark": ("dark", SMALL, THREE),
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
            for name, (scheme, window, link) in PICTURES.items():
                take(browser, server.url + link, scheme, window, FOLDER / f"{name}.png")
            browser.close()
        finally:
            server.stop()


def take(browser: Browser, address: str, scheme: str, window: tuple[int, int], file: Path) -> None:
    """Write one picture of a page on which all futures are shown."""
    width, height = window
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=1
    )
    page = context.new_page()
    page.goto(address)
    look(settled(page, PATIENCE).get_by_test_id("stApp"))
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main()

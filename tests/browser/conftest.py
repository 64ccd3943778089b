"""A server for the session, and visits to it that fail on anything a visitor should not meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.server import Server
from tests.browser.visit import PATIENCE
from tests.browser.watch import Watch

expect.set_options(timeout=PATIENCE)  # what comes after futures were run may take this long

FUTURES = 8
WINDOW = {"width": 1280, "height": 1400}  # tall: nothing has to be scrolled into view


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return the app, running on an empty database."""
    served = Server(tmp_path_factory.mktemp("server") / "scenarios.sqlite", futures=FUTURES)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a path of the app as a visitor the browser has never seen.

    A script given as `watching` runs in the page before anything else does.
    """
    watch = Watch(server.url)
    contexts: list[BrowserContext] = []
    printed_before = len(server.printed)

    def opened(path: str = "/", *, watching: str = "", **settings: Any) -> Page:
        context = browser.new_context(**({"viewport": WINDOW} | settings))
        contexts.append(context)
        watch.follow(context)
        if watching:
            context.add_init_script(watching)
        page = context.new_page()
        page.goto(server.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not watch.complaints
    assert "Traceback" not in "".join(server.printed[printed_before:])

"""What axe-core finds on each page: nothing serious, light or dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.visit import settled

Visit = Callable[..., Page]
WITH_FUTURES = ("/", "/?l=us_foreign_model_ban:0.9", "/compare?c=status_quo&c=fear_lockdown")
WITHOUT = ("/claims", "/evidence", "/briefing")


def grave(page: Page) -> list[str]:
    """Return what is found to be serious or critical: the rule and the first place."""
    return [
        f"{found['id']}: {found['nodes'][0]['html'][:200]}"
        for found in Axe().run(page).response["violations"]
        if found["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("path", [*WITH_FUTURES, *WITHOUT])
def test_an_audit_finds_nothing_serious_in_light_and_dark(visit: Visit, path: str) -> None:
    page = visit(path, color_scheme="light")
    if path in WITH_FUTURES:
        settled(page)
    else:
        page.get_by_role("heading", level=3).first.wait_for()
        page.locator("[data-test-script-state=notRunning]").wait_for()
    assert grave(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(1000)  # colours fade over
    assert grave(page) == []

"""What was made is there again: after a reload, after a restart, and for whoever gets the link."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.visit import (
    choose,
    headlines,
    move,
    press,
    save,
    settled,
    slider,
    title,
)

Visit = Callable[..., Page]


def reopened(page: Page, name: str) -> list[str]:
    """Open a saved scenario and return its numbers."""
    choose(settled(page), "Scenario", f"Saved: {name}")
    title(page, name)
    return headlines(settled(page))


def query(link: str) -> dict[str, list[str]]:
    """Return what a link asks for, however it is written."""
    return parse_qs(urlsplit(link).query)


def test_a_saved_scenario_outlives_a_reload_and_the_server(visit: Visit, server: Server) -> None:
    page = settled(visit())
    status_quo = headlines(page)
    kept = headlines(move(page))
    save(page, "To be kept")
    page.goto(server.url)
    assert headlines(settled(page)) == status_quo
    assert reopened(page, "To be kept") == kept
    page.context.close()
    server.restart()
    assert reopened(visit(), "To be kept") == kept


def test_a_link_restores_the_scenario_for_a_stranger(visit: Visit, server: Server) -> None:
    mine = settled(visit())
    choose(mine, "Scenario", "Fear and lockdown")
    expect(slider(mine)).to_have_value("90")  # levers are drawn after the title
    press(mine, "ArrowLeft", times=3)
    title(mine, "Fear and lockdown (edited)")
    settled(mine).get_by_role("button", name="Share").click()
    link = mine.get_by_test_id("stCode").inner_text()
    told = query(link)
    assert told.pop("d")  # the digest of its numbers
    assert told == query(mine.url)  # the address bar will do as well
    theirs = settled(visit(link.removeprefix(server.url)))
    title(theirs, "Fear and lockdown (edited)")
    assert headlines(theirs) == headlines(mine)
    for page in (mine, theirs):
        expect(slider(page)).to_have_value("75")

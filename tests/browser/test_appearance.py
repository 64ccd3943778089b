"""The pages can be read: on a telephone, in the dark, and while futures are still coming in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripts import CONTRASTS, OVERFLOWING, RECORDER
from tests.browser.visit import eventually, headlines, lever, move, press, settled

Visit = Callable[..., Page]
LEAST_CONTRAST = 4.5
KINDS = {"Simulate", "Fear and lockdown", "Explanation and stress-testing, not a forecast."}
SETTLING_FRAMES = 15  # a quarter of a second
PHONE = {"width": 390, "height": 844}
PAGES = pytest.mark.parametrize(
    "path",
    ["/?s=fear_lockdown", "/compare?c=status_quo&c=fear_lockdown"],
    ids=["simulate", "compare"],
)


def jumps(page: Page) -> set[str]:
    """Return the cards and charts that were elsewhere while a preview was shown.

    They count from the first frame in which every chart is drawn, and after the last in which the
    page itself was elsewhere and the few in which its cards then find their width: the panel of a
    page just opened slides in beside it.
    """
    at_last, seen = page.evaluate("places()"), page.evaluate("seen")
    drawn = (at for at, boxes in enumerate(seen) if boxes.keys() >= at_last.keys())
    seen = seen[next(drawn, len(seen)) :]
    moving = [at for at, boxes in enumerate(seen) if boxes["page"] != at_last["page"]]
    still = seen[moving[-1] + 1 + SETTLING_FRAMES :] if moving else seen
    return {
        f"{place}: {box}, at last {at_last[place]}"
        for boxes in still
        for place, box in boxes.items()
        if box != at_last[place]
    }


def background(page: Page) -> str:
    """Return the colour of the page."""
    return str(page.get_by_test_id("stApp").evaluate("(e) => getComputedStyle(e).backgroundColor"))


def faint_words(page: Page) -> list[str]:
    """Return the words on the page, outside charts, that are hard to read."""
    found = page.evaluate(CONTRASTS)
    assert {text for text, _ in found} >= KINDS
    return [f"{text}: {contrast:.1f}" for text, contrast in found if contrast < LEAST_CONTRAST]


@PAGES
def test_nothing_is_wider_than_a_telephone(visit: Visit, path: str) -> None:
    page = settled(visit(path, viewport=PHONE))
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert page.evaluate(OVERFLOWING) == []


def test_levers_can_be_reached_on_a_telephone(visit: Visit) -> None:
    page = settled(visit(viewport=PHONE, has_touch=True))
    before = headlines(page)
    expect(lever(page)).not_to_be_in_viewport()
    page.get_by_test_id("stExpandSidebarButton").tap()
    lever(page).scroll_into_view_if_needed()
    expect(lever(page)).to_be_in_viewport(ratio=1)
    assert headlines(move(page)) != before


@PAGES
def test_words_stand_out_from_their_ground_in_light_and_dark(visit: Visit, path: str) -> None:
    page = settled(visit(path, color_scheme="light"))
    assert faint_words(page) == []
    light = background(page)
    page.emulate_media(color_scheme="dark")
    assert eventually(lambda: background(page) != light)
    assert faint_words(page) == []


@pytest.mark.parametrize(
    "path",
    ["/?l=eu_open_funding:500", "/compare?c=no_policy&c=eu_middle_way"],
    ids=["simulate", "compare"],
)
def test_nothing_jumps_from_the_first_futures_to_the_last(visit: Visit, path: str) -> None:
    page = settled(visit(path, watching=RECORDER))
    assert page.evaluate("seen.length") > 0
    assert jumps(page) == set()


def test_no_chart_jumps_when_a_lever_is_moved(visit: Visit) -> None:
    page = settled(visit(watching=RECORDER))
    press(page, "End", label="Chip export controls on China")
    expect(lever(page, "chip_export_controls")).to_contain_text("→")
    settled(page)
    assert page.evaluate("seen.some((boxes) => 'card_large_0 chart' in boxes)")
    assert jumps(page) == set()

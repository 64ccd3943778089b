"""The Simulate page explains itself: reasons, one actor's story, a replay, a choice of views."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripts import NAMELESS, UNREACHABLE
from tests.browser.visit import (
    PATIENCE,
    eventually,
    move,
    settled,
    tool,
)

Visit = Callable[..., Page]
LIABLE = "/?l=us_open_liability:400"
REPLAYED = """
new MutationObserver(() => {
  const captions = [...document.querySelectorAll("[data-testid=stCaptionContainer]")];
  if (captions.some((e) => e.textContent.includes("before the last change")))
    window.replayed = [...document.querySelectorAll("[data-testid=stMetricValue]")]
      .map((e) => e.innerText);
}).observe(document, { childList: true, subtree: true, characterData: true });
"""
SIZES = [{"width": 1280, "height": 900}, {"width": 390, "height": 844}]


def values(page: Page) -> list[str]:
    return page.get_by_test_id("stMetricValue").all_inner_texts()


def story(page: Page) -> Page:
    page.locator(".st-key-story_labs_US").get_by_role("button").click()
    expect(page.get_by_role("dialog").get_by_role("table")).to_be_visible()
    return page


def test_a_story_is_told_of_one_laboratory_and_then_of_another(visit: Visit) -> None:
    dialog = story(settled(visit(LIABLE))).get_by_role("dialog")
    told = dialog.get_by_role("table").inner_text()
    assert "keeps the weights" in told
    assert "licence and liability" in told
    rows = dialog.get_by_role("row").count()
    dialog.get_by_text("Only what differs").click()
    assert eventually(lambda: dialog.get_by_role("row").count() > rows)
    dialog.get_by_role("combobox", name="Laboratory").click()
    dialog.page.get_by_role("option", name="Mistral").click()
    assert eventually(lambda: dialog.get_by_role("table").inner_text() != told)


def test_a_check_counts_again_with_the_lever_held(visit: Visit) -> None:
    page = settled(visit(LIABLE))
    page.locator(".st-key-check_labs_US").get_by_role("button").click()
    card = page.locator(".st-key-why_labs_US")
    expect(card).to_contain_text("the same way in 0 of 100 futures instead of")


def test_a_replay_shows_the_page_before_the_last_change_and_then_as_it_is(visit: Visit) -> None:
    page = settled(visit(watching=REPLAYED))
    before = values(page)
    after = values(move(page))
    assert after != before
    tool(page, "replay").click()
    page.wait_for_function("window.replayed", timeout=PATIENCE)
    assert page.evaluate("window.replayed") == before
    expect(page.get_by_text("before the last change")).to_have_count(0)
    assert values(settled(page)) == after


def test_a_chart_can_be_shown_as_dots_and_the_link_says_so(visit: Visit) -> None:
    page = settled(visit(LIABLE))
    page.locator(".st-key-choose_0").get_by_role("button").first.click()
    page.get_by_role("radio", name="Futures as dots").click()
    expect(page).to_have_url(re.compile("g=dots"))
    settled(page)
    expect(page.locator(".st-key-card_large_0")).to_contain_text("last month")
    expect(page.locator(".st-key-spot_large_0")).to_contain_text("twenty dots")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size["width"]))
def test_every_control_has_a_name_and_everything_can_be_reached(
    visit: Visit, size: dict[str, int]
) -> None:
    page = settled(visit(LIABLE, viewport=size))
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(UNREACHABLE) == []
    story(page)
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(UNREACHABLE) == []

"""The Simulate page answers a moved lever with other numbers and other charts."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.visit import (
    chart,
    drawn,
    eventually,
    headlines,
    lever,
    look,
    looks_unlike,
    move,
    press,
    settled,
    slider,
    told,
    tool,
)

Visit = Callable[..., Page]
MARKED = """() => [...document.querySelectorAll("svg.marks")]
  .map((chart) => chart.setAttribute("data-before", "")).length"""
DRAWN = "(paths) => paths.map((path) => path.getAttribute('d'))"
LARGE = ("large_0", "large_1")
PLACES = (*LARGE, "small_0", "small_1", "small_2", "small_3")


def test_the_page_opens_with_four_numbers_and_six_charts_that_show_something(
    visit: Visit,
) -> None:
    page = settled(visit())
    assert all(any(c.isdigit() for c in number) for number in headlines(page))
    assert len(headlines(page)) == 4
    for place in PLACES:
        assert eventually(lambda place=place: drawn(chart(page, place)) > 0.5), place


def test_a_moved_lever_is_marked_and_changes_the_chart_and_the_numbers(visit: Visit) -> None:
    page = settled(visit())
    picture, numbers = look(chart(page, "large_0")), headlines(page)
    press(page, "ArrowRight", times=8)
    expect(lever(page)).to_contain_text("5\xa0% → 45\xa0%")
    expect(page.locator(".st-key-reset_us_foreign_model_ban")).to_be_visible()
    settled(page)
    assert headlines(page) != numbers
    assert eventually(lambda: looks_unlike(chart(page, "large_0"), picture))


def test_charts_take_new_data_and_are_not_built_anew(visit: Visit) -> None:
    page = settled(visit())
    words = told(page, "large_0")
    assert page.evaluate(MARKED) == len(LARGE)
    press(page, "ArrowRight")  # a small move, which needs no other axes
    assert eventually(lambda: told(page, "large_0") != words)
    settled(page)
    assert page.locator("svg.marks[data-before]").count() == len(LARGE)


def test_small_charts_are_drawn_again_and_tell_a_month_to_the_pointer(visit: Visit) -> None:
    page = settled(visit())
    words = told(page, "small_0")
    lines = chart(page, "small_0").locator("path").evaluate_all(DRAWN)
    assert len(lines) == 4  # two bands, scenario and status quo
    move(page)
    assert eventually(lambda: told(page, "small_0") != words)
    assert chart(page, "small_0").locator("path").evaluate_all(DRAWN)[:4] != lines
    month = page.locator(".st-key-card_small_0 .month")
    expect(month).to_be_hidden()
    box = chart(page, "small_0").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.999, box["y"] + box["height"] / 2)
    expect(month).to_have_attribute("data-told", re.compile(r"^Dec 2032: [\d.]+\xa0%\n90 % of "))
    page.mouse.move(0, 0)
    expect(month).to_be_hidden()


def test_undo_takes_a_move_back_and_redo_brings_it_again(visit: Visit) -> None:
    page = settled(visit())
    picture, words, numbers = look(chart(page, "large_0")), told(page, "large_0"), headlines(page)
    moved_numbers = headlines(move(page))
    assert moved_numbers != numbers
    assert eventually(lambda: looks_unlike(chart(page, "large_0"), picture))
    moved_picture, moved_words = look(chart(page, "large_0")), told(page, "large_0")
    assert moved_words != words

    tool(page, "undo").click()
    expect(lever(page)).not_to_contain_text("→")
    expect(slider(page)).to_have_value("5")
    assert headlines(settled(page)) == numbers
    assert eventually(lambda: told(page, "large_0") == words)
    assert eventually(lambda: looks_unlike(chart(page, "large_0"), moved_picture))
    picture = look(chart(page, "large_0"))

    tool(page, "redo").click()
    expect(lever(page)).to_contain_text("→")
    assert headlines(settled(page)) == moved_numbers
    assert eventually(lambda: told(page, "large_0") == moved_words)
    assert eventually(lambda: looks_unlike(chart(page, "large_0"), picture))

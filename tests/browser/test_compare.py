"""The Compare page shows where scenarios differ; a scenario does not differ from itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.scripts import OVERFLOWING
from tests.browser.visit import CHART, PATIENCE, drawn, eventually, move, save, settled, title

Visit = Callable[..., Page]
PHONE = {"width": 390, "height": 844}


def are_drawn(page: Page) -> bool:
    """Return whether there are two charts, of levels and of differences, with lines in them."""
    charts = page.locator(CHART).all()
    assert len(charts) == 2
    return eventually(lambda: min(drawn(seen) for seen in charts) > 0.5)


def tables(page: Page) -> tuple[Locator, Locator]:
    """Return the tables of outcomes and of levers."""
    outcomes, levers = page.get_by_role("table").all()
    return outcomes, levers


def test_two_presets_are_drawn_and_their_differences_told(visit: Visit) -> None:
    page = settled(visit("/compare?c=status_quo&c=fear_lockdown"))
    assert are_drawn(page)
    outcomes, levers = tables(page)
    expect(outcomes.get_by_role("row").nth(1)).to_contain_text("points, lower in 100 of 100")
    expect(levers.get_by_role("row", name="US ban on Chinese models")).to_contain_text("90\xa0%")


def test_a_scenario_does_not_differ_from_itself(visit: Visit) -> None:
    name = "Nothing moved, said twice"  # with a comma, as titles have them
    save(settled(visit()), name)
    outcomes, levers = tables(settled(visit(f"/compare?c=status_quo&c={name}")))
    told = outcomes.get_by_role("row").all_inner_texts()[1:]
    assert len(told) > 4
    assert [row for row in told if "no change" not in row] == []
    expect(levers).to_contain_text("No lever differs")


def test_compare_is_one_click_from_simulate_and_offers_the_scenario_in_hand(visit: Visit) -> None:
    page = move(settled(visit()))
    page.get_by_role("link", name="Compare").click()
    title(page, "Compare scenarios")
    assert are_drawn(settled(page))
    assert eventually(lambda: is_in_hand(page))
    column = page.get_by_role("columnheader", name="Status quo, November 2026")
    expect(column).to_have_count(4)  # the status quo, and the status quo with a lever moved


def is_in_hand(page: Page) -> bool:
    """Choose the scenario in hand unless it is chosen, and return whether it is after a while: a
    list that is drawn anew while it is open may lose what is clicked."""
    chosen = page.locator(".st-key-compared").get_by_text("In hand")
    if chosen.count():
        return True
    page.get_by_role("combobox", name="Scenarios").click()
    page.get_by_role("option", name="In hand").click()
    page.keyboard.press("Escape")  # an open list hides the page behind it from all who cannot see
    page.wait_for_timeout(5_000)
    return chosen.count() > 0


def test_levers_are_shared_out_on_a_press_with_a_waterfall_and_lines(visit: Visit) -> None:
    page = settled(visit("/compare?c=status_quo&c=china_closes_weights"))
    page.get_by_role("button", name="Share the difference out").click()
    pairs = page.get_by_text("What pairs of levers do together")
    expect(pairs).to_be_visible(timeout=3 * PATIENCE)
    expect(page.locator(CHART)).to_have_count(4)
    waterfall, lines = page.locator(CHART).all()[2:]
    assert eventually(lambda: drawn(waterfall) > 0.02)
    assert eventually(lambda: drawn(lines) > 0.3)
    page.set_viewport_size(PHONE)
    assert eventually(lambda: page.evaluate(OVERFLOWING) == [])


def test_a_chart_can_be_taken_away_as_a_picture_and_as_numbers(visit: Visit) -> None:
    page = settled(visit("/compare?c=status_quo&c=fear_lockdown"))
    page.get_by_role("button", name="Files").first.click()
    starts = {"Picture (PNG)": b"\x89PNG", "Picture (SVG)": b"<svg", "Numbers (CSV)": b"# "}
    for words, start in starts.items():
        with page.expect_download(timeout=PATIENCE) as taken:
            page.get_by_role("button", name=words).click()
        assert Path(taken.value.path()).read_bytes().startswith(start)

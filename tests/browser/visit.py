"""What a visitor sees and does: numbers, charts, levers; found by role, label and key."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

PATIENCE = 60_000  # milliseconds; a slow machine may take this long, none should
BAN = "US ban on Chinese models"
CHART = ":is([role=graphics-document], .small-chart .lines:has(svg))"

# Pictures are compared in the page: it can read a PNG, and no library is needed for it.
_PIXELS = """
const pixels = async (png, share) => {
  const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes]));
  const width = Math.floor(image.width * share), height = image.height;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  return { width, data: context.getImageData(0, 0, width, height).data };
};
"""
# Left of the labels: in which share of the columns of pixels at least two are coloured, as where a
# line or a band is. Rules are thinner, grids, axes and words are grey, and so do not count.
_COLOURED = f"""async (png) => {{ {_PIXELS}
  const {{ width, data }} = await pixels(png, 2 / 3);
  const coloured = new Array(width).fill(0);
  for (let at = 0; at < data.length; at += 4) {{
    const r = data[at], g = data[at + 1], b = data[at + 2];
    if (Math.max(r, g, b) - Math.min(r, g, b) > 60) coloured[(at / 4) % width] += 1;
  }}
  return coloured.filter((count) => count >= 2).length / width;
}}"""
# How many pixels differ so that one sees it: drawing the same twice may differ by a shade.
_DIFFERING = f"""async ([one, other]) => {{ {_PIXELS}
  const a = await pixels(one, 1), b = await pixels(other, 1);
  if (a.data.length !== b.data.length) return Infinity;
  let count = 0;
  for (let at = 0; at < a.data.length; at += 4)
    if ([0, 1, 2].some((i) => Math.abs(a.data[at + i] - b.data[at + i]) > 48)) count += 1;
  return count;
}}"""


def settled(page: Page, patience: int = PATIENCE) -> Page:
    """Wait until the last futures are shown, in all numbers, charts and tables."""
    expect(page.get_by_text("Explanation and stress-testing").first).to_be_visible(timeout=patience)
    page.locator("[data-test-script-state=notRunning]").wait_for(timeout=patience)
    expect(page.get_by_text("Preview", exact=True)).to_have_count(0, timeout=patience)
    cards_without = page.locator(f"[class*=st-key-card_]:not(:has({CHART}))")
    expect(cards_without).to_have_count(0, timeout=patience)
    if page.get_by_role("heading", name="Compare scenarios").count():
        expect(page.get_by_role("table")).to_have_count(2, timeout=patience)
    else:
        expect(page.get_by_test_id("stMetricValue")).to_have_count(4, timeout=patience)
    return page


def eventually(is_so: Callable[[], bool]) -> bool:
    """Return whether something becomes so; a browser draws when it finds the time."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def headlines(page: Page) -> list[str]:
    """Return the numbers on top with their changes, as text."""
    return page.get_by_test_id("stMetric").all_inner_texts()


def title(page: Page, words: str) -> None:
    """Wait until the page has a heading with these words."""
    expect(page.get_by_role("heading", name=words)).to_be_visible()


def chart(page: Page, place: str) -> Locator:
    """Return the chart on a card, by the card's key."""
    return page.locator(f".st-key-card_{place}").locator(CHART)


def told(page: Page, place: str) -> str:
    """Return every word of a chart, its labels and what is said to those who do not see it."""
    return page.locator(f".st-key-spot_{place}").text_content() or ""


def slider(page: Page, label: str = BAN) -> Locator:
    """Return the thumb of a lever."""
    return page.get_by_role("slider", name=label)


def lever(page: Page, name: str = "us_foreign_model_ban") -> Locator:
    """Return a lever with all that is said about it."""
    return page.locator(f".st-key-lever_{name}")


def press(page: Page, key: str, *, times: int = 1, label: str = BAN) -> None:
    """Hold a key on a lever, so that it moves by several steps and is let go once."""
    slider(page, label).focus()
    for _ in range(times):
        page.keyboard.down(key)
    page.keyboard.up(key)


def move(page: Page) -> Page:
    """Move a lever as far as it goes, and wait for what follows."""
    press(page, "End")
    expect(lever(page)).to_contain_text("→")
    return settled(page)


def tool(page: Page, name: str) -> Locator:
    """Return one of the small buttons on top of the page."""
    return page.locator(f".st-key-tool_{name}").get_by_role("button").first


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list."""
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()


def save(page: Page, name: str) -> None:
    """Save the scenario in hand under a name."""
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill(name)
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"Saved “{name}”")).to_be_visible()
    expect(dialog).to_have_count(0)


def saved_dialog(page: Page) -> Locator:
    """Open the list of saved scenarios and return it."""
    page.get_by_role("button", name="Saved", exact=True).click()
    return page.get_by_role("dialog")


def file_dialog(page: Page) -> Locator:
    """Open the list of saved scenarios where files are read, and return it."""
    dialog = saved_dialog(page)
    dialog.get_by_text("Read scenario files").click()
    return dialog


def look(seen: Locator) -> str:
    """Return a picture of something as soon as it holds still."""
    before = seen.screenshot()
    while (now := seen.screenshot()) != before:
        before = now
    return base64.b64encode(now).decode()


def looks_unlike(seen: Locator, picture: str) -> bool:
    """Return whether a reader sees that something has changed."""
    return bool(seen.page.evaluate(_DIFFERING, [look(seen), picture]) > 100)


def drawn(seen: Locator) -> float:
    """Return over which share of a chart's width a line or a band is drawn."""
    return float(seen.page.evaluate(_COLOURED, look(seen)))

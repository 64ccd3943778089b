"""A briefing in a real browser: the page without a network, the stage by keyboard alone.

The server is our own and small: its briefing is frozen from results made by hand, so that nothing
is run but the one what-if that a test asks for.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from sim.brief.content import brief_of
from sim.brief.deck import DeckSlide
from sim.brief.decks import Decks
from sim.brief.exports import made as export
from sim.brief.record import Brief
from sim.brief.templates import deck as from_template

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
SIZE = {"width": 1280, "height": 720}
KEY_TRIES = 24
SMALLEST_TYPE = 14.0  # pixels at 1280 by 720: the line at the foot
SMALLEST_WORDS = 16.0  # of what the room is to read


@pytest.fixture(scope="module")
def made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made", ROOT / "tests" / "brief" / "made.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def brief(made: ModuleType) -> Brief:
    return brief_of(
        made.comparison("status_quo", "ban", "fund"),
        date="2026-11-25",
        link="https://example.org/compare?c=status_quo&c=ban&c=fund",
    )


@pytest.fixture(scope="module")
def server(brief: Brief, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of the app with one briefing, and end it afterwards."""
    data = tmp_path_factory.mktemp("data")
    decks = Decks(data / "decks")
    names = ("status_quo", "fear_lockdown", "american_open_push")
    deck = from_template("ten", names, title="Ban or build", question="What does a ban change?")
    lever = DeckSlide(kind="what_if", scenario=0, lever="us_foreign_model_ban")
    deck = dataclasses.replace(deck, slides=(*deck.slides[:-2], lever, *deck.slides[-2:]))
    decks.save("Ten", decks.freeze(deck, brief))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    options = ["--server.port", str(port), "--server.headless", "true"]
    environment = os.environ | {
        "FRONTIER_COMMONS_DB": str(data / "scenarios.sqlite"),
        "FRONTIER_COMMONS_FUTURES": "2",
    }
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return once the server answers."""
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server does not answer")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
    yield context.new_page()
    context.close()


class Stage:
    """The stage as the room sees it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)
        self.root = page.locator(".fc-stage")

    def opened(self) -> Stage:
        self.page.wait_for_selector(".fc-stage[open]", timeout=120_000)
        return self

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def kind(self) -> str | None:
        return self.root.get_attribute("data-kind")

    @property
    def place(self) -> str:
        return self.root.locator(".place").inner_text()

    @property
    def words(self) -> str:
        return self.root.locator("main").inner_text()


def on_page(page: Page, server: str) -> Stage:
    """Open the page and, by key, the stage."""
    from playwright.sync_api import TimeoutError as TimedOut

    stage = Stage(page, f"{server}/briefing?deck=Ten")
    page.get_by_text("Presenting recomputes nothing").wait_for(timeout=120_000)
    page.wait_for_selector(".fc-stage", state="attached", timeout=60_000)
    for _ in range(KEY_TRIES):  # a key that is pressed while the page is drawn anew goes nowhere
        page.keyboard.press("p")
        with suppress(TimedOut):
            page.wait_for_selector(".fc-stage[open]", timeout=5_000)
            break
    return stage.opened()


def test_ten_minutes_by_keyboard_alone(page: Page, server: str, brief: Brief) -> None:
    stage = on_page(page, server)
    assert (stage.kind, stage.place) == ("question", "1 of 12")
    assert "What does a ban change?" in stage.words
    fits(page)

    stage.press("ArrowRight")
    assert stage.kind == "guess"
    fits(page)
    stage.press("g")
    page.keyboard.type("25")
    stage.press("Enter")
    assert "The room’s guess: 25\xa0%." in stage.words
    assert stage.root.locator(".guess-line").count() == 1

    stage.press(" ")
    assert stage.kind == "reveal"
    level = brief.rows[0].cells[1].level
    assert f"{level.words} ({level.range})" in stage.words
    assert "The room’s guess: 25\xa0%, outside the model’s range." in stage.words
    assert stage.root.locator(".guess-line").count() == 1
    fits(page)

    stage.press("PageDown")
    assert stage.kind == "replay"
    drawn = [visible(page, "policy"), visible(page, "median"), visible(page, "band90")]
    assert drawn == [False, False, False]
    for step in (1, 2, 3):
        stage.press("ArrowRight")
        assert stage.kind == "replay"
        drawn = [visible(page, "policy"), visible(page, "median"), visible(page, "band90")]
        assert drawn == [True, step > 1, step > 2]
    fits(page)

    seen = []
    for _ in range(8):
        stage.press("ArrowRight")
        seen.append(stage.kind)
        fits(page)
    assert seen == "why reveal overview table doubts what_if limits share".split()
    assert all(told.run_id in stage.root.inner_text() for told in brief.scenarios)
    assert stage.root.locator(".qr svg").bounding_box()["width"] > 200  # read from the back

    stage.press("Home")
    assert stage.place == "1 of 12"
    stage.press("End", "ArrowLeft")
    assert stage.place == "11 of 12"
    stage.press("n")
    assert stage.root.locator(".fc-panel").is_visible()
    stage.press("n")
    assert not stage.root.locator(".fc-panel").is_visible()
    stage.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    stage.press("f")
    page.wait_for_function("document.fullscreenElement === null")
    stage.press("Escape")
    page.wait_for_selector(".fc-stage:not([open])", state="attached")


def visible(page: Page, name: str) -> bool:
    """Return whether a part of the drawing is shown."""
    return page.locator(f'.fc-stage [class*="{name}_0"]').first.evaluate(
        "part => !part.classList.contains('hidden')"
    )


def fits(page: Page) -> None:
    """Fail if anything on the slide is cut off, or too small for the back of the room."""
    found = page.locator(".fc-stage").evaluate(
        """root => {
          const main = root.querySelector("main");
          const texts = [...root.querySelectorAll("p, li, h2, td, th, footer span, svg text")]
            .filter(e => e.getClientRects().length && e.textContent.trim())
            .filter(e => !e.closest("[hidden]"));
          const size = (e) => {
            const matrix = e.getScreenCTM ? e.getScreenCTM() : null;
            return parseFloat(getComputedStyle(e).fontSize) * (matrix ? matrix.a : 1);
          };
          const box = (e) => e.getBoundingClientRect();
          return {
            cut: main.scrollHeight - main.clientHeight,
            beyond: texts.filter(e => box(e).right > innerWidth + 1 || box(e).left < -1
              || box(e).bottom > innerHeight + 1 || box(e).top < -1).map(e => e.textContent),
            smallest: Math.min(...texts.map(size)),
            words: Math.min(...texts.filter(e => !e.closest("footer")).map(size)),
          };
        }"""
    )
    assert found["cut"] <= 1, found
    assert found["beyond"] == []
    assert found["smallest"] >= SMALLEST_TYPE, found
    assert found["words"] >= SMALLEST_WORDS, found


def test_moving_through_a_briefing_asks_nothing_of_the_server(page: Page, server: str) -> None:
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda sent: frames.append(sent)))
    stage = on_page(page, server)
    page.wait_for_timeout(1500)  # until what the key itself asked for is over
    before = len(frames)
    stage.press(*["ArrowRight"] * 8, "Home", "End", "n", "n")
    page.wait_for_timeout(300)
    assert before > 0
    assert len(frames) == before


def test_the_room_may_draw_its_guess(page: Page, server: str) -> None:
    stage = on_page(page, server)
    stage.press("ArrowRight")
    plot = stage.root.locator('[class*="hit_0_marks"] path').bounding_box()
    assert plot is not None
    middle, right = plot["x"] + 0.6 * plot["width"], plot["x"] + plot["width"]
    page.mouse.move(middle, plot["y"] + 0.5 * plot["height"])
    page.mouse.down()
    page.mouse.move(right, plot["y"] + 0.75 * plot["height"], steps=12)
    page.mouse.up()
    stage.press("ArrowRight")
    low_end = "The room’s guess: 1"  # a quarter of an axis to 60 or 80
    assert low_end in stage.words or "The room’s guess: 20" in stage.words
    assert stage.root.locator(".guess-line").get_attribute("d").count("L") >= 10


def test_a_second_window_shows_the_notes_and_follows(page: Page, server: str) -> None:
    stage = on_page(page, server)
    stage.press("ArrowRight")
    with page.expect_popup() as popup:
        stage.press("Shift+N")
    notes = Stage.__new__(Stage)
    notes.page, notes.root = popup.value, popup.value.locator(".fc-stage")
    notes.page.wait_for_selector(".fc-stage[data-notes][open]", timeout=120_000)
    notes.page.get_by_text("One minute. Press G").wait_for(timeout=10_000)
    assert notes.place == "2 of 12"
    page.bring_to_front()
    stage.press("ArrowRight")
    notes.page.get_by_text("Say the direction first").wait_for(timeout=10_000)
    assert notes.place == "3 of 12"
    assert "Next: The change, step by step" in notes.words
    assert "Press G" not in stage.words  # the room sees no notes


def test_a_telephone_held_upright_is_moved_by_touch(browser: Browser, server: str) -> None:
    upright = {"width": 390, "height": 844}
    context = browser.new_context(viewport=upright, is_mobile=True, has_touch=True)
    page = context.new_page()
    stage = Stage(page, f"{server}/briefing?deck=Ten&present=1").opened()
    stage.root.get_by_role("button", name="On").tap()
    assert (stage.kind, stage.place) == ("guess", "2 of 12")
    sizes = stage.root.locator("main p").evaluate_all(
        "all => all.map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= SMALLEST_WORDS - 1
    assert page.evaluate("document.documentElement.scrollWidth") <= upright["width"]
    stage.root.get_by_role("button", name="Leave").tap()
    page.wait_for_selector(".fc-stage:not([open])", state="attached")
    context.close()


def test_a_what_if_runs_live_when_asked_and_only_then(page: Page, server: str) -> None:
    stage = on_page(page, server)
    stage.press("End", "ArrowLeft", "ArrowLeft")
    assert stage.kind == "what_if"
    assert "Enter runs the model, live." in stage.words
    stage.press("ArrowUp", "ArrowUp")
    assert "US ban on Chinese models: 15\xa0%" in stage.words
    stage.press("Enter")
    assert "Running." in stage.words
    page.get_by_text("Live, 2 futures, not frozen.").wait_for(timeout=240_000)
    assert stage.kind == "what_if"
    assert "at 15\xa0%" in stage.words


def test_the_page_opens_without_a_network_and_keeps_its_hover(
    page: Page, brief: Brief, tmp_path: Path
) -> None:
    deck = from_template("report", [told.name for told in brief.scenarios], title="T")
    place = tmp_path / "brief.html"
    place.write_bytes(export("html", brief, deck))
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.context.set_offline(True)
    page.goto(place.as_uri())
    panel = page.locator(".panel").first
    panel.scroll_into_view_if_needed()
    hit = panel.locator('[class*="hit_"] path').bounding_box()
    assert hit is not None
    page.mouse.move(hit["x"] + hit["width"] - 1, hit["y"] + 20)
    tip = page.locator("#tip")
    level = brief.rows[0].cells[1].level
    assert "Dec 2032" in tip.inner_text()
    assert f"A ban: {level.words} ({level.range})" in tip.inner_text()
    page.mouse.move(0, 0)
    assert tip.is_hidden()
    panel.focus()
    page.keyboard.press("Home")
    assert "Jan 2023" in tip.inner_text()
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    fonts = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').length")
    assert fonts >= 2
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert wrong == []


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_the_page_is_never_wider_than_its_window(
    page: Page, brief: Brief, tmp_path: Path, width: int
) -> None:
    deck = from_template("report", [told.name for told in brief.scenarios], title="T")
    place = tmp_path / "brief.html"
    place.write_bytes(export("html", brief, deck))
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(place.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width

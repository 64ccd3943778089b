"""Thirty moves of ten levers in a real browser, and visits to scenarios that were run before.

The same moves of a bare page, bare.py, tell how much of that the browser and Streamlit take for
one slider, four numbers and two charts on this machine: no page of this kind can be faster.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.caches import without_runs
from sim.levers import LEVERS

if TYPE_CHECKING:  # a development requirement, needed by this command alone
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 600_000  # milliseconds; the first futures may wait for a compiler
POLLING = 200  # milliseconds
LEVERS_MOVED = 10
FIRST, CHARTS, FINAL = "first numbers (preview)", "both large charts (preview)", "all futures"
CACHED_FIRST = "first numbers, run before (undo)"
CACHED = "numbers and charts, run before (undo)"
BARE_FIRST, BARE_CHARTS = "bare page: numbers", "bare page: both charts"
BARE = "benchmarks/browser/bare.py"

# From the event that moves a lever, `mark()` notes when numbers and each large chart first differ
# from what they were, and when the page says all futures are there. It looks forty times a second
# at little, because what looks takes time from what is looked at.
_WATCH = """
window.mark = ({ futures, event }) => {
  const numbers = () => [...document.querySelectorAll("[data-testid=stMetric]")]
    .map((e) => e.textContent).join();
  const charts = () => [0, 1].map((at) => {
    const card = document.querySelector(`.st-key-card_large_${at}`);
    const drawn = card?.querySelectorAll("svg.marks :is(.mark-area, .mark-line) path") ?? [];
    return [...drawn].map((e) => e.getAttribute("d")).join();
  });
  const before = { numbers: numbers(), charts: charts() };
  const status = () => [...document.querySelectorAll("[data-testid=stCaptionContainer]")]
    .map((e) => e.textContent).find((words) => /futures\\. Numbers/.test(words)) || "";
  const seen = {};
  window.times = seen;
  let left = false, start;
  const look = () => {
    const now = performance.now() - start;
    if (numbers() !== before.numbers) { seen.numbers ??= now; left = true; }
    const drawn = left && seen.charts === undefined ? charts() : before.charts;
    if (drawn.every((chart, at) => chart !== before.charts[at])) seen.charts ??= now;
    const words = status();
    if (left && words.startsWith(`${futures} futures`)) seen.final ??= now;
    const waits = seen.final === undefined || seen.charts === undefined;
    if (!waits && seen.numbers !== undefined) seen.all ??= now;
    if (waits && now < 20000) setTimeout(look, 25);
  };
  const begin = () => { start = performance.now(); setTimeout(look, 25); };
  document.addEventListener(event, begin, { capture: true, once: true });
};
"""


def measure(moves: int, futures: int, browser: str) -> dict[str, list[float]]:
    """Return the times of each move, milliseconds, by what was waited for; those of the bare page
    from before and after."""
    names = (FIRST, CHARTS, FINAL, CACHED_FIRST, CACHED, BARE_FIRST, BARE_CHARTS)
    times: dict[str, list[float]] = {name: [] for name in names}
    _measure_bare(moves, browser, times)
    with _opened(futures, browser) as page:
        levers = [lever for lever in LEVERS if lever.first][:LEVERS_MOVED]
        for number in range(moves):
            lever = levers[number % len(levers)]
            at_end = number // len(levers) % 2 == 1
            key = "ArrowLeft" if at_end or lever.default == lever.high else "ArrowRight"
            _press(page, lever.label, key, futures)
            _note(page, {FIRST: "numbers", CHARTS: "charts", FINAL: "final"}, times, futures)
            print(f"{number + 1} of {moves}: {lever.label}", file=sys.stderr)
        for _ in range(min(moves, LEVERS_MOVED)):
            page.evaluate("mark", {"futures": futures, "event": "click"})
            page.locator(".st-key-tool_undo button").first.click()
            _note(page, {CACHED_FIRST: "numbers", CACHED: "all"}, times, futures)
    _measure_bare(moves, browser, times)
    return times


def _measure_bare(moves: int, browser: str, times: dict[str, list[float]]) -> None:
    """Add the times of the bare page, which runs nothing."""
    with _opened(1, browser, BARE) as page:
        for _ in range(moves):
            _press(page, "Lever", "ArrowRight", 1)
            _note(page, {BARE_FIRST: "numbers", BARE_CHARTS: "charts"}, times, 1)


@contextmanager
def _opened(futures: int, browser: str, app: str = "app.py") -> Iterator[Page]:
    """Yield a page of a server of its own, in a browser of its own, once it shows all futures."""
    from playwright.sync_api import sync_playwright

    with _server(futures, app) as url, sync_playwright() as playwright:
        driven = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = driven.new_page(viewport={"width": 1280, "height": 1400})
        page.add_init_script(_WATCH)
        page.goto(url)
        _settled(page, futures)
        yield page
        driven.close()


def _press(page: Page, label: str, key: str, futures: int) -> None:
    page.get_by_role("slider", name=label).focus()
    page.keyboard.down(key)
    page.evaluate("mark", {"futures": futures, "event": "keyup"})
    page.keyboard.up(key)


def _note(page: Page, wanted: dict[str, str], times: dict[str, list[float]], futures: int) -> None:
    """Wait for the last futures and note the times of one move; what did not change is left out."""
    from playwright.sync_api import TimeoutError as TimedOut

    with suppress(TimedOut):  # nothing on the page changed: this move says nothing about time
        page.wait_for_function(
            "window.times.final && window.times.charts", timeout=20_000, polling=POLLING
        )
    seen = page.evaluate("window.times")
    for name, field in wanted.items():
        if field in seen:
            times[name].append(float(seen[field]))
    _settled(page, futures)


def _settled(page: Page, futures: int) -> None:
    page.wait_for_function(
        "(n) => [...document.querySelectorAll('[data-testid=stCaptionContainer]')]"
        ".some((e) => e.textContent.startsWith(`${n} futures. Numbers`))"
        " && document.querySelector('[data-test-script-state=notRunning]')",
        arg=futures,
        timeout=PATIENCE,
        polling=POLLING,
    )


@contextmanager
def _server(futures: int, app: str) -> Iterator[str]:
    """Yield the address of the app on an empty database and without runs, and end it with its
    workers."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "FRONTIER_COMMONS_CACHE": str(without_runs(Path(folder) / "cache")),
            "FRONTIER_COMMONS_DB": str(Path(folder) / "scenarios.sqlite"),
            "FRONTIER_COMMONS_FUTURES": str(futures),
        }
        words = f"-m streamlit run {app} --server.port {port} --server.headless true"
        print(f"starting {app}; the first futures may take a minute", file=sys.stderr)
        process = subprocess.Popen(
            [sys.executable, *words.split()],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait(f"http://localhost:{port}")
            yield f"http://localhost:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _wait(url: str) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).close()
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the server did not start")

"""What every test may rely on, and which tests run at all.

Everything runs by default except long studies, which have to be asked for (`-m long`). Browser
tests run wherever a Chromium is found. BROWSER_TESTS=require makes its absence an error and
BROWSER_TESTS=skip leaves them out; CHROMIUM names a browser that is not on the PATH.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import numpy as np
import pytest

from sim import twins
from tests import worlds

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["tests.postgres"]
FOLDER = Path(__file__).parent
BROWSER_FOLDER = FOLDER / "browser"
# Tests of these run futures in processes of their own, sooner if machine code is there by then.
WORKERS_FOLDERS = (FOLDER / "app", FOLDER / "crashes")
CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# The browser speaks to the page under test and to nobody else.
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Where everybody's result must be the same, the examples are the same too.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


def find_chromium() -> str | None:
    """Return the path of the Chromium to drive, or None."""
    named = os.environ.get("CHROMIUM")
    names = (named,) if named else CHROMIUM_NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


def why_no_browser() -> str | None:
    """Return why browser tests do not run, or None if they do."""
    mode = os.environ.get("BROWSER_TESTS", "auto")
    if mode not in {"auto", "require", "skip"}:
        raise pytest.UsageError(f"BROWSER_TESTS={mode}: allowed are auto, require, skip")
    if mode == "skip":
        return "BROWSER_TESTS=skip"
    if find_chromium():
        return None
    if mode == "require":
        raise pytest.UsageError(
            "BROWSER_TESTS=require: chromium not found; install it or set CHROMIUM"
        )
    return "chromium not found"


def wants_long(config: pytest.Config) -> bool:
    """Return whether the command line speaks about long studies itself."""
    return "long" in config.getoption("markexpr")


def pytest_configure() -> None:
    why_no_browser()  # a wrong or unmet BROWSER_TESTS ends the session before anything runs


def pytest_report_header(config: pytest.Config) -> list[str]:
    reason = why_no_browser()
    return [
        f"browser tests: {reason}, deselected" if reason else f"browser tests: {find_chromium()}",
        f"long studies: {'as -m says' if wants_long(config) else 'deselected, run with -m long'}",
    ]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out: list[pytest.Item] = []
    no_browser, no_long = why_no_browser(), not wants_long(config)
    for item in items:
        if BROWSER_FOLDER in item.path.parents:
            item.add_marker("browser")
        if (no_browser and item.get_closest_marker("browser")) or (
            no_long and item.get_closest_marker("long")
        ):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=machine_code_needed)


def machine_code_needed(item: pytest.Item) -> int:
    """Return 2 for tests that wait for machine code, 1 for those that like to have it, else 0.

    It takes minutes to make, so a process that makes it meanwhile is given as long as there is
    something else to do.
    """
    if isinstance(item, pytest.Function) and (
        "machine_code" in item.fixturenames or worlds.runs_futures(item.module)
    ):
        return 2
    return 0 if set(item.path.parents).isdisjoint(WORKERS_FOLDERS) else 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests report beside passing: tables of what moved."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == "table":
                terminalreporter.section(report.nodeid.rpartition("::")[2])
                terminalreporter.write_line(str(text))


@pytest.fixture(autouse=True)
def own_forms() -> Iterator[None]:
    """Begin with uncompiled functions, whatever a test before this one has loaded."""
    with twins.only("reference"):
        yield


@pytest.fixture(autouse=True)
def strict_arithmetic() -> Iterator[None]:
    """Turn a division by zero, an overflow or an invalid operation into a failure.

    Underflow stays silent: the exponential of a very poor offer is rightly zero.
    """
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a running Chromium; module-wide, because its event loop would disturb other tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS
        )
        yield chromium
        chromium.close()

"""Pages under test keep their scenarios in a database of their own, and run few futures.

One server's workers and the runs they finished serve all of these tests: what they look at is the
pages. What a server does with workers and runs is looked at in test_engine.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks.caches import without_runs
from sim import compiling
from sim.pool import Pool
from views import engine

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for runs."""
    return without_runs(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def workers(cache: Path) -> Iterator[Pool]:
    """Return workers, on compiled code if all of it is on disk; nothing is compiled meanwhile."""
    with pytest.MonkeyPatch.context() as setting:
        setting.setenv("FRONTIER_COMMONS_CACHE", str(cache))
        if not compiling.is_complete():
            setting.setenv("NUMBA_DISABLE_JIT", "1")
        pool = Pool()
    with pool:
        yield pool


@pytest.fixture
def open_page(
    cache: Path, workers: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., AppTest]]:
    """Return a function that opens the app, at a link if parameters are given."""
    monkeypatch.setenv("FRONTIER_COMMONS_DB", str(tmp_path / "scenarios.sqlite"))
    monkeypatch.setenv("FRONTIER_COMMONS_FUTURES", "4")
    monkeypatch.setenv("FRONTIER_COMMONS_CACHE", str(cache))
    monkeypatch.setattr(engine, "pool", lambda: workers)
    st.cache_resource.clear()

    def opened(**params: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "views" / "navigation.py"), default_timeout=120)
        for key, value in params.items():
            page.query_params[key] = value
        return page.run()

    yield opened
    st.cache_resource.clear()

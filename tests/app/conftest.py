"""Pages under test keep their scenarios in a database of their own, and run few futures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """Return a function that opens the app, at a link if parameters are given."""
    monkeypatch.setenv("FRONTIER_COMMONS_DB", str(tmp_path / "scenarios.sqlite"))
    monkeypatch.setenv("FRONTIER_COMMONS_FUTURES", "4")
    monkeypatch.setenv("FRONTIER_COMMONS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # nothing is compiled meanwhile
    st.cache_resource.clear()

    def opened(**params: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "views" / "navigation.py"), default_timeout=120)
        for key, value in params.items():
            page.query_params[key] = value
        return page.run()

    yield opened
    st.cache_resource.clear()  # ends the workers

"""Machine code is made, or loaded from disk, once before the tests that run it."""

from __future__ import annotations

import pytest

from tests.worlds import compile_all


@pytest.fixture(scope="session", autouse=True)
def machine_code() -> None:
    """Compile every function of the engine: up to a minute after a change of its source."""
    compile_all()

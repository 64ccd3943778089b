"""Machine code is made, or loaded from disk, once before the tests that run it."""

from __future__ import annotations

import pytest

from tests import worlds


@pytest.fixture(scope="session", autouse=True)
def machine_code() -> None:
    """Have every function of the engine compiled: minutes after a change of its source."""
    worlds.machine_code()

"""A whole future is the same bits, outcomes and log, whichever forms served it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.outcomes import SERIES
from tests.parity.recording import SCENARIOS
from tests.worlds import unfolded

STREAMS = 600


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_a_future_is_the_same_bits_compiled_or_not(name: str) -> None:
    one, other = (
        unfolded(SCENARIOS[name], streams=STREAMS, replicate=5, served_by=forms)
        for forms in ("reference", "compiled")
    )
    assert one.log.size > 50
    moved = one.values.view(np.int64) != other.values.view(np.int64)
    first = [f"{SERIES[row]} in month {month}" for row, month in np.argwhere(moved)[:3].tolist()]
    assert not first
    assert one.values.tobytes() == other.values.tobytes()
    assert one.log.tobytes() == other.log.tobytes()

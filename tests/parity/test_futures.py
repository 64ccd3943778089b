"""A whole future is the same bits, outcomes and log, whichever forms served it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.outcomes import SERIES
from sim.world import World
from tests.parity.recording import SCENARIOS
from tests.worlds import order_with, unfolded

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


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_steps_done_in_one_call_give_the_bits_of_steps_done_one_by_one(name: str) -> None:

    def nothing(_: World) -> None:
        """Look at nothing: an order of the caller's own is gone through step by step."""

    together = unfolded(SCENARIOS[name], streams=STREAMS, replicate=2)
    one_by_one = unfolded(SCENARIOS[name], streams=STREAMS, replicate=2, order=order_with(nothing))
    assert together.values.tobytes() == one_by_one.values.tobytes()
    assert together.log.tobytes() == one_by_one.log.tobytes()

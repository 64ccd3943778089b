"""What stands on the time axis of the large charts."""

from __future__ import annotations

from sim import load_scenario
from sim.calendar import month_index
from sim.ensemble import run_all
from views import events


def test_releases_that_were_the_best_so_far_are_told_in_their_month() -> None:
    (result,) = run_all([load_scenario("status_quo")], replicates=1, streams=200, workers=1)
    told = events.by_month(result)
    assert len(told) == len(result.months)
    march = told[month_index("2023-03")]
    assert march is not None
    assert "Release: GPT-4" in march
    named = [words for words in told if words and "Release:" in words]
    assert 10 < len(named) < 47
    assert any("best open model so far" in words for words in named)
    assert not any(words and "Release:" in words for words in told[month_index("2026-11") :])

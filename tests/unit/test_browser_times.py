"""How the times of the browser are told."""

from __future__ import annotations

from benchmarks.browser.table import document, row, text


def test_the_percentile_is_a_time_that_was_measured() -> None:
    times = [float(n) for n in range(1, 31)]
    assert row(times) == (15.5, 29.0)
    assert row([7.0]) == (7.0, 7.0)


def test_what_was_not_seen_is_said_and_left_out_of_the_document() -> None:
    measured = {"numbers": [100.0, 200.0], "charts": []}
    assert "not seen" in text(measured).splitlines()[2]
    assert document(measured) == {"numbers": {"n": 2, "median_ms": 150.0, "p95_ms": 200.0}}

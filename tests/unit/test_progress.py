"""The bar tells the time left from what was done lately, and only on a terminal."""

from __future__ import annotations

import io

import pytest

from sim.progress import ProgressBar, Rate, bar, span


def left(arrivals: list[tuple[float, int]], now: float, total: int) -> float | None:
    """Return the time left after results have arrived at (time, number done)."""
    rate = Rate(window_seconds=10.0)
    for then, done in arrivals:
        rate.add(then, done)
    return rate.seconds_left(now, total)


def test_nothing_is_promised_before_there_is_a_rate() -> None:
    assert left([], 100.0, 10) is None
    assert left([(5.0, 1)], 100.0, 10) is None


def test_a_slow_start_is_not_taken_for_slow_work() -> None:
    assert left([(60.0, 1), (61.0, 2), (62.0, 3)], 62.0, 10) == pytest.approx(7.0)


def test_results_known_beforehand_are_not_taken_for_fast_work() -> None:
    assert left([(0.0, 900), (1.0, 901), (2.0, 902)], 2.0, 1000) == pytest.approx(98.0)


def test_the_results_of_one_chunk_count_as_one_arrival() -> None:
    chunks = [(when + n / 1000, 4 * int(when) + n) for when in (1.0, 2.0, 3.0) for n in range(4)]
    assert left(chunks, 3.0, 100) == pytest.approx((100 - 15) / 4, rel=0.01)
    assert left(chunks[:4], 1.01, 100) is None


def test_a_change_of_pace_shows_within_the_window() -> None:
    slow = [(float(n), n) for n in range(1, 31)]
    fast = [(30.0 + n / 10, 30 + n) for n in range(1, 201)]
    assert left(slow, 30.0, 1000) == pytest.approx(970.0)
    assert left([*slow, *fast], 50.0, 1000) == pytest.approx(77.0, rel=0.05)


def test_the_time_left_grows_while_nothing_arrives() -> None:
    arrivals = [(0.0, 1), (1.0, 2)]
    waits = [left(arrivals, now, 10) for now in (1.0, 5.0, 50.0)]
    assert waits == [8.0, 40.0, 400.0]


def test_another_run_begins_anew() -> None:
    assert left([(0.0, 5), (1.0, 6), (2.0, 1)], 2.0, 10) is None


def test_the_bar_says_how_long_it_will_take() -> None:
    assert bar(0, 4, None).endswith("0 of 4 futures")
    assert bar(1, 4, 6.4).endswith("1 of 4 futures, about 6 s left")
    assert bar(4, 4, 0.0).endswith("4 of 4 futures")
    assert bar(1, 4, 6.4, "points").endswith("1 of 4 points, about 6 s left")


def test_a_time_is_told_no_finer_than_it_can_be_known() -> None:
    assert [span(s) for s in (0.3, 119.0, 121.0, 7000.0, 9000.0)] == [
        "0 s",
        "119 s",
        "2 min",
        "117 min",
        "2.5 h",
    ]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_bar_is_drawn_only_on_a_terminal_and_never_when_quiet() -> None:
    terminal, file, quiet = Terminal(), io.StringIO(), Terminal()
    for stream in (terminal, file, quiet):
        progress = ProgressBar(stream, quiet=stream is quiet)
        progress(2, 2)
        progress.clear()
    assert "2 of 2 futures" in terminal.getvalue()
    assert file.getvalue() == quiet.getvalue() == ""

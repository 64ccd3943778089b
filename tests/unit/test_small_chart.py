"""A small chart puts each month where it belongs, breaks where nothing is known, and tells both."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from sim.wording import measure
from views.small_chart import Scale, small_chart, ticks
from views.tables import Bands

MONTHS = 8
SHARE = measure("share")


def bands(middle: list[float], spread: float = 5.0) -> Bands:
    """Return bands around medians, in shown units."""
    median = np.array(middle)
    half, whole = spread / 2, spread
    return {
        "low90": median - whole,
        "low50": median - half,
        "median": median,
        "high50": median + half,
        "high90": median + whole,
    }


def drawn(
    middle: list[float],
    *,
    base: list[float] | None = None,
    domain: tuple[float, float] = (0.0, 100.0),
    log: bool = False,
    start: int | None = None,
    name: str = "A share",
) -> str:
    """Return the chart of eight months."""
    quo = np.array(middle if base is None else base)
    scale = Scale(domain, MONTHS, log)
    return small_chart(SHARE, bands(middle), quo, scale, name=name, told="Words.", start=start)


def path(html: str, kind: str) -> str:
    """Return the first path of one kind."""
    found = re.search(rf'class="{kind}" data-path="([^"]*)"', html)
    assert found is not None
    return found[1]


def points(of: str) -> list[tuple[float, float]]:
    """Return the points of a path."""
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),(-?[\d.]+)", of)]


def test_a_line_runs_through_the_middles_of_months_and_down_from_the_top() -> None:
    middle = [0.0, 25.0, 50.0, 75.0, 100.0, 0.0, 0.0, 10.0]
    found = points(path(drawn(middle), "scenario"))
    assert [x for x, _ in found] == pytest.approx([62.5 + 125 * m for m in range(MONTHS)], abs=0.1)
    assert [y for _, y in found] == pytest.approx([1000 - 10 * v for v in middle], abs=0.1)


def test_a_band_goes_out_along_its_upper_end_and_back_along_its_lower() -> None:
    found = points(path(drawn([40.0] * MONTHS), "band"))
    assert [y for _, y in found] == pytest.approx([550.0] * MONTHS + [650.0] * MONTHS, abs=0.1)
    assert [x for x, _ in found[MONTHS:]] == [x for x, _ in found[:MONTHS]][::-1]


def test_lines_break_where_there_is_no_value() -> None:
    middle = [10.0, math.nan, 30.0, 40.0, math.nan, math.nan, 70.0, 80.0]
    html = drawn(middle)
    assert path(html, "scenario").count("M") == 3
    assert path(html, "band").count("Z") == 3
    assert "nan" not in html
    assert "Feb 2023: none\n90 % of futures not available" in html


def test_powers_of_ten_are_as_far_apart_as_each_other() -> None:
    found = points(
        path(drawn([1.0, 10.0, 100.0] + [1.0] * 5, domain=(1, 100), log=True), "scenario")
    )
    assert [y for _, y in found[:3]] == [1000.0, 500.0, 0.0]


def test_words_say_whose_lines_these_are_unless_they_are_the_same() -> None:
    apart = drawn([20.0] * MONTHS, base=[40.0] * MONTHS)
    assert "Scenario<br>20\xa0%" in apart
    assert "Status quo<br>40\xa0%" in apart
    same = drawn([20.0] * MONTHS)
    assert "Scenario<br>" not in same
    assert "Status quo<br>20\xa0%" in same


def test_every_month_is_told_with_its_range_and_the_status_quo() -> None:
    html = drawn([20.0] * MONTHS, base=[40.0] * MONTHS)
    told = re.search(r'data-told="([^"]*)"', html)
    assert told is not None
    months = told[1].split("|")
    assert len(months) == MONTHS
    assert months[-1] == "Aug 2023: 20\xa0%\n90 % of futures 15–25\xa0%\nstatus quo 40\xa0%"


def test_the_start_of_policy_stands_in_its_month_and_only_where_there_is_one() -> None:
    assert 'class="policy"' not in drawn([20.0] * MONTHS)
    assert path(drawn([20.0] * MONTHS, start=4), "policy") == "M562 0V1000"


def test_what_was_observed_stands_where_the_axes_reach_and_nowhere_else() -> None:
    scale = Scale((0.0, 100.0), MONTHS)
    inside = (2023.25, 2023.0, 2023.5, 30.0, 20.0, 40.0, "A share", "30 % <of> tokens")
    above, later = (*inside[:3], 130.0, *inside[4:]), (2026.0, *inside[1:])
    told = {
        point: small_chart(
            SHARE,
            bands([20.0] * MONTHS),
            np.full(MONTHS, 20.0),
            scale,
            name="",
            told="",
            seen=(point,),
        )
        for point in (inside, above, later)
    }
    assert 'class="seen" style="left:37.50%;top:70.00%"' in told[inside]
    assert 'title="Observed: 30 % &lt;of&gt; tokens"' in told[inside]
    assert 'class="span" style="left:0.00%;width:75.00%;top:70.00%"' in told[inside]
    assert 'class="range" style="left:37.50%;top:60.00%;height:20.00%"' in told[inside]
    assert 'class="seen"' not in told[above] + told[later]


def test_a_name_is_text_and_nothing_else() -> None:
    html = drawn([20.0] * MONTHS, name='<b onclick="x">"A & B"')
    assert 'aria-label="&lt;b onclick=&quot;x&quot;&gt;&quot;A &amp; B&quot;"' in html


@pytest.mark.parametrize(
    ("low", "high", "log", "expected"),
    [
        (0.0, 40.0, False, [0, 10, 20, 30, 40]),
        (0.0, 100.0, False, [0, 50, 100]),
        (0.0, 20.0, False, [0, 5, 10, 15, 20]),
        (-4.0, 6.0, False, [0, 5]),
        (0.0, 0.8, False, [0, 0.2, 0.4, 0.6, 0.8]),
        (100.0, 260.0, False, [100, 150, 200, 250]),
        (0.1, 100.0, True, [0.1, 1, 10, 100]),
    ],
)
def test_an_axis_has_a_few_round_values(
    low: float, high: float, log: bool, expected: list[float]
) -> None:
    assert ticks(low, high, log=log) == pytest.approx(expected)

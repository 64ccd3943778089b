"""A small chart as a piece of HTML: bands, medians, what was observed, a month's values on hover.

Four of these stand on a page that is redrawn at every move of a lever, and none of them goes into a
file, so they are not built by the browser from a specification as the large ones are: their lines
come ready, as paths in a box of a thousand by a thousand that stretches with the card, and their
words stand beside it in per cent. style.py has the colours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

import numpy as np

from sim.calendar import LAST_OBSERVED_MONTH, START_YEAR
from sim.observed import Observed
from sim.wording import Measure, month_words
from views.tables import Bands, Floats, end_labels, label_heights

BOX = 1000.0
TICKS = 3
YEARS_APART = 5


@dataclass(frozen=True)
class Scale:
    """Where values and months stand in the box; `domain` holds the axis ends, in shown units."""

    domain: tuple[float, float]
    months: int
    log: bool = False

    def up(self, values: Floats) -> Floats:
        """Return how far down from the top values stand, in parts of the height; nan stays."""
        low, high = self.domain
        if not self.log:
            return np.asarray(1.0 - (values - low) / (high - low))
        whole = math.log10(high) - math.log10(low)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(1.0 - (np.log10(values) - math.log10(low)) / whole)

    def along(self, month: float) -> float:
        """Return how far right a month stands, in parts of the width; .5 is its middle."""
        return month / self.months


def small_chart(
    unit: Measure,
    ours: Bands,
    base: Floats,
    scale: Scale,
    *,
    name: str,
    told: str,
    seen: Observed = (),
    start: int | None = None,
) -> str:
    """Return the chart called `name`, of bands and a status quo in shown units, shape (months,).

    `told` says its numbers to those who do not see it, `start` is the month policy starts.
    """
    levels = _levels(unit, scale)
    left = 0.62 * max(len(words) for _, words in levels) + 0.5
    parts = [
        *_grid(levels, scale),
        _lines(unit, ours, base, scale, start),
        *_points(seen, scale),
        *_names(unit, ours["median"], base, scale),
    ]
    return (
        f'<figure class="small-chart" role="img" aria-label="{escape(name)}">'
        f'<div style="margin-left:{left:.1f}em">{"".join(parts)}</div></figure>'
        f'<p class="small-chart-told">{escape(told)}</p>'
    )


def ticks(low: float, high: float, *, log: bool = False) -> list[float]:
    """Return round values between the ends of an axis: about three, or powers of ten."""
    if log:
        powers = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
        return [10.0**power for power in powers]
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    factor = next(
        (f for f, least in ((10, 50), (5, 10), (2, 2)) if (rough / power) ** 2 >= least), 1
    )
    step = factor * power
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def _levels(unit: Measure, scale: Scale) -> list[tuple[float, str]]:
    """Return the values that stand beside the chart, and how they are said."""
    suffix = " %" if unit.scale == 100.0 else ""
    return [
        (value, f"{unit.prefix}{value:g}{suffix}") for value in ticks(*scale.domain, log=scale.log)
    ]


def _grid(levels: list[tuple[float, str]], scale: Scale) -> Iterator[str]:
    """Return lines and words of both axes, and the rule between record and simulation."""
    for value, words in levels:
        top = scale.up(np.array([value]))[0]
        yield f'<span class="level" style="top:{top:.2%}"><b>{words}</b></span>'
    for month in range(0, scale.months + 1, 12 * YEARS_APART):
        left = scale.along(month)
        yield f'<span class="year" style="left:{left:.2%}">{START_YEAR + month // 12}</span>'
    today = scale.along(LAST_OBSERVED_MONTH + 1)
    if today < 1:
        yield f'<span class="today" style="left:{today:.2%}"></span>'


def _lines(unit: Measure, ours: Bands, base: Floats, scale: Scale, start: int | None) -> str:
    """Return what small_chart.js draws, from back to front, and tells the pointer."""
    paths = [
        ("band", _area(ours["low90"], ours["high90"], scale)),
        ("band", _area(ours["low50"], ours["high50"], scale)),
        ("scenario", _line(ours["median"], scale)),
        ("base", _line(base, scale)),
    ]
    if start is not None:
        paths.insert(2, ("policy", f"M{scale.along(start + 0.5) * BOX:.0f} 0V{BOX:g}"))
    made = "".join(f'<i class="{kind}" data-path="{path}"></i>' for kind, path in paths)
    told = "|".join(_told(unit, ours, base))
    return f'<div class="lines" data-told="{escape(told)}">{made}</div>'


def _told(unit: Measure, ours: Bands, base: Floats) -> Iterator[str]:
    """Return the values of each month in words."""
    columns = (
        values / unit.scale for values in (ours["median"], ours["low90"], ours["high90"], base)
    )
    for month, row in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        middle, low, high, quo = row
        yield (
            f"{month_words(month)}: {unit.say(middle)}\n"
            f"90 % of futures {unit.say_range(low, high)}\nstatus quo {unit.say(quo)}"
        )


def _line(values: Floats, scale: Scale) -> str:
    """Return the path through the middles of months, broken where there is no value."""
    return "".join(f"M{' '.join(run)}" for run in _runs(values, scale))


def _area(low: Floats, high: Floats, scale: Scale) -> str:
    """Return the outline between two lines that have values in the same months."""
    pairs = zip(_runs(high, scale), _runs(low, scale), strict=True)
    return "".join(f"M{' '.join([*upper, *reversed(lower)])}Z" for upper, lower in pairs)


def _runs(values: Floats, scale: Scale) -> list[list[str]]:
    """Return the points of each unbroken run of months."""
    heights = (scale.up(values) * BOX).tolist()
    points = [
        (math.isfinite(y), f"{scale.along(month + 0.5) * BOX:.1f},{y:.1f}")
        for month, y in enumerate(heights)
    ]
    return [
        [words for _, words in run] for known, run in groupby(points, key=lambda p: p[0]) if known
    ]


def _points(seen: Observed, scale: Scale) -> Iterator[str]:
    """Return a diamond for each observation, with its span of months and its range."""
    for x, start, end, value, low, high, _, told in seen:
        left, first, last = (scale.along(12 * (year - START_YEAR)) for year in (x, start, end))
        top, below, above = scale.up(np.array([value, low, high])).tolist()
        if not (0 <= left <= 1 and 0 <= top <= 1):
            continue
        if last > first:
            yield (
                f'<i class="span" style="left:{first:.2%};width:{last - first:.2%};'
                f'top:{top:.2%}"></i>'
            )
        if below > above:
            yield (
                f'<i class="range" style="left:{left:.2%};top:{above:.2%};'
                f'height:{below - above:.2%}"></i>'
            )
        yield (
            f'<i class="seen" style="left:{left:.2%};top:{top:.2%}" '
            f'title="Observed: {escape(told)}"></i>'
        )


def _names(unit: Measure, ours: Floats, base: Floats, scale: Scale) -> Iterator[str]:
    """Return what stands at the ends of the lines: whose they are, and their last values."""
    same = np.array_equal(ours, base, equal_nan=True)
    labels = end_labels(unit, ours[-1], base[-1], same)
    heights = label_heights([ours[-1], base[-1]], scale.domain, "small", scale.log)
    for kind, label, height in zip(("ours", "base"), labels, heights, strict=True):
        if label is not None:
            top = scale.up(np.array([height]))[0]
            words = "<br>".join(escape(line) for line in label.split("\n"))
            yield f'<span class="end {kind}" style="top:{top:.2%}">{words}</span>'

"""What the comparison table holds: each outcome in the last month, and its paired difference."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from sim.brief.likelihood import direction, likely, sure
from sim.brief.phrases import phrase
from sim.brief.record import Cell, Change, Level, Row
from sim.compare import Comparison, difference_bands, level_bands
from sim.pictures import Picture
from sim.wording import Measure

Floats = npt.NDArray[np.float64]


def row(shown: Picture, comparison: Comparison) -> Row:
    """Return one outcome in every scenario, in the last month."""
    outcome, group, unit = shown.outcome.id, shown.group, shown.measure
    cells = []
    for at, result in enumerate(comparison.results):
        level = level_of(result.series(outcome, group)[:, -1], unit)
        paired = comparison.difference(at, outcome, group)[:, -1] if at else None
        cells.append(Cell(level=level, change=None if paired is None else change_of(paired, unit)))
    return Row(
        picture=shown.id,
        title=shown.title,
        subtitle=shown.subtitle,
        unit=shown.outcome.unit,
        phrase=phrase(shown),
        cells=tuple(cells),
    )


def level_of(values: Floats, unit: Measure) -> Level:
    """Return what is told of one value in all futures, shape (futures,)."""
    told = {name: float(value) for name, value in level_bands(values).items()}
    return Level(
        median=known(told["median"]),
        low50=known(told["low50"]),
        high50=known(told["high50"]),
        low90=known(told["low90"]),
        high90=known(told["high90"]),
        words=unit.say(told["median"]),
        range=unit.say_range(told["low90"], told["high90"]),
    )


def change_of(paired: Floats, unit: Measure) -> Change:
    """Return what is told of one paired difference in all futures, shape (futures,)."""
    with np.errstate(invalid="ignore"):  # in a month without any value, means are NaN
        told = {name: float(value) for name, value in difference_bands(paired).items()}
    up, down, n = told["share_positive"], told["share_negative"], round(told["n"])
    up, down = (0.0 if math.isnan(share) else share for share in (up, down))
    low, high = told["difference_low90"], told["difference_high90"]
    return Change(
        difference=known(told["difference"]),
        low90=known(low),
        high90=known(high),
        share_positive=known(told["share_positive"]),
        share_negative=known(told["share_negative"]),
        n=n,
        words=unit.say_change(told["difference"]),
        range=unit.say_change_range(low, high),
        sure=sure(up, down, n),
        likely=likely(max(up, down, 1.0 - up - down), n) if n else "",
        direction=direction(up, down, n) if n else "unknown",
    )


def known(value: float) -> float | None:
    """Return the value, or None where there is none."""
    return value if math.isfinite(value) else None

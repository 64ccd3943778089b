"""What the figures hold: bands over the months in shown units, axis ends, observations."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.brief import sentences
from sim.brief.record import Figure, Path, Row, Seen, Settings, Told, Values
from sim.compare import Comparison, level_bands
from sim.observed import extent, observed
from sim.pictures import Picture, axis, change_axis
from sim.result import quantiles
from sim.wording import Measure

Floats = npt.NDArray[np.float64]
_DECIMALS = 6  # of shown units: a millionth of a per cent, below what any reader could use
_NONE: Values = ()


def levels(
    number: int,
    shown: Picture,
    row: Row,
    comparison: Comparison,
    scenarios: Sequence[Told],
    settings: Settings,
) -> Figure:
    """Return the figure of one outcome: a panel for each scenario but the first, over the first."""
    unit, outcome, group = shown.measure, shown.outcome.id, shown.group
    results = comparison.results
    base = quantiles(results[0].series(outcome, group), [0.5])[0]
    alone = len(results) == 1
    paths = tuple(
        _path(at, results[at].series(outcome, group), unit, None if alone else base)
        for at in range(0 if alone else 1, len(results))
    )
    low, high = _extent(paths)
    seen = extent(shown)
    if seen is not None:
        low, high = min(low, seen[0]), max(high, seen[1])
    ends = axis(shown, low, high)
    until = settings.months - 1
    return Figure(
        number=number,
        picture=shown.id,
        kind="levels",
        title=shown.title,
        subtitle=shown.subtitle,
        finding=sentences.finding(row, scenarios, until),
        caption=sentences.caption(number, row, scenarios, settings) + _diamonds(shown),
        alt=sentences.alternative(row, paths, scenarios, until),
        prefix=unit.prefix,
        percent=unit.scale == 100.0,
        low=ends[0],
        high=ends[1],
        log=shown.log,
        paths=paths,
        seen=_seen(shown),
    )


def changes(
    number: int,
    shown: Picture,
    row: Row,
    comparison: Comparison,
    scenarios: Sequence[Told],
    settings: Settings,
) -> Figure:
    """Return the figure of one outcome's paired differences, every scenario in one panel."""
    unit, until = shown.measure, settings.months - 1
    paths = tuple(
        _path(at, comparison.difference(at, shown.outcome.id, shown.group), unit, None, change=True)
        for at in range(1, len(scenarios))
    )
    ends = _around_nought(change_axis(*_extent(paths)))
    return Figure(
        number=number,
        picture=shown.id,
        kind="changes",
        title=f"Difference from {sentences.named(scenarios, 0)}: {row.title}",
        subtitle=f"{unit.change.strip()}; {row.subtitle}" if unit.change else row.subtitle,
        finding=f"Against {sentences.named(scenarios, 0)}, future by future: {row.title}",
        caption=sentences.change_caption(number, row, scenarios, settings),
        alt=sentences.change_alternative(row, scenarios, until),
        prefix=unit.prefix,
        percent=False,
        low=ends[0],
        high=ends[1],
        log=False,
        paths=paths,
        seen=(),
    )


def _path(
    at: int, values: Floats, unit: Measure, base: Floats | None, *, change: bool = False
) -> Path:
    bands = level_bands(values)
    say = unit.say_change if change else unit.say
    shown = {name: _shown(band * unit.scale) for name, band in bands.items()}
    return Path(
        scenario=at,
        baseline=_NONE if base is None else _shown(base * unit.scale),
        end=say(float(bands["median"][-1])),
        base_end="" if base is None else unit.say(float(base[-1])),
        **shown,
    )


def _around_nought(ends: tuple[float, float]) -> tuple[float, float]:
    """Return the ends with at least a fifth of the axis on either side of nought."""
    low, high = ends
    return (min(low, -0.25 * high), max(high, -0.25 * low))


def _shown(values: Floats) -> Values:
    return tuple(
        round(value, _DECIMALS) if math.isfinite(value) else None for value in values.tolist()
    )


def _extent(paths: Sequence[Path]) -> tuple[float, float]:
    """Return the lowest and highest value any path or its baseline takes; NaN if none."""
    known = [
        value
        for path in paths
        for values in (path.low90, path.high90, path.baseline)
        for value in values
        if value is not None
    ]
    return (min(known), max(known)) if known else (math.nan, math.nan)


def _seen(shown: Picture) -> tuple[Seen, ...]:
    return tuple(
        Seen(x=x, start=start, end=end, value=value, low=low, high=high, told=told)
        for x, start, end, value, low, high, _, told in observed(shown)
    )


def _diamonds(shown: Picture) -> str:
    return " Diamonds: published observations." if observed(shown) else ""

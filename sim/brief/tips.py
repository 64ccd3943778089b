"""What a figure tells month by month, in words: for hovering, and as the table beneath it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.brief import look
from sim.brief.record import Brief, Figure, Path, Values
from sim.pictures import named
from sim.wording import Measure, measure, month_words


@dataclass(frozen=True)
class Line:
    """One line of a panel: whose it is, its colour, and its words in every month."""

    name: str
    colour: str
    words: tuple[str, ...]


def lines(figure: Figure, brief: Brief, panel: int) -> tuple[Line, ...]:
    """Return the lines of one panel: the scenario and the first one, or all differences."""
    unit = measure(named(figure.picture).outcome.unit)
    if figure.kind == "changes":
        return tuple(_line(path, brief, unit, change=True) for path in figure.paths)
    path = figure.paths[panel]
    found = [_line(path, brief, unit)]
    if path.baseline:
        words = tuple(unit.say(value) for value in _stored(path.baseline, unit))
        found.append(Line(brief.scenarios[0].title, look.colour(0), words))
    return tuple(found)


def months(brief: Brief) -> tuple[str, ...]:
    """Return every month in words."""
    return tuple(month_words(month) for month in range(brief.settings.months))


def marked_months(brief: Brief) -> tuple[int, ...]:
    """Return the months of a figure's table: each December, and the last month."""
    return tuple(sorted({*range(11, brief.settings.months, 12), brief.until}))


def _line(path: Path, brief: Brief, unit: Measure, *, change: bool = False) -> Line:
    say, say_range = (
        (unit.say_change, unit.say_change_range) if change else (unit.say, unit.say_range)
    )
    told = brief.scenarios[path.scenario]
    words = tuple(
        f"{say(mid)} ({say_range(low, high)})" if math.isfinite(mid) else say(mid)
        for mid, low, high in zip(
            _stored(path.median, unit),
            _stored(path.low90, unit),
            _stored(path.high90, unit),
            strict=True,
        )
    )
    return Line(told.title, look.colour(path.scenario), words)


def _stored(values: Values, unit: Measure) -> list[float]:
    return [math.nan if value is None else value / unit.scale for value in values]

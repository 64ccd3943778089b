"""What a chart is fed: pure functions from results to the columns that `charts.py` draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sim.compare import paired_difference
from sim.result import QUANTILES, Result, quantiles
from sim.wording import Measure, month_words
from views.charts import FIRST_YEAR, Look
from views.pictures import Picture, apart, group_label

Floats = npt.NDArray[np.float64]
Bands = dict[str, Floats]
_TABLE_WORDS = {
    "median": "Median",
    "low50": "Half from",
    "high50": "Half to",
    "low90": "90 % from",
    "high90": "90 % to",
}
_CHANGE_WORDS = {
    "median": "Difference, median",
    "low90": "Difference, 90 % from",
    "high90": "Difference, 90 % to",
}
LINE_APART = {"large": 0.115, "small": 0.22, "named": 0.115}


def decimal_year(month: int) -> float:
    """Return the middle of a month as a decimal year: month 48 is 2027 and a twenty-fourth."""
    return FIRST_YEAR + (month + 0.5) / 12


def bands_of(values: Floats, scale: float = 1.0) -> Bands:
    """Return the band ends of `values`, shape (futures, months), in shown units."""
    ends = quantiles(values * scale, QUANTILES.values())
    return dict(zip(QUANTILES, ends, strict=True))


@dataclass(frozen=True)
class Line:
    """One named line with its 90 % band, and a thin baseline where it has one."""

    name: str
    bands: Bands
    baseline: Floats | None = None


def extent(bands: Sequence[Bands]) -> tuple[float, float]:
    """Return the lowest and highest finite value of several bands; nan if there is none."""
    ends = [values[np.isfinite(values)] for band in bands for values in band.values()]
    known = np.concatenate(ends) if ends else np.empty(0)
    return (float(known.min()), float(known.max())) if known.size else (math.nan, math.nan)


def _only_last(n: int, value: object) -> list[object]:
    return [None] * (n - 1) + [value]


def _policy(n: int, start: int | None) -> list[str | None]:
    words = "policy starts"
    return [words if start is not None and month == start else None for month in range(n)]


@dataclass(frozen=True)
class Marks:
    """What stands on the time axis: the month policy starts, and what happens in each month."""

    start: int | None = None
    events: Sequence[str | None] = ()

    def columns(self, n: int, look: Look) -> dict[str, pa.Array]:
        """Return the columns `policy`, `event` and `event_y` of a table of n months."""
        events: list[str | None] = [None] * n
        if look.events and len(self.events) == n:
            events = [
                words and f"{month_words(month)}\n{words}"
                for month, words in enumerate(self.events)
            ]
        return {
            "policy": pa.array(_policy(n, self.start), pa.string()),
            "event": pa.array(events, pa.string()),
            "event_y": pa.array([look.domain[0]] * n, pa.float64()),
        }


def band_table(
    picture: Picture, result: Result, baseline: Result, look: Look, marks: Marks
) -> pa.Table:
    """Return the columns of `charts.bands` for one series of a scenario and its baseline."""
    unit = picture.measure
    values = result.series(picture.outcome.id, picture.group)
    ours = bands_of(values, unit.scale)
    base = bands_of(baseline.series(picture.outcome.id, picture.group), unit.scale)["median"]
    same = np.array_equal(ours["median"], base, equal_nan=True)
    labels = end_labels(unit, ours["median"][-1], base[-1], same)
    columns = _band_columns(unit, values, ours, base, labels, look)
    return pa.table(columns | marks.columns(len(result.months), look))


def change_table(
    picture: Picture, result: Result, baseline: Result, look: Look, marks: Marks
) -> pa.Table:
    """Return the same columns for what the scenario changes, future by future; nought is none."""
    unit = picture.measure
    values = differences(picture, result, baseline)
    ours = bands_of(values, unit.scale)
    last = ours["median"][-1]
    label = f"Difference\n{unit.say_change(last / unit.scale)}" if math.isfinite(last) else None
    base = np.zeros(values.shape[1])
    columns = _band_columns(unit, values, ours, base, (label, None), look)
    return pa.table(columns | marks.columns(len(result.months), look))


def differences(picture: Picture, result: Result, baseline: Result) -> Floats:
    """Return scenario less status quo of one series in each future, shape (futures, months)."""
    ours, base = (run.series(picture.outcome.id, picture.group) for run in (result, baseline))
    return paired_difference(ours, base)


def _band_columns(
    unit: Measure,
    values: Floats,
    ours: Bands,
    base: Floats,
    labels: tuple[str | None, str | None],
    look: Look,
) -> dict[str, Any]:
    n, scale = base.size, unit.scale
    heights = label_heights([ours["median"][-1], base[-1]], look.domain, look.size, look.log)
    columns: dict[str, Any] = {
        "x": np.array([decimal_year(month) for month in range(n)]),
        **ours,
        "baseline": base,
        "ink": np.ones(n),
        "tip": _band_tips(unit, ours, base, change=look.change),
        "name": pa.array(_only_last(n, labels[0]), pa.string()),
        "name_y": pa.array(_only_last(n, heights[0]), pa.float64()),
        "base_name": pa.array(_only_last(n, labels[1]), pa.string()),
        "base_y": pa.array(_only_last(n, heights[1]), pa.float64()),
    }
    for number, future in enumerate(_spread(values, look.futures)):
        columns[f"f{number}"] = values[future] * scale
    return columns


def _band_tips(unit: Measure, ours: Bands, base: Floats, *, change: bool) -> list[str]:
    """Return what the pointer is told in each month."""
    say, ranged = (unit.say_change, unit.say_change_range) if change else (unit.say, unit.say_range)
    ends = (*(ours[key] for key in ("median", "low50", "high50", "low90", "high90")), base)
    tips = []
    for month, row in enumerate(zip(*(values / unit.scale for values in ends), strict=True)):
        median, low50, high50, low90, high90, quo = row
        lines = [
            month_words(month),
            f"{'Difference' if change else 'Scenario'}, median: {say(median)}",
            f"Half of the futures: {ranged(low50, high50)}",
            f"90 % of futures: {ranged(low90, high90)}",
        ]
        tips.append("\n".join(lines if change else [*lines, f"Status quo, median: {say(quo)}"]))
    return tips


def _spread(values: Floats, count: int) -> list[int]:
    """Return futures spread evenly by where they end, from low to high; some may be the same."""
    order = np.argsort(values[:, -1], kind="stable")
    return [int(order[int((i + 0.5) / count * len(order))]) for i in range(count)]


def end_labels(
    unit: Measure, ours: float, base: float, same: bool
) -> tuple[str | None, str | None]:
    if not math.isfinite(ours):
        return None, None
    if same:
        return None, f"Status quo\n{unit.say(base / unit.scale)}"
    return (
        f"Scenario\n{unit.say(ours / unit.scale)}",
        f"Status quo\n{unit.say(base / unit.scale)}",
    )


def label_heights(
    wanted: list[float], domain: tuple[float, float], size: str, log: bool = False
) -> list[float]:
    """Return label heights: ends of lines, pushed apart so that no two labels touch."""
    if log:
        inner = tuple(math.log10(end) for end in domain)
        logs = [math.log10(max(v, domain[0])) if math.isfinite(v) else inner[0] for v in wanted]
        return [10.0**v for v in label_heights(logs, (inner[0], inner[1]), size)]
    span = domain[1] - domain[0]
    gap = span * LINE_APART[size] * (1.25 if len(wanted) == 2 else 0.62)
    known = [v if math.isfinite(v) else domain[0] for v in wanted]
    return apart(known, gap, domain[0] + gap * 0.45, domain[1] - gap / 2)


def line_table(lines: Sequence[Line], look: Look, *, marks: Marks | None = None) -> pa.Table:
    """Return the columns of `charts.lines`, one block of months per line."""
    ends = [float(line.bands["median"][-1]) for line in lines]
    heights = label_heights(ends, look.domain, look.size, look.log)
    blocks: list[dict[str, Any]] = []
    for i, line in enumerate(lines):
        n = len(line.bands["median"])
        empty = np.full(n, np.nan)
        blocks.append(
            {
                "x": np.array([decimal_year(month) for month in range(n)]),
                "ink": np.ones(n),
                "series": [line.name] * n,
                "median": line.bands["median"],
                "low": line.bands["low90"],
                "high": line.bands["high90"],
                "baseline": empty if line.baseline is None else line.baseline,
                "tip": [None] * n if i else _line_tips(lines, look.measure, look.change),
                **(marks if marks and i == 0 else Marks()).columns(n, look),
                "name": _only_last(n, line.name),
                "name_y": _only_last(n, heights[i]),
            }
        )
    columns = {
        key: np.concatenate([np.asarray(block[key]) for block in blocks])
        if isinstance(blocks[0][key], np.ndarray)
        else [value for block in blocks for value in plain_values(block[key])]
        for key in blocks[0]
    }
    strings = {
        key: pa.array(columns[key], pa.string()) for key in ("policy", "name", "event", "tip")
    }
    return pa.table(columns | strings | {"name_y": pa.array(columns["name_y"], pa.float64())})


def plain_values(column: pa.Array | list[Any]) -> list[Any]:
    """Return a column's values as a list."""
    return column if isinstance(column, list) else list(column.to_pylist())


def _line_tips(lines: Sequence[Line], unit: Measure, change: bool) -> list[str]:
    """Return what the pointer is told in each month: every line's median and 90 % range."""
    say, ranged = (unit.say_change, unit.say_change_range) if change else (unit.say, unit.say_range)
    tips = []
    for month in range(len(lines[0].bands["median"])):
        told = [month_words(month)]
        for line in lines:
            middle, low, high = (
                float(line.bands[key][month]) / unit.scale for key in ("median", "low90", "high90")
            )
            told.append(f"{line.name}: {say(middle)} ({ranged(low, high)})")
        tips.append("\n".join(told))
    return tips


def group_lines(picture: Picture, result: Result, baseline: Result) -> list[Line]:
    """Return one line for each group of an outcome, with the baseline's median under it."""
    scale = picture.measure.scale
    return [
        Line(
            group_label(group),
            bands_of(result.series(picture.outcome.id, group), scale),
            bands_of(baseline.series(picture.outcome.id, group), scale)["median"],
        )
        for group in picture.series
    ]


def change_lines(picture: Picture, result: Result, baseline: Result) -> list[Line]:
    """Return one line for each group of an outcome: scenario less status quo."""
    scale = picture.measure.scale
    return [
        Line(
            group_label(group),
            bands_of(differences(Picture(picture.outcome, group), result, baseline), scale),
        )
        for group in picture.series
    ]


def data_table(picture: Picture, result: Result, baseline: Result) -> pd.DataFrame:
    """Return what a chart shows as a table, in the units it shows, one row a month and series."""
    scale = picture.measure.scale
    parts = []
    for group in picture.series:
        ours = bands_of(result.series(picture.outcome.id, group), scale)
        base = bands_of(baseline.series(picture.outcome.id, group), scale)["median"]
        told = {words: ours[key].round(4) for key, words in _TABLE_WORDS.items()}
        told |= {"Status quo, median": base.round(4)}
        change = bands_of(differences(Picture(picture.outcome, group), result, baseline), scale)
        told |= {words: change[key].round(4) for key, words in _CHANGE_WORDS.items()}
        part = pd.DataFrame({"Month": result.months, "Series": group_label(group)} | told)
        part["Unit"] = picture.unit
        parts.append(part)
    return pd.concat(parts, ignore_index=True)

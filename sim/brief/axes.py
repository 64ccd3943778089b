"""The frame of a figure: how large it is, its time axis from 2023 on, its axis of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.brief.record import Brief, Figure, Path, Told
from sim.calendar import LAST_OBSERVED_MONTH, START_YEAR

Spec = dict[str, Any]
TODAY = START_YEAR + (LAST_OBSERVED_MONTH + 1) / 12
BAR_STEP = 0.035  # of the time axis, from one bar at the end to the next
_ROOM = {"one": 0.22, "many": 0.19}  # of the time axis, right of the last month, for labels


@dataclass(frozen=True)
class Size:
    """How large a figure is: its width in pixels, a panel's height, its type, its lines."""

    width: int = 680
    height: int = 190
    type: float = 11.0
    line: float = 2.6

    def columns(self, panels: int) -> int:
        """Return how many panels stand in a row."""
        return panels if panels <= 3 else 2 if panels == 4 else 3


PAGE = Size()
STAGE = Size(width=1180, height=340, type=23.0, line=5.0)


@dataclass(frozen=True)
class Panel:
    """One panel to draw: panel `at` of a figure, one of `columns` in a row.

    `named` lines bear their scenario's name at the end; with `until`, nothing is drawn after that
    month.
    """

    figure: Figure
    brief: Brief
    at: int
    size: Size
    columns: int = 1
    named: bool = True
    until: int | None = None

    @property
    def path(self) -> Path:
        """The path drawn; in a figure of differences, the first of those drawn."""
        return self.figure.paths[self.at]

    def told(self, path: Path) -> Told:
        """Return whose path it is."""
        return self.brief.scenarios[path.scenario]


def panels(figure: Figure) -> range:
    """Return the numbers of a figure's panels."""
    return range(len(figure.paths) if figure.kind == "levels" else 1)


def decimal_year(month: int) -> float:
    """Return the middle of a month as a decimal year."""
    return START_YEAR + (month + 0.5) / 12


def x_axis(panel: Panel) -> Spec:
    """Return the time axis, with room at its end for values and, if wanted, names."""
    brief, figure = panel.brief, panel.figure
    last = START_YEAR + brief.settings.months / 12
    step = 2 if panel.columns > 1 or panel.size.width < 12 * panel.size.type * 3 else 1
    room = _ROOM["one" if panel.named and figure.kind == "levels" else "many"]
    if figure.kind == "changes":
        room += BAR_STEP * len(figure.paths)
    return {
        "field": "x",
        "type": "quantitative",
        "scale": {
            "domain": [START_YEAR, last + (last - START_YEAR) * room],
            "nice": False,
            "zero": False,
        },
        "axis": {
            "title": None,
            "values": list(range(START_YEAR, int(last) + 1, step)),
            "format": "d",
            "grid": False,
            "tickSize": 4,
            "labelOverlap": "greedy",
            "labelFlush": False,  # else the first year is pushed against the second
        },
    }


def y_axis(panel: Panel) -> Spec:
    """Return the axis of values, the same for all panels of a figure."""
    figure, size = panel.figure, panel.size
    sign = "+" if figure.kind == "changes" else ""
    label = f"'{figure.prefix}' + format(datum.value, '{sign},~r')"
    if figure.percent:
        label += " + ' %'"
    if sign:
        label = f"datum.value == 0 ? '0' : {label}"
    kind: Spec = {"type": "log"} if figure.log else {"type": "linear", "zero": False}
    return {
        "type": "quantitative",
        "scale": kind | {"domain": [figure.low, figure.high], "nice": False},
        "axis": {
            "title": None,
            "labelExpr": label,
            "tickCount": 5 if size.height > 150 else 4,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
            "minExtent": size.type * 3.4,
            "maxExtent": size.type * 3.4,
        },
    }

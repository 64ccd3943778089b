"""What a chart looks like: pure functions from axis ends and names to a Vega-Lite specification.

A specification holds no data and no colour of its own. Colours come from the theme in the browser
(series from its categorical palette, ink from the dark end of its sequential one), so one
specification serves light and dark; data are sent beside it, so that a new run redraws the marks
and nothing else. Columns are made by `tables.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import altair as alt

from sim.calendar import LAST_OBSERVED_MONTH
from sim.wording import Measure

Spec = dict[str, Any]
Domain = tuple[float, float]
ObservedRow = tuple[float, float, float, float, float, float, str, str]
Observed = tuple[ObservedRow, ...]
OBSERVED_FIELDS = ("x", "start", "end", "value", "low", "high", "series", "told")

FIRST_YEAR = 2023.0
TODAY = FIRST_YEAR + (LAST_OBSERVED_MONTH + 1) / 12
_DATA = alt.NamedData("d")
_INK_SCALE = alt.Scale(domain=[0, 1], range="ramp")
_LABEL_ROOM = {"large": 0.17, "small": 0.26, "named": 0.36}


@dataclass(frozen=True)
class Look:
    """What a chart's specification depends on: axis ends, last year, unit, size, observations,
    whether differences are drawn, how many single futures, and whether events are marked."""

    domain: Domain
    until: float
    measure: Measure
    size: str
    height: int
    log: bool = False
    observed: Observed = ()
    change: bool = False
    futures: int = 0
    events: bool = False


def ink() -> alt.Color:
    """Return the theme's ink, near black on light and near white on dark; data carry `ink` = 1."""
    return alt.Color("ink:Q", scale=_INK_SCALE, legend=None)


def lead() -> alt.Color:
    """Return the theme's first series colour, that of the scenario in hand."""
    return alt.Color("ink:N", scale=alt.Scale(domain=[1], range="category"), legend=None)


def _x(until: float, size: str) -> alt.X:
    end = until + (until - FIRST_YEAR) * _LABEL_ROOM[size]
    step = 3 if size == "small" else 1
    return alt.X(
        "x:Q",
        scale=alt.Scale(domain=[FIRST_YEAR, end], nice=False),
        axis=alt.Axis(
            title=None,
            values=list(range(int(FIRST_YEAR), int(until) + 1, step)),
            format="d",
            grid=False,
            ticks=True,
            tickSize=4,
            domain=True,
            labelPadding=4,
            labelFlush=False,
            labelOverlap="greedy",
        ),
    )


def _y(look: Look, field: str) -> alt.Y:
    label = f"'{look.measure.prefix}' + format(datum.value, '{'+' if look.change else ''},~r')"
    if look.change:
        label = f"datum.value == 0 ? '0' : {label}"
    elif look.measure.scale == 100.0:
        label += " + ' %'"
    return alt.Y(
        f"{field}:Q",
        scale=alt.Scale(domain=list(look.domain), nice=False, **_kind(look.log)),
        axis=alt.Axis(
            title=None,
            labelExpr=label,
            tickCount=3 if look.size == "small" else 5,
            labelPadding=6,
            gridOpacity=0.7,
        ),
    )


def number_axis(look: Look) -> alt.X:
    """Return a horizontal axis for the number itself, in place of time."""
    upright = _y(look, "x").to_dict()
    label = upright["axis"]["labelExpr"]
    return alt.X(
        "x:Q",
        scale=alt.Scale(domain=list(look.domain), nice=False),
        axis=alt.Axis(title=None, labelExpr=label, tickCount=7, grid=False, labelFlush=False),
    )


def _kind(log: bool) -> dict[str, Any]:
    return {"type": "log"} if log else {"type": "linear", "zero": False}


def _today(size: str, lift: float) -> list[alt.Chart]:
    """Return the dotted rule between what was observed and what is simulated."""
    rule = (
        alt.Chart(alt.InlineData([{"x": TODAY, "ink": 1}]))
        .mark_rule(strokeDash=[2, 3], opacity=0.55)
        .encode(x="x:Q", color=ink())
    )
    if size == "small":
        return [rule]
    word = rule.mark_text(align="right", dx=-5, y=lift, text="today", fontSize=11, opacity=0.75)
    return [rule, word.encode(x="x:Q", color=ink())]


def _policy(size: str, lift: float) -> list[alt.Chart]:
    """Return the rule at the first policy change; drawn only if a row carries `policy`."""
    rule = (
        alt.Chart(_DATA)
        .transform_filter("isValid(datum.policy)")
        .mark_rule(strokeWidth=1.2, strokeDash=[6, 2])
        .encode(x="x:Q", color=lead())
    )
    if size == "small":
        return [rule]
    word = rule.mark_text(align="left", dx=5, y=lift, fontSize=11, fontWeight=600)
    return [rule, word.encode(x="x:Q", text="policy:N", color=lead())]


def _singles(look: Look, x: alt.X) -> list[alt.Chart]:
    """Return single futures as thin lines."""
    return [
        alt.Chart(_DATA)
        .mark_line(strokeWidth=0.9, opacity=0.75, clip=True)
        .encode(x=x, y=_y(look, f"f{number}"), color=lead())
        for number in range(look.futures)
    ]


def _events(look: Look, x: alt.X) -> list[alt.Chart]:
    """Return a mark on the time axis where something happened; drawn where a row tells what."""
    if not look.events:
        return []
    mark = (
        alt.Chart(_DATA)
        .transform_filter("isValid(datum.event)")
        .mark_point(shape="triangle-up", size=44, filled=True, opacity=0.85, yOffset=-4)
        .encode(
            x=x,
            y=_y(look, "event_y"),
            color=ink(),
            tooltip=alt.Tooltip("event:N"),
        )
    )
    return [mark]


def _observed(points: Observed, color: Any) -> list[Any]:
    """Return what was measured: a diamond, its span of months and its range where known."""
    if not points:
        return []
    rows = [
        dict(zip(OBSERVED_FIELDS, (*point[:-1], f"Observed: {point[-1]}"), strict=True))
        | {"ink": 1}
        for point in points
    ]
    base = alt.Chart(alt.InlineData(rows))
    tip = alt.Tooltip("told:N")
    return [
        base.mark_rule(strokeWidth=1.5, opacity=0.8).encode(
            x="start:Q", x2="end:Q", y="value:Q", color=color, tooltip=tip
        ),
        base.mark_rule(strokeWidth=1, opacity=0.6).encode(
            x="x:Q", y="low:Q", y2="high:Q", color=color, tooltip=tip
        ),
        base.mark_point(
            shape="diamond", size=46, filled=True, opacity=1, strokeWidth=1, clip=True
        ).encode(x="x:Q", y="value:Q", color=color, tooltip=tip),
    ]


def _hover() -> alt.Chart:
    """Return a rule that follows the pointer and tells the values of its month.

    One text a month, ready in the data: the browser would put several together anew for all months
    at every drawing, which takes it longer than the lines do.
    """
    near = alt.selection_point(
        name="near",
        encodings=["x"],
        nearest=True,
        on="pointerover",
        clear="pointerout",
        empty=False,
    )
    rule: alt.Chart = (
        alt.Chart(_DATA)
        .transform_filter("isValid(datum.tip)")
        .mark_rule(strokeWidth=1)
        .encode(
            x="x:Q",
            color=ink(),
            opacity=alt.condition(near, alt.value(0.5), alt.value(0)),
            tooltip=alt.Tooltip("tip:N"),
        )
        .add_params(near)
    )
    return rule


def finish(layers: list[Any], height: int) -> Spec:
    chart = (
        alt.layer(*layers)
        .resolve_scale(color="independent")
        .properties(height=height, padding={"left": 2, "right": 6, "top": 4, "bottom": 2})
        .configure_axis(labelFontSize=12)
        .configure(
            background="transparent", autosize=alt.AutoSizeParams(type="fit", contains="padding")
        )
    )
    with alt.data_transformers.enable(consolidate_datasets=False):
        spec: dict[str, Any] = chart.to_dict()
    spec.pop("data", None)
    for layer in spec["layer"]:
        layer["mark"]["aria"] = False  # hundreds of marks: words beside the chart tell the numbers
        if layer.get("data") == {"name": _DATA.name}:
            del layer["data"]  # what is sent beside the specification
    return spec


@lru_cache(maxsize=256)
def bands(look: Look) -> Spec:
    """Return the chart of one series: median, 50 and 90 % bands, baseline, what was observed."""
    size, x, y = look.size, _x(look.until, look.size), partial(_y, look)
    data = alt.Chart(_DATA)
    label: dict[str, Any] = {"align": "left", "dx": 7, "lineBreak": "\n", "fontSize": 12}
    layers: list[Any] = [
        data.mark_area(opacity=0.16, clip=True).encode(x=x, y=y("low90"), y2="high90:Q"),
        data.mark_area(opacity=0.26, clip=True).encode(x=x, y=y("low50"), y2="high50:Q"),
        *_today(size, 8),
        *_policy(size, 22),
        *_singles(look, x),
        data.mark_line(strokeWidth=4.5, clip=True).encode(x=x, y=y("median")),
        data.mark_line(strokeWidth=1.4, clip=True).encode(x=x, y=y("baseline"), color=ink()),
        data.transform_filter("isValid(datum.name)")
        .mark_text(fontWeight=700, **label)
        .encode(x=x, y=y("name_y"), text="name:N", color=lead()),
        data.transform_filter("isValid(datum.base_name)")
        .mark_text(**label)
        .encode(x=x, y=y("base_y"), text="base_name:N", color=ink()),
        _hover(),
        *_observed(look.observed, ink()),  # over the hover, so that they answer for themselves
        *_events(look, x),
    ]
    return finish(layers, look.height)


@lru_cache(maxsize=256)
def lines(look: Look, names: tuple[str, ...]) -> Spec:
    """Return the chart of several series by name: medians, a faint band each, labels at the end.

    Differences have a firm line at nought. A series may carry a `baseline`.
    """
    size, x, y = look.size, _x(look.until, look.size), partial(_y, look)
    color = alt.Color(
        "series:N", scale=alt.Scale(domain=list(names), range="category"), legend=None
    )
    data = alt.Chart(_DATA)
    area = data.mark_area(opacity=0.13, clip=True).encode(x=x, y=y("low"), y2="high:Q", color=color)
    nought = (
        alt.Chart(alt.InlineData([{"y": 0, "ink": 1}]))
        .mark_rule(strokeWidth=1.2, opacity=0.8)
        .encode(y="y:Q", color=ink())
    )
    layers: list[Any] = [
        area,
        *([nought] if look.change else []),
        *_today(size, 8),
        *_policy(size, 22),
        data.mark_line(strokeWidth=3, clip=True).encode(x=x, y=y("median"), color=color),
        data.mark_line(strokeWidth=1.1, clip=True).encode(
            x=x, y=y("baseline"), detail="series:N", color=ink()
        ),
        *_observed(look.observed, ink() if size == "named" else color),
        data.transform_filter("isValid(datum.name)")
        .mark_text(align="left", dx=7, fontSize=12, fontWeight=600)
        .encode(x=x, y=y("name_y"), text="name:N", color=color),
        _hover(),
        *_events(look, x),
    ]
    return finish(layers, look.height)

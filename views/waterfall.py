"""The chart of which lever did what: from the first scenario to the second, one step a lever.

As in `charts.py`, a specification holds no data and no colour of its own: bars that raise take the
theme's first series colour, bars that lower its second, the two scenarios its ink.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pyarrow as pa

from sim.attribution_report import Bar
from sim.wording import GAP, Measure, digits
from views.charts import Spec

ROW = 44  # pixels a step, enough for a label of two lines
LABEL_WIDTH = 30  # letters in a line of a label
ROOM = 0.42  # of the span of the bars, for the words beside them
RAISES, LOWERS = "raises it", "lowers it"
_DATA = alt.NamedData("d")


def waterfall_table(
    bars: Sequence[Bar], base: float, *, ends: tuple[str, str], unit: Measure
) -> pa.Table:
    """Return one row a step, in shown units: the first level, each lever, the second level."""
    rows: list[dict[str, Any]] = []
    at = base * unit.scale
    rows.append(_level(ends[0], at, unit))
    for bar in bars:
        after = at + bar.mean * unit.scale
        rows.append(
            {
                "label": bar.label,
                "start": at,
                "end": after,
                "kind": RAISES if bar.mean >= 0 else LOWERS,
                "ink": None,
                "right": max(at, after),
                "words": step_words(bar, unit),
                "tip": f"{step_words(bar, unit)}, raises it in {_hundred(bar.share_positive)} and "
                f"lowers it in {_hundred(bar.share_negative)} of 100 futures",
            }
        )
        at = after
    rows.append(_level(ends[1], at, unit))
    for number, row in enumerate(rows):
        row["step"] = number
        row["name"] = "\n".join(textwrap.wrap(row["label"], LABEL_WIDTH, max_lines=2))
        row["one"] = 1
    return pa.Table.from_pylist(rows)


def step_words(bar: Bar, unit: Measure) -> str:
    """Return "−2.4 ± 0.9 points": a share with its standard error."""
    words = unit.say_change(bar.mean)
    if bar.standard_error != bar.standard_error:
        return words
    suffix = unit.change or unit.suffix
    error = f"{GAP}±{GAP}{unit.prefix}{digits(bar.standard_error * unit.scale)}"
    if suffix and words.endswith((suffix, suffix.removesuffix("s"))):
        number = words.removesuffix(suffix).removesuffix(suffix.removesuffix("s"))
        return f"{number}{error}{suffix}"
    return f"{words}{error}"


def domain(table: pa.Table) -> tuple[float, float]:
    """Return the ends of the axis: all bars, and room for the words to the right of them."""
    columns = table.to_pydict()
    low = min(*columns["start"], *columns["end"])
    high = max(*columns["start"], *columns["end"])
    span = (high - low) or abs(high) or 1.0
    return low - 0.06 * span, high + ROOM * span


@lru_cache(maxsize=64)
def waterfall(steps: int, ends: tuple[float, float]) -> Spec:
    """Return the chart of so many steps, on an axis with these ends."""
    y = alt.Y(
        "name:N",
        sort=alt.EncodingSortField("step", order="ascending"),
        scale=alt.Scale(paddingInner=0.35, paddingOuter=0.2),
        axis=alt.Axis(
            title=None,
            labelExpr="split(datum.value, '\\n')",
            labelOffset={  # a second line would otherwise hang below the bar's middle
                "condition": {"test": "indexof(datum.value, '\\n') >= 0", "value": -7},
                "value": 0,
            },
            labelLimit=230,
            labelFontSize=12,
            labelPadding=8,
            ticks=False,
            domain=False,
        ),
    )
    x = {
        "scale": alt.Scale(domain=list(ends), nice=False, zero=False),
        "axis": alt.Axis(title=None, tickCount=5, format=",~r", labelPadding=4, gridOpacity=0.7),
    }
    color = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=[RAISES, LOWERS], range="category"),
        legend=None,
    )
    ink = alt.Color("ink:Q", scale=alt.Scale(domain=[0, 1], range="ramp"), legend=None)
    data = alt.Chart(_DATA)
    tip = [alt.Tooltip("label:N", title="Step"), alt.Tooltip("tip:N", title="Mean")]
    levers = data.transform_filter("isValid(datum.kind)")
    levels = data.transform_filter("isValid(datum.ink)")
    layers: list[Any] = [
        levers.mark_bar(cornerRadius=1).encode(
            x=alt.X("start:Q", **x), x2="end:Q", y=y, color=color, tooltip=tip
        ),
        levels.mark_tick(thickness=3.5, bandSize=26).encode(
            x=alt.X("end:Q", **x), y=y, color=ink, tooltip=tip
        ),
        data.mark_text(align="left", dx=7, fontSize=12, fontWeight=600).encode(
            x=alt.X("right:Q", **x), y=y, text="words:N", color=ink_of_all()
        ),
    ]
    chart = (
        alt.layer(*layers)
        .resolve_scale(color="independent")
        .properties(height=ROW * steps, padding={"left": 2, "right": 6, "top": 4, "bottom": 2})
        .configure_axis(labelFontSize=12)
        .configure(
            background="transparent", autosize=alt.AutoSizeParams(type="fit", contains="padding")
        )
    )
    with alt.data_transformers.enable(consolidate_datasets=False):
        spec: Spec = chart.to_dict()
    spec.pop("data", None)
    for layer in spec["layer"]:
        if layer.get("data") == {"name": _DATA.name}:
            del layer["data"]  # what is sent beside the specification
    return spec


def ink_of_all() -> alt.Color:
    """Return the theme's ink for every row; `one` is 1 in each."""
    return alt.Color("one:Q", scale=alt.Scale(domain=[0, 1], range="ramp"), legend=None)


def told(bars: Sequence[Bar], unit: Measure, names: tuple[str, str]) -> str:
    """Return what the chart says, for those who do not see it."""
    steps = "; ".join(f"{bar.label} {step_words(bar, unit)}" for bar in bars)
    return f"From {names[0]} to {names[1]}, mean over futures: {steps}."


def _level(label: str, value: float, unit: Measure) -> dict[str, Any]:
    words = unit.say(value / unit.scale)
    return {
        "label": label,
        "start": value,
        "end": value,
        "kind": None,
        "ink": 1,
        "right": value,
        "words": words,
        "tip": words,
    }


def _hundred(share: float) -> str:
    return "none" if share != share else f"{round(100 * share)}"

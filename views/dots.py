"""One number as twenty dots, each one in twenty futures: scenario above the line, status quo below.

Dots stand at the middle of every twentieth of the futures, so that a reader can count how many of a
hundred futures lie beyond a value.
"""

from __future__ import annotations

import math
from functools import lru_cache

import altair as alt
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.result import quantiles
from sim.wording import Measure
from views.charts import Domain, Look, Spec, finish, ink, lead, number_axis

Floats = npt.NDArray[np.float64]
DOTS = 20
BINS = 26  # over the width of the axis
_TOP = DOTS * 0.62  # dots that fit above the line
_COLUMNS = pa.schema(
    [
        ("x", pa.float64()),
        ("up", pa.float64()),
        ("down", pa.float64()),
        ("ink", pa.int64()),
        ("tip", pa.string()),
    ]
)
_NAMES = ("Scenario", "Status quo")


def dot_table(scenario: Floats, base: Floats, unit: Measure, domain: Domain) -> pa.Table:
    """Return the dots of two sets of futures, shape (futures,) in shown units, of one month.

    A pile that is higher than the chart is pressed together, and the others with it.
    """
    piles = [_pile(scenario, domain), _pile(base, domain)]
    tallest = max((height for pile in piles for _, height, _ in pile), default=1.0)
    press = min(1.0, (_TOP - 1.5) / tallest)
    rows = [
        {
            "x": _centre(place, domain),
            "up": height * press if side > 0 else None,
            "down": -height * press if side < 0 else None,
            "ink": 1,
            "tip": f"{name}, near {unit.say(value / unit.scale)}: 5 of 100 futures",
        }
        for pile, name, side in zip(piles, _NAMES, (1, -1), strict=True)
        for place, height, value in pile
    ]
    return pa.Table.from_pylist(rows, schema=_COLUMNS)


def _pile(values: Floats, domain: Domain) -> list[tuple[int, float, float]]:
    """Return each dot's place along the axis, its height in its pile, and its value."""
    known = values[~np.isnan(values)]
    if not known.size:
        return []
    piled: dict[int, int] = {}
    dots = []
    for middle in quantiles(known[:, None], [(i + 0.5) / DOTS for i in range(DOTS)]):
        place = _bin(float(middle[0]), domain)
        piled[place] = piled.get(place, 0) + 1
        dots.append((place, piled[place] - 0.5, float(middle[0])))
    return dots


def _bin(value: float, domain: Domain) -> int:
    low, high = domain
    share = (value - low) / (high - low) if high > low else 0.5
    return min(BINS - 1, max(0, math.floor(share * BINS)))


def _centre(place: int, domain: Domain) -> float:
    return domain[0] + (place + 0.5) / BINS * (domain[1] - domain[0])


def dot_domain(scenario: Floats, base: Floats) -> Domain:
    """Return the axis that holds the middle nine tenths of both sets, with a little air."""
    known = np.concatenate([scenario, base])
    known = known[~np.isnan(known)]
    if not known.size:
        return (0.0, 1.0)
    low, high = (float(q) for q in np.quantile(known, (0.02, 0.98)))
    air = 0.08 * (high - low) or 0.5
    return (min(low - air, max(low - air, 0.0)) if low >= 0 else low - air, high + air)


@lru_cache(maxsize=64)
def dots(look: Look) -> Spec:
    """Return the chart; `domain` of the look is that of the number, on the horizontal axis."""
    line = alt.Chart(alt.InlineData([{"y": 0, "ink": 1}])).mark_rule(strokeWidth=1)
    layers = [
        line.encode(y=_height("y"), color=ink()),
        _stack(look, "up", lead(), filled=True),
        _stack(look, "down", ink(), filled=False),
        _word(f"{_NAMES[0]}, each dot 5 of 100 futures", 1.0, lead(), bold=True),
        _word(_NAMES[1], -1.0, ink(), bold=False),
    ]
    return finish(layers, look.height)


def _height(field: str) -> alt.Y:
    return alt.Y(
        f"{field}:Q", scale=alt.Scale(domain=[-_TOP, _TOP], nice=False), axis=None, title=None
    )


def _stack(look: Look, field: str, color: alt.Color, *, filled: bool) -> alt.Chart:
    made: alt.Chart = (
        alt.Chart(alt.NamedData("d"))
        .transform_filter(f"isValid(datum.{field})")
        .mark_point(shape="circle", size=70, filled=filled, opacity=1, strokeWidth=1.6)
        .encode(
            x=number_axis(look),
            y=_height(field),
            color=color,
            tooltip=[alt.Tooltip("tip:N", title="Dot")],
        )
    )
    return made


def _word(word: str, side: float, color: alt.Color, *, bold: bool) -> alt.Chart:
    made: alt.Chart = (
        alt.Chart(alt.InlineData([{"y": side * _TOP * 0.9, "word": word, "ink": 1}]))
        .mark_text(align="left", x=4, fontSize=12, fontWeight=700 if bold else 400)
        .encode(y=_height("y"), text="word:N", color=color)
    )
    return made

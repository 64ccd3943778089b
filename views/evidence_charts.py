"""What the Evidence page draws: facts beside the model's bands, and ranges before and after."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from sim.calendar import month_index
from sim.outcomes import BY_ID as OUTCOMES
from sim.parameters import ASSUMPTIONS
from sim.wording import measure, month_words
from views.pictures import group_label

RIVALS = {
    "last_value": "last value",
    "logistic_trend": "trend",
    "nested_logit": "plain nested logit",
}
ROW = 26
AROUND = 165  # legend, axis and title: a chart on a page has its height in all
SHARES, INDEX, PRICES = "Shares, %", "ECI points, months", "US dollars, logarithmic"


def fact_table(facts: list[dict[str, Any]]) -> pd.DataFrame:
    """Return one row a fact, in shown units: what was recorded, the model's bands, rivals."""
    return pd.DataFrame([_fact(item) for item in facts])


def _fact(item: dict[str, Any]) -> dict[str, Any]:
    unit = measure(OUTCOMES[item["outcome"]].unit)
    share = item["scale"] == "share"
    times = 100.0 if share else 1.0
    model = item["model"]
    when = {month_words(month_index(item[end])) for end in ("start", "end")}
    period = month_words(month_index(item["start"]))
    if len(when) > 1:
        period = f"{period} to {month_words(month_index(item['end']))}"
    row: dict[str, Any] = {
        "Fact": f"{_words(item['id'])}",
        "Outcome": f"{OUTCOMES[item['outcome']].label}, {group_label(item['group'])}",
        "Period": period,
        "Kind": SHARES if share else PRICES if item["scale"] == "log" else INDEX,
        "Recorded": times * item["recorded"],
        "Median": times * model["median"],
        "Inside": "inside" if model["in_90"] else "missed",
        "Supply": item["supply"],
        "Unit": unit.axis,
    }
    for name in ("low50", "high50", "low90", "high90"):
        row[name] = times * model[name]
    for name, words in RIVALS.items():
        band = item["naive"].get(name)
        row[words] = None if band is None else times * band["median"]
    return row


def _words(name: str) -> str:
    """Return the id of a fact as words."""
    words = name.replace("_", " ")
    for short, long in (
        ("cn ", "China "),
        ("us ", "US "),
        (" us", " US"),
        (" cn", " China"),
        ("eci", "ECI"),
        ("h1", ", first half"),
        ("h2", ", second half"),
    ):
        words = words.replace(short, long)
    return words[0].upper() + words[1:]


def facts_chart(table: pd.DataFrame, *, rivals: bool) -> alt.LayerChart:
    """Return a row a fact: 90 and 50 % band, median, what was recorded, and rivals if asked."""
    log = bool((table["Kind"] == PRICES).all())
    y = alt.Y("Fact:N", title=None, sort=None, axis=alt.Axis(labelLimit=260))
    scale = alt.Scale(type="log") if log else alt.Scale(zero=False)
    title = table["Kind"].iloc[0]
    base = alt.Chart(table)
    seen = [
        "Fact",
        "Outcome",
        "Period",
        *(alt.Tooltip(name, format=".3~g") for name in ("Recorded", "Median", "low90", "high90")),
        alt.Tooltip("Inside", title="90 % band"),
    ]
    outer = base.mark_bar(height=6, opacity=0.35).encode(
        x=alt.X("low90:Q", title=title, scale=scale), x2="high90:Q", y=y, tooltip=seen
    )
    inner = base.mark_bar(height=12, opacity=0.6).encode(x="low50:Q", x2="high50:Q", y=y)
    middle = base.mark_tick(thickness=2, height=16).encode(x="Median:Q", y=y)
    point = base.mark_point(size=90, filled=True, opacity=1.0).encode(
        x="Recorded:Q",
        y=y,
        shape=alt.Shape(
            "Inside:N",
            title="Recorded",
            scale=alt.Scale(domain=["inside", "missed"], range=["diamond", "cross"]),
            legend=alt.Legend(orient="top"),
        ),
        color=alt.Color(
            "Inside:N",
            title="Recorded",
            scale=alt.Scale(domain=["inside", "missed"], range=["#e0a800", "#d4561a"]),
            legend=alt.Legend(orient="top"),
        ),
        tooltip=seen,
    )
    layers = [outer, inner, middle, point]
    if rivals:
        long = table.melt("Fact", list(RIVALS.values()), "Rival", "value").dropna()
        layers.append(
            alt.Chart(long)
            .mark_text(size=11, fontWeight="bold", dy=9)
            .encode(
                x="value:Q",
                y=y,
                text=alt.Text("mark:N"),
                tooltip=["Fact", "Rival", alt.Tooltip("value", format=".3~g")],
            )
            .transform_calculate(mark="upper(slice(datum.Rival, 0, 1))")
        )
    return alt.layer(*layers).properties(height=ROW * len(table) + AROUND)


def range_table(free: dict[str, dict[str, float]]) -> pd.DataFrame:
    """Return one row a fitted assumption: its 90 % range in quantiles of the prior."""
    rows = [
        {
            "Assumption": ASSUMPTIONS[name].label,
            "low": 100.0 * item["low"],
            "median": 100.0 * item["median"],
            "high": 100.0 * item["high"],
            "Width": item["width"],
        }
        for name, item in free.items()
    ]
    return pd.DataFrame(rows).sort_values("Width", kind="stable")


def ranges_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Return a bar for each assumption, from 0 to 100 % of its range before the record was seen."""
    y = alt.Y("Assumption:N", title=None, sort=None, axis=alt.Axis(labelLimit=280))
    base = alt.Chart(table)
    bar = base.mark_bar(height=8, opacity=0.5).encode(
        x=alt.X(
            "low:Q",
            title="quantile of the range before the record was seen, %",
            scale=alt.Scale(domain=[0, 100]),
        ),
        x2="high:Q",
        y=y,
        tooltip=[
            "Assumption",
            *(alt.Tooltip(name, format=".0f") for name in ("low", "median", "high")),
            alt.Tooltip("Width", title="width over before", format=".2f"),
        ],
    )
    middle = base.mark_tick(thickness=2, height=14).encode(x="median:Q", y=y)
    return alt.layer(bar, middle).properties(height=22 * len(table) + 60)

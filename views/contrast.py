"""What the Compare page shows: levels, differences, and the tables of levers and outcomes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.calendar import month_index
from sim.compare import Comparison, difference_bands
from sim.levers import BY_ID as LEVERS
from sim.result import Result
from views import charts, observed, tables
from views.headlines import HEADLINES
from views.pictures import Picture, axis, change_axis, named
from views.plain import plain
from views.tables import Line
from views.wording import dial, futures, month_words

HEIGHT = 320
LONGEST_LABEL = 26
ROWS = (
    *(headline.picture for headline in HEADLINES),
    named("open_share_tokens.world"),
    named("open_share_spend.world"),
    named("open_closed_lag_months.world"),
    named("open_release_share.US"),
    named("price_paid_usd_per_mtok.closed"),
    named("spend_musd_per_month.world"),
)


def labels(results: Sequence[Result]) -> list[str]:
    """Return a short name for each scenario, different from all others."""
    short: list[str] = []
    for result in results:
        title = result.scenario.title
        title = title if len(title) <= LONGEST_LABEL else f"{title[: LONGEST_LABEL - 1].rstrip()}…"
        while title in short:
            title += "\N{PRIME}"
        short.append(title)
    return short


class Sheet:
    """Two charts and two tables, placed once and redrawn in place."""

    def __init__(self, shown: Picture) -> None:
        self._shown = shown
        left, right = st.columns(2, gap="small")
        self._level = self._card(left, shown.title, shown.subtitle)
        self._change = self._card(right, "Difference from the first", shown.title)
        st.markdown("#### Outcomes")
        self._outcomes: DeltaGenerator = st.container()
        st.markdown("#### Levers that differ")
        self._levers: DeltaGenerator = st.container()
        self._drawn: list[DeltaGenerator] = []
        self._domains: tuple[tuple[float, float], tuple[float, float]] | None = None

    @staticmethod
    def _card(column: DeltaGenerator, title: str, note: str) -> DeltaGenerator:
        with column.container(border=True, gap="xsmall", key=f"card_wide_{title}"):
            st.markdown(f"**{title}**  \n:small[:gray[{note}]]")
            return st.container()

    def draw(self, comparison: Comparison, *, final: bool) -> None:
        """Draw all four from these futures; axes may move only with the last ones."""
        shown, names = self._shown, labels(comparison.results)
        levels = level_lines(shown, comparison, names)
        changes = change_lines(shown, comparison, names)
        if self._domains is None or final:
            self._domains = _domains(shown, levels, changes)
        told = [plain(name) for name in names]  # a table shows Markdown
        places = self._drawn or [self._level, self._change, self._outcomes, self._levers]
        months = len(comparison.results[0].months)
        level = _look(shown, self._domains[0], months, change=False)
        change = _look(shown, self._domains[1], months, change=True)
        self._drawn = [
            _chart(places[0], shown, levels, level, tuple(names)),
            _chart(places[1], shown, changes, change, tuple(names)),
            places[2].table(outcome_table(comparison, told), border="horizontal"),
            places[3].table(lever_table(comparison, told), border="horizontal"),
        ]


def level_lines(shown: Picture, comparison: Comparison, names: list[str]) -> list[Line]:
    """Return one line a scenario: its median and 90 % band."""
    return [
        Line(name, tables.bands_of(run.series(shown.outcome.id, shown.group), shown.measure.scale))
        for name, run in zip(names, comparison.results, strict=True)
    ]


def change_lines(shown: Picture, comparison: Comparison, names: list[str]) -> list[Line]:
    """Return one line for each scenario but the first: the paired difference from the first."""
    return [
        Line(
            names[at],
            tables.bands_of(
                comparison.difference(at, shown.outcome.id, shown.group), shown.measure.scale
            ),
        )
        for at in range(1, len(names))
    ]


def _domains(
    shown: Picture, levels: list[Line], changes: list[Line]
) -> tuple[tuple[float, float], tuple[float, float]]:
    low, high = tables.extent([line.bands for line in levels])
    seen = observed.extent(shown)
    if seen is not None:
        low, high = min(low, seen[0]), max(high, seen[1])
    return axis(shown, low, high), change_axis(*tables.extent([line.bands for line in changes]))


def _chart(
    place: DeltaGenerator,
    shown: Picture,
    lines: list[Line],
    look: charts.Look,
    names: tuple[str, ...],
) -> DeltaGenerator:
    table = tables.line_table(lines, look, names=names)
    drawn: DeltaGenerator = place.vega_lite_chart(
        table,
        charts.lines(look, names),
        height=HEIGHT,
        alt=describe(shown, lines, look.change),
    )
    return drawn


def _look(shown: Picture, domain: tuple[float, float], months: int, *, change: bool) -> charts.Look:
    return charts.Look(
        domain=domain,
        until=charts.FIRST_YEAR + months / 12,
        measure=shown.measure,
        size="named",
        height=HEIGHT,
        log=shown.log and not change,
        observed=() if change else observed.observed(shown),
        change=change,
    )


def describe(shown: Picture, lines: list[Line], change: bool) -> str:
    """Return what a chart says, for those who do not see it."""
    unit = shown.measure
    say = unit.say_change if change else unit.say
    ends = "; ".join(f"{line.name} {say(line.bands['median'][-1] / unit.scale)}" for line in lines)
    kind = "difference from the first scenario" if change else "medians"
    return f"{shown.title}, {shown.subtitle}, {kind} in the last month: {ends}."


def outcome_table(comparison: Comparison, names: list[str]) -> pd.DataFrame:
    """Return median, range, difference and count of futures in the last month, as words."""
    last = comparison.results[0].values.shape[2] - 1
    rows = {}
    for shown in ROWS:
        row = {}
        for at, (name, run) in enumerate(zip(names, comparison.results, strict=True)):
            row[name] = _level_words(shown, run, last)
            if at:
                row[name] += _change_words(shown, comparison, at, last)
        rows[f"**{shown.title}**  \n{shown.subtitle}"] = row
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = f"In {month_words(last)}"
    return table


def _level_words(shown: Picture, run: Result, month: int) -> str:
    bands = tables.bands_of(run.series(shown.outcome.id, shown.group)[:, month : month + 1])
    low, mid, high = (float(bands[key][0]) for key in ("low90", "median", "high90"))
    return f"**{shown.measure.say(mid)}** ({shown.measure.say_range(low, high)})"


def _change_words(shown: Picture, comparison: Comparison, at: int, month: int) -> str:
    paired = comparison.difference(at, shown.outcome.id, shown.group)[:, month]
    told = {key: float(value) for key, value in difference_bands(paired).items()}
    if not told["n"] or not paired.any():
        return "  \nno change"
    up = told["share_positive"] >= told["share_negative"]
    count = max(told["share_positive"], told["share_negative"]) * told["n"]
    return (
        f"  \n{shown.measure.say_change(told['difference'])}, {'higher' if up else 'lower'} in "
        f"{futures(round(count), round(told['n']))}"
    )


def lever_table(comparison: Comparison, names: list[str]) -> pd.DataFrame:
    """Return each lever whose path differs, a column a scenario, as words."""
    found = comparison.lever_differences()
    rows: dict[str, dict[str, str]] = {}
    for label, name in zip(comparison.labels, names, strict=True):
        for row in found[found["scenario"] == label].to_dict("records"):
            lever = LEVERS[row["lever"]]
            words = dial(lever).say(row["value"])
            if row["start"]:
                words = f"**{words}** from {month_words(month_index(row['start']))}"
                phase = row["phase_in_months"]
                words += f", over {phase} months" if phase else ""
            rows.setdefault(f"{lever.label} ({lever.actor})", {})[name] = words
    if not rows:
        return pd.DataFrame({"": ["No lever differs"]})
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)

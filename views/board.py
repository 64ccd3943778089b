"""The charts of the Simulate page: two large ones of the user's choice, four small ones below."""

from __future__ import annotations

import math
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.outcomes import BY_ID
from sim.result import Result
from views import charts, observed, state, tables
from views.downloads import chart_file
from views.pictures import (
    ALL,
    OUTCOME_IDS,
    SHORT_TITLES,
    SMALL,
    Picture,
    axis,
    choices,
    group_label,
    picture,
)

HEIGHT = {"large": 236, "small": 150}
HEADROOM = 0.1


@dataclass
class Place:
    """One chart's place on the page: what it shows, where, and the axis it keeps."""

    picture: Picture
    size: str
    slot: DeltaGenerator
    asked: bool
    domain: tuple[float, float] | None = None
    drawn: DeltaGenerator | None = None


class Board:
    """All charts, placed once a run and redrawn in place as futures come in."""

    def __init__(self) -> None:
        large = st.columns(2, gap="small")
        self._places = [
            _place(column, shown, "large", at)
            for at, (column, shown) in enumerate(zip(large, state.session().large, strict=True))
        ]
        with st.grid(4, min_column_width=200, gap="small") as grid:
            self._places += [_place(grid, shown, "small", at) for at, shown in enumerate(SMALL)]

    def draw(self, result: Result, baseline: Result, *, final: bool) -> None:
        """Draw every chart from these futures; axes may move only with the last ones."""
        for place in self._places:
            if place.domain is None or final:
                place.domain = _domain(place, result, baseline)
            _draw(place, result, baseline)

    def offer_data(self, result: Result, baseline: Result) -> None:
        """Show the table of the chart whose data were asked for."""
        for place in self._places:
            if place.asked:
                _data(place.picture, result, baseline)


def _place(parent: DeltaGenerator, shown: Picture, size: str, at: int) -> Place:
    key = f"{size}_{at}"
    card = parent.container(border=True, key=f"card_{key}", gap="xsmall", height="stretch")
    with card:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="top", wrap=False):
            if size == "large":
                words = f"**{shown.title}**  \n:small[:gray[{shown.subtitle}]]"
            else:
                words = f":small[**{SHORT_TITLES[shown.id]}**]  \n:small[:gray[{shown.unit}]]"
            st.markdown(words, width="stretch")
            with st.container(
                horizontal=True, gap="xsmall", vertical_alignment="center", width="content"
            ):
                if size == "large":
                    _chooser(shown, at)
                asked = st.button(
                    "Data" if size == "large" else ":material/table:",
                    type="tertiary",
                    key=f"data_{key}",
                    help=f"Table and download: {shown.title}",
                )
        slot = st.container()
    return Place(shown, size, slot, asked)


def _chooser(shown: Picture, at: int) -> None:
    """Draw the choice of what a large chart shows; made only when open."""
    chooser = st.popover(
        "Change",
        type="tertiary",
        key=f"choose_{at}",
        on_change="rerun",
    )
    if not chooser.open:
        return
    with chooser:
        st.selectbox(
            "Show",
            OUTCOME_IDS,
            format_func=lambda name: BY_ID[name].label,
            **state.widget(
                f"outcome_{at}", shown.outcome.id, lambda name: _show(at, name, shown.group)
            ),
        )
        groups = choices(shown.outcome)
        if len(groups) > 1:
            st.selectbox(
                "Where or whose",
                groups,
                format_func=lambda group: (
                    "All, side by side" if group == ALL else group_label(group)
                ),
                **state.widget(
                    f"group_{at}", shown.group, lambda group: _show(at, shown.outcome.id, group)
                ),
            )
        st.caption(shown.outcome.meaning)


def _show(at: int, outcome_id: str, group: str) -> None:
    outcome = BY_ID[outcome_id]
    offered = choices(outcome)
    chosen = picture(f"{outcome_id}.{group if group in offered else offered[0]}")
    if chosen is not None:
        now = state.session()
        now.large = (chosen, now.large[1]) if at == 0 else (now.large[0], chosen)


def _domain(place: Place, result: Result, baseline: Result) -> tuple[float, float]:
    """Return axis ends that hold scenario, status quo and observations, and never shrink."""
    shown = place.picture
    bands = [
        tables.bands_of(run.series(shown.outcome.id, group), shown.measure.scale)
        for run in (result, baseline)
        for group in shown.series
    ]
    low, high = tables.extent(bands)
    seen = observed.extent(shown)
    if seen is not None:
        low, high = min(low, seen[0]), max(high, seen[1])
    air = 0.0 if shown.log or not math.isfinite(high - low) else HEADROOM * (high - low)
    wanted = axis(shown, low, high + air)
    axes: dict[str, tuple[float, float]] = st.session_state.setdefault("axes", {})
    kept = axes.get(shown.id, wanted)
    axes[shown.id] = (min(kept[0], wanted[0]), max(kept[1], wanted[1]))
    return axes[shown.id]


def _draw(place: Place, result: Result, baseline: Result) -> None:
    shown, domain = place.picture, place.domain
    assert domain is not None
    changed = result.scenario.changed_levers().values()
    start = min((setting.start for setting in changed), default=None)
    look = charts.Look(
        domain=domain,
        until=charts.FIRST_YEAR + len(result.months) / 12,
        measure=shown.measure,
        size=place.size,
        height=HEIGHT[place.size],
        log=shown.log,
        observed=observed.observed(shown),
    )
    if len(shown.series) == 1:
        spec = charts.bands(look)
        table = tables.band_table(shown, result, baseline, look, policy_start=start)
    else:
        lines = tables.group_lines(shown, result, baseline)
        spec = charts.lines(look, tuple(line.name for line in lines))
        table = tables.line_table(lines, look, policy_start=start)
    target = place.drawn or place.slot
    place.drawn = target.vega_lite_chart(
        table, spec, height=HEIGHT[place.size], alt=describe(shown, result, baseline)
    )


def describe(shown: Picture, result: Result, baseline: Result) -> str:
    """Return what the chart says, for those who do not see it."""
    unit, last = shown.measure, result.months[-1]
    parts = []
    for group in shown.series:
        ours = result.bands(shown.outcome.id, group).iloc[-1]
        base = baseline.bands(shown.outcome.id, group).iloc[-1]
        name = f"{group_label(group)}: " if len(shown.series) > 1 else ""
        spread = unit.say_range(ours["low90"], ours["high90"])
        parts.append(
            f"{name}median {unit.say(ours['median'])} in {last}, 90 % of futures {spread}, "
            f"status quo {unit.say(base['median'])}"
        )
    return f"{shown.title}, {shown.subtitle}. {'; '.join(parts)}."


@st.dialog("Data table", width="large", icon=":material/table:")
def _data(shown: Picture, result: Result, baseline: Result) -> None:
    st.markdown(f"**{shown.title}**, {shown.subtitle}")
    st.caption(shown.outcome.meaning)
    table = tables.data_table(shown, result, baseline)
    st.dataframe(table, height=360, hide_index=True, alt=f"Data of: {shown.title}")
    st.download_button(
        "Download as CSV",
        data=chart_file(table, result),
        file_name=f"{shown.id}.csv",
        mime="text/csv",
        icon=":material/download:",
        key="download_chart",
        on_click="ignore",
    )

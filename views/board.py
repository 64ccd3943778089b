"""The charts of the Simulate page: two large ones of the user's choice, four small ones below."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim import observed
from sim.result import Result
from views import chart_menu, chart_view, charts, events, state, tables
from views.chart_files import MIME, picture_file
from views.chart_view import LEVELS, View
from views.dots import dot_domain, dot_table, dots
from views.downloads import chart_file
from views.pictures import SHORT_TITLES, SMALL, Picture, axis, change_axis, group_label, named
from views.small_chart import Scale, small_chart
from views.spot import Spot
from views.tables import Floats, Marks

SINGLE_FUTURES = 7
HEIGHT = 236
HEADROOM = 0.1
MOST_DRAWINGS = 256  # kept, about 60 kB each; the runs they are drawn from are kept elsewhere
AIR_FOR_WORDS = 0.25  # above nought, where a difference begins


@dataclass
class Place:
    """One chart's place on the page: what it shows, where, and the axis it keeps."""

    picture: Picture
    size: str
    spot: Spot
    asked: bool
    view: View = LEVELS
    domain: tuple[float, float] | None = None

    @property
    def kind(self) -> str:
        """How it is shown: what lines of several groups cannot show, they show as levels."""
        several = len(self.picture.series) > 1
        return "levels" if several and self.view.kind == "dots" else self.view.kind


class Board:
    """All charts, placed once a run and redrawn in place as futures come in."""

    def __init__(self) -> None:
        large = st.columns(2, gap="small")
        now = state.session()
        self._places = [
            _place(column, shown, "large", at, view)
            for at, (column, shown, view) in enumerate(
                zip(large, now.large, now.views, strict=True)
            )
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
                _data(place, result, baseline)


@st.cache_resource(show_spinner=False, max_entries=MOST_DRAWINGS)
def _marks(run_id: str, _result: Result) -> Marks:
    """Return what stands on the time axis of a run."""
    changed = _result.scenario.changed_levers().values()
    start = min((setting.start for setting in changed), default=None)
    return Marks(start, events.by_month(_result))


def _place(
    parent: DeltaGenerator, shown: Picture, size: str, at: int, view: View = LEVELS
) -> Place:
    key = f"{size}_{at}"
    card = parent.container(border=True, key=f"card_{key}", gap="xsmall", height="stretch")
    with card:
        head = st.container(horizontal=True, gap="xsmall", vertical_alignment="top", wrap=False)
        if size == "large":
            words = f"**{_title(shown, view)}**  \n:small[:gray[{_subtitle(shown, view)}]]"
            head.markdown(words, width="stretch")
            tools = head.container(
                horizontal=True, gap="xsmall", vertical_alignment="center", width="content"
            )
            with tools:
                chart_menu.draw(shown, view, at)
            asked = _data_button(tools, shown, key, "Data", None)
        else:
            words = f":small[**{SHORT_TITLES[shown.id]}**]  \n:small[:gray[{shown.unit}]]"
            head.markdown(words, width="stretch")
            asked = _data_button(head, shown, key, f"Data: {shown.title}", ":material/table:")
        spot = Spot(card, key)
    return Place(shown, size, spot, asked, view)


def _data_button(
    parent: DeltaGenerator, shown: Picture, key: str, words: str, icon: str | None
) -> bool:
    told = f"Table and files: {shown.title}"
    return parent.button(words, icon=icon, type="tertiary", key=f"data_{key}", help=told)


def _title(shown: Picture, view: View) -> str:
    single = len(shown.series) == 1
    added = {"change": ", difference", "dots": ", last month" if single else ""}
    return shown.title + added.get(view.kind, "")


def _subtitle(shown: Picture, view: View) -> str:
    if view.kind != "change":
        return shown.subtitle
    return shown.subtitle.replace("% ", "points ", 1)


def _domain(place: Place, result: Result, baseline: Result) -> tuple[float, float]:
    """Return axis ends that hold scenario, status quo and observations, and never shrink."""
    shown = place.picture
    if place.kind == "dots":
        return _kept(f"{shown.id} dots", dot_domain(*_last(shown, result, baseline)))
    if place.kind == "change":
        bands = [
            tables.bands_of(tables.differences(one, result, baseline), shown.measure.scale)
            for one in _alone(shown)
        ]
        low, high = tables.extent(bands)
        return _kept(
            f"{shown.id} change", change_axis(low, max(high, AIR_FOR_WORDS * (high - low)))
        )
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
    return _kept(shown.id, axis(shown, low, high + air))


def _kept(name: str, wanted: tuple[float, float]) -> tuple[float, float]:
    axes: dict[str, tuple[float, float]] = st.session_state.setdefault("axes", {})
    kept = axes.get(name, wanted)
    axes[name] = (min(kept[0], wanted[0]), max(kept[1], wanted[1]))
    return axes[name]


def _alone(shown: Picture) -> list[Picture]:
    return [Picture(shown.outcome, group) for group in shown.series]


def _last(shown: Picture, *runs: Result) -> list[Floats]:
    """Return the numbers of the last month, in shown units."""
    scale = shown.measure.scale
    return [run.series(shown.outcome.id, shown.group)[:, -1] * scale for run in runs]


def _draw(place: Place, result: Result, baseline: Result) -> None:
    if place.size == "small":
        assert place.domain is not None
        ids = result.run_id, baseline.run_id
        place.spot.show(_small(place.picture.id, place.domain, ids, (result, baseline)))
        return
    spec, table, told = _drawing(place, result, baseline)
    view = View(place.kind)
    name = f"{_title(place.picture, view)}, {_subtitle(place.picture, view)}"
    place.spot.draw(spec, table, height=HEIGHT, name=name, told=told)


@st.cache_resource(show_spinner=False, max_entries=MOST_DRAWINGS)
def _small(
    picture_id: str,
    domain: charts.Domain,
    run_ids: tuple[str, str],
    _runs: tuple[Result, Result],
) -> str:
    """Return a small chart; what it shows follows from names, ids and axis ends alone."""
    shown, (result, baseline) = named(picture_id), _runs
    ours, base = (
        tables.bands_of(run.series(shown.outcome.id, shown.group), shown.measure.scale)
        for run in _runs
    )
    return small_chart(
        shown.measure,
        ours,
        base["median"],
        Scale(domain, len(result.months), shown.log),
        name=f"{shown.title}, {shown.subtitle}",
        told=describe(shown, result, baseline),
        seen=observed.observed(shown),
        start=_marks(run_ids[0], result).start,
    )


def _drawing(place: Place, result: Result, baseline: Result) -> tuple[charts.Spec, pa.Table, str]:
    """Return what a large chart is drawn from: its specification, its data and its words."""
    view = View(place.kind, place.view.futures)
    assert place.domain is not None
    ids = result.run_id, baseline.run_id
    return _drawn(place.picture.id, view.name, place.domain, ids, (result, baseline))


@st.cache_resource(show_spinner=False, max_entries=MOST_DRAWINGS)
def _drawn(
    picture_id: str,
    view_name: str,
    domain: charts.Domain,
    run_ids: tuple[str, str],
    _runs: tuple[Result, Result],
) -> tuple[charts.Spec, pa.Table, str]:
    """Return the same; what is drawn follows from names, ids and axis ends alone."""
    shown, view, (result, baseline) = named(picture_id), chart_view.view(view_name), _runs
    marks, words = _marks(run_ids[0], result), describe(shown, result, baseline, view.kind)
    single, change = len(shown.series) == 1, view.kind == "change"
    look = charts.Look(
        domain=domain,
        until=charts.FIRST_YEAR + len(result.months) / 12,
        measure=shown.measure,
        size="large",
        height=HEIGHT,
        log=shown.log and view.kind == "levels",
        observed=() if change else observed.observed(shown),
        change=change,
        futures=SINGLE_FUTURES if single and view.futures else 0,
        events=True,
    )
    if view.kind == "dots":
        ours, base = _last(shown, result, baseline)
        return dots(look), dot_table(ours, base, shown.measure, domain), words
    if single:
        tell = tables.change_table if change else tables.band_table
        return charts.bands(look), tell(shown, result, baseline, look, marks), words
    lines = (tables.change_lines if change else tables.group_lines)(shown, result, baseline)
    spec = charts.lines(look, tuple(line.name for line in lines))
    return spec, tables.line_table(lines, look, marks=marks), words


def describe(shown: Picture, result: Result, baseline: Result, kind: str = "levels") -> str:
    """Return what the chart says, for those who do not see it."""
    unit, last = shown.measure, result.months[-1]
    if kind == "change":
        return f"{shown.title}, {shown.subtitle}, scenario less status quo. " + "; ".join(
            _describe_change(one, result, baseline, last) for one in _alone(shown)
        )
    parts = []
    for group in shown.series:
        ours, base = (
            tables.bands_of(run.series(shown.outcome.id, group)[:, -1:])
            for run in (result, baseline)
        )
        name = f"{group_label(group)}: " if len(shown.series) > 1 else ""
        spread = unit.say_range(float(ours["low90"][0]), float(ours["high90"][0]))
        parts.append(
            f"{name}median {unit.say(float(ours['median'][0]))} in {last}, 90 % of futures "
            f"{spread}, status quo {unit.say(float(base['median'][0]))}"
        )
    drawn = " Shown as twenty dots each, of the last month." if kind == "dots" else ""
    return f"{shown.title}, {shown.subtitle}. {'; '.join(parts)}.{drawn}"


def _describe_change(shown: Picture, result: Result, baseline: Result, last: str) -> str:
    unit = shown.measure
    told = tables.bands_of(tables.differences(shown, result, baseline)[:, -1:])
    spread = unit.say_change_range(float(told["low90"][0]), float(told["high90"][0]))
    return (
        f"{group_label(shown.group)}: median {unit.say_change(float(told['median'][0]))} in "
        f"{last}, 90 % of futures {spread}."
    )


@st.dialog("Data table", width="large", icon=":material/table:")
def _data(place: Place, result: Result, baseline: Result) -> None:
    shown = place.picture
    st.markdown(f"**{shown.title}**, {shown.subtitle}")
    st.caption(shown.outcome.meaning)
    table = tables.data_table(shown, result, baseline)
    st.dataframe(table, height=360, hide_index=True, alt=f"Data of: {shown.title}")
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Data as CSV",
            data=chart_file(table, result, baseline),
            file_name=f"{shown.id}.csv",
            mime="text/csv",
            icon=":material/download:",
            key="download_chart",
            on_click="ignore",
        )
        spec, drawn_from, _ = _drawing(place, result, baseline)
        titles = _title(shown, place.view), _subtitle(shown, place.view)
        for kind in MIME:
            st.download_button(
                f"Picture as {kind.upper()}",
                data=picture_file(spec, drawn_from, *titles, (result, baseline), kind),
                file_name=f"{shown.id}.{kind}",
                mime=MIME[kind],
                icon=":material/image:",
                key=f"download_{kind}",
                on_click="ignore",
            )

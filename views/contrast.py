"""What the Compare page shows: levels, differences, and the tables of levers and outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim import observed
from sim.calendar import month_index
from sim.compare import Comparison, difference_bands
from sim.levers import BY_ID as LEVERS
from sim.result import Result
from sim.winners import how_often, regrets
from sim.wording import dial, futures, month_words
from views import charts, tables, takeaway
from views.headlines import HEADLINES
from views.pictures import Picture, axis, change_axis, named
from views.plain import plain
from views.spot import Spot
from views.tables import Line

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


OVERLAY, MULTIPLES = "Overlay", "One each"
LAYOUTS = (OVERLAY, MULTIPLES)
WAYS = ("Higher", "Lower")
SMALL_HEIGHT = 200
_BESIDE = 3  # scenarios up to which levers stand beside outcomes


@dataclass(frozen=True)
class View:
    """What is shown: an outcome, the month of tables, the layout of charts, which way is better."""

    shown: Picture
    month: int
    layout: str
    sign: int


def labels(results: Sequence[Result]) -> list[str]:
    """Return a short name for each scenario, different from all others."""
    return short([result.scenario.title for result in results])


def short(titles: Sequence[str]) -> list[str]:
    """Return the titles cut to a length that a chart has room for, different from all others."""
    found: list[str] = []
    for title in titles:
        cut = f"{title[: LONGEST_LABEL - 1].rstrip()}…"
        name = title if len(title) <= LONGEST_LABEL else cut
        while name in found:
            name += "\N{PRIME}"
        found.append(name)
    return found


class Sheet:
    """Charts of levels and differences and two tables, placed once and redrawn in place."""

    def __init__(self, view: View, names: Sequence[str]) -> None:
        self._view, self._shown = view, view.shown
        self._multiples = view.layout == MULTIPLES
        shown = view.shown
        if self._multiples:
            columns = 3 if len(names) > 4 or len(names) == 3 else 2
            with st.grid(columns, min_column_width=300, gap="small"):
                cards = [
                    self._card(name, shown.title, f"small_{at}") for at, name in enumerate(names)
                ]
            self._cards, self._files = [card for card, _ in cards], [cards[0][1]]
        else:
            left, right = st.columns(2, gap="small")
            change = "Difference from the first"
            with left:
                level, level_files = self._card(shown.title, shown.subtitle, "wide_0")
            with right:
                difference, change_files = self._card(change, shown.title, "wide_1")
            self._cards, self._files = [level, difference], [level_files, change_files]
        self._sure: DeltaGenerator = st.container()
        wide, narrow = (
            st.columns([3, 2], gap="medium")
            if len(names) <= _BESIDE
            else (st.container(), st.container())
        )
        self._outcomes, outcome_files = self._titled(wide, "Outcomes")
        self._levers, lever_files = self._titled(narrow, "Levers that differ")
        self._table_files = [outcome_files, lever_files]
        self._drawn: list[DeltaGenerator] = []
        self._domains: tuple[tuple[float, float], tuple[float, float]] | None = None

    @staticmethod
    def _titled(place: DeltaGenerator, words: str) -> tuple[DeltaGenerator, DeltaGenerator]:
        """Return the place of a table, and beside its heading that of its files."""
        with place:
            files = takeaway.headed(f"#### {words}")
            return st.container(), files

    @staticmethod
    def _card(title: str, note: str, key: str) -> tuple[Spot, DeltaGenerator]:
        """Return the place of a chart, and beside its heading that of its files."""
        card = st.container(border=True, gap="xsmall", key=f"card_{key}")
        with card:
            files = takeaway.headed(f"**{plain(title)}**  \n:small[:gray[{plain(note)}]]")
            return Spot(card, key), files

    def draw(self, comparison: Comparison, *, final: bool) -> None:
        """Draw everything from these futures; axes may move only with the last ones."""
        shown, names = self._shown, labels(comparison.results)
        levels = level_lines(shown, comparison, names)
        changes = change_lines(shown, comparison, names)
        if self._domains is None or final:
            self._domains = _domains(shown, levels, changes)
        told = [plain(name) for name in names]  # a table shows Markdown
        places = self._drawn or [self._sure, self._outcomes, self._levers]
        months, order = len(comparison.results[0].months), tuple(names)
        level = _look(shown, self._domains[0], months, change=False)
        change = _look(shown, self._domains[1], months, change=True)
        if self._multiples:
            look = replace(level, size="small", height=SMALL_HEIGHT)
            base = levels[0].bands["median"]
            for at, (spot, line) in enumerate(zip(self._cards, levels, strict=True)):
                _small(spot, shown, line, base if at else None, look, order)
        else:
            for spot, lines, look in zip(
                self._cards, (levels, changes), (level, change), strict=True
            ):
                _chart(spot, shown, lines, look, order)
        self._drawn = [
            places[0].caption(sure_words(comparison, self._view, told)),
            places[1].table(outcome_table(comparison, told, self._view.month), border="horizontal"),
            places[2].table(lever_table(comparison, told), border="horizontal"),
        ]
        if final:
            self._offer_files(comparison, (levels, level), (changes, change), order)

    def _offer_files(
        self,
        comparison: Comparison,
        levels: tuple[list[Line], charts.Look],
        changes: tuple[list[Line], charts.Look],
        names: tuple[str, ...],
    ) -> None:
        shown, runs, month = self._shown, comparison.results, self._view.month
        change_title = f"{shown.title}: difference from {names[0]}"
        for place, title, key, (lines, look) in (
            (self._files[0], shown.title, "levels", levels),
            (self._files[-1], change_title, "differences", changes),
        )[: len(self._files)]:
            table, spec = tables.line_table(lines, look), charts.lines(look, names)
            note = f"{shown.subtitle}; medians and 90 % of the futures"
            with place:
                takeaway.figure_files(spec, table, title=title, note=note, results=runs, key=key)
        label = comparison.results[0].months[month]
        wanted = dict.fromkeys(row.outcome.id for row in ROWS)
        with self._table_files[0]:
            frame = comparison.summary(months=[label], outcomes=wanted)
            takeaway.table_files(frame, name="outcomes", results=runs, key="outcomes")
        with self._table_files[1]:
            frame = comparison.lever_differences()
            takeaway.table_files(frame, name="levers", results=runs, key="levers")


def sure_words(comparison: Comparison, view: View, names: list[str]) -> str:
    """Return in how many futures each scenario is better than the first, and how sure that is."""
    shown, way = view.shown, WAYS[0 if view.sign > 0 else 1].lower()
    lines = [
        f"{shown.title}, {month_words(view.month)}, {way} counted as better than in {names[0]}; "
        "± is the simulation error of the count."
    ]
    for at in range(1, len(names)):
        paired = comparison.difference(at, shown.outcome.id, shown.group)[:, view.month]
        found = how_often(paired, view.sign)
        if not found.n:
            lines.append(f"**{names[at]}**: this number does not exist in that month.")
            continue
        better, worse, same = (
            round(100 * share) for share in (found.better, found.worse, found.same)
        )
        lines.append(
            f"**{names[at]}**: better in **{better} ± {max(1, round(100 * found.error))} of 100 "
            f"futures**, worse in {worse}, the same in {same}."
        )
    lines.append(regret_words(comparison, view, names))
    if view.layout == MULTIPLES:
        lines.insert(0, f"Thin line: {names[0]}. All axes are the same.")
    return "  \n".join(line for line in lines if line)


def regret_words(comparison: Comparison, view: View, names: list[str]) -> str:
    """Return how far each scenario falls behind the best of them where it falls behind most."""
    shown = view.shown
    values = np.stack(
        [run.series(shown.outcome.id, shown.group)[:, view.month] for run in comparison.results]
    )
    found = regrets(values, view.sign)
    known = found[:, ~np.isnan(found).any(axis=0)]
    if not known.size:
        return ""
    worst = known.max(axis=1)
    said = ", ".join(
        f"{name} {shown.measure.say_change(float(most)).lstrip('+')}"
        for name, most in zip(names, worst, strict=True)
    )
    least = names[int(worst.argmin())]
    return (
        f"Largest regret, by how much another of them would have been better in the same future: "
        f"{said}. Least for **{least}**."
    )


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
    spot: Spot, shown: Picture, lines: list[Line], look: charts.Look, names: tuple[str, ...]
) -> None:
    table = tables.line_table(lines, look)
    name = f"{shown.title}, {shown.subtitle}"
    if look.change:
        name += ", difference from the first scenario"
    told = describe(shown, lines, look.change)
    spot.draw(charts.lines(look, names), table, height=HEIGHT, name=name, told=told)


def _small(
    spot: Spot,
    shown: Picture,
    line: Line,
    base: tables.Floats | None,
    look: charts.Look,
    names: tuple[str, ...],
) -> None:
    """Draw one scenario by itself, the first as a thin line behind it; its value at the end."""
    table = tables.line_table([replace(line, baseline=base)], look)
    at = table.column_names.index("name")
    said = shown.measure.say(float(line.bands["median"][-1]) / shown.measure.scale)
    words = [None if name is None else said for name in table.column("name").to_pylist()]
    spot.draw(
        charts.lines(look, names),
        table.set_column(at, "name", pa.array(words, pa.string())),
        height=SMALL_HEIGHT,
        name=f"{shown.title}, {shown.subtitle}: {line.name}",
        told=describe(shown, [line], change=False),
    )


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


def outcome_table(comparison: Comparison, names: list[str], last: int) -> pd.DataFrame:
    """Return median, range, difference and count of futures in one month, as words."""
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
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    table.index.name = "Lever"
    return table

"""Figures as native charts of a presentation: series to edit, not pictures.

python-pptx writes one stacked area chart of all series; here those that are lines are moved into a
line chart on the same axes, and what it has no words for (bands without an edge, ranges as error
bars, upright rules, labels at the ends) is added as XML. Each chart's workbook holds its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.util import Emu

from sim.brief import look
from sim.brief import pptx_chart_xml as xml
from sim.brief.pptx_workbook import Column, workbook
from sim.brief.record import Brief, Figure, Path, Values
from sim.calendar import LAST_OBSERVED_MONTH, START_YEAR
from sim.export import spreadsheet_safe
from sim.pictures import apart

_BEFORE_FIRST = 3  # months at the start in which a value may be missing
_BELOW_TOP = 0.06  # of the axis, to the words of an upright rule
_BAR_STEP = 5  # months from one bar at the end to the next


@dataclass(frozen=True)
class Box:
    """A place on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Drawn:
    """One series of a chart: a column of its sheet and how it looks."""

    column: Column
    kind: str  # area or line
    xml: str  # what c:ser holds between its text and its categories


def add_level_chart(
    slide: Slide,
    figure: Figure,
    brief: Brief,
    panel: int,
    box: Box,
    *,
    until: int | None = None,
    alone: bool = False,
) -> GraphicFrame:
    """Add one panel of a figure of levels; with `until`, nothing is drawn after that month.

    The lines of a panel that stands alone bear their scenarios' names.
    """
    path, alone = figure.paths[panel], alone or len(figure.paths) == 1
    months = brief.settings.months
    last = brief.until if until is None else until
    series = _bands(figure, path, last) + _lines(
        figure, brief, path, last, labelled=until is None, named=alone
    )
    series += _seen(figure, months) + _rules(figure, brief, [path], months)
    frame = _chart(slide, series, months, path, brief, box)
    title = "" if alone else brief.scenarios[path.scenario].label
    _finish(frame, figure, title, look.colour(path.scenario), box, last=_day(brief.until))
    return frame


def add_change_chart(slide: Slide, figure: Figure, brief: Brief, box: Box) -> GraphicFrame:
    """Add the figure of differences: a line for each scenario, its range at the end."""
    months = brief.settings.months + _BAR_STEP * (len(figure.paths) + 1) + 12
    lines = [
        Drawn(
            Column(brief.scenarios[path.scenario].title, _to(path.median, months)),
            "line",
            xml.line(look.colour(path.scenario), 2.5, look.dash(path.scenario)),
        )
        for path in figure.paths
    ]
    series = lines + _ranges(figure, brief, months) + _rules(figure, brief, figure.paths, months)
    frame = _chart(slide, series, months, None, brief, box)
    _finish(
        frame, figure, "", look.INK, box, last=_day(brief.until), legend=len(lines), of=len(series)
    )
    return frame


def _bands(figure: Figure, path: Path, last: int) -> list[Drawn]:
    """Return the band as stacked areas, from the unseen one below it upwards.

    Areas take a month without a value for nought, which does not show in the first months, and
    pile up wrongly below it. Where either occurs, and on a logarithmic axis, the band is drawn by
    its edges instead.
    """
    ink, n = look.colour(path.scenario), len(path.median)
    ends = {name: _cut(getattr(path, name), last, n) for name in _ENDS}
    lowest = min((v for v in ends["low90"] if v is not None), default=-1.0)
    if lowest < 0.0 or None in ends["low90"][_BEFORE_FIRST:] or figure.log:
        return [
            Drawn(Column(words, ends[name]), "line", xml.line(ink, 0.75, (2, 2)))
            for name, words in (("low90", "90 of 100, from"), ("high90", "90 of 100, to"))
        ]
    places = {name: at for at, name in enumerate(_ENDS)}
    stacked = (
        ("Below the range", "low90", None, 0.0),
        ("90 of 100, lower part", "low50", "low90", 0.17),
        ("Half of the futures", "high50", "low50", 0.42),
        ("90 of 100, upper part", "high90", "high50", 0.17),
    )
    return [
        Drawn(
            Column(
                words,
                _less(ends[name], ends[less] if less else None),
                places[name],
                places[less] if less else None,
            ),
            "area",
            xml.area(ink, opacity),
        )
        for words, name, less, opacity in stacked
    ]


_ENDS = ("low90", "low50", "high50", "high90")
_ENDS_WORDS = ("90 of 100, from", "Half from", "Half to", "90 of 100, to")


def _lines(
    figure: Figure, brief: Brief, path: Path, last: int, *, labelled: bool, named: bool
) -> list[Drawn]:
    ink, n = look.colour(path.scenario), len(path.median)
    drawn = [(path.scenario, path.median, path.end, ink, 3.0)]
    if path.baseline:
        drawn.append((0, path.baseline, path.base_end, look.INK, 1.25))
    shifts = _shifts(figure, [values[-1] for _, values, *_ in drawn], 0.16 if named else 0.085)
    series = []
    for (whose, values, end, colour, width), shift in zip(drawn, shifts, strict=True):
        told = brief.scenarios[whose]
        words = f"{told.label}\n{end}" if named else end
        label = xml.end_label(n - 1, words, colour, shift, bold=whose == path.scenario)
        looks = xml.line(colour, width) + (label if labelled else "")
        series.append(Drawn(Column(f"{told.title}, median", _cut(values, last, n)), "line", looks))
    return series


def _shifts(figure: Figure, ends: Sequence[float | None], gap: float) -> list[float]:
    """Return by which part of the chart's height each end label moves so that none overlap."""
    known = [figure.low if end is None else end for end in ends]
    if figure.log:
        return [0.0] * len(known)
    span = figure.high - figure.low
    placed = apart(known, span * gap, figure.low + span * 0.03, figure.high - span * 0.03)
    return [-0.72 * (at - end) / span for at, end in zip(placed, known, strict=True)]


def _seen(figure: Figure, months: int) -> list[Drawn]:
    """Return published observations as diamonds in the month nearest to their middle."""
    if not figure.seen:
        return []
    values: list[float | None] = [None] * months
    for seen in figure.seen:
        at = math.floor((seen.x - START_YEAR) * 12.0)
        if 0 <= at < months:
            values[at] = seen.value
    return [Drawn(Column("Published observation", tuple(values)), "line", xml.diamonds(look.INK))]


def _rules(figure: Figure, brief: Brief, paths: Sequence[Path], months: int) -> list[Drawn]:
    """Return the upright rules: today, and where the earliest policy of the paths starts."""
    starts = [s for path in paths if (s := brief.scenarios[path.scenario].start) is not None]
    marks = [("today", LAST_OBSERVED_MONTH + 1, "sysDot", "l")]
    if starts and len(brief.scenarios) > 1:
        marks.append(("policy starts", min(starts), "dash", "r"))
    words_at = _near_top(figure)
    up, down = figure.high - words_at, words_at - figure.low
    return [
        Drawn(
            Column(words, tuple(words_at if at == month else None for at in range(months))),
            "line",
            xml.upright(month, months, words, up, down, dash, side, look.GREY),
        )
        for words, month, dash, side in marks
        if month < months
    ]


def _near_top(figure: Figure) -> float:
    """Return a value so far below the top of the axis that no line of the grid strikes it out."""
    if figure.log:
        return figure.high * math.exp(_BELOW_TOP * math.log(figure.low / figure.high))
    return figure.high - _BELOW_TOP * (figure.high - figure.low)


def _ranges(figure: Figure, brief: Brief, months: int) -> list[Drawn]:
    """Return each scenario's range in the last month, as a thin and a thick bar beside its line."""
    drawn = []
    shifts = _shifts(figure, [path.median[-1] for path in figure.paths], 0.085)
    for at, (path, shift) in enumerate(zip(figure.paths, shifts, strict=True)):
        middle, month = path.median[-1], brief.until + _BAR_STEP * (at + 1)
        if middle is None:
            continue
        named = brief.until + _BAR_STEP * (len(figure.paths) + 1)  # right of all bars
        ink, title = look.colour(path.scenario), brief.scenarios[path.scenario].title
        for words, low, high, width in (
            ("90 of 100", path.low90[-1], path.high90[-1], 1.5),
            ("half", path.low50[-1], path.high50[-1], 6.0),
        ):
            if low is None or high is None:
                continue
            looks, there = xml.marker_only(ink), {month}
            if words == "half":
                looks += xml.unmarked(named)
                looks += xml.end_label(named, path.end, ink, shift, bold=True)
                there.add(named)
            looks += xml.range_bar(month, months, high - middle, middle - low, ink, width)
            values = tuple(middle if m in there else None for m in range(months))
            name = f"{title}, {words} in the last month"
            drawn.append(Drawn(Column(name, values), "line", looks))
    return drawn


def _chart(
    slide: Slide, series: Sequence[Drawn], months: int, path: Path | None, brief: Brief, box: Box
) -> GraphicFrame:
    """Add the chart with all series, give it its looks, and put the real workbook behind it.

    `path` is the one whose band is drawn as areas, if any.
    """
    days = [_day(month) for month in range(months)]
    data: Any = CategoryChartData(number_format="General")
    data.categories = days
    for one in series:
        data.add_series(spreadsheet_safe(one.column.name), _to(one.column.values, months))
    place = (Emu(box.left), Emu(box.top), Emu(box.width), Emu(box.height))
    frame: Any = slide.shapes.add_chart(XL_CHART_TYPE.AREA_STACKED, *place, data)
    xml.arrange(frame.chart._chartSpace, [(one.kind, one.xml) for one in series])
    columns = [one.column for one in series]
    if path is not None and any(
        one.kind == "area" for one in series
    ):  # the quantiles that the areas are computed from stand to the right
        first = len(columns)
        columns = [_moved(column, first) for column in columns] + [
            Column(words, getattr(path, name))
            for name, words in zip(_ENDS, _ENDS_WORDS, strict=True)
        ]
    frame.chart.part.chart_workbook.update_from_xlsx_blob(workbook(days, columns, brief.date))
    made: GraphicFrame = frame
    return made


def _moved(column: Column, first: int) -> Column:
    """Return a computed column with its references moved to where the quantiles stand."""
    if column.own is None:
        return column
    less = None if column.less is None else first + column.less
    return Column(column.name, column.values, first + column.own, less)


def _finish(
    frame: GraphicFrame,
    figure: Figure,
    title: str,
    ink: str,
    box: Box,
    *,
    last: date,
    legend: int = 0,
    of: int = 0,
) -> None:
    """Set axes, title and legend, and the text for those who do not see the chart."""
    space = frame.chart._chartSpace
    sign = figure.kind == "changes"
    form = xml.number_format(figure.prefix, percent=figure.percent, signed=sign)
    years = 2 if box.width < 6_000_000 else 1
    xml.axes(space, figure.low, figure.high, form, years, last=last, log=figure.log)
    low_box = box.height < 2_500_000 or legend > 3
    xml.frame(space, title, ink, top=0.2 if low_box else 0.13, legend=legend, of=of)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", figure.alt)
    frame._element.nvGraphicFramePr.cNvPr.set("name", f"Figure {figure.number} {title}".strip())


def _day(month: int) -> date:
    return date(START_YEAR + month // 12, month % 12 + 1, 1)


def _cut(values: Values, last: int, n: int) -> Values:
    return tuple(values[: last + 1]) + (None,) * (n - last - 1)


def _to(values: Values, months: int) -> Values:
    return tuple(values) + (None,) * (months - len(values))


def _less(values: Values, less: Values | None) -> Values:
    if less is None:
        return values
    return tuple(
        None if high is None or low is None else round(high - low, 6)
        for high, low in zip(values, less, strict=True)
    )

"""How a figure is drawn: its specification in Vega-Lite, written by hand as plain values.

One specification serves every format that shows a picture: SVG and PNG by themselves, and the
figures of the PDF, DOCX and HTML files and of the presentation. Marks carry names, by which a page
finds them: `hit` spans the plot from the first month to the last, `median`, `band50`, `band90`,
`policy` are what a replay draws one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.brief import look
from sim.brief.record import Brief, Figure, Path, Told
from sim.calendar import LAST_OBSERVED_MONTH, START_YEAR
from sim.pictures import apart

Spec = dict[str, Any]
TODAY = START_YEAR + (LAST_OBSERVED_MONTH + 1) / 12
_ROOM = {"one": 0.22, "many": 0.19}  # of the time axis, right of the last month, for labels
_BARS = 0.035  # of the time axis, from one bar at the end to the next


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
STAGE = Size(width=1180, height=430, type=21.0, line=5.0)


def figure_spec(figure: Figure, brief: Brief, size: Size = PAGE) -> Spec:
    """Return the whole figure, its panels side by side."""
    columns = size.columns(len(panels(figure)))
    return _frame({"concat": [_panel(figure, brief, at, size) for at in panels(figure)]}, size) | {
        "columns": columns,
        "spacing": {"row": 14, "column": 12},
    }


def panel_spec(
    figure: Figure, brief: Brief, panel: int, size: Size = PAGE, *, until: int | None = None
) -> Spec:
    """Return one panel by itself; with `until`, nothing is drawn after that month."""
    return _frame(_panel(figure, brief, panel, size, alone=True, until=until), size)


def panels(figure: Figure) -> range:
    """Return the numbers of a figure's panels."""
    return range(len(figure.paths) if figure.kind == "levels" else 1)


def standalone_spec(figure: Figure, brief: Brief, size: Size = PAGE) -> Spec:
    """Return the figure with its title, its unit and where it comes from, to stand by itself."""
    spec = figure_spec(figure, brief, size)
    runs = ", ".join(told.run_id for told in brief.scenarios)
    spec["title"] = {
        "text": _wrapped(figure.finding, 88),
        "subtitle": [f"{figure.subtitle}. In the model; not a forecast."],
        "anchor": "start",
        "fontSize": size.type * 1.45,
        "subtitleFontSize": size.type,
        "subtitlePadding": 4,
        "offset": 10,
    }
    source = f"Frontier & Commons {brief.version}, {brief.date}. Runs {runs}."
    note = {
        "data": {"values": [{}]},
        "mark": {"type": "text", "align": "left", "fontSize": size.type * 0.86, "color": look.GREY},
        "encoding": {
            "x": {"value": 0},
            "y": {"value": 8},
            "text": {"value": [*_wrapped(figure.caption, 124), *_wrapped(source, 124)]},
        },
        "width": size.width - 60,
        "height": 10,
        "view": {"stroke": None},
    }
    body = {key: spec.pop(key) for key in ("concat", "columns", "spacing")}
    return spec | {"vconcat": [body, note], "spacing": 10, "padding": 14}


def _frame(body: Spec, size: Size) -> Spec:
    return body | {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": look.PAPER,
        "padding": {"left": 2, "top": 2, "right": 2, "bottom": 2},
        "config": {
            "font": look.FALLBACK_SANS,
            "view": {"stroke": None},
            "axis": {
                "labelColor": look.INK,
                "labelFontSize": size.type,
                "gridColor": look.RULE,
                "gridOpacity": 0.6,
                "domainColor": look.INK,
                "tickColor": look.INK,
            },
            "title": {"color": look.INK, "subtitleColor": look.GREY, "fontWeight": 600},
        },
    }


def _panel(
    figure: Figure,
    brief: Brief,
    panel: int,
    size: Size,
    *,
    alone: bool = False,
    until: int | None = None,
) -> Spec:
    columns = 1 if alone else size.columns(len(panels(figure)))
    axis_room = size.type * 3.6
    layers = (
        _changes(figure, brief, size, alone)
        if figure.kind == "changes"
        else _levels(figure, brief, panel, size, alone, until)
    )
    spec: Spec = {
        "width": round((size.width - 12 * (columns - 1)) / columns - axis_room),
        "height": size.height,
        "layer": [*_rules(figure, brief, panel, size, alone), *layers, _hit(figure, brief, panel)],
        "resolve": {"scale": {"color": "independent", "strokeDash": "independent"}},
    }
    if figure.kind == "levels" and not alone:
        told = brief.scenarios[figure.paths[panel].scenario]
        spec["title"] = {
            "text": told.label,
            "anchor": "start",
            "frame": "group",
            "fontSize": size.type * 1.1,
            "color": look.colour(figure.paths[panel].scenario),
            "offset": 6,
        }
    return spec


def _levels(
    figure: Figure, brief: Brief, panel: int, size: Size, alone: bool, until: int | None
) -> list[Spec]:
    path = figure.paths[panel]
    rows = rows_of(path, until)
    ink = look.colour(path.scenario)
    x, y = _x(figure, brief, size, alone), _y(figure, size)
    area = {"type": "area", "color": ink, "clip": True}
    drawn: list[Spec] = [
        _layer("band90", panel, rows, area | {"opacity": 0.17}, x, y, "low90", "high90"),
        _layer("band50", panel, rows, area | {"opacity": 0.3}, x, y, "low50", "high50"),
        _layer("median", panel, rows, _line(ink, size.line), x, y, "median"),
    ]
    if path.baseline:
        thin = _line(look.INK, max(1.0, size.line * 0.42))
        drawn.append(_layer("baseline", panel, rows, thin, x, y, "baseline"))
    drawn += _diamonds(figure, panel, size, x, y)
    return drawn if until is not None else [*drawn, *_ends(figure, brief, panel, size, alone, x, y)]


def rows_of(path: Path, until: int | None = None) -> list[Spec]:
    """Return the months of a path as rows, up to `until` if given."""
    columns = {
        name: getattr(path, name)
        for name in ("median", "low50", "high50", "low90", "high90", "baseline")
        if getattr(path, name)
    }
    last = len(path.median) if until is None else until + 1
    return [
        {"x": round(decimal_year(month), 4)} | {name: v[month] for name, v in columns.items()}
        for month in range(last)
    ]


def decimal_year(month: int) -> float:
    """Return the middle of a month as a decimal year."""
    return START_YEAR + (month + 0.5) / 12


def _line(ink: str, width: float, dash: Sequence[int] = ()) -> Spec:
    scaled = [part * width / 2.6 for part in dash]
    return {"type": "line", "color": ink, "strokeWidth": width, "clip": True} | (
        {"strokeDash": scaled} if dash else {}
    )


def _layer(
    name: str, panel: int, rows: list[Spec], mark: Spec, x: Spec, y: Spec, low: str, high: str = ""
) -> Spec:
    encoding = {"x": x, "y": {"field": low} | y}
    if high:
        encoding["y2"] = {"field": high}
    return {
        "name": f"{name}_{panel}",
        "data": {"values": rows},
        "mark": mark | {"aria": False},
        "encoding": encoding,
    }


def _x(figure: Figure, brief: Brief, size: Size, alone: bool) -> Spec:
    last = START_YEAR + brief.settings.months / 12
    several = len(panels(figure)) > 1 and not alone
    step = 2 if several or size.type > 15 else 1
    room = _ROOM["many" if several or figure.kind == "changes" else "one"]
    if figure.kind == "changes":
        room += _BARS * len(figure.paths)
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
        },
    }


def _y(figure: Figure, size: Size) -> Spec:
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


def _rules(figure: Figure, brief: Brief, panel: int, size: Size, alone: bool) -> list[Spec]:
    """Return today, and the start of the policy: of the panel's scenario, or the earliest."""
    shown = figure.paths if figure.kind == "changes" else (figure.paths[panel],)
    starts = [s for p in shown if (s := brief.scenarios[p.scenario].start) is not None]
    x, small = _x(figure, brief, size, alone), size.type * 0.92
    found = [_rule("today", "today", panel, TODAY, [2, 3], look.GREY, "right", small, 0, x)]
    if starts and min(starts) < brief.settings.months and len(brief.scenarios) > 1:
        at = START_YEAR + min(starts) / 12
        ink = look.colour(shown[0].scenario) if figure.kind == "levels" else look.INK
        found.append(_rule("policy", "policy", panel, at, [6, 3], ink, "left", small, 1, x))
    return found


def _rule(
    name: str,
    words: str,
    panel: int,
    at: float,
    dash: list[int],
    ink: str,
    align: str,
    type_size: float,
    line: int,
    x: Spec,
) -> Spec:
    where = {"x": x}
    text = {"type": "text", "align": align, "dx": -4 if align == "right" else 4, "text": words}
    return {
        "name": f"{name}_{panel}",
        "data": {"values": [{"x": round(at, 4)}]},
        "layer": [
            {
                "mark": {"type": "rule", "strokeDash": dash, "color": ink, "strokeWidth": 1.3},
                "encoding": where,
            },
            {
                "mark": text
                | {"fontSize": type_size, "color": ink, "y": type_size * (0.7 + 1.25 * line)},
                "encoding": where,
            },
        ],
    }


def _diamonds(figure: Figure, panel: int, size: Size, x: Spec, y: Spec) -> list[Spec]:
    if not figure.seen:
        return []
    names = ("x", "start", "end", "value", "low", "high", "told")
    rows = [{name: getattr(seen, name) for name in names} for seen in figure.seen]
    thin: Spec = {"type": "rule", "color": look.INK, "aria": False}
    mark = {"type": "point", "shape": "diamond", "filled": True, "color": look.INK, "opacity": 1}
    across = {"x": x | {"field": "start"}, "x2": {"field": "end"}, "y": y | {"field": "value"}}
    upright = {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}
    at = {"x": x, "y": y | {"field": "value"}, "description": {"field": "told"}}
    return [
        {
            "name": f"seen_{panel}",
            "data": {"values": rows},
            "layer": [
                {"mark": thin | {"strokeWidth": 1.3}, "encoding": across},
                {"mark": thin | {"strokeWidth": 0.9}, "encoding": upright},
                {"mark": mark | {"size": size.type * 3.4}, "encoding": at},
            ],
        }
    ]


def _ends(
    figure: Figure, brief: Brief, panel: int, size: Size, alone: bool, x: Spec, y: Spec
) -> list[Spec]:
    """Return the last values, pushed apart, to the right of the last month."""
    path = figure.paths[panel]
    named = alone or len(panels(figure)) == 1
    mine, base = ([brief.scenarios[at].label] if named else [] for at in (path.scenario, 0))
    texts = [(path.median[-1], [*mine, path.end], look.colour(path.scenario), 700)]
    if path.baseline and path.baseline != path.median:
        texts.append((path.baseline[-1], [*base, path.base_end], look.INK, 400))
    known = [text for text in texts if text[0] is not None]
    if figure.log or not known:
        heights = [text[0] for text in known]
    else:
        gap = (figure.high - figure.low) * size.type * (2.4 if named else 1.2) / size.height
        wanted = [float(text[0] or 0.0) for text in known]
        heights = list(apart(wanted, gap, figure.low + gap / 2, figure.high - gap / 2))
    at = START_YEAR + brief.settings.months / 12
    return [
        {
            "name": f"end{line}_{panel}",
            "data": {"values": [{"x": at, "y": height, "text": words}]},
            "mark": {
                "type": "text",
                "align": "left",
                "dx": 5,
                "baseline": "middle",
                "dy": -0.6 * size.type * (len(words) - 1),
                "fontSize": size.type,
                "fontWeight": weight,
                "color": ink,
            },
            "encoding": {"x": x, "y": y | {"field": "y"}, "text": {"field": "text"}},
        }
        for line, ((_, words, ink, weight), height) in enumerate(zip(known, heights, strict=True))
    ]


def _changes(figure: Figure, brief: Brief, size: Size, alone: bool) -> list[Spec]:
    """Return a line for each scenario's difference, and at the end the range of each."""
    x, y = _x(figure, brief, size, alone), _y(figure, size)
    names = [brief.scenarios[path.scenario].label for path in figure.paths]
    zero = {
        "name": "zero_0",
        "data": {"values": [{"y": 0}]},
        "mark": {"type": "rule", "color": look.INK, "strokeWidth": 1.3},
        "encoding": {"y": y | {"field": "y"}},
    }
    rows = [
        row | {"name": name}
        for name, path in zip(names, figure.paths, strict=True)
        for row in rows_of(path)
    ]
    scenarios = [path.scenario for path in figure.paths]
    wide = size.line * 0.9
    dashes = [[part * wide / 2.2 for part in look.dash(at)] or [1, 0] for at in scenarios]
    legend = {
        "title": None,
        "orient": "top",
        "symbolType": "stroke",
        "symbolSize": size.type * 90,
        "symbolStrokeWidth": wide,
        "labelFontSize": size.type * 1.05,
        "labelLimit": 0,
        "columnPadding": 18,
        "offset": 4,
    }
    by_name = {"field": "name", "type": "nominal", "legend": legend}
    lines = {
        "name": "median_0",
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": wide, "clip": True, "aria": False},
        "encoding": {
            "x": x,
            "y": y | {"field": "median"},
            "color": by_name
            | {"scale": {"domain": names, "range": [look.colour(at) for at in scenarios]}},
            "strokeDash": by_name | {"scale": {"domain": names, "range": dashes}},
        },
    }
    return [zero, lines, *_bars(figure, brief.scenarios, brief.settings.months, size, x, y)]


def _bars(
    figure: Figure, scenarios: Sequence[Told], months: int, size: Size, x: Spec, y: Spec
) -> list[Spec]:
    last, span = START_YEAR + months / 12, months / 12
    known = [path for path in figure.paths if path.median[-1] is not None]
    gap = (figure.high - figure.low) * size.type * 1.15 / size.height
    heights = apart(
        [float(path.median[-1] or 0.0) for path in known],
        gap,
        figure.low + gap / 2,
        figure.high - gap / 2,
    )
    drawn: list[Spec] = []
    for at, (path, height) in enumerate(zip(known, heights, strict=True)):
        ink = look.colour(path.scenario)
        values = {name: getattr(path, name)[-1] for name in ("low90", "high90", "low50", "high50")}
        row = values | {
            "x": round(last + span * _BARS * (at + 0.4), 4),
            "label": round(last + span * _BARS * (len(known) + 0.2), 4),
            "median": path.median[-1],
            "height": height,
            "text": path.end,
        }
        thin: Spec = {"type": "rule", "color": ink, "aria": False}
        place = {"x": x}
        layers: list[Spec] = [
            {
                "mark": thin | {"strokeWidth": width},
                "encoding": place | {"y": y | {"field": low}, "y2": {"field": high}},
            }
            for low, high, width in (
                ("low90", "high90", size.line * 0.6),
                ("low50", "high50", size.line * 2.2),
            )
        ]
        words = {"type": "text", "align": "left", "dx": 4, "color": ink, "fontWeight": 700}
        layers.append(
            {
                "mark": words | {"fontSize": size.type},
                "encoding": {
                    "x": x | {"field": "label"},
                    "y": y | {"field": "height"},
                    "text": {"field": "text"},
                },
            }
        )
        name = f"bar{at}_{scenarios[path.scenario].name}"
        drawn.append({"name": _safe(name), "data": {"values": [row]}, "layer": layers})
    return drawn


def _safe(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name)


def _hit(figure: Figure, brief: Brief, panel: int) -> Spec:
    """Return what spans the plot from the middle of the first month to that of the last."""
    ends = {"x": decimal_year(0), "x2": decimal_year(brief.until)}
    row = ends | {"y": figure.low, "y2": figure.high}
    return {
        "name": f"hit_{panel}",
        "data": {"values": [row]},
        "mark": {"type": "rect", "opacity": 0, "aria": False},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "x2": {"field": "x2"},
            "y": {"field": "y", "type": "quantitative"},
            "y2": {"field": "y2"},
        },
    }


def _wrapped(text: str, width: int) -> list[str]:
    """Return the text broken into lines of at most `width` characters, at spaces."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

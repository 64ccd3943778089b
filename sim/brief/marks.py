"""What is drawn in a panel of levels: bands, median, first scenario, observations, rules, ends."""

from __future__ import annotations

from collections.abc import Sequence

from sim.brief import look
from sim.brief.axes import TODAY, Panel, Spec, decimal_year, x_axis, y_axis
from sim.brief.record import Path
from sim.calendar import START_YEAR
from sim.pictures import apart


def levels(panel: Panel) -> list[Spec]:
    """Return the marks of one panel of levels."""
    path, at, size = panel.path, panel.at, panel.size
    rows = rows_of(path, panel.until)
    ink = look.colour(path.scenario)
    x, y = x_axis(panel), y_axis(panel)
    area = {"type": "area", "color": ink, "clip": True}
    drawn: list[Spec] = [
        layer("band90", at, rows, area | {"opacity": 0.17}, x, y, "low90", "high90"),
        layer("band50", at, rows, area | {"opacity": 0.3}, x, y, "low50", "high50"),
        layer("median", at, rows, line(ink, size.line), x, y, "median"),
    ]
    if path.baseline:
        thin = line(look.INK, max(1.0, size.line * 0.42))
        drawn.append(layer("baseline", at, rows, thin, x, y, "baseline"))
    drawn += _diamonds(panel, x, y)
    return drawn if panel.until is not None else [*drawn, *_ends(panel, x, y)]


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


def line(ink: str, width: float, dash: Sequence[int] = ()) -> Spec:
    """Return a line mark; dashes grow with its width."""
    scaled = [part * width / 2.6 for part in dash]
    return {"type": "line", "color": ink, "strokeWidth": width, "clip": True} | (
        {"strokeDash": scaled} if dash else {}
    )


def layer(
    name: str, panel: int, rows: list[Spec], mark: Spec, x: Spec, y: Spec, low: str, high: str = ""
) -> Spec:
    """Return a named layer of one field over the months, or of the area between two."""
    encoding = {"x": x, "y": {"field": low} | y}
    if high:
        encoding["y2"] = {"field": high}
    return {
        "name": f"{name}_{panel}",
        "data": {"values": rows},
        "mark": mark | {"aria": False},
        "encoding": encoding,
    }


def rules(panel: Panel) -> list[Spec]:
    """Return today, and the start of the policy: of the panel's scenario, or the earliest."""
    figure, brief, at = panel.figure, panel.brief, panel.at
    shown = figure.paths if figure.kind == "changes" else (panel.path,)
    starts = [s for p in shown if (s := brief.scenarios[p.scenario].start) is not None]
    x, small = x_axis(panel), panel.size.type * 0.92
    found = [_rule("today", "today", at, TODAY, [2, 3], look.GREY, "right", small, 0, x)]
    if starts and min(starts) < brief.settings.months and len(brief.scenarios) > 1:
        begun = START_YEAR + min(starts) / 12
        ink = look.colour(shown[0].scenario) if figure.kind == "levels" else look.INK
        found.append(_rule("policy", "policy", at, begun, [6, 3], ink, "left", small, 1, x))
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


def _diamonds(panel: Panel, x: Spec, y: Spec) -> list[Spec]:
    if not panel.figure.seen:
        return []
    names = ("x", "start", "end", "value", "low", "high", "told")
    rows = [{name: getattr(seen, name) for name in names} for seen in panel.figure.seen]
    thin: Spec = {"type": "rule", "color": look.INK, "aria": False}
    mark = {"type": "point", "shape": "diamond", "filled": True, "color": look.INK, "opacity": 1}
    across = {"x": x | {"field": "start"}, "x2": {"field": "end"}, "y": y | {"field": "value"}}
    upright = {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}
    at = {"x": x, "y": y | {"field": "value"}, "description": {"field": "told"}}
    return [
        {
            "name": f"seen_{panel.at}",
            "data": {"values": rows},
            "layer": [
                {"mark": thin | {"strokeWidth": 1.3}, "encoding": across},
                {"mark": thin | {"strokeWidth": 0.9}, "encoding": upright},
                {"mark": mark | {"size": panel.size.type * 3.4}, "encoding": at},
            ],
        }
    ]


def _ends(panel: Panel, x: Spec, y: Spec) -> list[Spec]:
    """Return the last values, pushed apart, to the right of the last month."""
    path, figure, brief, size = panel.path, panel.figure, panel.brief, panel.size
    mine, base = ([brief.scenarios[at].label] if panel.named else [] for at in (path.scenario, 0))
    texts = [(path.median[-1], [*mine, path.end], look.colour(path.scenario), 700)]
    if path.baseline and path.baseline != path.median:
        texts.append((path.baseline[-1], [*base, path.base_end], look.INK, 400))
    known = [text for text in texts if text[0] is not None]
    if figure.log or not known:
        heights = [text[0] for text in known]
    else:
        gap = (figure.high - figure.low) * size.type * (2.4 if panel.named else 1.2) / size.height
        wanted = [float(text[0] or 0.0) for text in known]
        heights = list(apart(wanted, gap, figure.low + gap / 2, figure.high - gap / 2))
    at = START_YEAR + brief.settings.months / 12
    return [
        {
            "name": f"end{line}_{panel.at}",
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


def hit(panel: Panel) -> Spec:
    """Return what spans the plot from the middle of the first month to that of the last."""
    ends = {"x": decimal_year(0), "x2": decimal_year(panel.brief.until)}
    row = ends | {"y": panel.figure.low, "y2": panel.figure.high}
    return {
        "name": f"hit_{panel.at}",
        "data": {"values": [row]},
        "mark": {"type": "rect", "opacity": 0, "aria": False},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "x2": {"field": "x2"},
            "y": {"field": "y", "type": "quantitative"},
            "y2": {"field": "y2"},
        },
    }

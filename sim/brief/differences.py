"""What is drawn in a figure of differences: a line for each scenario, its range at the end."""

from __future__ import annotations

from sim.brief import look
from sim.brief.axes import BAR_STEP, Panel, Spec, x_axis, y_axis
from sim.brief.marks import rows_of
from sim.calendar import START_YEAR
from sim.pictures import apart


def changes(panel: Panel) -> list[Spec]:
    """Return a line for each scenario's difference, and at the end the range of each."""
    figure, size = panel.figure, panel.size
    x, y = x_axis(panel), y_axis(panel)
    names = [panel.told(path).label for path in figure.paths]
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
    return [zero, lines, *_bars(panel, x, y)]


def _bars(panel: Panel, x: Spec, y: Spec) -> list[Spec]:
    """Return each scenario's range in the last month, side by side, and its median in words."""
    figure, size = panel.figure, panel.size
    span = panel.brief.settings.months / 12
    last = START_YEAR + span
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
            "x": round(last + span * BAR_STEP * (at + 0.4), 4),
            "label": round(last + span * BAR_STEP * (len(known) + 0.2), 4),
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
        drawn.append({"name": f"bar_{at}", "data": {"values": [row]}, "layer": layers})
    return drawn

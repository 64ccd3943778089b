"""How a figure is drawn: its specification in Vega-Lite, written by hand as plain values.

One specification serves every format that shows a picture: SVG and PNG by themselves, and the
figures of the PDF, DOCX and HTML files and of the presentation. Marks carry names, by which a page
finds them: `hit` spans the plot from the first month to the last, `median`, `band50`, `band90`,
`policy` are what a replay draws one after the other.
"""

from __future__ import annotations

from sim.brief import look
from sim.brief.axes import PAGE, Panel, Size, Spec, panels
from sim.brief.differences import changes
from sim.brief.marks import hit, levels, rules
from sim.brief.record import Brief, Figure


def figure_spec(figure: Figure, brief: Brief, size: Size = PAGE) -> Spec:
    """Return the whole figure, its panels side by side."""
    numbers = panels(figure)
    columns = size.columns(len(numbers))
    drawn = [
        _panel(Panel(figure, brief, at, size, columns, len(numbers) == 1), titled=True)
        for at in numbers
    ]
    gaps = {"row": 14, "column": 12}
    return _frame({"concat": drawn}, size) | {"columns": columns, "spacing": gaps}


def panel_spec(panel: Panel) -> Spec:
    """Return one panel by itself, without a title."""
    return _frame(_panel(panel), panel.size)


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


def _panel(panel: Panel, *, titled: bool = False) -> Spec:
    size, figure = panel.size, panel.figure
    gaps = 12 * (panel.columns - 1)
    spec: Spec = {
        "width": round((size.width - gaps) / panel.columns - size.type * 3.6),
        "height": size.height,
        "layer": [
            *rules(panel),
            *(changes(panel) if figure.kind == "changes" else levels(panel)),
            hit(panel),
        ],
        "resolve": {"scale": {"color": "independent", "strokeDash": "independent"}},
    }
    if titled and figure.kind == "levels":
        spec["title"] = {
            "text": panel.told(panel.path).label,
            "anchor": "start",
            "frame": "group",
            "fontSize": size.type * 1.1,
            "color": look.colour(panel.path.scenario),
            "offset": 6,
        }
    return spec


def _wrapped(text: str, width: int) -> list[str]:
    """Return the text broken into lines of at most `width` characters, at spaces."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

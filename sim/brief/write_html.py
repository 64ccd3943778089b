"""A brief as one HTML file that opens without a network and keeps its hover.

Figures are the SVG of every other format, fonts and script are inside, and the file forbids itself
any request. Without the script it still reads, figures and tables included.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import jinja2
from markupsafe import Markup

from sim.brief import look, tips
from sim.brief.axes import Panel, Size, panels
from sim.brief.citation import date_words
from sim.brief.figures import panel_spec
from sim.brief.qr import qr_svg
from sim.brief.record import Brief, Figure
from sim.brief.write_picture import svg
from sim.wording import month_words

SINGLE, SEVERAL = Size(width=820, height=230, type=13.0), Size(width=300, height=190, type=12.5)
_FACES = {
    "FCSans-Regular": (look.SANS, "normal", "400"),
    "FCSans-Bold": (look.SANS, "normal", "700"),
    "FCSans-Italic": (look.SANS, "italic", "400"),
    "FCSerif-Bold": (look.SERIF, "normal", "700"),
}
_IDS = re.compile(r'(id="|url\(#)((?:clip|gradient)[\w-]*)')


def html_bytes(brief: Brief) -> bytes:
    """Return the brief as one self-contained page in UTF-8."""
    script = look.text("page.js")
    page = _environment().get_template("page.html")
    return page.render(
        brief=brief,
        date=date_words(brief.date),
        until=month_words(brief.until),
        figures=[_figure(figure, brief) for figure in brief.figures],
        reasons=_reasons(brief),
        months=[month_words(month) for month in tips.marked_months(brief)],
        colours=look.COLOURS,
        qr=Markup(qr_svg(brief.link)) if brief.link else "",
        css=Markup(_faces() + look.text("page.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        tips=_json({"months": tips.months(brief)}),
    ).encode()


def inline_svg(drawn: str, prefix: str) -> Markup:
    """Return an SVG for a page with several: names of its own, a size that follows the page."""
    named = _IDS.sub(rf"\g<1>{prefix}\g<2>", drawn)
    return Markup(re.sub(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"', r"\1", named, count=1))


def _figure(figure: Figure, brief: Brief) -> dict[str, Any]:
    """Return a figure with the drawing, the words and the table of each panel."""
    many = len(panels(figure)) > 1
    shown = []
    for panel in panels(figure):
        size = SEVERAL if many else SINGLE
        spec = panel_spec(Panel(figure, brief, panel, size, named=not many))
        lines = tips.lines(figure, brief, panel)
        told = brief.scenarios[figure.paths[panel].scenario]
        shown.append(
            {
                "svg": inline_svg(svg(spec), f"f{figure.number}p{panel}"),
                "name": told.title if figure.kind == "levels" else "",
                "colour": look.colour(figure.paths[panel].scenario),
                "lines": lines,
                "tips": _json(
                    [{"name": one.name, "colour": one.colour, "words": one.words} for one in lines]
                ),
            }
        )
    return {"told": figure, "panels": shown, "many": many, "marks": tips.marked_months(brief)}


def _reasons(brief: Brief) -> list[tuple[str, list[str]]]:
    return [
        (told.title, [reason.text for reason in brief.reasons if reason.scenario == at])
        for at, told in enumerate(brief.scenarios)
        if any(reason.scenario == at for reason in brief.reasons)
    ]


def _json(value: object) -> Markup:
    """Return a value as JSON that cannot end the script element it stands in."""
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))


def _faces() -> str:
    """Return the fonts as CSS, each inside the file."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-style:{style};font-weight:{weight};'
        f"src:url(data:font/woff2;base64,"
        f'{base64.b64encode(look.font(f"{name}.woff2")).decode()}) format("woff2")}}\n'
        for name, (family, style, weight) in _FACES.items()
    )


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(look.HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

"""A figure as a picture: SVG, and PNG at twice the size, drawn without a browser."""

from __future__ import annotations

import re
from functools import cache

import vl_convert

from sim.brief import look
from sim.brief.axes import PAGE, Size, Spec
from sim.brief.figures import figure_spec, standalone_spec
from sim.brief.record import Brief, Figure

_PIXELS = 2.0  # device pixels to one of the specification


def svg(spec: Spec) -> str:
    """Return a specification as SVG; the same one gives the same text."""
    _know_fonts()
    drawn = vl_convert.vegalite_to_svg(spec, vl_version="5.21", allowed_base_urls=[])
    # The converter numbers its clips on from drawing to drawing.
    names = dict.fromkeys(re.findall(r'id="(clip\d+)"', drawn))
    order = {name: f"clip{number}" for number, name in enumerate(names)}
    return re.sub(r"\bclip\d+\b", lambda found: order[found[0]], drawn)


def png(spec: Spec) -> bytes:
    """Return a specification as PNG, twice as large as said in it."""
    _know_fonts()
    return vl_convert.vegalite_to_png(spec, vl_version="5.21", scale=_PIXELS, allowed_base_urls=[])


def figure_svg(figure: Figure, brief: Brief, size: Size = PAGE) -> str:
    """Return a figure as SVG, to stand in a page that has its caption."""
    return svg(figure_spec(figure, brief, size))


def figure_png(figure: Figure, brief: Brief, size: Size = PAGE) -> bytes:
    """Return a figure as PNG, to stand in a page that has its caption."""
    return png(figure_spec(figure, brief, size))


def standalone_svg(figure: Figure, brief: Brief) -> str:
    """Return a figure as SVG with its title, its caption and its runs."""
    return svg(standalone_spec(figure, brief))


def standalone_png(figure: Figure, brief: Brief) -> bytes:
    """Return a figure as PNG with its title, its caption and its runs."""
    return png(standalone_spec(figure, brief))


@cache
def _know_fonts() -> None:
    """Tell the converter of our fonts, once a process."""
    vl_convert.register_font_directory(str(look.FONTS))

"""The empty presentation a brief is written into: 16 to 9, our own master, three layouts, a theme.

It starts from the package that python-pptx brings, whose master, layouts, colours and fonts are
replaced by the files in look/pptx, so that what is designed can be read and compared as text.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import pptx
from pptx.opc.package import Part
from pptx.oxml import parse_xml
from pptx.presentation import Presentation
from pptx.slide import Slide, SlideLayout
from pptx.util import Emu

from sim.brief import look

WIDTH, HEIGHT = Emu(12192000), Emu(6858000)
LAYOUTS = ("opening", "text", "figure")
FONTS = {"majorFont": "Georgia", "minorFont": "Calibri"}
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


def empty() -> Presentation:
    """Return a presentation with our master and layouts, and no slide."""
    made = pptx.Presentation()
    made.slide_width, made.slide_height = WIDTH, HEIGHT
    for layout in list(made.slide_layouts)[len(LAYOUTS) :]:
        made.slide_layouts.remove(layout)
    for name, layout in zip(LAYOUTS, made.slide_layouts, strict=True):
        _become(layout._element, look.text(f"pptx/{name}.xml"))
    master = made.slide_master
    _become(master._element, look.text("pptx/master.xml"))
    _theme(next(r.target_part for r in master.part.rels.values() if r.reltype.endswith("/theme")))
    return made


def layout(made: Presentation, name: str) -> SlideLayout:
    """Return a layout by its name in LAYOUTS."""
    return made.slide_layouts[LAYOUTS.index(name)]


def foot(slide: Slide, words: str) -> None:
    """Put words and the slide's number at the foot of a slide, where its layout has them."""
    for shape in slide.slide_layout._element.iter(f"{_P}sp"):
        place = shape.find(f".//{_P}ph")
        kind = None if place is None else place.get("type")
        if kind in ("ftr", "sldNum"):
            own = copy.deepcopy(shape)
            slide.shapes._spTree.append(own)
            if kind == "ftr":
                own.find(f".//{_A}t").text = words


def _become(element: Any, text: str) -> None:
    """Give an element the children of another of its kind, but for what ties it to its package."""
    wanted = parse_xml(text.encode())
    for name, value in wanted.attrib.items():
        element.set(name, value)
    kept = {f"{_P}clrMap", f"{_P}sldLayoutIdLst"}
    for child in [child for child in element if child.tag not in kept]:
        element.remove(child)
    order = ("cSld", "clrMap", "clrMapOvr", "sldLayoutIdLst", "txStyles")
    children = {child.tag: child for child in [*element, *wanted]}
    for name in order:
        child = children.get(f"{_P}{name}")
        if child is not None:
            element.append(child)


def _theme(part: Part) -> None:
    """Give the theme our colours and fonts; what else it says stays."""
    text = part.blob.decode("utf-8")
    colours = look.text("pptx/theme_colours.xml").strip()
    text = re.sub(r"<a:clrScheme.*?</a:clrScheme>", lambda _: colours, text, flags=re.DOTALL)
    for name, face in FONTS.items():
        fonts = f'<a:{name}><a:latin typeface="{face}"/><a:ea typeface=""/><a:cs typeface=""/>'
        text = re.sub(rf"<a:{name}>.*?</a:{name}>", f"{fonts}</a:{name}>", text, flags=re.DOTALL)
    text = text.replace('name="Office Theme"', 'name="Frontier and Commons"')
    parse_xml(text.encode())  # fails here rather than when the file is opened
    part._blob = text.encode()

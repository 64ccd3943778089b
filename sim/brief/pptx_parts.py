"""What slides are made of beside charts: lines of text, tables, pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Emu, Pt

from sim.brief import look
from sim.brief.pptx_charts import Box
from sim.brief.record import Brief, Cell, Row

LEFT, WIDE = 548_640, 11_094_720  # the margins of the master
_TABLE_TOP = 1_900_000
_NS = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def write_lines(frame: TextFrame, lines: Sequence[str], *, size: int | None = None) -> None:
    """Write one paragraph a line, as plain text."""
    frame.text = lines[0] if lines else ""
    for line in lines[1:]:
        frame.add_paragraph().text = line
    if size is not None:
        for paragraph in frame.paragraphs:
            paragraph.font.size = Pt(size)


def add_words(
    page: Slide, words: str, top: int, height: int, *, size: int, width: int = WIDE
) -> None:
    """Add small grey words below a figure."""
    frame = page.shapes.add_textbox(Emu(LEFT), Emu(top), Emu(width), Emu(height)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    write_lines(frame, words.split("\n"), size=size)
    for paragraph in frame.paragraphs:
        paragraph.font.color.rgb = RGBColor.from_string(look.GREY[1:].upper())


def add_picture(page: Slide, content: bytes, box: Box, alt: str) -> None:
    """Add a picture with its text alternative."""
    place = (Emu(box.left), Emu(box.top), Emu(box.width), Emu(box.height))
    picture: Any = page.shapes.add_picture(io.BytesIO(content), *place)
    picture._element.nvPicPr.cNvPr.set("descr", alt)


def add_table(page: Slide, rows: Sequence[Row], brief: Brief) -> None:
    """Add the rows of the comparison as a native table with hairlines and no boxes."""
    several = len(brief.scenarios)
    size = 14 if several <= 3 else 13 if several == 4 else 11
    shape = page.shapes.add_table(
        len(rows) + 1, several + 1, Emu(LEFT), Emu(_TABLE_TOP), Emu(WIDE), Emu(400_000)
    )
    table: Any = shape.table
    _plain(table)
    for column, width in zip(table.columns, _widths(several), strict=True):
        column.width = Emu(width)
    _fill(table.cell(0, 0), [("Outcome", size, look.INK, True)], look.INK, 12700)
    for at, told in enumerate(brief.scenarios):
        ink = look.colour(at)
        _fill(table.cell(0, at + 1), [(told.title, size, ink, True)], look.INK, 12700)
    for line, row in enumerate(rows, start=1):
        words = [(row.title, size, look.INK, True), (row.subtitle, size - 2, look.GREY, False)]
        _fill(table.cell(line, 0), words, look.RULE, 6350)
        for at, cell in enumerate(row.cells):
            _fill(table.cell(line, at + 1), _told(cell, size), look.RULE, 6350)


def _widths(scenarios: int) -> list[int]:
    """Return the columns' widths: the first scenario has no difference to tell, so it is narrow."""
    first = {1: 6_000_000, 2: 3_400_000, 3: 2_900_000}.get(scenarios, 2_300_000)
    base = WIDE - first if scenarios == 1 else 2_100_000 if scenarios <= 4 else 1_500_000
    others = (WIDE - first - base) // max(1, scenarios - 1)
    return [first, base, *[others] * (scenarios - 1)]


def _told(cell: Cell, size: int) -> list[tuple[str, int, str, bool]]:
    told = [(f"{cell.level.words} ({cell.level.range})", size, look.INK, True)]
    if cell.change is not None:
        words = f"{cell.change.words} ({cell.change.range}), {cell.change.sure}"
        told.append((words, size - 2, look.GREY, False))
    return told


def _fill(cell: Any, words: Sequence[tuple[str, int, str, bool]], rule: str, width: int) -> None:
    """Write paragraphs of (words, points, colour, bold) into a cell and draw a rule under it."""
    cell.margin_left, cell.margin_right = 0, Emu(90_000)
    cell.margin_top = cell.margin_bottom = Emu(36_000)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    for at, (text, points, ink, bold) in enumerate(words):
        paragraph = cell.text_frame.paragraphs[0] if at == 0 else cell.text_frame.add_paragraph()
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold = Pt(points), bold
        run.font.color.rgb = RGBColor.from_string(ink[1:].upper())
    properties = cell._tc.get_or_add_tcPr()
    for side in ("lnL", "lnR", "lnT"):
        properties.append(parse_xml(f"<a:{side} {_NS}><a:noFill/></a:{side}>"))
    colour = f'<a:solidFill><a:srgbClr val="{rule[1:].upper()}"/></a:solidFill>'
    properties.append(parse_xml(f'<a:lnB {_NS} w="{width}">{colour}</a:lnB>'))
    properties.append(parse_xml(f"<a:noFill {_NS}/>"))


def _plain(table: Any) -> None:
    """Take the usual style with its coloured bands away; the first row stays the head."""
    table.horz_banding = False
    style = table._tbl.tblPr.find(
        "{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId"
    )
    style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid

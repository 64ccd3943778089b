"""How a DOCX brief is styled: two type faces every office has, one accent, hairlines, no boxes."""

from __future__ import annotations

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from sim.brief import look

SERIF, SANS = "Georgia", "Calibri"
WIDTH = Mm(178)
_SIZES = {
    "Normal": (SANS, 9.5, look.INK, False),
    "Title": (SERIF, 20, look.INK, True),
    "Subtitle": (SANS, 12, look.INK, False),
    "Heading 1": (SERIF, 12.5, look.INK, True),
    "Heading 2": (SANS, 10, look.INK, True),
    "List Bullet": (SANS, 8, look.INK, False),
    "Caption": (SANS, 8, look.GREY, False),
}
_SPACES = {
    "Normal": (0, 3),
    "Title": (4, 3),
    "Subtitle": (0, 3),
    "Heading 1": (7, 2),
    "Heading 2": (5, 2),
    "List Bullet": (0, 1),
    "Caption": (2, 7),
}


def prepare(document: Document) -> None:
    """Set page, styles and language of a new document."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin, section.bottom_margin = Mm(13), Mm(15)
    section.header_distance = section.footer_distance = Mm(7)
    for name, (face, size, ink, bold) in _SIZES.items():
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        _style(style, face, size, ink, bold)
        before, after = _SPACES[name]
        style.paragraph_format.space_before, style.paragraph_format.space_after = (
            Pt(before),
            Pt(after),
        )
        style.paragraph_format.line_spacing = 1.0
    bullet = document.styles["List Bullet"]
    assert isinstance(bullet, ParagraphStyle)
    bullet.paragraph_format.left_indent = Mm(3.5)
    bullet.paragraph_format.first_line_indent = -Mm(3.5)
    small = document.styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(small, ParagraphStyle)
    _style(small, SANS, 7.5, look.GREY, False)
    small.paragraph_format.space_after = Pt(2)
    small.paragraph_format.line_spacing = 1.0


def _style(style: ParagraphStyle, face: str, size: float, ink: str, bold: bool) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic = face, Pt(size), bold, False
    font.color.rgb = RGBColor.from_string(ink[1:].upper())
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), face)
        fonts.attrib.pop(qn(f"w:{name}Theme"), None)
    for tracking in style.element.get_or_add_rPr().findall(qn("w:spacing")):
        tracking.getparent().remove(tracking)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    style.element.get_or_add_rPr().append(language)
    borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:
        style.element.get_or_add_pPr().remove(borders)


def paint(run: Run, ink: str, *, size: float | None = None, bold: bool | None = None) -> None:
    """Give a run a colour, and a size and weight if wanted."""
    run.font.color.rgb = RGBColor.from_string(ink[1:].upper())
    if size is not None:
        run.font.size = Pt(size)
    if bold is not None:
        run.font.bold = bold


def rule(paragraph: Paragraph, side: str, ink: str, eighths: int, space: int = 4) -> None:
    """Draw a rule along one side of a paragraph, in eighths of a point."""
    borders = OxmlElement("w:pBdr")
    borders.append(_edge(side, ink, eighths, space))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def line_below(cell: _Cell, ink: str, eighths: int) -> None:
    """Draw a line under a cell of a table."""
    borders = OxmlElement("w:tcBorders")
    borders.append(_edge("bottom", ink, eighths, 0))
    cell._tc.get_or_add_tcPr().append(borders)


def _edge(side: str, ink: str, eighths: int, space: int) -> BaseOxmlElement:
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", eighths), ("space", space), ("color", ink[1:])):
        edge.set(qn(f"w:{name}"), str(value))
    return edge


def footer(document: Document, words: str) -> None:
    """Write the foot of every page: words to the left, the page's number to the right."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Small"]
    paragraph.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(f"{words}\t")
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)

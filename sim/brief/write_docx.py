"""A brief as DOCX: two pages for two scenarios, plain enough to be edited and pasted from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Length, Mm
from docx.table import Table, _Cell

from sim.brief import docx_style as style
from sim.brief import look, sentences
from sim.brief.archive import settled
from sim.brief.axes import Size
from sim.brief.citation import date_words
from sim.brief.qr import qr_png
from sim.brief.record import Brief, Cell, Figure, LeverRow, Source
from sim.brief.write_picture import figure_png
from sim.wording import month_words

_FIRST = (0, 60, 52, 38, 38, 32, 30)  # mm of the first column, by number of scenarios
HALF = Size(width=360, height=112, type=10.5, line=2.2)  # two figures stand side by side
MOST_HEADLINES = 3  # the table has all of them
_LONGEST_PROPERTY = 255  # characters, by the format
WHOLE = Size(width=720, height=108, type=10.5, line=2.2)
TALLER = Size(width=720, height=136, type=10.5, line=2.2)  # so that labels of all scenarios fit


def docx_bytes(brief: Brief) -> bytes:
    """Return the brief as DOCX on A4; the same bytes every time."""
    document = docx.Document()
    style.prepare(document)
    _properties(document, brief)
    _heading(document, brief)
    _comparison(document, brief)
    _figures(document, brief)
    document.add_section(WD_SECTION.CONTINUOUS)
    _two_columns(document)
    _rest(document, brief)
    runs = ", ".join(dict.fromkeys(told.run_id for told in brief.scenarios))
    words = f"Frontier & Commons {brief.version}, {brief.date}. Not a forecast. Runs {runs}"
    style.footer(document, words)
    file = io.BytesIO()
    document.save(file)
    return settled(file.getvalue(), brief.date)


def _properties(document: Document, brief: Brief) -> None:
    about, day = document.core_properties, datetime.fromisoformat(brief.date)
    about.title, about.subject, about.author = brief.title, brief.question, "Frontier & Commons"
    about.comments, about.language = brief.apa[:_LONGEST_PROPERTY], "en-GB"
    about.created = about.modified = day


def _heading(document: Document, brief: Brief) -> None:
    mark = document.add_paragraph()
    style.rule(mark, "top", look.ACCENT, 32)
    style.paint(mark.add_run("Frontier & Commons"), look.ACCENT, bold=True)
    document.add_paragraph(brief.title, style="Title")
    document.add_paragraph(brief.question, style="Subtitle")
    document.add_paragraph(
        f"{date_words(brief.date)}. Model {brief.version}, {brief.settings.replicates} futures to "
        f"{month_words(brief.until)}. Explanation and stress-testing, not a forecast.",
        style="Small",
    )
    for sentence in brief.headlines[: max(MOST_HEADLINES, len(brief.scenarios) - 1)]:
        paragraph = document.add_paragraph(sentence)
        style.rule(paragraph, "left", look.ACCENT, 24, 6)
        paragraph.paragraph_format.left_indent = Mm(3)
    for sentence in brief.reading:
        document.add_paragraph(sentence, style="Small")


def _comparison(document: Document, brief: Brief) -> None:
    several = len(brief.scenarios) > 1
    what = "The comparison" if several else "The outcomes"
    document.add_heading(f"{what}, {month_words(brief.until)}", 1)
    table = _table(document, brief, "Outcome", len(brief.rows), first=_FIRST[len(brief.scenarios)])
    for row, line in zip(brief.rows, table.rows[1:], strict=True):
        cells = line.cells
        _words(cells[0], row.title, row.subtitle)
        for place, cell in zip(cells[1:], row.cells, strict=True):
            _level(place, cell, len(brief.scenarios))
        _hairlines(cells)
    rule = (
        f" Below: the difference from {brief.scenarios[0].title}, future by future, and in how "
        "many futures it has its sign."
        if several
        else ""
    )
    document.add_paragraph(f"In brackets: where 90 of 100 futures lie.{rule}", style="Small")


def _table(document: Document, brief: Brief, corner: str, rows: int, *, first: int) -> Table:
    """Return a table with a column for each scenario, its head repeated on every page."""
    table: Table = document.add_table(rows=1 + rows, cols=1 + len(brief.scenarios))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    for column, width in zip(table.columns, _widths(len(brief.scenarios), first), strict=True):
        column.width = width
    head = table.rows[0]
    titles = [corner, *(told.title for told in brief.scenarios)]
    for at, (cell, title) in enumerate(zip(head.cells, titles, strict=True)):
        run = cell.paragraphs[0].add_run(title)
        style.paint(run, look.colour(at - 1) if at else look.INK, size=8.5, bold=True)
        style.line_below(cell, look.INK, 8)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    head._tr.get_or_add_trPr().append(repeated)
    return table


def _widths(scenarios: int, first: int) -> list[Length]:
    """Return the columns' widths: the first scenario has no difference to tell, so it is narrow."""
    base = {1: 60, 2: 32, 3: 32, 4: 32}.get(scenarios, 25)
    each = (178 - first - base) / max(1, scenarios - 1)
    return [Mm(first), Mm(base), *(Mm(each) for _ in range(scenarios - 1))]


def _words(cell: _Cell, strong: str, small: str) -> None:
    paragraph = cell.paragraphs[0]
    style.paint(paragraph.add_run(strong), look.INK, size=8.5, bold=True)
    style.paint(paragraph.add_run(f"\n{small}"), look.GREY, size=7.5)


def _level(cell: _Cell, told: Cell, scenarios: int) -> None:
    """Write a level and its change; the more scenarios, the smaller and the more lines."""
    paragraph, size = cell.paragraphs[0], 7.5 if scenarios > 4 else 8.5
    style.paint(paragraph.add_run(told.level.words), look.INK, size=size, bold=True)
    style.paint(paragraph.add_run(f" ({told.level.range})"), look.INK, size=size)
    between = "\n" if scenarios > 2 else ", "
    if told.change is not None:
        words = f"\n{told.change.words} ({told.change.range}){between}{told.change.sure}"
        style.paint(paragraph.add_run(words), look.GREY, size=size - 1.0)


def _hairlines(cells: Sequence[_Cell]) -> None:
    for cell in cells:
        cell.paragraphs[0].paragraph_format.space_after = 0
        style.line_below(cell, look.RULE, 4)
    # a row is never broken over two pages
    properties = cells[0]._tc.getparent().get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))


def _figures(document: Document, brief: Brief) -> None:
    """Set the figures two side by side where they have one panel, else one under the other."""
    document.add_heading("Figures", 1)
    key = document.add_paragraph(
        sentences.level_key(brief.scenarios, brief.settings), style="Small"
    )
    key.paragraph_format.keep_with_next = True  # never alone at the foot of a page
    wide = len(brief.scenarios) > 2
    columns = 1 if wide else 2
    starts = range(0, len(brief.figures), columns)
    table = document.add_table(rows=len(starts), cols=columns)
    table.autofit = False
    each = Emu(int(style.WIDTH / columns))
    for start, line in zip(starts, table.rows, strict=True):
        cells = line.cells
        for cell, figure in zip(cells, brief.figures[start : start + columns], strict=False):
            cell.width = each
            size = HALF if not wide else TALLER if figure.kind == "changes" else WHOLE
            _figure(cell, figure, brief, size, Emu(each - Mm(6)))
        _unbroken(cells[0])


def _figure(cell: _Cell, figure: Figure, brief: Brief, size: Size, width: Emu) -> None:
    heading = cell.paragraphs[0]
    heading.style = "Heading 2"
    heading.paragraph_format.keep_with_next = False  # the row keeps together by itself
    heading.add_run(figure.finding)
    picture = cell.add_paragraph()
    shape = picture.add_run().add_picture(io.BytesIO(figure_png(figure, brief, size)), width=width)
    shape._inline.docPr.set("descr", figure.alt)
    key = sentences.level_key(brief.scenarios, brief.settings)  # stands once, above the figures
    cell.add_paragraph(figure.caption.replace(f" {key}", ""), style="Caption")


def _unbroken(cell: _Cell) -> None:
    row = cell._tc.getparent()
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _two_columns(document: Document) -> None:
    columns = document.sections[-1]._sectPr.find(qn("w:cols"))
    columns.set(qn("w:num"), "2")
    columns.set(qn("w:space"), "400")


def _rest(document: Document, brief: Brief) -> None:
    """Write what stands small in two columns: levers, reasons, doubts, sources, citation."""
    if brief.levers:
        document.add_heading("What the scenarios change", 1)
        for lever in brief.levers:
            document.add_paragraph(lever_line(lever, brief), style="List Bullet")
    if brief.reasons:
        document.add_heading("Why, in the model", 1)
        for reason in brief.reasons:
            label = (
                f"{brief.scenarios[reason.scenario].label}: " if len(brief.scenarios) > 2 else ""
            )
            document.add_paragraph(f"{label}{reason.text}", style="List Bullet")
    for heading, points in (
        ("What is assumed", brief.assumptions),
        ("What is uncertain", brief.uncertain),
        ("What the model cannot say", brief.cannot_say),
    ):
        document.add_heading(heading, 1)
        for point in points:
            document.add_paragraph(point, style="List Bullet")
    document.add_heading("Sources", 1)
    document.add_paragraph("; ".join(_cited(brief.sources)) + ".", style="Small")
    _cite(document, brief)


def _cited(sources: Sequence[Source]) -> list[str]:
    """Return the sources with their numbers, each address once."""
    first = {source.url: at for at, source in reversed(list(enumerate(sources, start=1)))}
    return [
        f"({at}) {source.text} {source.url if first[source.url] == at else ''}".strip()
        for at, source in enumerate(sources, start=1)
    ]


def lever_line(lever: LeverRow, brief: Brief) -> str:
    """Return a lever's first value and, for each scenario that moves it, to what and what for."""
    far = f"; beyond the {lever.tried} tried so far" if lever.tried else "; never tried so far"
    moved = [
        f"{value}{f' in {told.label}' if len(brief.scenarios) > 2 else ''} "
        f"({landmark}{far if beyond else ''})"
        for told, value, landmark, changed, beyond in zip(
            brief.scenarios, lever.values, lever.landmarks, lever.changed, lever.beyond, strict=True
        )
        if changed
    ]
    return f"{lever.label}, {lever.unit}: {lever.values[0]} → {'; '.join(moved)}."


def _cite(document: Document, brief: Brief) -> None:
    document.add_heading("Cite and run again", 1)
    document.add_paragraph(brief.apa, style="Small")
    if brief.link:
        picture = document.add_paragraph().add_run()
        shape = picture.add_picture(io.BytesIO(qr_png(brief.link)), width=Mm(20))
        shape._inline.docPr.set("descr", "QR code of the link")
    document.add_paragraph(" ".join(brief.bibtex.split()), style="Small")
    document.add_paragraph(f"The same numbers again: {brief.command}", style="Small")
    names = "; ".join(f"{told.title}: run {told.run_id}" for told in brief.scenarios)
    size = brief.settings
    document.add_paragraph(
        f"{names}. {size.replicates} futures, {size.streams} streams, seed {size.seed}.",
        style="Small",
    )

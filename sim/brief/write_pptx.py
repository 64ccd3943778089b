"""A deck over a brief as PPTX: native charts and tables, speaker notes, our own master.

What does not fit a slide goes on the next one; nothing is shrunk below what the back of a room
can read. After the deck's own slides come the comparison table, the levers, the doubts and the
sources, unless the deck has them already.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from datetime import datetime

from pptx.presentation import Presentation
from pptx.slide import Slide
from pptx.util import Emu, Pt

from sim.brief import pptx_master as master
from sim.brief.archive import settled
from sim.brief.citation import date_words
from sim.brief.deck import Deck, DeckSlide
from sim.brief.pptx_charts import Box, add_change_chart, add_level_chart
from sim.brief.pptx_parts import LEFT, WIDE, add_picture, add_table, add_words, write_lines
from sim.brief.qr import qr_png
from sim.brief.record import Brief, Figure
from sim.brief.slides import Shown, shown
from sim.calendar import LAST_OBSERVED_MONTH

APPENDIX = ("table", "levers", "doubts", "limits", "share")
_SIZES = (24, 22, 20, 18, 16)  # points, of bulleted text
_ACROSS = 1550  # points of type in a line, times letters: of the widest face put in Calibri's place
_SMALLEST = 13  # points, of the lines above a figure
_CAPTIONS = ((11, 300), (10, 999))  # points, and up to how many letters
_BODY, _GAP = 374, 8  # points: the height of a slide's body, the space before a paragraph
_ROWS = {1: 10, 2: 7, 3: 6, 4: 5, 5: 5, 6: 4}  # of the comparison table on one slide
_CHARTS = Box(LEFT, 2_240_000, WIDE, 3_500_000)
_TALL_CHARTS, _MOST_LINES = Box(LEFT, 1_800_000, WIDE, 3_960_000), 4
_CAPTION_TOP, _CAPTION_HEIGHT = 5_830_000, 480_000


def pptx_bytes(brief: Brief, deck: Deck) -> bytes:
    """Return the deck's slides, and after them what every export carries; the same bytes always."""
    made = master.empty()
    about = made.core_properties
    about.title, about.subject, about.author = brief.title, brief.question, "Frontier & Commons"
    about.comments, about.language = brief.apa[:255], "en-GB"
    about.created = about.modified = datetime.fromisoformat(brief.date)
    about.last_modified_by = "Frontier & Commons"
    about.revision = 1
    for slide in [*shown(deck, brief), *shown(_appendix(deck), brief)]:
        for page in _add(made, slide, brief):
            _note(page, slide, brief)
            runs = ", ".join(dict.fromkeys(told.run_id for told in brief.scenarios))
            words = (
                f"Frontier & Commons {brief.version}, {brief.date}. In the model; not a forecast"
            )
            master.foot(page, f"{words}. Runs {runs}")
    file = io.BytesIO()
    made.save(file)
    return settled(file.getvalue(), brief.date)


def _appendix(deck: Deck) -> Deck:
    """Return a deck of the slides that every export needs and this one lacks."""
    there = {slide.kind for slide in deck.slides}
    lacking = tuple(DeckSlide(kind=kind) for kind in APPENDIX if kind not in there)
    sources = DeckSlide(kind="sources")
    return Deck(
        title=deck.title,
        question=deck.question,
        scenarios=deck.scenarios,
        slides=(*lacking, sources),
    )


def _add(made: Presentation, slide: Shown, brief: Brief) -> list[Slide]:
    """Add one slide of the deck, on as many pages as it takes."""
    if slide.kind == "question":
        return [_opening(made, slide, brief)]
    if slide.figure is not None:
        return [_figure(made, slide, slide.figure, brief)]
    if slide.kind == "table":
        return _table(made, slide, brief)
    if slide.kind == "share":
        return [_share(made, slide, brief)]
    return _texts(made, slide)


def _opening(made: Presentation, slide: Shown, brief: Brief) -> Slide:
    page = _page(made, "opening", slide.title)
    lines = [*slide.lines, *filter(None, [slide.text])]
    size = f"{brief.settings.replicates} futures of each"
    lines.append(f"{date_words(brief.date)}. Model {brief.version}, {size}")
    write_lines(page.placeholders[1].text_frame, lines)
    return page


def _figure(made: Presentation, slide: Shown, figure: Figure, brief: Brief) -> Slide:
    page = _page(made, "figure", slide.title)
    lines, charts = [*filter(None, [slide.text]), *slide.lines], _CHARTS
    if slide.kind == "replay":
        lines = _above(lines)
    elif _lines(lines, _SMALLEST) > _MOST_LINES:  # the table has them; the charts need the room
        lines, charts = [figure.subtitle], _TALL_CHARTS
    write_lines(page.placeholders[1].text_frame, lines, size=_size(lines))
    until = LAST_OBSERVED_MONTH if slide.kind == "guess" else None
    if figure.kind == "changes":
        add_change_chart(page, figure, brief, charts)
    elif slide.panel is not None:
        add_level_chart(page, figure, brief, slide.panel, charts, until=until, alone=True)
    else:
        for panel, box in enumerate(_boxes(len(figure.paths), charts)):
            add_level_chart(page, figure, brief, panel, box, until=until)
    size = next(size for size, most in _CAPTIONS if len(figure.caption) <= most)
    add_words(page, figure.caption, _CAPTION_TOP, _CAPTION_HEIGHT, size=size)
    return page


def _above(lines: Sequence[str]) -> list[str]:
    """Return the lines that fit above a figure, and how many more there are."""
    for kept in range(len(lines), 0, -1):
        rest = f"And {len(lines) - kept} more: see What the scenarios change."
        told = [*lines[:kept], *([rest] if kept < len(lines) else [])]
        if _lines(told, _SMALLEST) <= _MOST_LINES:
            return told
    return [*lines[:1]]


def _boxes(n: int, within: Box) -> list[Box]:
    """Return the places of n charts: side by side, from four on in two rows."""
    columns = n if n <= 3 else 2 if n == 4 else 3
    rows = -(-n // columns)
    gap = 150_000
    width = (within.width - gap * (columns - 1)) // columns
    height = (within.height - 60_000 * (rows - 1)) // rows
    return [
        Box(
            within.left + (at % columns) * (width + gap),
            within.top + (at // columns) * (height + 60_000),
            width,
            height,
        )
        for at in range(n)
    ]


def _size(lines: Sequence[str]) -> int:
    """Return the largest type, in points, in which the lines fit above a figure."""
    return next(
        (size for size, most in ((18, 2), (15, 3)) if _lines(lines, size) <= most), _SMALLEST
    )


def _lines(lines: Sequence[str], size: int) -> int:
    """Return about how many lines of type of this size the text takes; wide letters assumed."""
    return sum(len(textwrap.wrap(line, _ACROSS // size)) for line in lines)


def _fits(lines: Sequence[str], size: int) -> bool:
    """Return whether bulleted text of this size fits the body of a slide."""
    return _lines(lines, size) * size * 1.2 + len(lines) * _GAP <= _BODY


def _texts(made: Presentation, slide: Shown) -> list[Slide]:
    """Add a slide of bulleted text, on as many pages as it takes, all in type of one size."""
    lines = [*filter(None, [slide.text]), *slide.lines]
    size = next((size for size in _SIZES if _fits(lines, size)), _SIZES[-1])
    pages, made_pages = _pages(lines, size), []
    for at, told in enumerate(pages, start=1):
        title = f"{slide.title} ({at} of {len(pages)})" if len(pages) > 1 else slide.title
        page = _page(made, "text", title)
        write_lines(page.placeholders[1].text_frame, told, size=size)
        made_pages.append(page)
    return made_pages


def _pages(lines: Sequence[str], size: int) -> list[list[str]]:
    """Return the lines on as few pages as hold them, about as many on each."""
    fewest = len(_filled(lines, size, len(lines)))
    most = next(
        most for most in range(1, len(lines) + 1) if len(_filled(lines, size, most)) <= fewest
    )
    return _filled(lines, size, most)


def _filled(lines: Sequence[str], size: int, most: int) -> list[list[str]]:
    """Return the lines page by page, at most so many on each."""
    pages: list[list[str]] = [[]]
    for line in lines:
        if pages[-1] and (len(pages[-1]) == most or not _fits([*pages[-1], line], size)):
            pages.append([])
        pages[-1].append(line)
    return pages


def _page(made: Presentation, layout: str, title: str) -> Slide:
    """Add a slide with its title, in smaller type where it is long."""
    page: Slide = made.slides.add_slide(master.layout(made, layout))
    place = page.shapes.title
    assert place is not None
    write_lines(place.text_frame, [title], size=_title_size(layout, title))
    return page


def _title_size(layout: str, title: str) -> int | None:
    if layout == "opening":
        return 32 if len(title) > 90 else None
    return 20 if len(title) > 88 else None


def _table(made: Presentation, slide: Shown, brief: Brief) -> list[Slide]:
    """Add the comparison table, so many outcomes a slide."""
    parts = -(-len(brief.rows) // _ROWS[len(brief.scenarios)])
    step, pages = -(-len(brief.rows) // parts), []
    groups = [brief.rows[at : at + step] for at in range(0, len(brief.rows), step)]
    for at, rows in enumerate(groups, start=1):
        title = slide.title if len(groups) == 1 else f"{slide.title} ({at} of {len(groups)})"
        page = _page(made, "figure", title)
        words = "Median of the futures; in brackets, where 90 of 100 futures lie."
        if len(brief.scenarios) > 1:
            words += f" Below: difference from {brief.scenarios[0].title}, future by future."
        write_lines(page.placeholders[1].text_frame, [words], size=14)
        add_table(page, rows, brief)
        pages.append(page)
    return pages


def _share(made: Presentation, slide: Shown, brief: Brief) -> Slide:
    page = _page(made, "text", slide.title)
    lines = [
        *filter(None, [slide.text, brief.link]),
        brief.apa,
        f"To run it again: {brief.command}",
    ]
    body = page.placeholders[1]
    write_lines(body.text_frame, lines, size=16)
    body.left, body.top, body.height = Emu(LEFT), Emu(1_481_328), Emu(2_700_000)
    body.width = Emu(WIDE - (3_000_000 if brief.link else 0))
    add_words(page, brief.bibtex, 4_250_000, 2_050_000, size=12, width=body.width)
    if brief.link:
        box = Box(LEFT + WIDE - 2_650_000, 1_481_328, 2_650_000, 2_650_000)
        add_picture(page, qr_png(brief.link), box, "QR code of the link")
    return page


def _note(page: Slide, slide: Shown, brief: Brief) -> None:
    """Write the presenter's notes, and below them the numbers and where they come from."""
    runs = "; ".join(f"{told.title}: {told.run_id}" for told in brief.scenarios)
    told = [*filter(None, [slide.notes]), *slide.prompts, f"Runs: {runs}. Model {brief.version}."]
    frame = page.notes_slide.notes_text_frame
    if frame is not None:
        frame.text = "\n\n".join(told)
        for paragraph in frame.paragraphs:
            paragraph.font.size = Pt(12)

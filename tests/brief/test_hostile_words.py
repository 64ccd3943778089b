"""Titles and notes come from strangers: no format takes them for a formula, a tag or a command."""

from __future__ import annotations

import csv
import io
import zipfile
from types import ModuleType

import pytest
from lxml import etree
from lxml import html as lxml_html

from sim.brief.content import brief_of
from sim.brief.deck import Deck, DeckSlide
from sim.brief.exports import made as export
from sim.brief.exports import pictures
from sim.brief.record import Brief
from sim.compare import Comparison

FORMULA = "=HYPERLINK(0) <b>&x"
TAG = "</script><img src=x onerror=alert(1)>"
MARKUP = '#panic("set") $x$ *b* \\input{x}'


@pytest.fixture(scope="module")
def hostile(made: ModuleType) -> Brief:
    results = (made.result("status_quo", FORMULA), made.result("ban", TAG))
    return brief_of(
        Comparison(results),
        date="2026-11-25",
        title=MARKUP,
        question=TAG,
        link="https://a.org/?q=1",
    )


@pytest.fixture(scope="module")
def slides() -> Deck:
    shown = (
        DeckSlide(kind="question", title=TAG, text=FORMULA, notes=MARKUP),
        DeckSlide(kind="reveal", text=TAG, notes=FORMULA),
    )
    return Deck(title=TAG, question=FORMULA, scenarios=("status_quo", "ban"), slides=shown)


def test_a_spreadsheet_finds_no_formula_in_the_numbers(hostile: Brief, slides: Deck) -> None:
    rows = list(csv.DictReader(io.StringIO(export("csv", hostile, slides).decode())))
    titles = {row["scenario"] for row in rows}
    assert titles == {f"'{FORMULA}", TAG}
    texts = {row[name] for row in rows for name in ("part", "scenario", "unit", "outcome")}
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]


def test_no_workbook_of_a_chart_holds_a_formula_from_a_title(hostile: Brief, slides: Deck) -> None:
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(export("pptx", hostile, slides))) as archive:
        books = [name for name in archive.namelist() if name.endswith(".xlsx")]
        assert books
        for name in books:
            with zipfile.ZipFile(io.BytesIO(archive.read(name))) as book:
                sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
                words = etree.fromstring(book.read("xl/sharedStrings.xml"))
            heads = ["".join(item.itertext()) for item in words.iter(f"{main}si")]
            assert not [text for text in heads if text.startswith("=")]
            formulas = [cell.text for cell in sheet.iter(f"{main}f")]
            assert not [text for text in formulas if "HYPERLINK" in text]


def test_slides_say_the_words_as_they_are(hostile: Brief, slides: Deck) -> None:
    with zipfile.ZipFile(io.BytesIO(export("pptx", hostile, slides))) as archive:
        first = etree.fromstring(archive.read("ppt/slides/slide1.xml"))
        notes = etree.fromstring(archive.read("ppt/notesSlides/notesSlide1.xml"))
    words = "".join(first.itertext())
    assert TAG in words
    assert FORMULA in words
    assert MARKUP in "".join(notes.itertext())


def test_the_page_holds_no_tag_and_no_script_from_a_title(hostile: Brief, slides: Deck) -> None:
    page = export("html", hostile, slides).decode()
    tree = lxml_html.fromstring(page)
    assert not tree.xpath("//img | //@onerror")
    assert len(tree.xpath("//script[not(@type)]")) == 1
    assert TAG in tree.xpath("string(//p[@class='question'])")
    assert MARKUP in tree.xpath("string(//h1)")


def test_the_paper_sets_markup_as_text(hostile: Brief, slides: Deck) -> None:
    import pypdf

    content = export("pdf", hostile, slides)
    text = pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "".join(MARKUP.split()) in "".join(text.split())


def test_drawings_are_well_formed_whatever_a_scenario_is_called(hostile: Brief) -> None:
    for content in pictures("svg", hostile).values():
        drawn = etree.fromstring(content)
        names = {etree.QName(element).localname for element in drawn.iter()}
        assert not names & {"script", "img", "foreignObject", "image"}


def test_citations_escape_what_tex_would_obey(hostile: Brief) -> None:
    assert r"\#panic" in hostile.bibtex
    assert r"\$x\$" in hostile.bibtex
    assert r"\textbackslash{}input\{x\}" in hostile.bibtex

"""Every format carries the whole brief, and every number in it is one of the brief's.

Each file is read back by a library that did not write it, or by its own reader, and what it says
is compared with the record, whose numbers test_content.py compares with the runs.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pptx
import pypdf
import pytest
from lxml import etree
from lxml import html as lxml_html

from sim.brief.deck import Deck
from sim.brief.exports import FORMATS, made, write_all, write_brief
from sim.brief.frozen import brief_to_json
from sim.brief.record import Brief
from sim.brief.write_picture import figure_svg
from sim.declare import InputError

READ = ("pptx", "docx", "pdf", "html")
# What a layout adds: page and figure numbers, "1 of 3", the paper's and the page's own signs.
OWN_NUMBERS = {str(number) for number in range(31)}


def text_of(kind: str, content: bytes) -> str:
    """Return everything a reader of the file would see, as text."""
    file = io.BytesIO(content)
    if kind == "pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    if kind == "html":
        tree = lxml_html.fromstring(content.decode())
        for unseen in tree.xpath("//style | //script | //*[local-name()='svg']"):
            unseen.drop_tree()
        return " ".join(tree.text_content().split("\n"))
    if kind == "docx":
        return "\n".join(_docx_texts(docx.Document(file)))
    return "\n".join(_pptx_texts(pptx.Presentation(file)))


def _docx_texts(document: docx.document.Document) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, docx.table.Table):
            for row in block.rows:
                for cell in row.cells:
                    yield cell.text
        else:
            yield block.text
    yield "\n".join(part.text for part in document.sections[0].footer.paragraphs)


def _pptx_texts(presentation: pptx.presentation.Presentation) -> Iterator[str]:
    for slide in presentation.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape.text_frame.text
            if shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)
        yield slide.notes_slide.notes_text_frame.text


def squeezed(text: str) -> str:
    """Return the text without white space, which layouts are free to change."""
    return re.sub(r"\s+", "", text)


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text))


@pytest.fixture(scope="module")
def read(two: Brief, deck: Deck) -> dict[str, str]:
    """Return the text of each format."""
    return {kind: text_of(kind, made(kind, two, deck)) for kind in READ}


@pytest.mark.parametrize("kind", READ)
def test_a_format_carries_every_part_of_the_brief(
    kind: str, read: dict[str, str], two: Brief
) -> None:
    wanted = {
        "question": [two.question],
        "headline with range": two.headlines[:3],
        "how to read it": two.reading[1:],
        "table": [
            words
            for row in two.rows
            for cell in row.cells
            for words in (row.title, cell.level.words, cell.level.range)
        ],
        "changes": [
            words
            for row in two.rows
            for cell in row.cells
            if cell.change is not None
            for words in (cell.change.words, cell.change.range, cell.change.sure)
        ],
        "levers": [w for lever in two.levers for w in (lever.label, lever.values[1])],
        "landmarks": [lever.landmarks[1] for lever in two.levers],
        "reasons": [reason.text for reason in two.reasons],
        "assumptions": two.assumptions,
        "uncertain": two.uncertain,
        "cannot say": two.cannot_say,
        "sources": [source.text for source in two.sources],
        "runs": [told.run_id for told in two.scenarios],
        "stamp": [two.version, two.date, two.link],
        "citation": [two.apa, two.bibtex, two.command],
    }
    text = squeezed(read[kind])
    missing = {
        part: [words for words in said if squeezed(words) not in text]
        for part, said in wanted.items()
    }
    if kind == "pptx":  # the words are explained to the presenter, in the notes
        del missing["how to read it"]
        assert squeezed(two.reading[0]) in text
    assert {part: words for part, words in missing.items() if words} == {}


@pytest.mark.parametrize("kind", READ)
def test_no_format_says_a_number_that_is_not_in_the_brief(
    kind: str, read: dict[str, str], two: Brief
) -> None:
    text = read[kind]
    if kind == "pdf":  # an address may be broken over two lines
        text = re.sub(r"https?://\S+(\n\S+)?", "", text)
    known = numbers(html.unescape(brief_to_json(two).decode())) | numbers(_marks(two))
    if kind == "pdf":  # which holds the words of its drawings, the marks of the axes among them
        known |= {n for one in two.figures for n in numbers(_words_of(figure_svg(one, two)))}
    assert numbers(text) - known - OWN_NUMBERS == set()


def _words_of(drawn: str) -> str:
    return " ".join(etree.fromstring(drawn.encode()).itertext())


def _marks(brief: Brief) -> str:
    """Return the numbers of the tables under the figures of the HTML file."""
    from sim.brief import tips

    said = [
        words
        for figure in brief.figures
        for line in tips.lines(figure, brief, 0)
        for words in line.words
    ]
    return " ".join([*said, *tips.months(brief)])


def test_the_table_of_the_docx_file_is_the_table_of_the_brief(two: Brief, deck: Deck) -> None:
    document = docx.Document(io.BytesIO(made("docx", two, deck)))
    table = document.tables[0]
    for row, line in zip(two.rows, table.rows[1:], strict=True):
        for cell, place in zip(row.cells, line.cells[1:], strict=True):
            level, *change = place.text.split("\n")
            assert level == f"{cell.level.words} ({cell.level.range})"
            if cell.change is not None:
                told = f"{cell.change.words} ({cell.change.range}), {cell.change.sure}"
                assert change == [told]


def test_the_table_of_the_html_file_is_the_table_of_the_brief(two: Brief, deck: Deck) -> None:
    tree = lxml_html.fromstring(made("html", two, deck).decode())
    (table,) = tree.xpath("//section[@aria-labelledby='comparison']//table")
    for row, line in zip(two.rows, table.xpath("./tbody/tr"), strict=True):
        for cell, place in zip(row.cells, line.xpath("./td"), strict=True):
            said = squeezed(place.text_content())
            assert said.startswith(squeezed(f"{cell.level.words}({cell.level.range})"))
            if cell.change is not None:
                assert said.endswith(squeezed(f"({cell.change.range}){cell.change.sure}"))


def test_the_months_under_a_figure_are_those_of_the_run(two: Brief, deck: Deck) -> None:
    tree = lxml_html.fromstring(made("html", two, deck).decode())
    table = tree.xpath("//figure[1]//details//table")[0]
    last = table.xpath("./tbody/tr")[-1]
    assert last.xpath("./th")[0].text_content() == "Dec 2032"
    level = two.rows[0].cells[1].level
    assert last.xpath("./td")[0].text_content() == f"{level.words} ({level.range})"


def test_the_two_pager_has_every_figure_with_words_for_those_who_do_not_see_it(
    two: Brief, deck: Deck
) -> None:
    document = docx.Document(io.BytesIO(made("docx", two, deck)))
    spoken = [shape._inline.docPr.get("descr") for shape in _inline(document)]
    assert spoken[: len(two.figures)] == [figure.alt for figure in two.figures]


def _inline(document: docx.document.Document) -> list[object]:
    return [
        docx.shape.InlineShape(found)
        for found in document.element.body.iter(
            "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}inline"
        )
    ]


def test_the_pdf_file_is_tagged_titled_and_in_english(two: Brief, deck: Deck) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made("pdf", two, deck)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).lower().startswith("en")
    assert reader.metadata is not None
    assert reader.metadata.title == two.title


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_brief_gives_the_same_bytes(kind: str, two: Brief, deck: Deck) -> None:
    assert made(kind, two, deck) == made(kind, two, deck)


@pytest.mark.parametrize("kind", ["pptx", "docx"])
def test_no_archive_carries_the_time_of_day(kind: str, two: Brief, deck: Deck) -> None:
    with zipfile.ZipFile(io.BytesIO(made(kind, two, deck))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        books = [name for name in archive.namelist() if name.endswith(".xlsx")]
        for name in books:
            with zipfile.ZipFile(io.BytesIO(archive.read(name))) as book:
                core += book.read("docProps/core.xml").decode()
    stamps = re.findall(r"<dcterms:(?:created|modified)[^>]*>([^<]*)<", core)
    assert set(stamps) == {f"{two.date}T00:00:00Z"}
    assert len(stamps) >= 2


def test_presenter_notes_travel_in_the_slides_only(two: Brief, deck: Deck, tmp_path: Path) -> None:
    del tmp_path
    note = deck.slides[0].notes
    assert note in text_of("pptx", made("pptx", two, deck))
    for kind in ("docx", "pdf", "html"):
        assert squeezed(note) not in squeezed(text_of(kind, made(kind, two, deck)))


def test_the_html_file_is_small_and_asks_for_nothing(four: Brief, deck: Deck) -> None:
    content = made("html", four, deck)
    page = content.decode()
    assert len(content) < 5_000_000
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    assert "http" not in policy[1]
    tree = lxml_html.fromstring(page)
    assert not tree.xpath("//link | //img | //iframe | //script[@src] | //object | //embed")
    assert not re.search(r"@import|url\((?!data:|#)", page)


def test_every_figure_is_a_file_of_its_own_with_title_caption_and_runs(two: Brief) -> None:
    from sim.brief.exports import pictures

    drawn, painted = pictures("svg", two), pictures("png", two)
    assert list(drawn) == [f"figure-{number}.svg" for number in (1, 2, 3, 4)]
    for figure, content in zip(two.figures, drawn.values(), strict=True):
        words = squeezed("".join(etree.fromstring(content).itertext()))
        assert squeezed(figure.caption) in words
        assert all(told.run_id in words for told in two.scenarios)
    for content, image in zip(drawn.values(), painted.values(), strict=True):
        width = float(etree.fromstring(content).get("width"))
        assert image[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(image[16:20], "big") == round(2 * width)


def test_four_scenarios_are_written_in_every_format(
    four: Brief, deck: Deck, tmp_path: Path
) -> None:
    calls: list[tuple[int, int]] = []
    written = write_all(
        tmp_path / "out", four, deck, progress=lambda done, of: calls.append((done, of))
    )
    endings = [path.suffix.removeprefix(".") for path in written]
    assert set(endings) == set(FORMATS)
    assert endings.count("svg") == endings.count("png") == len(four.figures)
    assert all(path.stat().st_size > 1000 for path in written)
    assert not list((tmp_path / "out").glob("*.part"))
    assert calls[-1] == (len(FORMATS), len(FORMATS))


def test_a_single_file_is_named_by_its_ending(two: Brief, deck: Deck, tmp_path: Path) -> None:
    path = tmp_path / "mine.html"
    write_brief(path, two, deck)
    assert path.read_bytes() == made("html", two, deck)


@pytest.mark.parametrize(
    ("write", "name", "said"),
    [
        (write_brief, "a.exe", "has no known extension; allowed .pptx"),
        (write_brief, "nowhere/a.pdf", "there is no folder"),
        (write_brief, "a.svg", "has no known extension"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_in_one_line(
    two: Brief,
    deck: Deck,
    tmp_path: Path,
    write: Callable[[Path, Brief, Deck], None],
    name: str,
    said: str,
) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        write(tmp_path / name, two, deck)

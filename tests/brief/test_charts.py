"""The charts of the slides are native: their numbers can be read, checked and edited."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pandas as pd
import pptx
import pytest
from lxml import etree

from sim.brief import look
from sim.brief.deck import Deck
from sim.brief.exports import made
from sim.brief.record import Brief, Path
from sim.brief.templates import deck as from_template
from sim.brief.write_pptx import _above, _fits, _pages

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
BAND = ("low90", "low50", "high50", "high90")


@pytest.fixture(scope="module")
def slides(two: Brief, deck: Deck) -> list[Any]:
    """Return the slides of the presentation, read back."""
    return list(pptx.Presentation(io.BytesIO(made("pptx", two, deck))).slides)


def charts(slides: list[Any]) -> list[Any]:
    return [shape for slide in slides for shape in slide.shapes if shape.has_chart]


def series(chart: Any) -> dict[str, list[float | None]]:
    """Return the cached values of each series by name, None in months without one."""
    found = {}
    for one in chart._chartSpace.iter(f"{C}ser"):
        name = one.find(f"{C}tx//{C}v").text
        cache = one.find(f"{C}val//{C}numCache")
        values: list[float | None] = [None] * int(cache.find(f"{C}ptCount").get("val"))
        for point in cache.iter(f"{C}pt"):
            values[int(point.get("idx"))] = float(point.find(f"{C}v").text)
        found[name] = values
    return found


def close(left: list[float | None], right: tuple[float | None, ...]) -> bool:
    return all(
        (a is None) == (b is None) and (a is None or b is None or abs(a - b) < 2e-6)
        for a, b in zip(left[: len(right)], right, strict=True)
    )


def revealed(slides: list[Any], two: Brief) -> Any:
    """Return the chart of the first reveal."""
    return next(
        s.chart
        for s in charts(slides)
        if s._element.nvGraphicFramePr.cNvPr.get("descr") == two.figures[0].alt
        and "Below the range" in series(s.chart)
        and series(s.chart)["A ban, median"][-1] is not None
    )


def test_figures_are_charts_and_not_pictures(slides: list[Any]) -> None:
    pictures = [s for slide in slides for s in slide.shapes if s.shape_type == 13]
    assert len(charts(slides)) >= 4
    assert [p._element.nvPicPr.cNvPr.get("descr") for p in pictures] == ["QR code of the link"]


def test_a_chart_holds_the_medians_and_the_band_of_the_run(slides: list[Any], two: Brief) -> None:
    told = series(revealed(slides, two))
    path = two.figures[0].paths[0]
    assert close(told["A ban, median"], path.median)
    assert close(told["Status quo, median"], path.baseline)
    running = [0.0] * len(path.median)
    parts = (
        "Below the range",
        "90 of 100, lower part",
        "Half of the futures",
        "90 of 100, upper part",
    )
    for name, end in zip(parts, BAND, strict=True):
        running = [so_far + (step or 0.0) for so_far, step in zip(running, told[name], strict=True)]
        assert close(list(running), getattr(path, end)), end


def test_the_workbook_behind_a_chart_holds_the_quantiles_and_formulas_from_them(
    slides: list[Any], two: Brief
) -> None:
    chart, path = revealed(slides, two), two.figures[0].paths[0]
    sheet = workbook(chart.part.chart_workbook.xlsx_part.blob)
    names = {name: column for column, name in sheet[0].items() if isinstance(name, str)}
    for words, end in (("90 of 100, from", "low90"), ("Half to", "high50")):
        column = [sheet[row].get(names[words]) for row in range(1, len(path.median) + 1)]
        assert close(column, getattr(path, end))
    assert sheet.formulas[1, names["90 of 100, lower part"]].count("-") == 1


class Sheet(dict[int, dict[int, Any]]):
    """Cells of a sheet by row and column, and the formulas among them."""

    formulas: dict[tuple[int, int], str]


def workbook(blob: bytes) -> Sheet:
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(blob)) as book:
        strings = [
            "".join(item.itertext())
            for item in etree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{main}si")
        ]
        tree = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    sheet = Sheet()
    sheet.formulas = {}
    for cell in tree.iter(f"{main}c"):
        letters = "".join(c for c in cell.get("r") if c.isalpha())
        column = sum((ord(c) - 64) * 26**k for k, c in enumerate(reversed(letters)))
        row, value = int(cell.get("r")[len(letters) :]) - 1, cell.find(f"{main}v")
        if value is not None:
            text = strings[int(value.text)] if cell.get("t") == "s" else float(value.text)
            sheet.setdefault(row, {})[column] = text
        if cell.find(f"{main}f") is not None:
            sheet.formulas[row, column] = cell.find(f"{main}f").text
    return sheet


def test_the_room_sees_nothing_after_today_before_it_has_guessed(slides: list[Any]) -> None:
    guess = next(s.chart for s in charts(slides) if series(s.chart)["A ban, median"][-1] is None)
    values = series(guess)["A ban, median"]
    assert values[45] is not None
    assert set(values[46:]) == {None}


def test_the_bars_at_the_end_are_the_ranges_of_the_differences(four: Brief) -> None:
    names = [told.name for told in four.scenarios]
    file = made("pptx", four, from_template("report", names, title="x"))
    frames = charts(list(pptx.Presentation(io.BytesIO(file)).slides))
    chart = next(s.chart for s in frames if "A ban, half in the last month" in series(s.chart))
    for path in four.figures[-1].paths:
        title = four.scenarios[path.scenario].title
        for words, low, high in (
            ("half", path.low50, path.high50),
            ("90 of 100", path.low90, path.high90),
        ):
            one = next(
                s
                for s in chart._chartSpace.iter(f"{C}ser")
                if s.find(f"{C}tx//{C}v").text == f"{title}, {words} in the last month"
            )
            up, down = (
                float(one.find(f"{C}errBars/{C}{side}//{C}v").text) for side in ("plus", "minus")
            )
            assert end(path) + up == pytest.approx(high[-1], abs=1e-5)
            assert end(path) - down == pytest.approx(low[-1], abs=1e-5)


def end(path: Path) -> float:
    value = path.median[-1]
    assert value is not None
    return value


def test_every_chart_has_words_for_those_who_do_not_see_it(slides: list[Any]) -> None:
    for shape in charts(slides):
        assert len(shape._element.nvGraphicFramePr.cNvPr.get("descr")) > 40


def test_every_slide_has_notes_with_its_runs(slides: list[Any], two: Brief) -> None:
    for slide in slides:
        notes = slide.notes_slide.notes_text_frame.text
        assert all(told.run_id in notes for told in two.scenarios)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", look.COLOURS)
def test_a_scenario_stands_out_from_paper_in_colour_and_in_grey(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 4.0


def test_scenarios_on_one_chart_are_told_apart_by_pattern_alone() -> None:
    assert len(set(look.DASHES[1:])) == len(look.COLOURS) - 1
    assert len(set(look.COLOURS)) == len(look.COLOURS)


def test_the_tables_of_numbers_are_those_of_the_figures(two: Brief, deck: Deck) -> None:
    csv = pd.read_csv(io.BytesIO(made("csv", two, deck)))
    parquet = pd.read_parquet(io.BytesIO(made("parquet", two, deck)))
    assert list(csv.columns) == list(parquet.columns)
    numbers = ["median", "low50", "high50", "low90", "high90", "share_lower"]
    pd.testing.assert_frame_equal(csv[numbers], parquet[numbers], rtol=1e-14)
    figure = csv[(csv["part"] == "figure 1") & (csv["scenario"] == "A ban")]
    for name in ("median", "low90", "high90"):
        assert close(figure[name].tolist(), getattr(two.figures[0].paths[0], name))
    table = csv[(csv["part"] == "table") & (csv["kind"] == "change")].iloc[0]
    assert table["median"] == pytest.approx(-30.0)
    assert (table["share_lower"], table["unit"], table["month"]) == (1.0, "points", "2032-12")
    assert set(csv["run_id"]) == {told.run_id for told in two.scenarios}


def test_changes_are_named_right_of_all_bars_and_years_end_with_the_run(four: Brief) -> None:
    names = [told.name for told in four.scenarios]
    file = made("pptx", four, from_template("report", names, title="x"))
    frames = charts(list(pptx.Presentation(io.BytesIO(file)).slides))
    space = next(
        s.chart._chartSpace for s in frames if "A ban, half in the last month" in series(s.chart)
    )
    places = [
        [int(one.get("val")) for one in bars.iterfind(f"{C}dLbls/{C}dLbl/{C}idx")]
        for bars in space.iter(f"{C}ser")
        if bars.find(f"{C}tx//{C}v").text.endswith("half in the last month")
    ]
    bars = [int(point.get("idx")) for point in space.iterfind(f".//{C}errBars//{C}pt")]
    assert len({tuple(place) for place in places}) == 1
    assert places[0][0] > max(bars)
    form = space.find(f".//{C}dateAx/{C}numFmt").get("formatCode")
    assert form == '[<=48549]yyyy;""'  # 1 December 2032, in days of a spreadsheet


def test_no_line_of_the_grid_strikes_out_the_words_of_a_rule(two: Brief, slides: list[Any]) -> None:
    figure = two.figures[0]
    (value,) = {v for v in series(revealed(slides, two))["today"] if v is not None}
    assert figure.low < value < figure.high


def test_text_that_fills_several_slides_is_spread_evenly() -> None:
    lines = ["A sentence of some length that is told on a slide, with a number or two."] * 13
    pages = _pages(lines, 24)
    assert [line for page in pages for line in page] == lines
    assert all(_fits(page, 24) for page in pages)
    assert max(map(len, pages)) - min(map(len, pages)) <= len(pages)


def test_a_step_by_step_slide_says_how_many_levers_it_leaves_out() -> None:
    lines = [f"Lever {n}, in some unit: 5 % → 90 % from Jan 2027, over 12 months" for n in range(9)]
    told = _above(lines)
    assert len(told) < 9
    assert told[-1] == f"And {9 - len(told) + 1} more: see What the scenarios change."

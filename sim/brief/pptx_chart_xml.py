"""The parts of a native chart that are written as XML: looks of series, labels, ranges, axes.

Colours are those of the theme, so that a chart follows the presentation it is pasted into.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from pptx.oxml import parse_xml

from sim.brief import look

_NS = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_POINT = 12700  # EMU
_DAY_NOUGHT = date(1899, 12, 30)  # of spreadsheets
_AXES = ("111111111", "222222222")
_THEME = dict(zip(look.COLOURS, ("tx1", *(f"accent{at}" for at in range(1, 6))), strict=True)) | {
    look.RULE: "bg2"
}
_DASHES = {(): "solid", (7, 3): "dash", (2, 2): "sysDot", (10, 3, 2, 3): "lgDashDot"}
_NO_LABELS = "".join(
    f'<c:show{what} val="0"/>'
    for what in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
)
_VALUE_LABEL = _NO_LABELS.replace('<c:showVal val="0"/>', '<c:showVal val="1"/>')
_NO_MARKER = '<c:marker><c:symbol val="none"/></c:marker>'


def fill(ink: str, opacity: float = 1.0) -> str:
    """Return a solid fill in a colour of the theme, or in the colour itself."""
    alpha = "" if opacity == 1.0 else f'<a:alpha val="{round(opacity * 100_000)}"/>'
    known = _THEME.get(ink)
    tag, value = ("schemeClr", known) if known else ("srgbClr", ink[1:].upper())
    return f'<a:solidFill><a:{tag} val="{value}">{alpha}</a:{tag}></a:solidFill>'


def area(ink: str, opacity: float) -> str:
    """Return the looks of a stacked area without an edge; of opacity 0 it is not seen."""
    inside = fill(ink, opacity) if opacity else "<a:noFill/>"
    return f"<c:spPr>{inside}<a:ln><a:noFill/></a:ln></c:spPr>"


def line(ink: str, points: float, dash: tuple[int, ...] = ()) -> str:
    """Return the looks of a line, so many points wide."""
    return f"<c:spPr>{_stroke(ink, points, _DASHES.get(dash, 'sysDash'))}</c:spPr>{_NO_MARKER}"


def marker_only(ink: str) -> str:
    """Return the looks of a series that is a short dash in each of its months."""
    return _marked("dash", 9, ink)


def unmarked(at: int) -> str:
    """Return what takes the mark from one point of a series, which then only bears a label."""
    return f'<c:dPt><c:idx val="{at}"/>{_NO_MARKER}<c:bubble3D val="0"/></c:dPt>'


def diamonds(ink: str) -> str:
    """Return the looks of published observations."""
    return _marked("diamond", 8, ink)


def _marked(symbol: str, size: int, ink: str) -> str:
    return (
        "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
        f'<c:marker><c:symbol val="{symbol}"/><c:size val="{size}"/>'
        f"<c:spPr>{fill(ink)}<a:ln><a:noFill/></a:ln></c:spPr></c:marker>"
    )


def _stroke(ink: str, points: float, dash: str = "solid") -> str:
    return (
        f'<a:ln w="{round(points * _POINT)}" cap="flat">{fill(ink)}<a:prstDash val="{dash}"/>'
        "<a:round/></a:ln>"
    )


def end_label(
    at: int, words: str, ink: str, shift: float = 0.0, *, bold: bool = False, side: str = "r"
) -> str:
    """Return a label in words at point `at`, moved down by `shift` of the chart's height."""
    paragraphs = "".join(
        f'<a:p><a:pPr algn="{"r" if side == "l" else "l"}"/><a:r>'
        f'<a:rPr lang="en-GB" sz="1200" b="{int(bold)}">{fill(ink)}</a:rPr>'
        f"<a:t>{escape(part)}</a:t></a:r></a:p>"
        for part in words.split("\n")
    )
    moved = (
        f'<c:layout><c:manualLayout><c:x val="0"/><c:y val="{shift:.4f}"/></c:manualLayout>'
        "</c:layout>"
        if shift
        else ""
    )
    return (
        f'<c:dLbls><c:dLbl><c:idx val="{at}"/>{moved}<c:tx><c:rich><a:bodyPr wrap="none"/>'
        f'<a:lstStyle/>{paragraphs}</c:rich></c:tx><c:dLblPos val="{side}"/>'
        f"{_VALUE_LABEL}</c:dLbl>{_NO_LABELS}</c:dLbls>"
    )


def upright(
    at: int, n: int, words: str, up: float, down: float, dash: str, side: str, ink: str
) -> str:
    """Return the looks of an upright rule through an unseen point, with its words there."""
    return (
        f"<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{_NO_MARKER}"
        f"{end_label(at, words, ink, side=side)}{range_bar(at, n, up, down, ink, 1.25, dash)}"
    )


def range_bar(
    at: int, n: int, up: float, down: float, ink: str, points: float, dash: str = "solid"
) -> str:
    """Return a bar from so much above the point `at` to so much below it."""
    ends = "".join(
        f'<c:{side}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{n}"/>'
        f'<c:pt idx="{at}"><c:v>{round(size, 6):g}</c:v></c:pt></c:numLit></c:{side}>'
        for side, size in (("plus", up), ("minus", down))
    )
    return (
        '<c:errBars><c:errDir val="y"/><c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="1"/>{ends}<c:spPr>{_stroke(ink, points, dash)}</c:spPr></c:errBars>'
    )


def number_format(prefix: str, *, percent: bool, signed: bool) -> str:
    """Return how the axis writes its numbers, in the format language of spreadsheets."""
    plain = f'"{prefix}"#,##0.##' if prefix else "#,##0.##"
    plain = "#,##0" if percent else plain
    plain += '" %"' if percent else ""
    return f"+{plain};\N{MINUS SIGN}{plain};0" if signed else plain


def arrange(space: Any, looks: Sequence[tuple[str, str]]) -> None:
    """Give every series its looks, and move lines from the area chart into a line chart."""
    areas = space.find(f".//{_C}areaChart")
    lines = _parsed(
        '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
        f'<c:marker val="1"/><c:axId val="{_AXES[0]}"/><c:axId val="{_AXES[1]}"/></c:lineChart>'
    )
    before = lines.find(f"{_C}marker")
    for series, (kind, look_xml) in zip(list(areas.iter(f"{_C}ser")), looks, strict=True):
        text = series.find(f"{_C}tx")
        for part in reversed(list(_parsed(f"<c:ser>{look_xml}</c:ser>"))):
            text.addnext(part)
        if kind == "line":
            series.append(_parsed('<c:smooth val="0"/>'))
            before.addprevious(series)
    areas.addnext(lines)
    if areas.find(f"{_C}ser") is None:
        areas.getparent().remove(areas)
    for mark, name in zip(areas.findall(f"{_C}axId"), _AXES, strict=True):
        mark.set("val", name)


def axes(
    space: Any, low: float, high: float, form: str, years: int, *, last: date, log: bool = False
) -> None:
    """Replace both axes: years up to the last month below, values to the left, one thin grid."""
    until = (last - _DAY_NOUGHT).days
    plot = space.find(f".//{_C}plotArea")
    for old in (*plot.findall(f"{_C}dateAx"), *plot.findall(f"{_C}valAx")):
        plot.remove(old)
    scale = '<c:logBase val="10"/>' if log else ""
    step = "" if log else f'<c:majorUnit val="{_step(high - low):g}"/>'
    plot.append(
        _parsed(
            f'<c:dateAx><c:axId val="{_AXES[0]}"/><c:scaling><c:orientation val="minMax"/>'
            '</c:scaling><c:delete val="0"/><c:axPos val="b"/>'
            f'<c:numFmt formatCode="[&lt;={until}]yyyy;&quot;&quot;" sourceLinked="0"/>'
            '<c:majorTickMark val="out"/>'
            '<c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
            f"<c:spPr>{_stroke(look.INK, 1.0)}</c:spPr>{_text(1200)}"
            f'<c:crossAx val="{_AXES[1]}"/><c:crosses val="min"/><c:auto val="0"/>'
            '<c:lblOffset val="100"/><c:baseTimeUnit val="months"/>'
            f'<c:majorUnit val="{years}"/><c:majorTimeUnit val="years"/></c:dateAx>'
        )
    )
    plot.append(
        _parsed(
            f'<c:valAx><c:axId val="{_AXES[1]}"/><c:scaling>{scale}<c:orientation val="minMax"/>'
            f'<c:max val="{high:g}"/><c:min val="{low:g}"/></c:scaling><c:delete val="0"/>'
            '<c:axPos val="l"/><c:majorGridlines><c:spPr>'
            f"{_stroke(look.RULE, 0.75)}</c:spPr></c:majorGridlines>"
            f'<c:numFmt formatCode="{escape(form, {chr(34): "&quot;"})}" sourceLinked="0"/>'
            '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
            f"<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{_text(1200)}"
            f'<c:crossAx val="{_AXES[0]}"/><c:crosses val="autoZero"/>'
            f'<c:crossBetween val="midCat"/>{step}</c:valAx>'
        )
    )


def frame(space: Any, title: str, ink: str, *, top: float, legend: int = 0, of: int = 0) -> None:
    """Set title and plot area; a legend, if wanted, shows the first `legend` of `of` series."""
    chart = space.find(f"{_C}chart")
    for name in ("title", "autoTitleDeleted", "legend"):
        for old in chart.findall(f"{_C}{name}"):
            chart.remove(old)
    chart.insert(0, _parsed(f'<c:autoTitleDeleted val="{0 if title else 1}"/>'))
    if title:
        chart.insert(0, _title(title, ink))
    top = top if title or legend else 0.05
    right = 0.86 if not legend else 0.97
    layout = chart.find(f"{_C}plotArea/{_C}layout")
    layout.append(
        _parsed(
            '<c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
            '<c:yMode val="edge"/><c:x val="0.075"/>'
            f'<c:y val="{top}"/><c:w val="{right - 0.075:.3f}"/><c:h val="{0.88 - top:.3f}"/>'
            "</c:manualLayout>"
        )
    )
    if legend:
        hidden = "".join(
            f'<c:legendEntry><c:idx val="{at}"/><c:delete val="1"/></c:legendEntry>'
            for at in range(legend, of)
        )
        chart.find(f"{_C}plotArea").addnext(
            _parsed(
                f'<c:legend><c:legendPos val="t"/>{hidden}<c:overlay val="0"/>{_text(1400)}'
                "</c:legend>"
            )
        )
    chart.find(f"{_C}dispBlanksAs").set("val", "gap")


def _title(words: str, ink: str) -> Any:
    return _parsed(
        '<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="l"/><a:r>'
        f'<a:rPr lang="en-GB" sz="1400" b="1">{fill(ink)}</a:rPr><a:t>{escape(words)}</a:t>'
        '</a:r></a:p></c:rich></c:tx><c:layout><c:manualLayout><c:xMode val="edge"/>'
        '<c:yMode val="edge"/><c:x val="0.065"/><c:y val="0.0"/></c:manualLayout></c:layout>'
        '<c:overlay val="0"/></c:title>'
    )


def _text(hundredths: int) -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{hundredths}">'
        f'{fill(look.INK)}</a:defRPr></a:pPr><a:endParaRPr lang="en-GB"/></a:p></c:txPr>'
    )


def _step(span: float) -> float:
    """Return a round step that divides an axis into four to eight parts."""
    power = 10.0 ** (len(f"{span:.0f}") - 1) if span >= 1 else 0.1
    return next(
        part * power for part in (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0) if span / (part * power) <= 6
    )


def _parsed(text: str) -> Any:
    """Return an element written with the prefixes c and a."""
    end = next(at for at, c in enumerate(text) if c in " />")
    return parse_xml(f"{text[:end]} {_NS}{text[end:]}")

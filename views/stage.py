"""The stage of a briefing: what the browser is handed, as plain values and ready pictures.

The whole deck goes to the browser at once, drawn from the frozen brief, so that moving through it
asks nothing of the server. A what-if is the one exception, and only when its key is pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from sim.brief import look
from sim.brief.axes import STAGE, Panel, Size
from sim.brief.citation import date_words
from sim.brief.deck import Deck
from sim.brief.figures import figure_spec, panel_spec
from sim.brief.qr import qr_svg
from sim.brief.record import Brief, Figure, Row
from sim.brief.slides import Shown, shown
from sim.brief.write_html import inline_svg
from sim.brief.write_picture import svg
from sim.calendar import LAST_OBSERVED_MONTH
from sim.levers import BY_ID as LEVERS
from sim.pictures import named
from sim.wording import dial, month_words

FILES = Path(__file__).parent / "stage_files"
SEVERAL = Size(width=1180, height=330, type=18.0, line=4.0)
MOST_LINES = 7
MOST_ROWS = {1: 6, 2: 6, 3: 6, 4: 5, 5: 4, 6: 4}  # by number of scenarios, whose words wrap

_stage = st.components.v2.component(
    "briefing_stage",
    html=(FILES / "stage.html").read_text("utf-8"),
    css=(FILES / "stage.css").read_text("utf-8"),
    js="".join((FILES / f"{name}.js").read_text("utf-8") for name in ("slides", "guess", "stage")),
)


def mount(payload: dict[str, Any], *, asked: Callable[[], None], left: Callable[[], None]) -> None:
    """Put the stage on the page; `asked` is called for a what-if, `left` when it is closed."""
    _stage(data=payload, key="stage", on_ask_change=asked, on_left_change=left)


@st.cache_data(show_spinner=False, max_entries=16)
def slides(deck: Deck, _brief: Brief) -> list[dict[str, Any]]:
    """Return every slide as plain values; kept by the deck, which names its frozen brief."""
    return [_plain(slide, deck, _brief, at) for at, slide in enumerate(shown(deck, _brief))]


def stamp(brief: Brief) -> str:
    """Return the line at the foot of every slide."""
    runs = ", ".join(dict.fromkeys(told.run_id for told in brief.scenarios))
    return (
        f"In the model; not a forecast. Frontier & Commons {brief.version}, frozen "
        f"{date_words(brief.date)}, {brief.settings.replicates} futures. Runs {runs}"
    )


def chart_svg(figure: Figure, brief: Brief, panel: int | None, *, until: int | None = None) -> str:
    """Return a figure, or one of its panels, in the large type of the stage."""
    if panel is None and figure.kind == "levels" and len(figure.paths) > 1:
        return svg(figure_spec(figure, brief, SEVERAL))
    return svg(panel_spec(Panel(figure, brief, panel or 0, STAGE, until=until)))


def _plain(slide: Shown, deck: Deck, brief: Brief, at: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "kind": slide.kind,
        "title": slide.title,
        "lines": list(first(slide.lines)),
        "text": slide.text,
        "notes": slide.notes,
        "prompts": [*slide.prompts, *left_out(slide.lines)],
    }
    if slide.kind == "table":
        made["table"] = _table(brief)
        made["lines"] += _unshown(len(brief.rows) - MOST_ROWS[len(brief.scenarios)])
    if slide.kind == "share":
        made |= {"bibtex": brief.bibtex, "link": deck.link or brief.link}
        made["qr"] = qr_svg(made["link"]) if made["link"] else ""
    if slide.lever:
        made["lever"] = _lever(slide.lever)
    if slide.figure is not None:
        made |= _drawn(slide, slide.figure, brief, at)
    return made


def first(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the lines the room sees: all, or the first and how many more there are."""
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    return (*lines[: MOST_LINES - 1], *_unshown(len(lines) - MOST_LINES + 1))


def left_out(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the lines the room does not see, which the presenter does."""
    return tuple(lines[MOST_LINES - 1 :]) if len(lines) > MOST_LINES else ()


def _unshown(n: int) -> list[str]:
    """Return the line that says that more is told elsewhere; none where nothing is left out."""
    return [f"And {n} more, in the files of this briefing."] if n > 0 else []


def _drawn(slide: Shown, figure: Figure, brief: Brief, at: int) -> dict[str, Any]:
    single = slide.panel is not None or len(figure.paths) == 1
    panel = slide.panel if slide.panel is not None else 0 if single else None
    made: dict[str, Any] = {"alt": figure.alt}
    made["svg"] = inline_svg(chart_svg(figure, brief, panel), f"s{at}")
    if slide.kind == "guess":
        past = chart_svg(figure, brief, panel or 0, until=LAST_OBSERVED_MONTH)
        made["history"] = inline_svg(past, f"h{at}")
    if figure.kind == "levels" and (single or slide.kind == "guess"):
        made["chart"] = _chart(figure, brief, panel or 0)
    return made


def _chart(figure: Figure, brief: Brief, panel: int) -> dict[str, Any]:
    """Return what the browser needs to draw a guess on one panel, in the units of its axis."""
    path, shown_as = figure.paths[panel], named(figure.picture)
    unit, last = shown_as.measure, (path.low90[-1], path.high90[-1])
    return {
        "key": f"{figure.picture}.{path.scenario}",
        "low": figure.low,
        "high": figure.high,
        "log": figure.log,
        "today": LAST_OBSERVED_MONTH,
        "until": brief.until,
        "start": path.median[LAST_OBSERVED_MONTH] or figure.low,
        "range": None if None in last else list(last),
        "month": month_words(brief.until),
        "unit": figure.subtitle,
        "prefix": unit.prefix,
        "suffix": unit.suffix,
    }


def _lever(name: str) -> dict[str, Any]:
    lever = LEVERS[name]
    shown_as = dial(lever)
    return {
        "id": name,
        "label": lever.label,
        "unit": lever.unit,
        "value": lever.default,
        "low": lever.low,
        "high": lever.high,
        "step": lever.step,
        "scale": shown_as.scale,
        "prefix": shown_as.prefix,
        "suffix": shown_as.suffix,
    }


def _table(brief: Brief) -> dict[str, Any]:
    head = [("Outcome", "")]
    head += [(told.label, look.colour(at)) for at, told in enumerate(brief.scenarios)]
    rows = brief.rows[: MOST_ROWS[len(brief.scenarios)]]
    return {"head": head, "rows": [_row(row) for row in rows]}


def _row(row: Row) -> list[tuple[str, str]]:
    cells = [
        (
            f"{cell.level.words} ({cell.level.range})",
            f"{cell.change.words}, {cell.change.sure}" if cell.change else "",
        )
        for cell in row.cells
    ]
    return [(row.title, row.subtitle), *cells]

"""The numbers of a brief as a tidy table, CSV or Parquet: all of its figures and its table.

One row a part of the brief, scenario, outcome and month. Values are in the units shown, which
`unit` names; a change is against the first scenario, future by future. Numbers in CSV are the
shortest text that reads back to the same number, and a text that a spreadsheet would take for a
formula is made harmless.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from sim.brief.record import Brief, Change, Figure, Level, Row
from sim.calendar import month_label
from sim.export import spreadsheet_safe
from sim.pictures import named
from sim.wording import measure

COLUMNS = (
    "part",
    "scenario",
    "run_id",
    "outcome",
    "group",
    "kind",
    "month",
    "unit",
    "median",
    "low50",
    "high50",
    "low90",
    "high90",
    "share_higher",
    "share_lower",
    "futures",
    "model_version",
    "date",
)
_NUMBERS = COLUMNS[8:15]
_BAND = ("median", "low50", "high50", "low90", "high90")


def csv_bytes(brief: Brief) -> bytes:
    """Return the table as CSV in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in rows(brief):
        writer.writerow([_cell(record.get(column)) for column in COLUMNS])
    return text.getvalue().encode()


def parquet_bytes(brief: Brief) -> bytes:
    """Return the table as Parquet; what the brief is stands in the file's metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    records = list(rows(brief))
    types = dict.fromkeys(COLUMNS, pa.string()) | dict.fromkeys(_NUMBERS, pa.float64())
    types["futures"] = pa.int64()
    told = {"title": brief.title, "question": brief.question, "link": brief.link}
    schema = pa.schema(types.items(), metadata=told | {"citation": brief.apa})
    columns = {name: [record.get(name) for record in records] for name in COLUMNS}
    file = io.BytesIO()
    pq.write_table(pa.table(columns, schema=schema), file, compression="zstd")
    return file.getvalue()


def rows(brief: Brief) -> Iterator[dict[str, Any]]:
    """Yield the table's records: the comparison table first, then the figures."""
    for row in brief.rows:
        yield from _of_row(row, brief)
    for figure in brief.figures:
        yield from _of_figure(figure, brief)


def _of_row(row: Row, brief: Brief) -> Iterator[dict[str, Any]]:
    unit = measure(row.unit)
    for at, cell in enumerate(row.cells):
        keys = _keys("table", row.picture, at, brief) | {"month": month_label(brief.until)}
        yield keys | {"kind": "level"} | _scaled(cell.level, unit.scale)
        if cell.change is not None:
            told = {
                "kind": "change",
                "unit": unit.change.strip() or keys["unit"],
                "share_higher": cell.change.share_positive,
                "share_lower": cell.change.share_negative,
                "futures": cell.change.n,
            }
            yield keys | told | _scaled_change(cell.change, unit.scale)


def _of_figure(figure: Figure, brief: Brief) -> Iterator[dict[str, Any]]:
    part = f"figure {figure.number}"
    change = figure.kind == "changes"
    unit = measure(named(figure.picture).outcome.unit)
    for path in figure.paths:
        keys = _keys(part, figure.picture, path.scenario, brief)
        keys |= {"kind": "change" if change else "level"}
        keys |= {"unit": unit.change.strip() or keys["unit"]} if change else {}
        for month in range(brief.settings.months):
            values = {name: getattr(path, name)[month] for name in _BAND}
            yield keys | {"month": month_label(month)} | values
    if figure.paths[0].baseline:
        keys = _keys(part, figure.picture, 0, brief) | {"kind": "level"}
        for month, value in enumerate(figure.paths[0].baseline):
            yield keys | {"month": month_label(month), "median": value}


def _keys(part: str, picture: str, scenario: int, brief: Brief) -> dict[str, Any]:
    told, shown = brief.scenarios[scenario], named(picture)
    return {
        "part": part,
        "scenario": told.title,
        "run_id": told.run_id,
        "outcome": shown.outcome.id,
        "group": shown.group,
        "unit": shown.unit,
        "futures": brief.settings.replicates,
        "model_version": brief.version,
        "date": brief.date,
    }


def _scaled(level: Level, scale: float) -> dict[str, float | None]:
    return {name: _times(getattr(level, name), scale) for name in _BAND}


def _scaled_change(change: Change, scale: float) -> dict[str, float | None]:
    return {
        "median": _times(change.difference, scale),
        "low90": _times(change.low90, scale),
        "high90": _times(change.high90, scale),
    }


def _times(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale


def _cell(value: object) -> str:
    if value is None:
        return ""
    return spreadsheet_safe(value) if isinstance(value, str) else repr(value)

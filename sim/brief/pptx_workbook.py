"""The workbook behind a native chart: values to edit, and what the chart computes from them.

A band is drawn by stacking: an unseen area up to its lower end, then its width. The sheet holds
the quantiles themselves, and the widths as formulas, so that who edits a quantile moves the band.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from sim.brief.record import Values
from sim.export import spreadsheet_safe

SHEET = "Sheet1"


@dataclass(frozen=True)
class Column:
    """One column of the sheet; with `less`, its values are column `own` less column `less`."""

    name: str
    values: Values
    own: int | None = None
    less: int | None = None


def workbook(months: Sequence[date], columns: Sequence[Column], day: str) -> bytes:
    """Return the sheet as XLSX: months in the first column, then the columns in their order."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": datetime.fromisoformat(day), "author": "Frontier & Commons"})
    sheet = book.add_worksheet(SHEET)
    as_month = book.add_format({"num_format": "mmm yyyy"})
    sheet.set_column(0, len(columns), 14)
    for row, month in enumerate(months, start=1):
        sheet.write_datetime(row, 0, month, as_month)
    for at, column in enumerate(columns, start=1):
        sheet.write_string(0, at, spreadsheet_safe(column.name))
        for row, value in enumerate(column.values, start=1):
            if value is None:
                continue
            if column.own is None:
                sheet.write_number(row, at, value)
            else:
                sheet.write_formula(row, at, _formula(column, row), None, value)
    book.close()
    return file.getvalue()


def _formula(column: Column, row: int) -> str:
    own = xl_rowcol_to_cell(row, (column.own or 0) + 1)
    less = "" if column.less is None else f"-{xl_rowcol_to_cell(row, column.less + 1)}"
    return f"={own}{less}"

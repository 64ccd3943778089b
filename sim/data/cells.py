"""Decides when a table may be believed: each cell is read through a rule, errors name the place."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from sim.calendar import month_index

T = TypeVar("T")

DATA = Path(__file__).parent


class DataError(ValueError):
    """A table breaks a rule; the one-line message names file, row, field, value and rule."""


@dataclass(frozen=True)
class Cells:
    """One row of a CSV file that knows where it came from, so that every error can say so."""

    file: str
    row: int
    cells: Mapping[str, str]

    def fail(self, field: str, rule: str) -> DataError:
        """The error for one cell: file, row (the header is row 1), field, value, rule."""
        return DataError(
            f"{self.file} row {self.row}: {field} = {self.cells.get(field, '')!r}: {rule}"
        )

    def text(self, field: str, *, required: bool = False) -> str:
        """The cell as text."""
        if field not in self.cells or self.cells[field] is None:
            raise self.fail(
                field, "the column is missing; add it or rebuild with python -m sim.data.build"
            )
        if required and not self.cells[field]:
            raise self.fail(field, "must not be blank")
        return self.cells[field]

    def among(self, field: str, allowed: Collection[str]) -> str:
        """The cell, which must be one of the allowed words."""
        cell = self.text(field)
        if cell not in allowed:
            raise self.fail(field, f"must be one of {', '.join(sorted(allowed))}")
        return cell

    def number(self, field: str, low: float = 0.0, high: float = float("inf")) -> float | None:
        """The cell as a number within [low, high]; None where blank."""
        cell = self.text(field)
        if not cell:
            return None
        try:
            value = float(cell)
        except ValueError:
            raise self.fail(field, "must be a number or blank") from None
        if not low <= value <= high:
            raise self.fail(
                field,
                f"must be at least {low:g}"
                if high == float("inf")
                else f"must be from {low:g} to {high:g}",
            )
        return value

    def known(self, field: str, low: float = 0.0, high: float = float("inf")) -> float:
        """The cell as a number within [low, high]; blank is an error."""
        self.text(field, required=True)
        value = self.number(field, low, high)
        assert value is not None
        return value

    def month(self, field: str) -> int | None:
        """The cell as months from 2023-01; None where blank."""
        cell = self.text(field)
        try:
            return month_index(cell) if cell else None
        except ValueError:
            raise self.fail(field, "must be a month written YYYY-MM, or blank") from None

    def day(self, field: str) -> date | None:
        """The cell as a calendar day; None where blank."""
        cell = self.text(field)
        try:
            return date.fromisoformat(cell) if cell else None
        except ValueError:
            raise self.fail(field, "must be a date written YYYY-MM-DD, or blank") from None


def read_cells(path: Path) -> Iterator[Cells]:
    """The rows of a CSV file, numbered as an editor shows them."""
    if not path.is_file():
        raise DataError(
            f"{path.name}: the file is missing; rebuild it with python -m sim.data.build"
        )
    with path.open(encoding="utf-8", newline="") as handle:
        for row, cells in enumerate(csv.DictReader(handle), start=2):
            yield Cells(path.name, row, cells)


def checked(path: Path, parse: Callable[[Cells], T], key: str | None = "id") -> tuple[T, ...]:
    """Every row parsed; with a key, no value of it may occur twice."""
    seen: dict[str, int] = {}
    records = []
    for cells in read_cells(path):
        record = parse(cells)
        if key is not None:
            earlier = seen.setdefault(cells.text(key, required=True), cells.row)
            if earlier != cells.row:
                raise cells.fail(key, f"is already used in row {earlier}; ids must be unique")
        records.append(record)
    return tuple(records)

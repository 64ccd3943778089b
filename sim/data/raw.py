"""Decides how raw evidence is read and how shipped tables are written: plain and byte-stable."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Row = dict[str, str]

SHIPPED = Path(__file__).parent


# How a page was looked up says nothing about the world: such remarks are worded for a reader.
LOOKUPS = (
    (
        re.compile(
            r"\s*\((?:find_string id|mirror id|ids) [\d, ]+\)|\s*\(read_public copy[^)]*\)?"
        ),
        "",
    ),
    (re.compile(r",? mirror read_public copy"), " (copy)"),
    (
        re.compile(r"not in the corpora, number read via this page"),
        "not read; number from this page",
    ),
    (re.compile(r"\(as queried; "), "("),
    (re.compile(r"code corpus excerpt"), "code excerpt"),
)


def worded(cell: str) -> str:
    """The cell without remarks on how its source was looked up."""
    for pattern, replacement in LOOKUPS:
        cell = pattern.sub(replacement, cell)
    return cell.strip()


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV file, every cell stripped text."""
    with path.open(encoding="utf-8", newline="") as handle:
        return [
            {key: worded(cell or "") for key, cell in row.items()} for row in csv.DictReader(handle)
        ]


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Writes a CSV file with exactly these columns; the same rows always give the same bytes."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(
            handle, fieldnames=columns, lineterminator="\n", extrasaction="raise"
        )
        writer.writeheader()
        writer.writerows(rows)


def slug(name: str) -> str:
    """A lower-case identifier of a release name: "GPT-4 (0314)" gives "gpt-4-0314"."""
    plain = (
        unicodedata.normalize("NFKD", name.replace("+", "-plus")).encode("ascii", "ignore").decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def number(cell: str) -> float | None:
    """The number a cell holds, or None where it is blank."""
    return float(cell) if cell else None


def text(value: float | None, digits: int = 4) -> str:
    """A number as the shortest text with at most `digits` decimals; None is blank."""
    if value is None:
        return ""
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"


def blended(price_in: float, price_out: float) -> float:
    """The price of a million tokens at three input tokens to one output token, in US dollars."""
    return (3.0 * price_in + price_out) / 4.0

"""Decides how a docking is told: a table of what stands out, sums by outcome, and a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchmarks.docking.agreement import (
    DIFFERS,
    EQUAL,
    OPEN,
    Agreement,
    Row,
)
from benchmarks.docking.cases import CASES
from benchmarks.docking.futures import ENGINE_FUTURES, Size
from sim.calendar import month_label

WORST = 12
_WIDTHS = (42, 8, 9, 9, 9, 8, 9, 9, 6, 8)
_HEAD = ("series", "month", "engine", "twin", "diff", "margin", "p diff", "p equiv", "power", "")


def text(agreement: Agreement, size: Size) -> str:
    """Return the docking as text: world rows, rows that stand out, counts, verdict."""
    planted = "" if size.plant is None else f", planted: {size.plant}"
    lines = [
        f"{size.replicates} futures of the twin, {size.replicates * ENGINE_FUTURES} of the engine, "
        f"{size.streams:,} streams, seed {size.seed}{planted}"
    ]
    for case in CASES:
        rows = [row for row in agreement.rows if row.case == case.name]
        lines += ["", f"{case.name}: the world", _line(_HEAD)]
        lines += [_told(row) for row in rows if row.group in ("world", "SELF")]
        rest = [row for row in rows if row.group not in ("world", "SELF")]
        lines += ["", f"{case.name}: the {WORST} rows of parts that differ most"]
        lines += [_told(row) for row in sorted(rest, key=lambda row: row.p_difference)[:WORST]]
        lines += ["", f"{case.name}: rows by outcome", *_sums(rows)]
    return "\n".join([*lines, "", verdict(agreement)])


def verdict(agreement: Agreement) -> str:
    """Return the verdict in one line."""
    counts = ", ".join(
        f"{len(agreement.having(name))} {words}"
        for name, words in ((EQUAL, "equal"), (OPEN, "open"), (DIFFERS, "differ"))
    )
    said = "agree" if agreement.agrees else "DO NOT AGREE"
    return f"engine and twin {said}: of {len(agreement.rows)} rows {counts}"


def document(agreement: Agreement, size: Size) -> dict[str, Any]:
    """Return the docking as plain values."""
    return {
        "size": {**vars(size), "engine_replicates": size.replicates * ENGINE_FUTURES},
        "agrees": agreement.agrees,
        "verdict": verdict(agreement),
        "rows": [
            {**vars(row), "month": month_label(row.month), "difference": row.difference}
            for row in agreement.rows
        ],
    }


def _told(row: Row) -> str:
    in_percent = "share" in row.outcome
    scale, places = (100.0, 2) if in_percent else (1.0, 3 if abs(row.engine) < 100 else 1)
    name = f"{row.outcome} {row.group}" + (", %" if in_percent else "")
    return _line(
        (
            name,
            month_label(row.month),
            *(
                f"{value * scale:.{places}f}"
                for value in (row.engine, row.twin, row.difference, row.margin)
            ),
            f"{row.p_difference:.2g}",
            f"{row.p_equivalence:.2g}",
            f"{row.power:.2f}",
            row.verdict,
        )
    )


def _line(cells: Iterable[str]) -> str:
    first, *others = zip(cells, _WIDTHS, strict=True)
    return f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in others)


def _sums(rows: list[Row]) -> list[str]:
    """Return for each outcome its rows by verdict, the largest difference and the least power."""
    lines = []
    for outcome in dict.fromkeys(row.outcome for row in rows):
        own = [row for row in rows if row.outcome == outcome]
        counts = " ".join(
            f"{name} {sum(row.verdict == name for row in own)}" for name in (EQUAL, OPEN, DIFFERS)
        )
        furthest = max(own, key=lambda row: abs(row.difference) / row.margin)
        lines.append(
            f"{outcome:<28}{counts:<30} largest difference "
            f"{abs(furthest.difference) / furthest.margin:.2f} margins "
            f"({furthest.group} {month_label(furthest.month)}), "
            f"least power {min(row.power for row in own):.2f}"
        )
    return lines

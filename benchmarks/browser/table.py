"""How the times of the browser are told: a row for each thing waited for."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

Times = Mapping[str, Sequence[float]]  # milliseconds, by what was waited for


def row(times: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile, by nearest rank."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[max(0, -(-95 * len(ordered) // 100) - 1)]


def text(measured: Times) -> str:
    """Return the table."""
    lines = [f"{'from letting a lever go to':44} {'n':>3} {'median ms':>10} {'p95 ms':>8}"]
    for name, times in measured.items():
        if times:
            middle, high = row(times)
            lines.append(f"{name:44} {len(times):3d} {middle:10.0f} {high:8.0f}")
        else:
            lines.append(f"{name:44}   0  not seen")
    return "\n".join(lines)


def document(measured: Times) -> dict[str, dict[str, float]]:
    """Return the same for JSON."""
    return {
        name: {"n": len(times), "median_ms": row(times)[0], "p95_ms": row(times)[1]}
        for name, times in measured.items()
        if times
    }

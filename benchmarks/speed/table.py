"""Which figures are told, in which order, beside which target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Figure(NamedTuple):
    """One figure: what it is, its unit, and the target, at most or at least; None for none."""

    key: str
    label: str
    unit: str
    target: float | None
    at_least: bool = False


FIGURES = (
    Figure("lower_bound_ms", "Exponentials and uniforms of 10,000 choices", "ms", None),
    Figure("numpy_kernel_over_lower_bound", "numpy kernel over that bound", "x", 7.0),
    Figure("compiled_kernel_over_lower_bound", "Compiled kernel over that bound", "x", 2.0),
    Figure("mesa_over_compiled_kernel", "Mesa over the compiled kernel", "x", 500.0, True),
    Figure("agentpy_over_compiled_kernel", "AgentPy over the compiled kernel", "x", 500.0, True),
    Figure("replicate_ms_compiled", "One future, 4,000 streams, compiled", "ms", 25.0),
    Figure("replicate_ms_numpy", "One future, 4,000 streams, numpy", "ms", 100.0),
    Figure("replicate_ms_resumed", "The same from the end of the record, compiled", "ms", None),
    Figure("ensemble_64_s", "64 futures, two workers", "s", 1.0),
    Figure("ensemble_64_next_s", "The same 64 of the next scenario", "s", None),
    Figure("contrast_100_s", "100 pairs of futures, two workers", "s", 3.0),
    Figure("million_streams_s", "One future, 1,000,000 streams", "s", 3.0),
    Figure("million_streams_gb", "Its peak memory", "GB", 1.5),
    Figure("exponent_streams", "Exponent of cost in streams", "", 1.05),
    Figure("exponent_months", "Exponent of cost in months", "", 1.05),
    Figure("workers_2_over_1", "Two workers over one", "x", 1.8, True),
    Figure("cold_start_s", "Fresh process to first result, no machine code", "s", None),
    Figure("warm_start_s", "Fresh process to first result, machine code on disk", "s", 1.2),
    Figure("cache_hit_ms", "A run that is known", "ms", None),
)


def verdict(figure: Figure, value: float | None) -> str:
    """Return whether a figure meets its target, in a word; empty where there is none."""
    if value is None or figure.target is None:
        return ""
    met = value >= figure.target if figure.at_least else value <= figure.target
    return "met" if met else "missed"


def text(found: Mapping[str, float | None], probes: tuple[float, float]) -> str:
    """Return the figures as a table in Markdown, with the probe of the processor."""
    rows = [("Figure", "Measured", "Target", ""), ("---", "---:", "---:", "---")]
    for figure in FIGURES:
        value = found[figure.key]
        rows.append(
            (figure.label, _told(value, figure.unit), _target(figure), verdict(figure, value))
        )
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    before, after = probes
    return "\n".join([*lines, "", f"Processor probe: {before:.2f} ms before, {after:.2f} ms after"])


def _told(value: float | None, unit: str) -> str:
    return "not measured" if value is None else f"{value:,.3g} {unit}".strip()


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    sign = "≥" if figure.at_least else "≤"
    return f"{sign} {figure.target:g} {figure.unit}".strip()

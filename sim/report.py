"""What the command line tells of levers, a run or a comparison, as short tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.calendar import LAST_OBSERVED_MONTH, month_index, month_label
from sim.compare import Comparison, level_bands
from sim.documents import records
from sim.levers import LEVERS, Lever
from sim.outcomes import BY_ID as OUTCOMES
from sim.pairing import reductions
from sim.place_names import PLACE_LABELS
from sim.version import MODEL_VERSION

if TYPE_CHECKING:
    from sim.result import Result

Floats = npt.NDArray[np.float64]

HEADLINES = (
    ("cn_open_share_tokens", "world"),
    ("cn_open_share_tokens", "US"),
    ("open_share_tokens", "world"),
    ("open_closed_lag_months", "world"),
    ("cn_open_lag_months", "world"),
    ("trusted_open_vacuum_eci", "world"),
    ("price_paid_usd_per_mtok", "open"),
    ("price_paid_usd_per_mtok", "closed"),
    ("spend_musd_per_month", "world"),
    ("attraction", "US"),
    ("attraction", "CN"),
    ("leverage", "US"),
)
PAIRING = (
    "Pairing: how many times as many futures independent seeds would take for the same "
    "simulation error."
)
BANDS = "Median of the futures; in brackets, where 90 of 100 futures lie."


def levers_text() -> str:
    """Return every lever with unit, range, default, landmarks and source, by actor."""
    lines = []
    for actor in dict.fromkeys(lever.actor for lever in LEVERS):
        lines.append(actor)
        for lever in LEVERS:
            if lever.actor == actor:
                lines += _lever_lines(lever)
    return "\n".join(lines)


def run_text(result: Result) -> str:
    """Return the headline outcomes of one run as a table."""
    columns = _table_months(result.scenario.n_months)
    labels = [month_label(month) for month in columns]
    rows = []
    for name, group in HEADLINES:
        bands = level_bands(result.series(name, group)[:, columns])
        cells = [number(value, OUTCOMES[name].unit) for value in bands["median"]]
        cells.append(_band(bands["low90"][-1], bands["high90"][-1], OUTCOMES[name].unit))
        rows.append([headline(name, group), *cells])
    header = ["outcome", *labels, "90 of 100"]
    return "\n".join([*_heading([result]), BANDS, "", *table([header, *rows])])


def compare_text(comparison: Comparison) -> str:
    """Return lever differences and headline differences in the last month as tables."""
    first, *others = comparison.labels
    frame = comparison.summary(
        months=[comparison.results[0].months[-1]],
        outcomes=dict.fromkeys(name for name, _ in HEADLINES),
    )
    known = {(row["scenario"], row["outcome"], row["group"]): row for row in records(frame)}
    saved = {
        (row["scenario"], row["outcome"], row["group"]): row["variance_reduction"]
        for row in reductions(comparison, HEADLINES)
    }
    lines = [*_heading(comparison.results), BANDS, PAIRING, "", *_lever_table(comparison), ""]
    for label in others:
        rows = [["outcome", first, label, "difference", "90 of 100", "up", "down", "pairing"]]
        for name, group in HEADLINES:
            base, row = known[first, name, group], known[label, name, group]
            rows.append(
                [*_difference_row(name, group, base, row), times(saved[label, name, group])]
            )
        month = comparison.results[0].months[-1]
        lines += [f"{label} against {first}, {month}, on the same futures", *table(rows), ""]
    return "\n".join(lines).rstrip()


def number(value: float, unit: str) -> str:
    """Return a value as a reader wants it: shares in per cent, else three digits."""
    if math.isnan(value):
        return "none"
    if unit.startswith("share"):
        return f"{100.0 * value:.1f} %"
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:,.{min(digits, 4)}f}"


def times(ratio: float) -> str:
    """Return a variance reduction in words."""
    if math.isnan(ratio):
        return "none"
    return "no error" if math.isinf(ratio) else f"{ratio:,.{0 if ratio >= 10.0 else 1}f}x"


def change(value: float, unit: str) -> str:
    """Return a difference with its sign; one of shares in percentage points."""
    if math.isnan(value):
        return "none"
    sign = "+" if value > 0 else ""
    return sign + number(value, unit).replace(" %", " pt")


def table(rows: list[list[str]]) -> list[str]:
    """Return rows as aligned lines, the first column to the left and the others to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _lever_lines(lever: Lever) -> list[str]:
    return [
        f"  {lever.id}: {lever.low:g} to {lever.high:g}, default {lever.default:g} ({lever.unit})",
        f"      {lever.label}. {lever.meaning}",
        *(f"      {value:g} = {words}" for value, words in lever.landmarks),
        f"      Source: {lever.source} ({lever.confidence})",
    ]


def _heading(results: Sequence[Result]) -> list[str]:
    first = results[0]
    ids = ", ".join(result.run_id for result in results)
    return [
        *(f"{result.scenario.title} ({result.scenario.name})" for result in results),
        f"{first.replicates} futures, {first.streams:,} streams, seed {first.seed}, "
        f"to {first.months[-1]}; model {MODEL_VERSION}; run {ids}",
    ]


def _table_months(n_months: int) -> list[int]:
    """Return today, the Decembers of 2028 and 2030, and the last month, so far as simulated."""
    marks = {LAST_OBSERVED_MONTH, month_index("2028-12"), month_index("2030-12"), n_months - 1}
    return sorted(month for month in marks if month < n_months)


def headline(name: str, group: str) -> str:
    """Return an outcome with its place and, unless it is a share, its unit."""
    label, unit = OUTCOMES[name].label, OUTCOMES[name].unit
    place = PLACE_LABELS.get(group, group)
    return f"{label}, {place}" + ("" if unit.startswith("share") else f", {unit}")


def _band(low: float, high: float, unit: str) -> str:
    return f"[{number(low, unit)}, {number(high, unit)}]"


def _lever_table(comparison: Comparison) -> list[str]:
    told = records(comparison.lever_differences())
    if not told:
        return ["No lever differs."]
    rows = [["lever that differs", "scenario", "value", "from", "phased in over", "unit"]]
    for row in told:
        start, phase = row["start"] or "as it was", f"{row['phase_in_months']} months"
        value = f"{row['value']:g}"
        rows.append([row["lever"], row["scenario"], value, start, phase, row["unit"]])
    return table(rows)


def _difference_row(
    name: str, group: str, base: Mapping[str, Any], row: Mapping[str, Any]
) -> list[str]:
    unit = OUTCOMES[name].unit
    return [
        headline(name, group),
        number(base["median"], unit),
        number(row["median"], unit),
        change(row["difference"], unit),
        f"[{change(row['difference_low90'], unit)}, {change(row['difference_high90'], unit)}]",
        *(_of_futures(row[share], row["n"]) for share in ("share_positive", "share_negative")),
    ]


def _of_futures(share: float, n: int) -> str:
    return "none" if math.isnan(share) else f"{round(share * n)} of {n}"

"""What pairing buys: how many times as many futures independent seeds would take.

A and B meet the same futures, so that luck cancels in the difference. On independent seeds the
variance of the difference would be Var(A) + Var(B); on the same futures it is Var(A - B). Their
ratio says how many times as many independent futures would give the same simulation error. Both
come from the same runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.compare import Comparison, paired_difference

Floats = npt.NDArray[np.float64]


def variance_reduction(values: Floats, base: Floats) -> float:
    """Return (Var(A) + Var(B)) / Var(A - B) over the futures in which both exist.

    Infinite if the difference is the same in all futures although the values are not; NaN if
    nothing varies, or fewer than two futures have both.
    """
    both = ~np.isnan(values) & ~np.isnan(base)
    if both.sum() < 2:
        return float("nan")
    here, there = values[both], base[both]
    apart = float(here.var(ddof=1) + there.var(ddof=1))
    paired = float(paired_difference(here, there).var(ddof=1))
    if paired == 0.0:
        return float("inf") if apart > 0.0 else float("nan")
    return apart / paired


def reductions(
    comparison: Comparison, series: Iterable[tuple[str, str]], month: int = -1
) -> list[dict[str, Any]]:
    """Return the variance reduction of each scenario against the first, for some series."""
    base, months = comparison.results[0], comparison.results[0].months
    return [
        {
            "scenario": label,
            "outcome": outcome,
            "group": group,
            "month": months[month],
            "variance_reduction": variance_reduction(
                result.series(outcome, group)[:, month], base.series(outcome, group)[:, month]
            ),
        }
        for label, result in list(zip(comparison.labels, comparison.results, strict=True))[1:]
        for outcome, group in series
    ]

"""How bands are scored against what was recorded.

The interval score (Gneiting and Raftery 2007) of a central band with miss rate a is its width, plus
2/a times the distance by which the record lies outside. Scores are in units of the target's own
error, so that shares, prices and months can be averaged. Lower is better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Band:
    """Quantiles of a forecast at LEVELS, on the target's scale."""

    low90: float
    low50: float
    median: float
    high50: float
    high90: float

    @classmethod
    def of(cls, draws: Floats) -> Band:
        """Return the band of draws, shape (n,), without those that are NaN."""
        return cls(*np.quantile(draws[~np.isnan(draws)], LEVELS).tolist())


@dataclass(frozen=True)
class Scored:
    """One forecast beside what was recorded; `unit` is the target's error."""

    band: Band
    recorded: float
    unit: float

    @property
    def in_50(self) -> bool:
        """Whether the record lies in the 50 % band."""
        return self.band.low50 <= self.recorded <= self.band.high50

    @property
    def in_90(self) -> bool:
        """Whether the record lies in the 90 % band."""
        return self.band.low90 <= self.recorded <= self.band.high90

    @property
    def interval_score(self) -> float:
        """Mean of the scores of the 50 and the 90 % band, in units of the target's error."""
        half = _interval(self.band.low50, self.band.high50, self.recorded, 0.5)
        most = _interval(self.band.low90, self.band.high90, self.recorded, 0.1)
        return (half + most) / 2.0 / self.unit

    @property
    def bias(self) -> float:
        """Median less record, in units of the target's error."""
        return (self.band.median - self.recorded) / self.unit


def _interval(low: float, high: float, recorded: float, miss: float) -> float:
    outside = max(low - recorded, 0.0) + max(recorded - high, 0.0)
    return high - low + 2.0 / miss * outside


def summary(scored: Sequence[Scored]) -> dict[str, float | int | None]:
    """Return coverage, mean interval score and mean bias of several; None where there are none."""
    if not scored:
        return {
            "facts": 0,
            "coverage_50": None,
            "coverage_90": None,
            "interval_score": None,
            "bias": None,
        }
    return {
        "facts": len(scored),
        "coverage_50": float(np.mean([item.in_50 for item in scored])),
        "coverage_90": float(np.mean([item.in_90 for item in scored])),
        "interval_score": float(np.mean([item.interval_score for item in scored])),
        "bias": float(np.mean([item.bias for item in scored])),
    }

"""Decides what an unpriced release would have cost: log price regressed on what it was and when.

ln price = b0 + b_open*open + b_cn*cn + b_eu*eu + b_other*other + b_gap*gap + b_year*year

price is US dollars per million tokens (three input to one output); gap is the best ECI on the
market at release less the release's own; year counts from 2025-01. A listed price always stands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.data.bridge import design, solve

TERMS = ("open", "cn", "eu", "other", "gap", "year")


@dataclass(frozen=True)
class PriceFit:
    """Coefficients of the log-price regression, in the order of `TERMS`, and its spread."""

    intercept: float
    slopes: tuple[float, ...]
    n: int
    residual_sd: float
    r_squared: float

    def price(self, features: Mapping[str, float]) -> float:
        """The typical (median) price in US dollars per million tokens."""
        terms = zip(self.slopes, TERMS, strict=True)
        return math.exp(self.intercept + sum(slope * features[name] for slope, name in terms))


def price_features(*, is_open: bool, origin: str, gap: float, years: float) -> dict[str, float]:
    """The regressors of one release."""
    return {
        "open": float(is_open),
        "cn": float(origin == "CN"),
        "eu": float(origin == "EU"),
        "other": float(origin == "OTHER"),
        "gap": gap,
        "year": years,
    }


def fit_prices(rows: Sequence[Mapping[str, float]], prices: Sequence[float]) -> PriceFit:
    """Least squares of log price on the features of listed releases."""
    x, y = design(rows, TERMS), np.log(np.asarray(prices, dtype=np.float64))
    beta = solve(x, y)
    residual = y - x @ beta
    return PriceFit(
        intercept=float(beta[0]),
        slopes=tuple(float(slope) for slope in beta[1:]),
        n=len(rows),
        residual_sd=float(np.sqrt(residual @ residual / (len(rows) - len(beta)))),
        r_squared=float(1.0 - residual.var() / y.var()),
    )


def frontier_gaps(months: Sequence[int], ecis: Sequence[float]) -> list[float]:
    """Best ECI released up to and including each release's month, minus its own; never negative."""
    released = sorted(zip(months, ecis, strict=True))
    return [
        max(eci for month, eci in released if month <= own) - mine
        for own, mine in zip(months, ecis, strict=True)
    ]

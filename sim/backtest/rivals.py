"""Two naive forecasters: last value, and trend (logistic for shares, straight for the rest).

Both see what the model was fitted to, the targets whose facts end by May 2026, and of these only
earlier records of the same quantity. Where there is none they are silent. The size of a year's
drift is estimated from all fitted quantities measured on the same scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.backtest.scoring import Band
from sim.observation import Target

Floats = npt.NDArray[np.float64]

Z50, Z90 = 0.6744897501960817, 1.6448536269514722
LEAST_SHARE = 0.005
# A trend through two points has no residual to learn from; this many points give it one.
TREND_POINTS = 3


@dataclass(frozen=True)
class Record:
    """Earlier records of one quantity: months (n,), values on the target's scale (n,)."""

    month: Floats
    value: Floats


def quantity(target: Target) -> tuple[str, ...]:
    """Return what a target measures, whatever the period; such targets continue each other."""
    kind = "change" if target.statistic == "change_per_year" else "level"
    other = (target.other_outcome, target.other_group, target.operation)
    return (target.supply, target.outcome, target.group, *other, kind)


def earlier(target: Target, fitted: Sequence[Target]) -> Record:
    """Return fitted records of the same quantity that end before the target does."""
    same = [
        t
        for t in fitted
        if quantity(t) == quantity(target) and t.id != target.id and t.end < target.end
    ]
    same.sort(key=lambda t: t.end)
    return Record(np.array([_middle(t) for t in same]), np.array([t.wanted for t in same]))


def _middle(target: Target) -> float:
    return (target.start + target.end) / 2.0


def drifts(fitted: Sequence[Target]) -> dict[str, float]:
    """Return, by scale, the standard deviation of a year's change of one quantity."""
    found: dict[str, list[float]] = {}
    for target in fitted:
        before = earlier(target, fitted)
        if before.value.size:
            years = max(_middle(target) - before.month[-1], 1.0) / 12.0
            step = (target.wanted - before.value[-1]) / np.sqrt(years)
            found.setdefault(target.scale, []).append(float(step))
    pooled = np.sqrt(np.mean(np.square([s for steps in found.values() for s in steps])))
    return {
        scale: float(np.sqrt(np.mean(np.square(steps)))) if len(steps) > 1 else float(pooled)
        for scale, steps in found.items()
    }


def last_value(target: Target, fitted: Sequence[Target], drift: dict[str, float]) -> Band | None:
    """Return the last record of the quantity, with the drift of the time since; None if none."""
    before = earlier(target, fitted)
    if not before.value.size:
        return None
    years = max(_middle(target) - before.month[-1], 1.0) / 12.0
    spread = drift.get(target.scale, target.sd) * np.sqrt(years)
    return _normal(float(before.value[-1]), float(np.hypot(spread, target.measurement_sd)))


def trend(target: Target, fitted: Sequence[Target], drift: dict[str, float]) -> Band | None:
    """Return the straight line through earlier records (of log-odds for shares), carried on.

    None with fewer than two. The prediction error is that of least squares, or the drift where
    two points leave nothing to estimate it from.
    """
    before = earlier(target, fitted)
    if before.value.size < 2:
        return None
    share = target.scale == "share"
    y = _log_odds(before.value) if share else before.value
    at, mean, spread = _line(before.month, y, _middle(target))
    if before.value.size < TREND_POINTS:
        years = max(at - before.month[-1], 1.0) / 12.0
        spread = drift.get(target.scale, target.sd) * float(np.sqrt(years))
        spread *= 4.0 if share else 1.0  # at a half, a unit of share is four of log-odds
    band = _normal(mean, spread)
    if not share:
        return band
    return Band(*(float(1.0 / (1.0 + np.exp(-v))) for v in vars(band).values()))


def _line(month: Floats, y: Floats, at: float) -> tuple[float, float, float]:
    """Return `at`, the least-squares line there, and the standard error of a new record."""
    x = month - month.mean()
    sxx = float(np.sum(x**2))
    slope = float(np.sum(x * y)) / sxx
    far = at - float(month.mean())
    left = y - y.mean() - slope * x
    free = max(len(y) - 2, 1)
    noise = float(np.sum(left**2)) / free
    return (
        at,
        float(y.mean()) + slope * far,
        float(np.sqrt(noise * (1 + 1 / len(y) + far**2 / sxx))),
    )


def _log_odds(share: Floats) -> Floats:
    inside = np.clip(share, LEAST_SHARE, 1.0 - LEAST_SHARE)
    return np.log(inside / (1.0 - inside))


def _normal(mean: float, spread: float) -> Band:
    return Band(
        mean - Z90 * spread, mean - Z50 * spread, mean, mean + Z50 * spread, mean + Z90 * spread
    )

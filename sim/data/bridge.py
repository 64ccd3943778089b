"""Decides how capable a release was when no index measured it: bridges to the ECI scale.

A bridge is a least-squares line  eci = intercept + sum(slope * feature)  fitted on releases that
have both scores. `arena` is (Arena rating - 1400)/100; `late` is years after 2025-01 (0 before);
`late_open` is `late` for open releases only; `aider` and `swe` are per cent solved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Features = Mapping[str, float]

# Arena alone understates the closed frontier of 2026 by 4-15 points: voters reward style, which
# saturates, and open models are tuned for it. The two `late` terms cut the error forward in time.
BRIDGES: dict[str, tuple[str, ...]] = {
    "bridged_arena": ("arena", "late", "late_open"),
    "bridged_aider": ("aider",),
    "bridged_swe": ("swe", "late"),
}
RIVALS: dict[str, tuple[str, ...]] = {"arena_only": ("arena",), "swe_only": ("swe",)}


@dataclass(frozen=True)
class Bridge:
    """A fitted bridge with its error: within the sample, leave-one-out, and forward in time."""

    name: str
    features: tuple[str, ...]
    intercept: float
    slopes: tuple[float, ...]
    n: int
    residual_sd: float
    loo_rmse: float
    forward_rmse: float | None
    forward_bias: float | None
    n_forward: int

    def predict(self, features: Features) -> float:
        """ECI points implied by the features; every feature of the bridge must be present."""
        terms = zip(self.slopes, self.features, strict=True)
        return self.intercept + sum(slope * features[name] for slope, name in terms)


def design(rows: Sequence[Features], names: Sequence[str]) -> NDArray[np.float64]:
    """The regression matrix, shape (n_rows, 1 + n_features), first column ones."""
    return np.array([[1.0, *(row[name] for name in names)] for row in rows], dtype=np.float64)


def solve(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least-squares coefficients, shape (n_columns,)."""
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=np.float64)


def has_all(features: Features, names: Sequence[str]) -> bool:
    """Whether every named feature is known for this release."""
    return all(name in features for name in names)


def fit(
    name: str, names: Sequence[str], rows: Sequence[Features], forward_from: float = 1.0
) -> Bridge:
    """Fits eci on the features; `forward_*` trains before `late` = forward_from and tests after.

    `late` = 1.0 is 2026-01. Rows lacking a feature, or `eci`, are left out.
    """
    used = [row for row in rows if "eci" in row and has_all(row, names)]
    x, y = design(used, names), np.array([row["eci"] for row in used])
    beta = solve(x, y)
    residual = y - x @ beta
    leverage = np.einsum("ij,ji->i", x, np.linalg.pinv(x))
    rmse, bias, n_forward = forward_error(
        x, y, np.array([row["late"] for row in used]) >= forward_from
    )
    return Bridge(
        name=name,
        features=tuple(names),
        intercept=float(beta[0]),
        slopes=tuple(float(slope) for slope in beta[1:]),
        n=len(used),
        residual_sd=float(np.sqrt(residual @ residual / (len(used) - len(beta)))),
        loo_rmse=float(np.sqrt(np.mean((residual / (1.0 - leverage)) ** 2))),
        forward_rmse=rmse,
        forward_bias=bias,
        n_forward=n_forward,
    )


def forward_error(
    x: NDArray[np.float64], y: NDArray[np.float64], later: NDArray[np.bool_]
) -> tuple[float | None, float | None, int]:
    """RMSE and mean error (measured minus bridged) on releases later than the fit."""
    n_later = int(later.sum())
    if n_later < 5 or (~later).sum() <= x.shape[1]:
        return None, None, n_later
    error = y[later] - x[later] @ solve(x[~later], y[~later])
    return float(np.sqrt(np.mean(error**2))), float(np.mean(error)), n_later


def fit_all(rows: Sequence[Features]) -> dict[str, Bridge]:
    """Every bridge in use and the simpler rivals shipped beside them for comparison."""
    return {name: fit(name, names, rows) for name, names in (BRIDGES | RIVALS).items()}


def bridged(features: Features, bridges: Mapping[str, Bridge]) -> tuple[float, str, float] | None:
    """ECI, basis and residual sd by the first bridge whose features are known; None without any."""
    for name in BRIDGES:
        if has_all(features, bridges[name].features):
            return bridges[name].predict(features), name, bridges[name].residual_sd
    return None

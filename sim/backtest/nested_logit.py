"""The third rival: a plain nested logit of market shares on capability gaps and list prices.

Upper nest open or closed; within each, Chinese or not. Utility is linear in the frontier gap (ECI)
and in the log of the price ratio, with one constant a view, and nobody has memory, trust or rules.
It is fitted by ridge least squares of log-odds to the fitted targets that are shares of tokens in
one view, and knows actual releases and prices to the month it speaks of, as the model does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.backtest.scoring import Band
from sim.catalogue import Model, load_labs, load_models
from sim.observation import Target

Floats = npt.NDArray[np.float64]

VIEWS = ("router", "gateway", "enterprise")
RECENT_MONTHS = 12
RIDGE = 0.05
LEAST_SHARE = 0.005
LEVELS_Z = (-1.6448536269514722, -0.6744897501960817, 0.0, 0.6744897501960817, 1.6448536269514722)
# What is measured, as log-odds of one part against another, in which nest.
NESTS = {
    ("open_share_tokens", "plain", ""): "open",
    ("cn_open_share_tokens", "ratio", "open_share_tokens"): "cn_of_open",
}


@dataclass(frozen=True)
class Fit:
    """Coefficients of one nest: constant by view, gap, log price ratio; and residual sd."""

    coefficient: Floats
    residual_sd: float


@lru_cache(maxsize=1)
def _dated() -> list[tuple[Model, str]]:
    country = {lab.id: lab.country for lab in load_labs()}
    return [(m, country.get(m.lab, "")) for m in load_models() if m.release_month is not None]


def _kept(month: int, wanted: Callable[[Model, str], bool]) -> list[Model]:
    return [
        m
        for m, country in _dated()
        if m.release_month is not None and m.release_month <= month and wanted(m, country)
    ]


def _best(models: list[Model]) -> float:
    return max((m.eci for m in models if m.eci is not None), default=np.nan)


def _price(models: list[Model], month: int) -> float:
    recent = [
        m.price_usd_per_mtok
        for m in models
        if m.price_usd_per_mtok
        and m.release_month is not None
        and m.release_month > month - RECENT_MONTHS
    ]
    return float(np.mean(np.log(recent))) if recent else np.nan


@lru_cache(maxsize=512)
def drivers(nest: str, month: int) -> tuple[float, float]:
    """Return the frontier gap (tens of ECI points) and log price ratio of a nest's two sides."""
    if nest == "open":
        one = _kept(month, lambda m, _: m.is_open)
        other = _kept(month, lambda m, _: not m.is_open)
    else:
        one = _kept(month, lambda m, country: m.is_open and country == "CN")
        other = _kept(month, lambda m, country: m.is_open and country != "CN")
    gap = (_best(one) - _best(other)) / 10.0
    ratio = _price(other, month) - _price(one, month)
    return (gap if np.isfinite(gap) else 0.0), (ratio if np.isfinite(ratio) else 0.0)


def _row(nest: str, target: Target) -> Floats:
    middle = round((target.start + target.end) / 2.0)
    view = np.array([float(target.group == name) for name in VIEWS])
    return np.concatenate([view, drivers(nest, middle)])


def _nest(target: Target) -> str | None:
    if target.group not in VIEWS or target.statistic not in ("mean", "max", "min"):
        return None
    return NESTS.get((target.outcome, target.operation, target.other_outcome))


def fit(nest: str, fitted: Sequence[Target]) -> Fit | None:
    """Return the coefficients of one nest; None with fewer than three records."""
    used = [t for t in fitted if _nest(t) == nest and t.statistic == "mean"]
    if len(used) < 3:
        return None
    x = np.stack([_row(nest, t) for t in used])
    share = np.clip([t.wanted for t in used], LEAST_SHARE, 1.0 - LEAST_SHARE)
    y = np.log(share / (1.0 - share))
    gram = x.T @ x + RIDGE * np.eye(x.shape[1])
    coefficient: Floats = np.linalg.solve(gram, x.T @ y).astype(np.float64)
    free = max(len(used) - np.linalg.matrix_rank(x), 1)
    return Fit(coefficient, float(np.sqrt(np.sum((y - x @ coefficient) ** 2) / free)))


def nested_logit(target: Target, fitted: Sequence[Target]) -> Band | None:
    """Return the share the nested logit gives; None for what is no share of tokens in a view.

    A Chinese share of all tokens is the product of both nests, all Chinese models being open.
    """
    others = [t for t in fitted if t.id != target.id and t.end < target.end]
    if (nest := _nest(target)) is not None:
        odds = _log_odds(nest, target, others)
        return None if odds is None else Band(*(_share(odds[0] + z * odds[1]) for z in LEVELS_Z))
    whole = target.outcome in ("cn_open_share_tokens", "cn_share_tokens")
    if not whole or target.operation != "plain" or target.group not in VIEWS:
        return None
    upper = _log_odds("open", target, others)
    lower = _log_odds("cn_of_open", target, others)
    if upper is None or lower is None:
        return None
    return Band(
        *(_share(upper[0] + z * upper[1]) * _share(lower[0] + z * lower[1]) for z in LEVELS_Z)
    )


def _log_odds(nest: str, target: Target, others: Sequence[Target]) -> tuple[float, float] | None:
    found = fit(nest, others)
    if found is None:
        return None
    return float(_row(nest, target) @ found.coefficient), max(found.residual_sd, 0.1)


def _share(log_odds: float) -> float:
    return float(1.0 / (1.0 + np.exp(-log_odds)))
